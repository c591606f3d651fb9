// What ACI Medic may read in one subscription: a role of its own, with the actions that it uses and no others.
// docs/permissions.md says of each who uses it, and what fails without it.
// The built-in role Reader is not used: its */read holds registries/pull/read, so on a registry in legacy mode
// whoever has it can pull every image.
targetScope = 'subscription'

@description('Object (principal) id of the identity of the app.')
param principalId string

@description('Tells this installation from others: names of custom roles are unique in a tenant.')
@minLength(1)
param suffix string

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'acimedic-read', suffix)
  properties: {
    roleName: 'ACI Medic read ${suffix} ${uniqueString(subscription().id)}'
    description: 'Reads what tells why a container group could not pull its image. Changes nothing, and pulls nothing.'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Authorization/denyAssignments/read'
          'Microsoft.Authorization/permissions/read'
          'Microsoft.Authorization/roleAssignments/read'
          'Microsoft.Authorization/roleDefinitions/read'
          'Microsoft.ContainerInstance/containerGroups/read'
          'Microsoft.ContainerRegistry/registries/read'
          'Microsoft.ContainerRegistry/registries/scopeMaps/read'
          'Microsoft.ContainerRegistry/registries/tokens/read'
          'Microsoft.EventGrid/systemTopics/eventSubscriptions/read'
          'Microsoft.EventGrid/systemTopics/read'
          'Microsoft.Insights/eventtypes/values/read'
          'Microsoft.ManagedIdentity/userAssignedIdentities/read'
          'Microsoft.Network/privateEndpoints/read'
          'Microsoft.Resources/deployments/exportTemplate/action'
          'Microsoft.Resources/deployments/operations/read'
          'Microsoft.Resources/deployments/read'
          'Microsoft.Resources/subscriptions/read'
          'Microsoft.Resources/subscriptions/resourceGroups/deployments/operations/read'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
    assignableScopes: [
      subscription().id
    ]
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, principalId, role.id)
  properties: {
    roleDefinitionId: role.id
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'ACI Medic reads this subscription.'
  }
}
