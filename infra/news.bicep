// A topic of our own, to which every state of every incident is published, for whoever wants to act on it
// (docs/events.md). Who publishes signs in; there is no key.
targetScope = 'resourceGroup'

@description('What the name of the topic ends with.')
param suffix string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Object id of the identity of the app.')
param principalId string

// EventGrid Data Sender: publishes, and reads nothing.
var sender = 'd5a91429-5739-47e2-a06b-3470a27159e7'

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: 'evgt-acimedic-${suffix}'
  location: location
  tags: tags
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
    publicNetworkAccess: 'Enabled'
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(topic.id, principalId, sender)
  scope: topic
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sender)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'ACI Medic publishes the states of incidents.'
  }
}

@description('Where events are published to.')
output endpoint string = topic.properties.endpoint
