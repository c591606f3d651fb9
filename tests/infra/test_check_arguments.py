"""Small files with one fault each: what functions and decorators are given, and limits that Azure's types lack."""

from pathlib import Path

import pytest

from tests.infra.checked import ACCOUNT, checked, said


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("output o string = loadTextContent('gone.json')\n", "there is no file gone.json"),
        (
            "output o string = loadTextContent(account.name)\n",
            "what loadTextContent() loads has to be written out",
        ),
        (
            "@description('d')\n@maxLength('90')\nparam p string\noutput o string = p\n",
            "@maxLength() takes a whole number from 0 and is given '90'",
        ),
        ("@description(1)\nparam p string\noutput o string = p\n", "@description() takes a string and is given 1"),
        (
            "@description('d')\n@maxLength()\nparam p string\noutput o string = p\n",
            "@maxLength() takes 1 arguments and not 0",
        ),
        (
            "@description('d')\n@maxValue(3)\nparam p string\noutput o int = length(p)\n",
            "@maxValue() does not go with a string",
        ),
        (
            "@description('d')\n@minLength(3)\nparam p int\noutput o int = p\n",
            "@minLength() does not go with a whole number",
        ),
        (
            "output o string = resourceGroup(split('a/b', '/')).id\n",
            "resourceGroup() takes a string and is given an array",
        ),
        ("output o array = split(3, '/')\n", "split() takes a string and is given 3"),
        ("output o array = map([1, 2], each => toLower(3))\n", "toLower() takes a string and is given 3"),
        ("output o string = join('a', ',')\n", "join() takes an array and is given 'a'"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, more: str, fault: str) -> None:
    """One thing wrong beside a sound file, and what is said of it."""
    assert fault in said(checked(tmp_path, ACCOUNT + more))


def test_a_file_that_is_there_can_be_loaded(tmp_path: Path) -> None:
    """From the folder of the file that loads it."""
    (tmp_path / "there.json").write_text("{}", encoding="utf-8")
    assert said(checked(tmp_path, ACCOUNT + "output o string = loadTextContent('there.json')\n")) == ""


def test_what_may_be_a_word_is_taken_for_one(tmp_path: Path) -> None:
    """Nobody can tell what a parameter of any type holds."""
    text = ACCOUNT + "@description('d')\nparam p array\noutput o array = map(p, each => toLower(each))\n"
    assert said(checked(tmp_path, text)) == ""


SUBSCRIPTION = """
resource t 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  name: 'a/b'
  properties: {
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
  }
}
"""
RULE = """
resource r 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = [for one in table: {
  name: one.name
  location: 'westeurope'
  properties: {
    severity: one.severity
    evaluationFrequency: one.every
  }
}]
var table = [
  {
    name: 'a'
    severity: 4
    every: 'PT15M'
  }
]
"""
VAULT = """
resource v 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'kv-acimedic'
  location: 'westeurope'
  properties: {
    tenantId: '00000000-0000-0000-0000-000000000000'
    sku: {
      family: 'A'
      name: 'standard'
    }
    softDeleteRetentionInDays: 90
  }
}
"""
ASSIGNMENT = """
resource a 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid('a')
  properties: {
    principalId: 'p'
    roleDefinitionId: 'r'
    conditionVersion: '2.0'
  }
}
"""
SOUND = SUBSCRIPTION + RULE + VAULT + ASSIGNMENT


def test_what_is_within_its_limits_has_no_fault(tmp_path: Path) -> None:
    """The file that the others spoil."""
    assert said(checked(tmp_path, SOUND)) == ""


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("maxDeliveryAttempts: 30", "maxDeliveryAttempts: 31", "a whole number from 1 to 30 and is 31"),
        ("maxDeliveryAttempts: 30", "maxDeliveryAttempts: 0", "a whole number from 1 to 30 and is 0"),
        ("InMinutes: 1440", "InMinutes: 1441", "a whole number from 1 to 1440 and is 1441"),
        ("InMinutes: 1440", "InMinutes: length('a') > 0 ? 5 : 9999", "a whole number from 1 to 1440 and is 9999"),
        ("severity: 4", "severity: 5", "a whole number from 0 to 4"),
        ("every: 'PT15M'", "every: '15m'", "r.properties.evaluationFrequency has to be a string"),
        ("every: 'PT15M'", "every: 'PT'", "r.properties.evaluationFrequency has to be a string"),
        ("InDays: 90", "InDays: 91", "a whole number from 7 to 90"),
        ("'kv-acimedic'", "'kv_acimedic'", "v.name has to be a string"),
        ("'2.0'", "'3.0'", "a.properties.conditionVersion has to be '2.0'"),
        ("guid('a')", "'not-a-guid'", "a.name has to be a string"),
    ],
)
def test_what_is_beyond_its_limits_is_caught(tmp_path: Path, right: str, wrong: str, fault: str) -> None:
    """Of an event subscription, an alert, a vault and a role assignment."""
    assert right in SOUND
    assert fault in said(checked(tmp_path, SOUND.replace(right, wrong, 1)))
