// The workbook: failures by cause, time to diagnosis, fixes, gaps. Its queries are in workbook.json.
targetScope = 'resourceGroup'

@description('What the name of the workbook is made from.')
param suffix string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Id of the workspace that the lines are in.')
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'acimedic-workbook', suffix)
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'ACI Medic'
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: workspaceId
    serializedData: replace(loadTextContent('workbook.json'), '{workspace}', workspaceId)
  }
}

@description('Resource id of the workbook.')
output id string = workbook.id
