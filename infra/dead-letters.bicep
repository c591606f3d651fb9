// Lets the identity of a topic write the events that it could not deliver.
targetScope = 'resourceGroup'

@description('Name of the storage account, which lies in this resource group.')
@minLength(3)
param storageName string

@description('Name of the container.')
@minLength(3)
param containerName string

@description('Object id of the identity of the topic.')
param principalId string

// Storage Blob Data Contributor, on this container alone.
var contributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: account
  name: 'default'
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  parent: blobs
  name: containerName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(container.id, principalId, contributor)
  scope: container
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', contributor)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Event Grid keeps the events here that ACI Medic did not take.'
  }
}
