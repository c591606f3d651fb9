// What the app says of itself: one workspace, and Application Insights on it. Nobody writes to it with a key.
targetScope = 'resourceGroup'

@description('What the names of the resources end with.')
param suffix string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Object id of the identity of the app.')
param principalId string

@description('Days that the log is kept.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('Gigabytes of log a day, beyond which Azure takes no more until the next day; -1 for no limit.')
@minValue(-1)
param dailyGigabytes int

// Monitoring Metrics Publisher: writes telemetry, reads none.
var publisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'log-acimedic-${suffix}'
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    workspaceCapping: {
      dailyQuotaGb: dailyGigabytes
    }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-acimedic-${suffix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
    DisableIpMasking: false
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, principalId, publisher)
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', publisher)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'ACI Medic writes its log.'
  }
}

@description('Resource id of the workspace.')
output workspaceId string = workspace.id

@description('Resource id of Application Insights.')
output insightsId string = insights.id

@description('Where telemetry is sent. With local authentication off it lets nobody in.')
output connectionString string = insights.properties.ConnectionString
