// Who the app is: everything that it reads, keeps, sends and changes, it does as this identity.
targetScope = 'resourceGroup'

@description('Name of the identity.')
@minLength(3)
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id of the identity.')
output id string = identity.id

@description('Object id: what roles are given to.')
output principalId string = identity.properties.principalId

@description('Application id: what signs in.')
output clientId string = identity.properties.clientId
