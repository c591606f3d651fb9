"""Azure's built-in roles that are met at a registry, so that they need not be read each time.

They are here as the pages below print them (registry roles: 30 June 2025; privileged roles: 25 January
2025) or as Azure's own role listing gave them in public recordings; a role that is not here is read.
Whatever was read from Azure in this run counts before this table.
Sources: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/containers
https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged
https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

from collections.abc import Mapping
from types import MappingProxyType

from acimedic.model.access import Permission, Role
from acimedic.rbac.builtin_registry import REGISTRY_ROLES

_PAGE = "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles"


def _role(guid: str, name: str, *, actions: str = "", not_actions: str = "", data_actions: str = "") -> Role:
    """A role whose actions are written with blanks between them."""
    permission = Permission(
        actions=tuple(actions.split()), not_actions=tuple(not_actions.split()), data_actions=tuple(data_actions.split())
    )
    return Role(guid=guid, name=name, permissions=(permission,), custom=False, source=_PAGE)


_GENERAL_ROLES = (
    _role(
        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "Reader",
        actions="*/read",
    ),
    _role(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        actions="*",
        not_actions="Microsoft.Authorization/*/Delete Microsoft.Authorization/*/Write "
        "Microsoft.Authorization/elevateAccess/Action Microsoft.Blueprint/blueprintAssignments/write "
        "Microsoft.Blueprint/blueprintAssignments/delete Microsoft.Compute/galleries/share/action "
        "Microsoft.Purview/consents/write Microsoft.Purview/consents/delete "
        "Microsoft.Resources/deploymentStacks/manageDenySetting/action Microsoft.Subscription/cancel/action "
        "Microsoft.Subscription/enable/action",
    ),
    _role(
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "Owner",
        actions="*",
    ),
    _role(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        actions="*/read Microsoft.Authorization/* Microsoft.Support/*",
    ),
    _role(
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        actions="Microsoft.Authorization/roleAssignments/write Microsoft.Authorization/roleAssignments/delete */read "
        "Microsoft.Support/*",
    ),
    _role(
        "73c42c96-874c-492b-b04d-ab87d138a893",
        "Log Analytics Reader",
        actions="*/read Microsoft.OperationalInsights/workspaces/analytics/query/action "
        "Microsoft.OperationalInsights/workspaces/search/action Microsoft.Support/*",
        not_actions="Microsoft.OperationalInsights/workspaces/sharedKeys/read",
    ),
    _role(
        "92aaf0da-9dab-42b6-94a3-d43ce8d16293",
        "Log Analytics Contributor",
        actions="*/read Microsoft.ClassicCompute/virtualMachines/extensions/* "
        "Microsoft.ClassicStorage/storageAccounts/listKeys/action Microsoft.Compute/virtualMachines/extensions/* "
        "Microsoft.HybridCompute/machines/extensions/write Microsoft.Insights/alertRules/* "
        "Microsoft.Insights/diagnosticSettings/* Microsoft.OperationalInsights/* Microsoft.OperationsManagement/* "
        "Microsoft.Resources/deployments/* Microsoft.Resources/subscriptions/resourcegroups/deployments/* "
        "Microsoft.Storage/storageAccounts/listKeys/action Microsoft.Support/*",
    ),
    _role(
        "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
        "Monitoring Reader",
        actions="*/read Microsoft.OperationalInsights/workspaces/search/action Microsoft.Support/*",
    ),
    _role(
        "749f88d5-cbae-40b8-bcfc-e573ddc772fa",
        "Monitoring Contributor",
        actions="*/read Microsoft.AlertsManagement/alerts/* Microsoft.AlertsManagement/alertsSummary/* "
        "Microsoft.Insights/actiongroups/* Microsoft.Insights/activityLogAlerts/* Microsoft.Insights/AlertRules/* "
        "Microsoft.Insights/components/* Microsoft.Insights/createNotifications/* "
        "Microsoft.Insights/dataCollectionEndpoints/* Microsoft.Insights/dataCollectionRules/* "
        "Microsoft.Insights/dataCollectionRuleAssociations/* Microsoft.Insights/DiagnosticSettings/* "
        "Microsoft.Insights/eventtypes/* Microsoft.Insights/LogDefinitions/* Microsoft.Insights/metricalerts/* "
        "Microsoft.Insights/MetricDefinitions/* Microsoft.Insights/Metrics/* Microsoft.Insights/notificationStatus/* "
        "Microsoft.Insights/Register/Action Microsoft.Insights/scheduledqueryrules/* Microsoft.Insights/webtests/* "
        "Microsoft.Insights/workbooks/* Microsoft.Insights/workbooktemplates/* Microsoft.Insights/privateLinkScopes/* "
        "Microsoft.Insights/privateLinkScopeOperationStatuses/* Microsoft.OperationalInsights/workspaces/write "
        "Microsoft.OperationalInsights/workspaces/intelligencepacks/* "
        "Microsoft.OperationalInsights/workspaces/savedSearches/* "
        "Microsoft.OperationalInsights/workspaces/search/action "
        "Microsoft.OperationalInsights/workspaces/sharedKeys/action "
        "Microsoft.OperationalInsights/workspaces/storageinsightconfigs/* Microsoft.Support/* "
        "Microsoft.WorkloadMonitor/monitors/* Microsoft.AlertsManagement/smartDetectorAlertRules/* "
        "Microsoft.AlertsManagement/actionRules/* Microsoft.AlertsManagement/smartGroups/* "
        "Microsoft.AlertsManagement/migrateFromSmartDetection/*",
    ),
    _role(
        "3913510d-42f4-4e42-8a64-420c390055eb",
        "Monitoring Metrics Publisher",
        actions="Microsoft.Insights/Register/Action Microsoft.Support/* "
        "Microsoft.Resources/subscriptions/resourceGroups/read",
        data_actions="Microsoft.Insights/Metrics/Write Microsoft.Insights/Telemetry/Write",
    ),
    _role(
        "36243c78-bf99-498c-9df9-86d9f8d28608",
        "Resource Policy Contributor",
        actions="*/read Microsoft.Authorization/policyassignments/* Microsoft.Authorization/policydefinitions/* "
        "Microsoft.Authorization/policyexemptions/* Microsoft.Authorization/policysetdefinitions/* "
        "Microsoft.PolicyInsights/* Microsoft.Resources/deployments/* Microsoft.Support/*",
    ),
    _role(
        "641177b8-a67a-45b9-a033-47bc880bb21e",
        "Managed Application Contributor Role",
        actions="*/read Microsoft.Solutions/applications/* Microsoft.Solutions/register/action "
        "Microsoft.Resources/subscriptions/resourceGroups/* Microsoft.Resources/deployments/*",
    ),
    _role(
        "c7393b34-138c-406f-901b-d8cf2b17e6ae",
        "Managed Application Operator Role",
        actions="*/read Microsoft.Solutions/applications/read Microsoft.Solutions/*/action",
    ),
    _role(
        "b9331d33-8a36-4f8c-b097-4f54124fdb44",
        "Managed Applications Reader",
        actions="*/read Microsoft.Resources/deployments/* Microsoft.Solutions/jitRequests/*",
    ),
    _role(
        "f1a07417-d97a-45cb-824c-7a7467783830",
        "Managed Identity Operator",
        actions="Microsoft.ManagedIdentity/userAssignedIdentities/*/read "
        "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action Microsoft.Authorization/*/read "
        "Microsoft.Insights/alertRules/* Microsoft.Resources/subscriptions/resourceGroups/read "
        "Microsoft.Resources/deployments/* Microsoft.Support/*",
    ),
    _role(
        "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
        "Managed Identity Contributor",
        actions="Microsoft.ManagedIdentity/userAssignedIdentities/read "
        "Microsoft.ManagedIdentity/userAssignedIdentities/write "
        "Microsoft.ManagedIdentity/userAssignedIdentities/delete Microsoft.Authorization/*/read "
        "Microsoft.Insights/alertRules/* Microsoft.Resources/subscriptions/resourceGroups/read "
        "Microsoft.Resources/deployments/* Microsoft.Support/*",
    ),
    _role(
        "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Secrets User",
        data_actions="Microsoft.KeyVault/vaults/secrets/getSecret/action "
        "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    ),
    _role(
        "21090545-7ca7-4776-b22c-e363652d74d2",
        "Key Vault Reader",
        actions="Microsoft.Authorization/*/read Microsoft.Insights/alertRules/* Microsoft.Resources/deployments/* "
        "Microsoft.Resources/subscriptions/resourceGroups/read Microsoft.Support/* "
        "Microsoft.KeyVault/checkNameAvailability/read Microsoft.KeyVault/deletedVaults/read "
        "Microsoft.KeyVault/locations/*/read Microsoft.KeyVault/vaults/*/read Microsoft.KeyVault/operations/read",
        data_actions="Microsoft.KeyVault/vaults/*/read Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    ),
    _role(
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
        actions="Microsoft.Storage/storageAccounts/blobServices/containers/read "
        "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
        data_actions="Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
    ),
    _role(
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Contributor",
        actions="Microsoft.Storage/storageAccounts/blobServices/containers/delete "
        "Microsoft.Storage/storageAccounts/blobServices/containers/read "
        "Microsoft.Storage/storageAccounts/blobServices/containers/write "
        "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
        data_actions="Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete "
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read "
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write "
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action "
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
    ),
    _role(
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "Storage Blob Data Owner",
        actions="Microsoft.Storage/storageAccounts/blobServices/containers/* "
        "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
        data_actions="Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*",
    ),
    _role(
        "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
        "Azure Kubernetes Service Cluster User Role",
        actions="Microsoft.ContainerService/managedClusters/listClusterUserCredential/action "
        "Microsoft.ContainerService/managedClusters/read",
    ),
    _role(
        "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8",
        "Azure Kubernetes Service Cluster Admin Role",
        actions="Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action "
        "Microsoft.ContainerService/managedClusters/accessProfiles/listCredential/action "
        "Microsoft.ContainerService/managedClusters/read Microsoft.ContainerService/managedClusters/runcommand/action",
    ),
    _role(
        "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8",
        "Azure Kubernetes Service Contributor Role",
        actions="Microsoft.ContainerService/managedClusters/read Microsoft.ContainerService/managedClusters/write "
        "Microsoft.Resources/deployments/*",
    ),
    _role(
        "de139f84-1756-47ae-9be6-808fbbe84772",
        "Website Contributor",
        actions="Microsoft.Authorization/*/read Microsoft.Insights/alertRules/* Microsoft.Insights/components/* "
        "Microsoft.ResourceHealth/availabilityStatuses/read Microsoft.Resources/deployments/* "
        "Microsoft.Resources/subscriptions/resourceGroups/read Microsoft.Support/* Microsoft.Web/certificates/* "
        "Microsoft.Web/listSitesAssignedToHostName/read Microsoft.Web/serverFarms/join/action "
        "Microsoft.Web/serverFarms/read Microsoft.Web/sites/*",
    ),
    _role(
        "4d97b98b-1d4f-4787-a291-c67834d212e7",
        "Network Contributor",
        actions="Microsoft.Authorization/*/read Microsoft.Insights/alertRules/* Microsoft.Network/* "
        "Microsoft.ResourceHealth/availabilityStatuses/read Microsoft.Resources/deployments/* "
        "Microsoft.Resources/subscriptions/resourceGroups/read Microsoft.Support/*",
    ),
    _role(
        "39bc4728-0917-49c7-9d2c-d95423bc2eb4",
        "Security Reader",
        actions="Microsoft.Authorization/*/read Microsoft.Insights/alertRules/read "
        "Microsoft.operationalInsights/workspaces/*/read Microsoft.Resources/deployments/*/read "
        "Microsoft.Resources/subscriptions/resourceGroups/read Microsoft.Security/*/read Microsoft.IoTSecurity/*/read "
        "Microsoft.Support/*/read Microsoft.Security/iotDefenderSettings/packageDownloads/action "
        "Microsoft.Security/iotDefenderSettings/downloadManagerActivation/action "
        "Microsoft.Security/iotSensors/downloadResetPassword/action "
        "Microsoft.IoTSecurity/defenderSettings/packageDownloads/action "
        "Microsoft.IoTSecurity/defenderSettings/downloadManagerActivation/action "
        "Microsoft.Management/managementGroups/read",
    ),
    _role(
        "fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64",
        "Billing Reader",
        actions="Microsoft.Authorization/*/read Microsoft.Billing/*/read Microsoft.Commerce/*/read "
        "Microsoft.Consumption/*/read Microsoft.Management/managementGroups/read Microsoft.CostManagement/*/read "
        "Microsoft.Support/*",
    ),
    _role(
        "4a9ae827-6dc8-4573-8ac7-8239d42aa03f",
        "Tag Contributor",
        actions="Microsoft.Authorization/*/read Microsoft.Resources/subscriptions/resourceGroups/read "
        "Microsoft.Resources/subscriptions/resourceGroups/resources/read "
        "Microsoft.Resources/subscriptions/resources/read Microsoft.Resources/deployments/* "
        "Microsoft.Insights/alertRules/* Microsoft.Support/* Microsoft.Resources/tags/*",
    ),
    _role(
        "0f37683f-2463-46b6-9ce7-9b788b988ba2",
        "App Compliance Automation Administrator",
        actions="Microsoft.AppComplianceAutomation/* Microsoft.Storage/storageAccounts/blobServices/write "
        "Microsoft.Storage/storageAccounts/fileservices/write Microsoft.Storage/storageAccounts/listKeys/action "
        "Microsoft.Storage/storageAccounts/write "
        "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action "
        "Microsoft.Storage/storageAccounts/read Microsoft.Storage/storageAccounts/blobServices/containers/read "
        "Microsoft.Storage/storageAccounts/blobServices/containers/write "
        "Microsoft.Storage/storageAccounts/blobServices/read "
        "Microsoft.PolicyInsights/policyStates/queryResults/action "
        "Microsoft.PolicyInsights/policyStates/triggerEvaluation/action Microsoft.Resources/resources/read "
        "Microsoft.Resources/subscriptions/read Microsoft.Resources/subscriptions/resourceGroups/read "
        "Microsoft.Resources/subscriptions/resourceGroups/resources/read "
        "Microsoft.Resources/subscriptions/resources/read Microsoft.Resources/subscriptions/resourceGroups/delete "
        "Microsoft.Resources/subscriptions/resourceGroups/write Microsoft.Resources/tags/read "
        "Microsoft.Resources/deployments/validate/action Microsoft.Security/automations/read "
        "Microsoft.Resources/deployments/write Microsoft.Security/automations/delete "
        "Microsoft.Security/automations/write Microsoft.Security/register/action Microsoft.Security/unregister/action "
        "*/read",
    ),
)

BUILT_IN: Mapping[str, Role] = MappingProxyType({role.guid: role for role in (*REGISTRY_ROLES, *_GENERAL_ROLES)})
"""Built-in roles by their guid, which is the same in every tenant and cloud."""
