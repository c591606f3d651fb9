// The event subscription: which failures reach the app. Deployed by the hook `postdeploy`, once for each watched
// subscription, in the resource group of its system topic; only when the app is there can Event Grid check it.
// Source: https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions
targetScope = 'resourceGroup'

@description('Name of the system topic, which lies in this resource group.')
@minLength(3)
param topicName string

@description('Name of the event subscription: tells this installation from others.')
@minLength(3)
@maxLength(64)
param name string

@description('Resource id of the function app.')
param appId string

@description('Name of the function that takes events.')
param functionName string = 'on_failure'

@description('Which identity of the topic writes dead letters: None where it has none, and then there are no dead letters.')
@allowed([
  'SystemAssigned'
  'UserAssigned'
  'None'
])
param deadLetterIdentity string = 'SystemAssigned'

@description('Resource id of that identity, where it is a user-assigned one.')
param deadLetterIdentityId string = ''

@description('Object id of that identity; empty where there are no dead letters.')
param deadLetterPrincipalId string = ''

@description('Resource id of the storage account of dead letters.')
param storageId string

@description('Container of dead letters.')
param containerName string = 'dead-letters'

@description('Resource id of the action group that is told of lost events; empty for nobody.')
param actionGroupId string = ''

@description('Tags of every resource.')
param tags object = {}

var lettered = deadLetterIdentity != 'None'

var writer = deadLetterIdentity == 'UserAssigned' ? {
  type: 'UserAssigned'
  userAssignedIdentity: deadLetterIdentityId
} : {
  type: 'SystemAssigned'
}

// Event Grid counts them for each topic, whichever subscription they were for.
var counted = [
  {
    metric: 'DeadLetteredCount'
    says: 'Events could not be delivered and lie in the container of dead letters.'
  }
  {
    metric: 'DroppedEventCount'
    says: 'Events could not be delivered, and could not be kept as dead letters either.'
  }
]

var losses = empty(actionGroupId) ? [] : counted

module mayWrite 'dead-letters.bicep' = if (lettered) {
  name: 'acimedic-dead-letters-${uniqueString(topic.id)}'
  scope: resourceGroup(split(storageId, '/')[2], split(storageId, '/')[4])
  params: {
    storageName: last(split(storageId, '/'))
    containerName: containerName
    principalId: deadLetterPrincipalId
  }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource subscribed 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: name
  properties: {
    destination: {
      endpointType: 'AzureFunction'
      properties: {
        resourceId: '${appId}/functions/${functionName}'
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
      }
    }
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: {
      includedEventTypes: [
        'Microsoft.Resources.ResourceWriteFailure'
        'Microsoft.Resources.ResourceActionFailure'
      ]
      // Compared without regard to case. The same operations as in acimedic/incident.py.
      advancedFilters: [
        {
          operatorType: 'StringIn'
          key: 'data.operationName'
          values: [
            'Microsoft.ContainerInstance/containerGroups/write'
            'Microsoft.ContainerInstance/containerGroups/start/action'
            'Microsoft.ContainerInstance/containerGroups/restart/action'
            'Microsoft.Resources/deployments/write'
          ]
        }
      ]
    }
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
    deadLetterWithResourceIdentity: lettered ? {
      identity: writer
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: storageId
          blobContainerName: containerName
        }
      }
    } : null
  }
  dependsOn: [
    mayWrite
  ]
}

resource alert 'Microsoft.Insights/metricAlerts@2018-03-01' = [for each in losses: {
  name: '${name}-${each.metric}'
  location: 'global'
  tags: tags
  properties: {
    description: '${each.says} See the runbook "Replay of dead letters" in docs/operations.md.'
    severity: 1
    enabled: true
    scopes: [
      topic.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: each.metric
          metricName: each.metric
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    autoMitigate: true
    actions: [
      {
        actionGroupId: actionGroupId
      }
    ]
  }
}]

@description('Resource id of the event subscription.')
output id string = subscribed.id
