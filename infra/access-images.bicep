// Lets ACI Medic ask one registry about its images: whether one is there, for which platforms, how large.
// Off by default: Azure has no right to look at a manifest that is not also the right to pull, so its holder can
// pull every image of this registry. Without it the checks of images say unknown.
targetScope = 'resourceGroup'

@description('Name of the registry, which lies in this resource group.')
@minLength(5)
param registryName string

@description('Object (principal) id of the identity of the app.')
param principalId string

@description('The role assignment mode of the registry (az acr show --query roleAssignmentMode), which decides which role counts.')
@allowed([
  'AbacRepositoryPermissions'
  'LegacyRegistryPermissions'
])
param roleAssignmentMode string = 'LegacyRegistryPermissions'

var pullRoles = {
  AbacRepositoryPermissions: 'b93aa761-3e63-49ed-ac28-beffa264f7ac' // Container Registry Repository Reader
  LegacyRegistryPermissions: '7f951dda-4ed3-4680-a7ca-43fe172d538d' // AcrPull
}

var pullRole = pullRoles[roleAssignmentMode]

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, principalId, pullRole)
  scope: registry
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', pullRole)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'ACI Medic reads manifests and tags of this registry, and could pull its images.'
  }
}
