// Who is told when the app itself is in trouble: what it could not bring to an end, could not look into, could not
// say, and what it costs. Each alert reads the JSON lines that the app logs (docs/operations.md).
targetScope = 'resourceGroup'

@description('What the names of the resources end with.')
param suffix string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Id of the workspace that the lines are in.')
param workspaceId string

@description('Addresses that are written to, with commas between them; empty for nobody, and alerts then only show in the portal.')
param mailTo string

@description('Amount a month, in the currency of the bill, that the resource group should not exceed; 0 for no budget.')
@minValue(0)
param monthlyBudget int

@description('First day of the first month that the budget counts.')
param budgetStart string

var recipients = filter(map(split(mailTo, ','), each => trim(each)), each => !empty(each))

// The lines of the app, taken apart. What the host and the SDKs log is none of them.
var lines = 'AppTraces | where Message startswith \'{"line"\' | extend it = parse_json(Message) | extend line = tostring(it.line), id = tostring(it.id), state = tostring(it.state)'

var alerts = [
  {
    name: 'failed-story'
    title: 'An incident could not be brought to an end'
    says: 'A step failed for good, only a part was changed, or a change could not be taken back. The incident says which. Runbook: "Stuck or failed stories".'
    severity: 1
    query: '${lines} | where line == "state" and state in ("failed", "incomplete", "kept") | project TimeGenerated, id, state, said = tostring(it.said), step = tostring(it.step)'
    every: 'PT15M'
    within: 'PT15M'
    mute: 'PT1H'
  }
  {
    name: 'failed-orchestration'
    title: 'An orchestration failed'
    says: 'Durable Functions ended a story without its being recorded. Runbook: "Stuck or failed stories".'
    severity: 1
    query: 'AppRequests | where Success == false and OperationName in ("story", "retention", "digests")'
    every: 'PT15M'
    within: 'PT15M'
    mute: 'PT1H'
  }
  {
    name: 'stuck-story'
    title: 'A story goes no further'
    says: 'What it waited for was due two hours ago, and nothing was heard of it since. Waits of more than 45 hours are beyond what an alert can look back on. Runbook: "Stuck or failed stories".'
    severity: 2
    // The same as "What stands still" in docs/operations.md. What has no time of its own goes on at once; only a change
    // that nothing has proved yet is looked at again, up to a day later (acimedic/lifecycle/story.py).
    query: '${lines} | extend kind = tostring(it.kind) | where line == "standing" or (line == "audit-head" and kind in ("received", "over-ceiling")) | extend ended = kind == "over-ceiling" or coalesce(tobool(it.closed), false), until = coalesce(todatetime(it.due), TimeGenerated + iff(state in ("in-effect", "not-yet"), 25h, 0h)) | summarize ends = countif(ended), arg_max(TimeGenerated, state, until) by id | where ends == 0 and until < ago(2h)'
    every: 'PT1H'
    within: 'P2D'
    mute: 'PT6H'
  }
  {
    name: 'no-diagnosis'
    title: 'A failure could not be looked into'
    says: 'Azure did not answer, let nobody in, or sent what nobody understands. Runbooks: "Nothing arrives", "Throttled".'
    severity: 2
    query: '${lines} | where line in ("no-azure", "unresolved", "bad-event") | project TimeGenerated, line, id, reason = tostring(it.reason)'
    every: 'PT15M'
    within: 'PT15M'
    mute: 'PT1H'
  }
  {
    name: 'refused-document'
    title: 'The policy or the routes cannot be followed'
    says: 'Nothing is changed, or only the default route is told, until the document is put right. Runbook: "A policy or routes that are refused".'
    severity: 2
    query: '${lines} | where line in ("policy-refused", "routes-invalid")'
    every: 'PT1H'
    within: 'PT1H'
    mute: 'PT6H'
  }
  {
    name: 'not-told'
    title: 'An incident was not notified'
    says: 'A message did not reach those it was for. The incident says whom, and why.'
    severity: 2
    query: '${lines} | where line == "digest-not-told" or (line == "audit-head" and tostring(it.kind) == "not-told")'
    every: 'PT15M'
    within: 'PT15M'
    mute: 'PT1H'
  }
]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-acimedic-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'ACI Medic'
    enabled: true
    emailReceivers: [for (each, i) in recipients: {
      name: 'recipient-${i}'
      emailAddress: each
      useCommonAlertSchema: true
    }]
  }
}

resource rule 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = [for each in alerts: {
  name: 'acimedic-${each.name}-${suffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'ACI Medic: ${each.title}'
    description: each.says
    severity: each.severity
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: each.every
    windowSize: each.within
    criteria: {
      allOf: [
        {
          query: each.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: false
    muteActionsDuration: each.mute
    // The tables of a new workspace are not there until the first line has come.
    skipQueryValidation: true
    actions: {
      actionGroups: [
        group.id
      ]
    }
  }
}]

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = if (monthlyBudget > 0) {
  name: 'budget-acimedic-${suffix}'
  properties: {
    category: 'Cost'
    amount: monthlyBudget
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: budgetStart
    }
    notifications: {
      forecast: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: recipients
        contactGroups: [
          group.id
        ]
      }
      actual: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: recipients
        contactGroups: [
          group.id
        ]
      }
    }
  }
}

@description('Resource id of the action group.')
output actionGroupId string = group.id
