// The system topic of this subscription: what happens to its resources. Azure has one per subscription and no more,
// so this is deployed only where there is none; an existing one is used as it is.
targetScope = 'resourceGroup'

@description('Name of the topic.')
@minLength(3)
@maxLength(50)
param name string

@description('Tags of every resource.')
param tags object

// An identity of its own, which writes events that could not be delivered to one container, and nothing else.
resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: 'global'
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: subscription().id
    topicType: 'Microsoft.Resources.Subscriptions'
  }
}

@description('Resource id of the topic.')
output id string = topic.id
