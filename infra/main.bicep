// ACI Medic in one deployment: what it runs on, what it may read in each watched subscription, and, where it is to
// repair, what it may change at each registry. The event subscriptions follow after the app (events.bicep).
// Lists come as text with commas between, because that is what azd hands over from its environment in every version.
targetScope = 'subscription'

@description('Name of the azd environment; the names of resources are made from it.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Region of every resource that has one. It needs Flex Consumption; the hook preprovision checks that.')
@minLength(1)
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

@description('Resource group of the app, of its own: whoever may write in it acts as the app. Empty: rg-acimedic-ENVIRONMENT.')
@maxLength(90)
param resourceGroupName string = ''

@description('Whether anything is repaired: not at all, after a person\'s approval, or by the policy alone. Anything but off brings Key Vault, authentication and rights at the registries.')
@allowed([
  'off'
  'review'
  'auto'
])
param remediation string = 'off'

@description('Ids of further subscriptions that are watched, with commas between. This one always is.')
param furtherSubscriptions string = ''

@description('Ids of subscriptions that are read and not watched, with commas between: those of registries that watched groups pull from.')
param alsoReadSubscriptions string = ''

@description('Resource ids of the system topics that are there already, with commas between. Filled by the hook: Azure has one per subscription.')
param existingSystemTopics string = ''

@description('Registries that may be changed, with commas between; each is a resource id, an equals sign, and the principal ids that may be given a pull role there, with blanks between. Filled by the hook from policy.json; without principal ids any service principal may.')
param grants string = ''

@description('Whether the remedy assign-pull-role is allowed, which takes the right to assign pull roles. Filled by the hook from policy.json.')
param assigns bool = false

@description('Whether the remedy enable-trusted-services is allowed, which takes registries/write. Filled by the hook from policy.json.')
param trustedServices bool = false

@description('Resource ids of registries in legacy mode whose manifests may be read, with commas between. Whoever may read them may pull: see docs/permissions.md.')
param imageRegistries string = ''

@description('The same for registries in ABAC mode.')
param imageRegistriesAbac string = ''

@description('Whether keys lie in a Key Vault. Without it auditKey is needed, and nothing can be repaired.')
param keyVault bool = true

@description('Whether a deleted Key Vault of this name is to come back. Found by the hook.')
param recoverKeyVault bool = false

@description('Key that seals the audit, 32 characters or more; only without a Key Vault.')
@secure()
param auditKey string = ''

@description('Whether people sign in before they see anything. Without it the pages are closed.')
param authentication bool = true

@description('Application (client) id of the app registration by which people sign in. Filled by the hook, which makes one, unless you set it.')
param authClientId string = ''

@description('Whether people may come with a token that Azure CLI got for them, as well as by a browser.')
param azureCli bool = false

@description('What somebody gets who has not signed in: the page to sign in at, or 401.')
@allowed([
  'RedirectToLoginPage'
  'Return401'
])
param unauthenticated string = 'RedirectToLoginPage'

@description('Whether states are told in Teams. The address of the workflow is a secret: the hook puts it into the Key Vault.')
param teams bool = false

@description('Whether states are told by mail, through Azure Communication Services.')
param mail bool = false

@description('Where mails are kept at rest.')
@allowed([
  'Africa'
  'Asia Pacific'
  'Australia'
  'Brazil'
  'Canada'
  'Europe'
  'France'
  'Germany'
  'India'
  'Japan'
  'Korea'
  'Norway'
  'Switzerland'
  'UAE'
  'UK'
  'United States'
])
param mailDataLocation string = 'Europe'

@description('Who gets those mails where there are no routes, with commas between.')
param mailTo string = ''

@description('Whether states are published to an Event Grid topic of our own.')
param eventsTopic bool = false

@description('Who gets a mail of Azure when the app itself is in trouble, with commas between.')
param alertMailTo string = ''

@description('Amount a month, in the currency of the bill, beyond which a mail is sent; 0 for no budget.')
@minValue(0)
param monthlyBudget int = 30

@description('First day of the month that the budget counts from; empty for this month. An existing budget keeps its own, which azd remembers.')
param budgetStart string = ''

@description('First day of this month. Leave it.')
param thisMonth string = utcNow('yyyy-MM-01')

@description('Megabytes of memory of each instance.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('How many instances there may be at most of each group of functions. 40 is the least that every region takes; some take less.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('How many instances wait for events, and as many for stories, at a price whether there are any or not.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 0

@description('Resource id of a subnet that is delegated to Microsoft.App/environments, which the app reaches the network through; empty for none.')
param subnetId string = ''

@description('How often the incidents are kept: in one data centre, three of the region, or two regions as well.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param storageRedundancy string = 'Standard_LRS'

@description('Days that a closed incident is kept.')
@minValue(1)
@maxValue(3650)
param retentionDays int = 90

@description('Days that an event which could not be delivered is kept.')
@minValue(1)
@maxValue(3650)
param deadLetterDays int = 30

@description('Days that the log is kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Gigabytes of log a day, beyond which Azure takes no more until the next day; -1 for no limit.')
@minValue(-1)
param logDailyGigabytes int = 1

@description('Hours that a plan waits for a person.')
@minValue(1)
@maxValue(720)
param approvalHours int = 24

@description('Failures of one subscription within an hour that are looked into; what is beyond is counted and named in one message.')
@minValue(1)
@maxValue(5000)
param incidentsPerHour int = 200

@description('Hosts besides Azure container registries that may be asked for an image, with commas between; none for none, empty for the usual four.')
param otherRegistries string = ''

@description('Address of the pages, where they have a domain of their own; empty for the app\'s.')
param url string = ''

@description('Further settings of the app by their names, none of them a secret. What the other parameters set goes before.')
param moreSettings object = {}

@description('Further settings whose values lie in the Key Vault: by the name of the setting the name of the secret, or NAME/VERSION for a version of it.')
param moreSecrets object = {}

var suffix = uniqueString(subscription().id, environmentName, location)

var tags = {
  'azd-env-name': environmentName
}

var groupName = empty(resourceGroupName) ? 'rg-acimedic-${environmentName}' : resourceGroupName

// What changes something needs keys and people who have signed in, whatever the parameters say.
var repairs = remediation != 'off'

var vaulted = keyVault || repairs || teams

var guarded = authentication || repairs

var vaultName = 'kv-medic-${suffix}'

var topics = filter(map(split(existingSystemTopics, ','), each => trim(each)), each => !empty(each))

var further = filter(map(split(furtherSubscriptions, ','), each => toLower(trim(each))), each => !empty(each))

var watched = union([
  toLower(subscription().subscriptionId)
], further)

var alsoRead = filter(map(split(alsoReadSubscriptions, ','), each => toLower(trim(each))), each => !empty(each) && !contains(watched, each))

var granted = repairs ? filter(map(split(grants, ','), each => trim(each)), each => !empty(each)) : []

var legacyImages = filter(map(split(imageRegistries, ','), each => trim(each)), each => !empty(each))

var abacImages = filter(map(split(imageRegistriesAbac, ','), each => trim(each)), each => !empty(each))

var mode = repairs ? remediation : 'observe'

var cloud = environment().name

var budgetFrom = empty(budgetStart) ? thisMonth : budgetStart

var reference = '@Microsoft.KeyVault(VaultName=${vaultName};SecretName='

var keys = vaulted ? {
  ACIMEDIC_AUDIT_KEY: '${reference}audit-key)'
  ACIMEDIC_APPROVAL_KEY: '${reference}approval-key)'
  ACIMEDIC_HASH_KEY: '${reference}hash-key)'
} : {
  ACIMEDIC_AUDIT_KEY: auditKey
}

// A deployment replaces all settings of the app: what is to stay has to be in it.
// Source: https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#source-app-settings-from-key-vault
var secretSettings = toObject(items(moreSecrets), each => each.key, each => '${reference}${replace(each.value, '/', ';SecretVersion=')})')

var teamsSettings = teams ? {
  ACIMEDIC_TEAMS_WEBHOOK: '${reference}teams-webhook)'
} : {}

var mailSettings = mail ? {
  ACIMEDIC_MAIL_ENDPOINT: mailing.outputs.endpoint
  ACIMEDIC_MAIL_FROM: mailing.outputs.sender
  ACIMEDIC_MAIL_TO: mailTo
} : {}

var topicSettings = eventsTopic ? {
  ACIMEDIC_EVENTS_TOPIC: news.outputs.endpoint
} : {}

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: groupName
  location: location
  tags: tags
}

module identity 'identity.bicep' = {
  name: 'acimedic-identity'
  scope: group
  params: {
    name: 'id-acimedic-${suffix}'
    location: location
    tags: tags
  }
}

module telemetry 'telemetry.bicep' = {
  name: 'acimedic-telemetry'
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    retentionDays: logRetentionDays
    dailyGigabytes: logDailyGigabytes
  }
}

module storage 'storage.bicep' = {
  name: 'acimedic-storage'
  scope: group
  params: {
    name: 'acimedic${suffix}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    redundancy: storageRedundancy
    deadLetterDays: deadLetterDays
    workspaceId: telemetry.outputs.workspaceId
  }
}

module vault 'vault.bicep' = if (vaulted) {
  name: 'acimedic-vault'
  scope: group
  params: {
    name: vaultName
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    recover: recoverKeyVault
    workspaceId: telemetry.outputs.workspaceId
  }
}

module mailing 'mail.bicep' = if (mail) {
  name: 'acimedic-mail'
  scope: group
  params: {
    suffix: suffix
    tags: tags
    principalId: identity.outputs.principalId
    dataLocation: mailDataLocation
  }
}

module news 'news.bicep' = if (eventsTopic) {
  name: 'acimedic-news'
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    principalId: identity.outputs.principalId
  }
}

module app 'app.bicep' = {
  name: 'acimedic-app'
  scope: group
  params: {
    name: 'func-acimedic-${suffix}'
    planName: 'plan-acimedic-${suffix}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    packageContainer: storage.outputs.packageContainer
    insightsConnectionString: telemetry.outputs.connectionString
    settings: union(moreSettings, secretSettings, keys, teamsSettings, mailSettings, topicSettings, {
      AZURE_CLOUD: cloud
      ACIMEDIC_MODE: mode
      ACIMEDIC_SUBSCRIPTIONS: join(watched, ',')
      ACIMEDIC_REGISTRIES: otherRegistries
      ACIMEDIC_RETENTION_DAYS: string(retentionDays)
      ACIMEDIC_APPROVAL_HOURS: string(approvalHours)
      ACIMEDIC_INCIDENTS_PER_HOUR: string(incidentsPerHour)
      ACIMEDIC_DEADLETTERS: storage.outputs.deadLetters
    })
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    subnetId: subnetId
    authentication: guarded
    authClientId: authClientId
    azureCli: azureCli
    unauthenticated: unauthenticated
    url: url
  }
  dependsOn: [
    vault
  ]
}

module watching 'watched.bicep' = [for each in watched: {
  name: 'acimedic-watch-${each}'
  scope: subscription(each)
  params: {
    principalId: identity.outputs.principalId
    suffix: suffix
    location: location
    tags: tags
    groupName: each == toLower(subscription().subscriptionId) ? groupName : 'rg-acimedic-${environmentName}-events'
    makesGroup: each != toLower(subscription().subscriptionId)
    knownTopics: topics
  }
  dependsOn: [
    group
  ]
}]

module reading 'access-read.bicep' = [for each in alsoRead: {
  name: 'acimedic-read-${each}'
  scope: subscription(each)
  params: {
    principalId: identity.outputs.principalId
    suffix: suffix
  }
}]

module changing 'access-write.bicep' = [for (each, i) in granted: {
  name: 'acimedic-write-${i}-${suffix}'
  scope: resourceGroup(split(each, '/')[2], split(each, '/')[4])
  params: {
    registryName: split(split(each, '=')[0], '/')[8]
    principalId: identity.outputs.principalId
    suffix: suffix
    assigns: assigns
    trustedServices: trustedServices
    allowedPrincipals: filter(split(last(split(each, '=')), ' '), one => !empty(one))
  }
}]

module lookingLegacy 'access-images.bicep' = [for (each, i) in legacyImages: {
  name: 'acimedic-images-${i}-${suffix}'
  scope: resourceGroup(split(each, '/')[2], split(each, '/')[4])
  params: {
    registryName: split(each, '/')[8]
    principalId: identity.outputs.principalId
    roleAssignmentMode: 'LegacyRegistryPermissions'
  }
}]

module lookingAbac 'access-images.bicep' = [for (each, i) in abacImages: {
  name: 'acimedic-images-abac-${i}-${suffix}'
  scope: resourceGroup(split(each, '/')[2], split(each, '/')[4])
  params: {
    registryName: split(each, '/')[8]
    principalId: identity.outputs.principalId
    roleAssignmentMode: 'AbacRepositoryPermissions'
  }
}]

module alerts 'alerts.bicep' = {
  name: 'acimedic-alerts'
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    workspaceId: telemetry.outputs.workspaceId
    mailTo: alertMailTo
    monthlyBudget: monthlyBudget
    budgetStart: budgetFrom
  }
}

module workbook 'workbook.bicep' = {
  name: 'acimedic-workbook'
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    workspaceId: telemetry.outputs.workspaceId
  }
}

@description('Tenant of the app.')
output AZURE_TENANT_ID string = tenant().tenantId

@description('Resource group of the app.')
output AZURE_RESOURCE_GROUP string = groupName

@description('What the names of resources and roles end with.')
output ACIMEDIC_SUFFIX string = suffix

@description('Name of the app.')
output ACIMEDIC_APP_NAME string = app.outputs.name

@description('Resource id of the app.')
output ACIMEDIC_APP_ID string = app.outputs.id

@description('Address of the app.')
output ACIMEDIC_ADDRESS string = app.outputs.address

@description('Object id of the identity of the app.')
output ACIMEDIC_PRINCIPAL_ID string = identity.outputs.principalId

@description('Resource id of the storage account.')
output ACIMEDIC_STORAGE_ID string = storage.outputs.id

@description('Container of events that could not be delivered.')
output ACIMEDIC_DEADLETTER_CONTAINER string = storage.outputs.deadLetterContainer

@description('Name of the vault; empty where there is none.')
output ACIMEDIC_VAULT string = vaulted ? vaultName : ''

@description('Resource id of the action group.')
output ACIMEDIC_ACTION_GROUP_ID string = alerts.outputs.actionGroupId

@description('First day that the budget counts from.')
output ACIMEDIC_BUDGET_START string = budgetFrom

@description('Whether people sign in.')
output ACIMEDIC_GUARDED bool = guarded

@description('Resource ids of the system topics that are listened to.')
output ACIMEDIC_TOPICS array = [for (each, i) in watched: watching[i].outputs.topicId]

@description('Ids of all subscriptions in which the app has been given rights.')
output ACIMEDIC_REACH array = concat(watched, alsoRead)
