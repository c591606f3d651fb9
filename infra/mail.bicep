// Mail through Azure Communication Services, from a domain that Azure manages (ten mails an hour or so).
// Source: https://learn.microsoft.com/azure/communication-services/concepts/email/email-authentication-best-practice
targetScope = 'resourceGroup'

@description('What the names of the resources end with.')
param suffix string

@description('Tags of every resource.')
param tags object

@description('Object id of the identity of the app.')
param principalId string

@description('Where mails are kept at rest, such as Europe, United States or Asia Pacific.')
param dataLocation string

// Communication and Email Service Owner, on this one resource: the service has no narrower role for sending, and is
// said not to honour custom ones. Local authentication is off, so the keys that the role may list open nothing.
var owner = '09976791-48a7-449e-bb21-39d1a415f350'

resource service 'Microsoft.Communication/emailServices@2025-05-01' = {
  name: 'mail-acimedic-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
  }
}

resource domain 'Microsoft.Communication/emailServices/domains@2025-05-01' = {
  parent: service
  name: 'AzureManagedDomain'
  location: 'global'
  tags: tags
  properties: {
    domainManagement: 'AzureManaged'
    userEngagementTracking: 'Disabled'
  }
}

resource communication 'Microsoft.Communication/communicationServices@2025-05-01' = {
  name: 'acs-acimedic-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    linkedDomains: [
      domain.id
    ]
    disableLocalAuth: true
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(communication.id, principalId, owner)
  scope: communication
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', owner)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'ACI Medic sends mail.'
  }
}

@description('Address of the service.')
output endpoint string = 'https://${communication.properties.hostName}'

@description('Sender of the mails.')
output sender string = 'DoNotReply@${domain.properties.mailFromSenderDomain}'
