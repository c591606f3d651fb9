// One subscription that is watched: what the app may read there, and the topic that tells of failures.
targetScope = 'subscription'

@description('Object id of the identity of the app.')
param principalId string

@description('What the names of resources and roles end with.')
param suffix string

@description('Region of the resource group, where one is made.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource group of the topic.')
param groupName string

@description('Whether that group is made here: in every subscription but the app\'s own, unless it has a topic.')
param makesGroup bool

@description('Resource ids of the system topics that are there already, of all subscriptions.')
param knownTopics array

// Only one can match, since a subscription has only one.
var known = join(take(filter(knownTopics, each => startsWith(toLower(each), '${toLower(subscription().id)}/')), 1), '')

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = if (makesGroup && empty(known)) {
  name: groupName
  location: location
  tags: tags
}

module read 'access-read.bicep' = {
  name: 'acimedic-read-${suffix}'
  params: {
    principalId: principalId
    suffix: suffix
  }
}

module topic 'topic.bicep' = if (empty(known)) {
  name: 'acimedic-topic-${suffix}'
  scope: resourceGroup(groupName)
  params: {
    name: 'evgs-acimedic-${suffix}'
    tags: tags
  }
  dependsOn: [
    group
  ]
}

@description('Resource id of the topic that is listened to.')
output topicId string = empty(known) ? topic.outputs.id : known
