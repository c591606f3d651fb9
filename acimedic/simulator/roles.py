"""Built-in roles with their real GUIDs and permissions.

Sources: azure-docs, articles/role-based-access-control/built-in-roles (containers, general, monitor, privileged).
"""

from .exchange import Json

_ACR = "Microsoft.ContainerRegistry/registries"
_REPOSITORY = f"{_ACR}/repositories"
_READ = [f"{_REPOSITORY}/metadata/read", f"{_REPOSITORY}/content/read"]
_WRITE = [f"{_REPOSITORY}/metadata/write", f"{_REPOSITORY}/content/write"]
_DELETE = [f"{_REPOSITORY}/metadata/delete", f"{_REPOSITORY}/content/delete"]
_CONTRIBUTOR_NOT = [
    "Microsoft.Authorization/*/Delete",
    "Microsoft.Authorization/*/Write",
    "Microsoft.Authorization/elevateAccess/Action",
    "Microsoft.Blueprint/blueprintAssignments/write",
    "Microsoft.Blueprint/blueprintAssignments/delete",
    "Microsoft.Compute/galleries/share/action",
    "Microsoft.Purview/consents/write",
    "Microsoft.Purview/consents/delete",
]


def _role(
    guid: str,
    name: str,
    description: str,
    *,
    actions: list[str] | None = None,
    not_actions: list[str] | None = None,
    data_actions: list[str] | None = None,
) -> Json:
    permission = {
        "actions": actions or [],
        "notActions": not_actions or [],
        "dataActions": data_actions or [],
        "notDataActions": [],
    }
    return {
        "properties": {
            "roleName": name,
            "type": "BuiltInRole",
            "description": description,
            "assignableScopes": ["/"],
            "permissions": [permission],
            "createdOn": "2018-10-22T19:45:56.2546360Z",
            "updatedOn": "2021-11-11T20:13:07.4993029Z",
            "createdBy": None,
            "updatedBy": None,
        },
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{guid}",
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": guid,
    }


_ROLES = (
    _role("7f951dda-4ed3-4680-a7ca-43fe172d538d", "AcrPull", "acr pull", actions=[f"{_ACR}/pull/read"]),
    _role(
        "8311e382-0749-4cb8-b61a-304f252e45ec",
        "AcrPush",
        "acr push",
        actions=[f"{_ACR}/pull/read", f"{_ACR}/push/write"],
    ),
    _role("c2f4ef07-c644-48eb-af81-4b1b4947fb11", "AcrDelete", "acr delete", actions=[f"{_ACR}/artifacts/delete"]),
    _role(
        "6cef56e8-d556-48e5-a04f-b8e64114680f",
        "AcrImageSigner",
        "acr image signer",
        actions=[f"{_ACR}/sign/write"],
        data_actions=[f"{_ACR}/trustedCollections/write"],
    ),
    _role(
        "cdda3590-29a3-44f6-95f2-9f980659eb04",
        "AcrQuarantineReader",
        "acr quarantine data reader",
        actions=[f"{_ACR}/quarantine/read"],
        data_actions=[f"{_ACR}/quarantinedArtifacts/read"],
    ),
    _role(
        "b93aa761-3e63-49ed-ac28-beffa264f7ac",
        "Container Registry Repository Reader",
        "Allows for read access to Azure Container Registry repositories, but excluding catalog listing.",
        data_actions=_READ,
    ),
    _role(
        "2a1e307c-b015-4ebd-883e-5b7698a07328",
        "Container Registry Repository Writer",
        "Allows for read and write access to Azure Container Registry repositories, but excluding catalog listing.",
        data_actions=_READ + _WRITE,
    ),
    _role(
        "2efddaa5-3f1f-4df3-97df-af3f13818f4c",
        "Container Registry Repository Contributor",
        "Allows for read, write, and delete access to Azure Container Registry repositories, but excluding catalog"
        " listing.",
        data_actions=_READ + _WRITE + _DELETE,
    ),
    _role(
        "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7",
        "Container Registry Repository Catalog Lister",
        "Allows for listing all repositories in an Azure Container Registry.",
        data_actions=[f"{_ACR}/catalog/read"],
    ),
    _role(
        "577a9874-89fd-4f24-9dbd-b5034d0ad23a",
        "Container Registry Data Importer and Data Reader",
        "Provides the ability to import images into a registry through the registry import operation.",
        actions=[f"{_ACR}/importImage/action", f"{_ACR}/read", f"{_ACR}/pull/read"],
        data_actions=[*reversed(_READ), f"{_ACR}/catalog/read"],
    ),
    _role(
        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "Reader",
        "View all resources, but does not allow you to make any changes.",
        actions=["*/read"],
    ),
    _role(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        "Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC.",
        actions=["*"],
        not_actions=_CONTRIBUTOR_NOT,
    ),
    _role(
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "Owner",
        "Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.",
        actions=["*"],
    ),
    _role(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        "Lets you manage user access to Azure resources.",
        actions=["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"],
    ),
    _role(
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        "Manage access to Azure resources by assigning roles using Azure RBAC.",
        actions=[
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            "Microsoft.Support/*",
        ],
    ),
    _role(
        "73c42c96-874c-492b-b04d-ab87d138a893",
        "Log Analytics Reader",
        "Log Analytics Reader can view and search all monitoring data as well as and view monitoring settings.",
        actions=[
            "*/read",
            "Microsoft.OperationalInsights/workspaces/analytics/query/action",
            "Microsoft.OperationalInsights/workspaces/search/action",
            "Microsoft.Support/*",
        ],
        not_actions=["Microsoft.OperationalInsights/workspaces/sharedKeys/read"],
    ),
    _role(
        "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
        "Monitoring Reader",
        "Can read all monitoring data.",
        actions=["*/read", "Microsoft.OperationalInsights/workspaces/search/action", "Microsoft.Support/*"],
    ),
    _role(
        "f1a07417-d97a-45cb-824c-7a7467783830",
        "Managed Identity Operator",
        "Read and Assign User Assigned Identity",
        actions=[
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
            "Microsoft.Authorization/*/read",
            "Microsoft.Insights/alertRules/*",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            "Microsoft.Resources/deployments/*",
            "Microsoft.Support/*",
        ],
    ),
    _role(
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
        "Allows for read access to Azure Storage blob containers and data",
        actions=[
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
            "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
        ],
        data_actions=["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"],
    ),
)

BUILT_IN: dict[str, Json] = {role["name"]: role for role in _ROLES}
