// The app: a Function App on Flex Consumption, which signs in as its identity to everything, and stands behind
// App Service authentication. What Flex Consumption has no use for is left out (the runtime's version and the
// worker's kind as settings, alwaysOn, 32 bits, a connection string to its storage).
// Source: https://learn.microsoft.com/azure/azure-functions/functions-infrastructure-as-code?pivots=flex-consumption-plan
targetScope = 'resourceGroup'

@description('Name of the app, which is also its address.')
@minLength(3)
@maxLength(60)
param name string

@description('Name of the plan.')
param planName string

@description('Region.')
param location string

@description('Tags of every resource. The app gets one more, by which azd finds it.')
param tags object

@description('Resource id of the identity.')
param identityId string

@description('Application id of the identity.')
param identityClientId string

@description('Name of the storage account.')
param storageName string

@description('Address of the container of the deployed package.')
param packageContainer string

@description('Connection string of Application Insights, which lets nobody in: local authentication is off.')
param insightsConnectionString string

@description('Settings by their names. Secrets are references to the vault.')
@secure()
param settings object

@description('Megabytes of memory of each instance.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int

@description('How many instances there may be at most of each group of functions.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

@description('How many instances wait for events, and as many for stories, whether there are any or not; 0 for none.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int

@description('Resource id of a subnet that is delegated to Microsoft.App/environments; empty for no virtual network.')
param subnetId string

@description('Whether nobody gets to the pages without signing in.')
param authentication bool

@description('Application (client) id of the app registration by which people sign in.')
param authClientId string

@description('Whether people may come with a token that Azure CLI got for them, as well as by a browser.')
param azureCli bool

@description('What somebody gets who has not signed in: the page to sign in at, or 401.')
@allowed([
  'RedirectToLoginPage'
  'Return401'
])
param unauthenticated string

@description('Address of the pages, where they have one of their own; empty for that of the app.')
param url string

var ready = [
  {
    name: 'function:on_failure'
    instanceCount: alwaysReadyInstances
  }
  {
    name: 'durable'
    instanceCount: alwaysReadyInstances
  }
]

// The identity of the app proves who the app registration is: there is no client secret.
// Source: https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad#use-a-managed-identity-instead-of-a-secret-preview
var proof = 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'

// Azure CLI has this client id in every tenant. App Service compares it with the client that a token was made for.
// Source: https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad#authorize-requests
var clients = azureCli ? [
  authClientId
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
] : [
  authClientId
]

var signIn = authentication ? {
  OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identityClientId
  WEBSITE_AUTH_AAD_ALLOWED_TENANTS: tenant().tenantId
} : {}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, {
    'azd-service-name': 'app'
  })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainer
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.12'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances == 0 ? [] : ready
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
    }
  }
}

// Nobody deploys with a name and a password: azd and the Functions tools sign in.
resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, signIn, {
    AzureWebJobsStorage__accountName: storageName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    AZURE_CLIENT_ID: identityClientId
    AZURE_FUNCTIONS_DURABLE_STRICT_TYPING: '1'
    ACIMEDIC_URL: empty(url) ? 'https://${app.properties.defaultHostName}' : url
  })
}

// Three paths are left out. Event Grid has a key of the host, and cannot sign in; a diagnosis is asked for with the
// key of its function; health says one word. The app believes no sign-in on a path that is left out.
resource auth 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: authentication
    }
    globalValidation: {
      requireAuthentication: authentication
      unauthenticatedClientAction: authentication ? unauthenticated : 'AllowAnonymous'
      redirectToProvider: 'azureactivedirectory'
      excludedPaths: [
        '/runtime/webhooks/eventgrid'
        '/api/diagnose'
        '/api/health'
      ]
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: authentication
        registration: {
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
          clientId: authClientId
          clientSecretSettingName: proof
        }
        validation: {
          allowedAudiences: [
            authClientId
            'api://${authClientId}'
          ]
          defaultAuthorizationPolicy: {
            allowedApplications: clients
          }
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
    httpSettings: {
      requireHttps: true
    }
  }
  dependsOn: [
    appSettings
  ]
}

@description('Name of the app.')
output name string = app.name

@description('Resource id of the app.')
output id string = app.id

@description('Address of the app.')
output address string = 'https://${app.properties.defaultHostName}'
