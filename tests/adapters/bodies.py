"""Bodies as Azure writes them, whole and with every property that we read; a test changes one thing."""

from copy import deepcopy
from typing import Any

from acimedic.model.resource_id import ResourceId

Json = dict[str, Any]

SUBSCRIPTION = "00000000-0000-0000-0000-00000000a001"
TENANT = "00000000-0000-0000-0000-00000000b001"
PRINCIPAL = "00000000-0000-0000-0000-00000000c001"
CLIENT = "00000000-0000-0000-0000-00000000d001"
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
RESOURCE_GROUP = f"{SCOPE}/resourceGroups/rg-app"
GROUP_ID = f"{RESOURCE_GROUP}/providers/Microsoft.ContainerInstance/containerGroups/cg-web"
REGISTRY_ID = f"{RESOURCE_GROUP}/providers/Microsoft.ContainerRegistry/registries/contoso"
IDENTITY_ID = f"{RESOURCE_GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-pull"
DEPLOYMENT_ID = f"{RESOURCE_GROUP}/providers/Microsoft.Resources/deployments/release-7"
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
ROLE_ID = f"{SCOPE}/providers/Microsoft.Authorization/roleDefinitions/{ACR_PULL}"
SUBNET_ID = f"{RESOURCE_GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/aci"
ENDPOINT_ID = f"{RESOURCE_GROUP}/providers/Microsoft.Network/privateEndpoints/pe-registry"

GROUP = ResourceId.parse(GROUP_ID)
REGISTRY = ResourceId.parse(REGISTRY_ID)
IDENTITY = ResourceId.parse(IDENTITY_ID)
ENDPOINT = ResourceId.parse(ENDPOINT_ID)
DEPLOYMENT = ResourceId.parse(DEPLOYMENT_ID)

SECRETS = tuple(
    f"hush-{name}"
    for name in (
        "variable",
        "secure",
        "command",
        "init-variable",
        "init-command",
        "volume",
        "repository",
        "workspace",
        "password",
        "probe",
        "header",
    )
)
"""What `group_body` holds and no read value may show."""


def group_body() -> Json:
    variable, secure, command, init_variable, init_command, volume, repository, workspace, password, probe, header = (
        SECRETS
    )
    return {
        "id": GROUP_ID,
        "name": "cg-web",
        "type": "Microsoft.ContainerInstance/containerGroups",
        "location": "westeurope",
        "identity": {
            "type": "SystemAssigned, UserAssigned",
            "principalId": "00000000-0000-0000-0000-00000000c009",
            "tenantId": TENANT,
            "userAssignedIdentities": {IDENTITY_ID: {"principalId": PRINCIPAL, "clientId": CLIENT}},
        },
        "properties": {
            "osType": "Linux",
            "sku": "Standard",
            "provisioningState": "Failed",
            "subnetIds": [{"id": SUBNET_ID}],
            "imageRegistryCredentials": [
                {"server": "contoso.azurecr.io", "identity": IDENTITY_ID},
                {"server": "index.docker.io", "username": "contoso", "password": password},
            ],
            "containers": [
                {
                    "name": "web",
                    "properties": {
                        "image": "contoso.azurecr.io/app/web:1.4.2",
                        "command": ["/bin/serve", "--key", command],
                        "environmentVariables": [
                            {"name": "ORDERS_KEY", "value": variable},
                            {"name": "TOKEN", "secureValue": secure},
                        ],
                        "livenessProbe": {
                            "exec": {"command": ["probe", probe]},
                            "httpGet": {"path": "/", "httpHeaders": [{"name": "X-Key", "value": header}]},
                        },
                        "instanceView": {
                            "restartCount": 3,
                            "currentState": {"state": "Waiting", "detailStatus": "CrashLoopBackOff"},
                            "events": [
                                {
                                    "name": "Failed",
                                    "type": "Warning",
                                    "message": "Failed to pull image",
                                    "count": 4,
                                    "firstTimestamp": "2026-03-01T10:00:00Z",
                                    "lastTimestamp": "2026-03-01T10:05:00Z",
                                }
                            ],
                        },
                    },
                }
            ],
            "initContainers": [
                {
                    "name": "migrate",
                    "properties": {
                        "image": "contoso.azurecr.io/app/migrate:1.4.2",
                        "command": [init_command],
                        "environmentVariables": [{"name": "KEY", "value": init_variable}],
                    },
                }
            ],
            "volumes": [
                {"name": "share", "azureFile": {"shareName": "s", "storageAccountKey": volume}},
                {"name": "source", "gitRepo": {"repository": f"https://user:{repository}@git.example/app"}},
            ],
            "diagnostics": {"logAnalytics": {"workspaceId": "w", "workspaceKey": workspace}},
        },
    }


def registry_body() -> Json:
    return {
        "id": REGISTRY_ID,
        "name": "contoso",
        "type": "Microsoft.ContainerRegistry/registries",
        "location": "westeurope",
        "tags": {"team": "web"},
        "sku": {"name": "Premium", "tier": "Premium"},
        "properties": {
            "loginServer": "contoso.azurecr.io",
            "creationDate": "2026-01-01T00:00:00Z",
            "provisioningState": "Succeeded",
            "status": {"displayStatus": "Ready", "message": "all is well", "timestamp": "2026-01-01T00:00:00Z"},
            "adminUserEnabled": False,
            "anonymousPullEnabled": False,
            "publicNetworkAccess": "Enabled",
            "networkRuleBypassOptions": "AzureServices",
            "networkRuleSet": {
                "defaultAction": "Allow",
                "ipRules": [{"action": "Allow", "value": "192.0.2.0/24"}],
                "virtualNetworkRules": [{"action": "Allow", "id": SUBNET_ID}],
            },
            "roleAssignmentMode": "LegacyRegistryPermissions",
            "policies": {
                "quarantinePolicy": {"status": "disabled"},
                "azureADAuthenticationAsArmPolicy": {"status": "enabled"},
            },
            "encryption": {"status": "disabled"},
            "privateEndpointConnections": [
                {
                    "id": f"{REGISTRY_ID}/privateEndpointConnections/c1",
                    "properties": {
                        "privateEndpoint": {"id": ENDPOINT_ID},
                        "privateLinkServiceConnectionState": {"status": "Approved"},
                    },
                }
            ],
        },
    }


def token_body() -> Json:
    return {
        "id": f"{REGISTRY_ID}/tokens/ci",
        "name": "ci",
        "type": "Microsoft.ContainerRegistry/registries/tokens",
        "properties": {
            "status": "enabled",
            "provisioningState": "Succeeded",
            "credentials": {"passwords": [{"name": "password1", "expiry": "2026-02-01T10:00:00.1234567Z"}]},
        },
    }


def scope_map_body() -> Json:
    return {
        "id": f"{REGISTRY_ID}/scopeMaps/readers",
        "name": "readers",
        "properties": {"actions": ["repositories/app/web/content/read"]},
    }


def endpoint_body() -> Json:
    return {"id": ENDPOINT_ID, "name": "pe-registry", "properties": {"subnet": {"id": SUBNET_ID}}}


def identity_body() -> Json:
    return {
        "id": IDENTITY_ID,
        "name": "id-pull",
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
        "location": "westeurope",
        "properties": {"principalId": PRINCIPAL, "clientId": CLIENT, "tenantId": TENANT},
    }


def assignment_body() -> Json:
    name = "00000000-0000-0000-0000-00000000e001"
    return {
        "id": f"{REGISTRY_ID}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": ROLE_ID,
            "principalId": PRINCIPAL,
            "principalType": "ServicePrincipal",
            "scope": REGISTRY_ID,
            "condition": None,
            "conditionVersion": None,
            "createdOn": "2026-02-01T10:00:00.1234567Z",
            "updatedOn": "2026-02-03T10:00:00.1234567Z",
            "createdBy": None,
            "updatedBy": "00000000-0000-0000-0000-00000000f001",
            "delegatedManagedIdentityResourceId": None,
            "description": None,
        },
    }


def role_body() -> Json:
    return {
        "id": ROLE_ID,
        "name": ACR_PULL,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": "AcrPull",
            "type": "BuiltInRole",
            "description": "acr pull",
            "assignableScopes": ["/"],
            "permissions": [
                {
                    "actions": ["Microsoft.ContainerRegistry/registries/pull/read"],
                    "notActions": ["Microsoft.ContainerRegistry/registries/delete"],
                    "dataActions": ["Microsoft.ContainerRegistry/registries/repositories/content/read"],
                    "notDataActions": ["Microsoft.ContainerRegistry/registries/repositories/content/delete"],
                }
            ],
        },
    }


def denial_body() -> Json:
    return {
        "id": f"{RESOURCE_GROUP}/providers/Microsoft.Authorization/denyAssignments/d1",
        "name": "d1",
        "type": "Microsoft.Authorization/denyAssignments",
        "properties": {
            "denyAssignmentName": "Deny assignment of a managed application",
            "scope": RESOURCE_GROUP,
            "doNotApplyToChildScopes": False,
            "isSystemProtected": True,
            "condition": None,
            "permissions": [
                {
                    "actions": ["*"],
                    "notActions": ["*/read"],
                    "dataActions": ["*/content/read"],
                    "notDataActions": ["*/metadata/read"],
                    "condition": None,
                }
            ],
            "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
            "excludePrincipals": [{"id": PRINCIPAL, "type": "ServicePrincipal"}],
        },
    }


def deployment_body() -> Json:
    return {
        "id": DEPLOYMENT_ID,
        "name": "release-7",
        "type": "Microsoft.Resources/deployments",
        "location": "westeurope",
        "properties": {
            "correlationId": "11111111-2222-3333-4444-555555555555",
            "provisioningState": "Failed",
            "timestamp": "2026-03-01T10:00:00.1234567Z",
            "duration": "PT1M2.5S",
            "mode": "Incremental",
            "parameters": {"image": {"type": "String", "value": "web:1"}, "key": {"type": "SecureString"}},
            "error": {
                "code": "DeploymentFailed",
                "message": "At least one resource deployment operation failed.",
                "details": [{"code": "InaccessibleImage", "message": "The image is not accessible."}],
            },
        },
    }


def operation_body() -> Json:
    return {
        "id": f"{DEPLOYMENT_ID}/operations/0A1B",
        "operationId": "0A1B",
        "properties": {
            "provisioningOperation": "Create",
            "provisioningState": "Failed",
            "timestamp": "2026-03-01T10:00:05.1234567Z",
            "duration": "PT5S",
            "statusCode": "BadRequest",
            "statusMessage": {"error": {"code": "InaccessibleImage", "message": "The image is not accessible."}},
            "targetResource": {
                "id": GROUP_ID,
                "resourceType": "Microsoft.ContainerInstance/containerGroups",
                "resourceName": "cg-web",
            },
        },
    }


def export_body() -> Json:
    return {"template": {"contentVersion": "1.0.0.0", "resources": []}}


def activity_body() -> Json:
    return {
        "authorization": {"action": "Microsoft.ContainerInstance/containerGroups/write", "scope": GROUP_ID},
        "caller": "person@example.com",
        "claims": {"ipaddr": "203.0.113.9", "name": "A Person"},
        "httpRequest": {"clientIpAddress": "203.0.113.9"},
        "correlationId": "11111111-2222-3333-4444-555555555555",
        "eventTimestamp": "2026-03-01T10:00:10.1234567Z",
        "operationName": {"value": "Microsoft.ContainerInstance/containerGroups/write", "localizedValue": "Create"},
        "resourceId": GROUP_ID,
        "status": {"value": "Failed", "localizedValue": "Failed"},
        "subStatus": {"value": "BadRequest", "localizedValue": "Bad Request"},
        "properties": {"statusMessage": '{"error":{"code":"InaccessibleImage","message":"not accessible"}}'},
    }


def subscription_body() -> Json:
    return {
        "id": SCOPE,
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT,
        "displayName": "Contoso",
        "state": "Enabled",
    }


def found_body() -> Json:
    return {
        "totalRecords": 1,
        "count": 1,
        "resultTruncated": "false",
        "facets": [],
        "data": [{"id": REGISTRY_ID, "tenantId": TENANT, "loginServer": "contoso.azurecr.io"}],
    }


def changed(body: Json, path: str, value: object) -> Json:
    """A copy of the body with one property, named by its dotted path, set; an ellipsis takes it away."""
    copy = deepcopy(body)
    *outer, last = path.split("/")
    owner: Any = copy
    for part in outer:
        owner = owner[int(part) if isinstance(owner, list) else part]
    if value is ...:
        del owner[last]
    else:
        owner[int(last) if isinstance(owner, list) else last] = value
    return copy
