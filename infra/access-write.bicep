// What ACI Medic may change at one registry. Only deployed where the mode is review or auto.
// The conditions are Azure's own: whatever the app does, Azure refuses every other role and every other kind of
// principal. docs/permissions.md and docs/threat-model.md say what remains.
// The readings that a change needs come from access-read.bicep, in the subscription of the registry.
// Source: https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
targetScope = 'resourceGroup'

@description('Name of the registry, which lies in this resource group.')
@minLength(5)
param registryName string

@description('Object (principal) id of the identity of the app.')
param principalId string

@description('Tells this installation from others: names of custom roles are unique in a tenant.')
@minLength(1)
param suffix string

@description('Whether the remedy assign-pull-role may give pull roles, and take back what it gave.')
param assigns bool = true

@description('Whether the remedy enable-trusted-services may switch networkRuleBypassOptions. Azure has no right for this one property: registries/write can also enable the admin account and anonymous pull.')
param trustedServices bool = false

@description('Principal ids of the identities that may be given a pull role, or lose one; Azure takes no longer condition than 8 KB. Empty: any service principal or managed identity.')
@maxLength(90)
param allowedPrincipals array = []

// AcrPull, and Container Registry Repository Reader.
var pullRoles = '7f951dda-4ed3-4680-a7ca-43fe172d538d, b93aa761-3e63-49ed-ac28-beffa264f7ac'

var principals = join(allowedPrincipals, ', ')

var requestedPrincipal = empty(allowedPrincipals) ? '' : ' AND @Request[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals {${principals}}'

var heldPrincipal = empty(allowedPrincipals) ? '' : ' AND @Resource[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals {${principals}}'

// A new assignment is in the request, one that is deleted is the resource: each action needs its own half.
var mayGive = '((!(ActionMatches{\'Microsoft.Authorization/roleAssignments/write\'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${pullRoles}} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {\'ServicePrincipal\'}${requestedPrincipal}))'

var mayTakeBack = '((!(ActionMatches{\'Microsoft.Authorization/roleAssignments/delete\'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${pullRoles}} AND @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {\'ServicePrincipal\'}${heldPrincipal}))'

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

// Not the built-in Role Based Access Control Administrator: its */read would let its holder pull every image of a
// registry in legacy mode.
resource grantRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (assigns) {
  name: guid(registry.id, 'acimedic-grant', suffix)
  properties: {
    roleName: 'ACI Medic grant ${suffix} ${uniqueString(registry.id)}'
    description: 'Gives and takes back roles at one registry, as far as the condition of its assignment lets it.'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Authorization/roleAssignments/delete'
          'Microsoft.Authorization/roleAssignments/write'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
    assignableScopes: [
      resourceGroup().id
    ]
  }
}

resource grantAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (assigns) {
  name: guid(registry.id, principalId, grantRole.id)
  scope: registry
  properties: {
    roleDefinitionId: grantRole.id
    principalId: principalId
    principalType: 'ServicePrincipal'
    conditionVersion: '2.0'
    condition: '${mayGive} AND ${mayTakeBack}'
    description: 'ACI Medic gives pull roles at this registry, and takes back what it gave.'
  }
}

resource switchRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (trustedServices) {
  name: guid(registry.id, 'acimedic-switch', suffix)
  properties: {
    roleName: 'ACI Medic switch ${suffix} ${uniqueString(registry.id)}'
    description: 'Writes the settings of one registry, of which ACI Medic switches the bypass for trusted services.'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.ContainerRegistry/registries/operationStatuses/read'
          'Microsoft.ContainerRegistry/registries/write'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
    assignableScopes: [
      resourceGroup().id
    ]
  }
}

resource switchAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (trustedServices) {
  name: guid(registry.id, principalId, 'acimedic-switch', suffix)
  scope: registry
  properties: {
    roleDefinitionId: switchRole.id
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'ACI Medic switches the bypass for trusted services at this registry.'
  }
}
