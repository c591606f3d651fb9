"""The check of infra/ bites: faults planted in copies of the real files, and small files with one fault each."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.infra import planting
from tests.infra.checked import ACCOUNT, book, checked, said
from tests.infra.checking.__main__ import ROOT
from tests.infra.checking.folder import check_folder, second_reading
from tests.infra.checking.parser import parse
from tests.infra.checking.syntax import BicepError, File
from tests.infra.planting import Edit, Folder

INFRA = ROOT / "infra"

# Words that Azure's types leave free: names, places, descriptions, times, and kinds that its types do not name.
FREE_WORDS = frozenset(
    {
        "category", "conditionVersion", "description", "displayName", "evaluationFrequency", "groupShortName", "key",
        "kind", "location", "metricNamespace", "name", "publicNetworkAccess", "redirectToProvider", "startDate",
        "tier", "topicType", "type", "version", "windowSize",
    }
)  # fmt: skip


def planted(spoil: Callable[[File], Iterator[Edit]]) -> list[str]:
    """What the check did not notice, of at least one fault that was planted."""
    count, unnoticed = Folder(INFRA, book()).survivors(spoil)
    assert count > 0
    return unnoticed


def test_nothing_is_wrong_in_infra() -> None:
    """The real files, as they are."""
    outcome = check_folder(INFRA, book())
    assert said(outcome) == ""
    assert outcome.files > 0
    assert outcome.resources > 0


def test_the_scanner_can_read_every_file() -> None:
    """What pycep cannot read, checkov would leave out without a word."""
    assert second_reading(INFRA) == ()


def test_every_misspelt_property_is_caught() -> None:
    """Of every resource of every file, one by one; but for the free names of a dictionary."""
    free = ("budget.properties.notifications.",)
    left = [each for each in planted(planting.key_misspelt) if not any(name in each for name in free)]
    assert left == []


def test_every_property_that_is_azures_to_say_is_caught() -> None:
    """`id` written into every resource."""
    assert planted(planting.read_only_written) == []


def test_every_required_property_that_is_missing_is_caught() -> None:
    """`name` and `location` taken out of every resource."""
    assert planted(planting.required_missing) == []


def test_every_number_and_truth_that_becomes_a_word_is_caught() -> None:
    """Of every resource."""
    assert planted(planting.wrong_literal) == []


def test_every_value_that_is_not_among_the_named_ones_is_caught() -> None:
    """Of every resource; but for words that may be anything."""
    left = {each.removesuffix(" a value that is none").rpartition(".")[2] for each in planted(planting.word_wrong)}
    assert left - FREE_WORDS == set()


def test_every_undeclared_symbol_is_caught() -> None:
    """Every use of a name, misspelt."""
    assert planted(planting.symbol_undeclared) == []


def test_every_unknown_function_is_caught() -> None:
    """Every call, misspelt."""
    assert planted(planting.function_unknown) == []


def test_every_parameter_that_is_not_used_is_caught() -> None:
    """Every declaration, renamed."""
    assert planted(planting.param_unused) == []


def test_every_parameter_without_a_description_is_caught() -> None:
    """Every `@description`, misspelt."""
    assert planted(planting.description_missing) == []


def test_every_wrong_parameter_of_a_module_is_caught() -> None:
    """Every parameter that is given to another file, misspelt."""
    assert planted(planting.module_param_wrong) == []


def test_every_wrong_output_of_a_module_is_caught() -> None:
    """Every output that is read, misspelt."""
    assert planted(planting.module_output_wrong) == []


def test_every_module_file_that_is_not_there_is_caught() -> None:
    """Every path, misspelt."""
    assert planted(planting.module_file_wrong) == []


def test_every_version_that_is_not_there_is_caught() -> None:
    """Of every resource, also of one that exists."""
    assert planted(planting.version_wrong) == []


def test_everything_that_is_deployed_twice_is_caught() -> None:
    """One of two of a kind, by the name of the other; resources and modules."""
    assert planted(planting.name_taken) == []


def test_every_item_that_is_written_twice_is_caught() -> None:
    """In the list of what a loop deploys."""
    assert planted(planting.item_twice) == []


def test_every_property_of_a_loops_item_that_there_is_not_is_caught() -> None:
    """Misspelt where it is read."""
    assert planted(planting.item_property_wrong) == []


def test_every_property_that_one_item_of_a_loop_lacks_is_caught() -> None:
    """Taken out of one item, and left in the others."""
    assert planted(planting.item_property_missing) == []


def test_every_file_that_is_loaded_and_not_there_is_caught() -> None:
    """Every path, misspelt."""
    assert planted(planting.loaded_file_wrong) == []


def test_every_decorator_that_is_given_something_else_is_caught() -> None:
    """Numbers as words."""
    assert planted(planting.decorator_argument_wrong) == []


def test_every_function_that_is_given_something_else_is_caught() -> None:
    """An object in the place of the first argument."""
    assert planted(planting.function_argument_wrong) == []


def test_every_lost_brace_is_caught() -> None:
    """Of every resource."""
    assert planted(planting.brace_lost) == []


def test_a_sound_file_has_no_fault(tmp_path: Path) -> None:
    """The file that the others below spoil."""
    assert said(checked(tmp_path, ACCOUNT)) == ""


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        (
            "allowSharedKeyAcces: false",
            "allowSharedKeyAccess: false",
            "there is no account.properties.allowSharedKeyAcces",
        ),
        ("allowsharedKeyAccess: false", "allowSharedKeyAccess: false", "it is written 'allowSharedKeyAccess'"),
        ("allowSharedKeyAccess: 'no'", "allowSharedKeyAccess: false", "has to be true or false"),
        ("provisioningState: 'Succeeded'", "allowSharedKeyAccess: false", "Azure's to say"),
        ("kind: 'StorageV9'", "kind: 'StorageV2'", "account.kind has to be"),
        ("", "  kind: 'StorageV2'\n", "account lacks 'kind'"),
        ("name: 'Standard_LSR'", "name: 'Standard_LRS'", "account.sku.name has to be"),
        ("name: 'ab'", "name: 'acimedic'", "account.name has to be a string of 3"),
        ("location: null", "location: 'westeurope'", "is required and is null"),
        ("location: [\n 'westeurope'\n]", "location: 'westeurope'", "has to be a string and is an array"),
        ("location: place", "location: 'westeurope'", "'place' is not declared"),
        ("location: resourceGrup().location", "location: 'westeurope'", "there is no function 'resourceGrup'"),
        ("location: resourceGroup().place", "location: 'westeurope'", "there is no property 'place'"),
        ("location: toLower()", "location: 'westeurope'", "toLower() does not take 0 arguments"),
        ("location: account.location", "location: 'westeurope'", "'account' needs itself"),
        ("name: 'a/b/acimedic'", "name: 'acimedic'", "has 3 segments"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, wrong: str, right: str, fault: str) -> None:
    """One thing wrong in a sound file, and what is said of it."""
    assert right in ACCOUNT
    assert fault in said(checked(tmp_path, ACCOUNT.replace(right, wrong, 1)))


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("@description('d')\nparam unused string\n", "'unused' is not used"),
        ("var unused = 1\n", "'unused' is not used"),
        ("output key string = account.listKeys().keys[0].value\n", "would stand in an output"),
        ("output gone string = account.properties.primaryEndpoint.blob\n", "there is no property 'primaryEndpoint'"),
        ("output number int = account.name\n", "output number has to be a whole number"),
        ("output account string = account.id\noutput account string = account.id\n", "is declared twice"),
        (
            "@allowed([\n  'a'\n  'b'\n])\n@description('d')\nparam p string = 'c'\noutput o string = p\n",
            "the default of p",
        ),
        (
            "@secure()\n@description('d')\nparam p string = 'hush'\noutput o string = p\n",
            "the secret 'p' has a default",
        ),
        (
            "@secure()\n@description('d')\nparam p string\noutput o string = p\n",
            "the secret 'p' would stand in an output",
        ),
        ("@sekure()\n@description('d')\nparam p string\noutput o string = p\n", "there is no decorator 'sekure'"),
        (
            "resource b 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {\n  parent: account\n"
            "  name: 'other'\n}\n",
            "b.name has to be 'default'",
        ),
        (
            "resource q 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = {\n  parent: account\n"
            "  name: 'q'\n}\n",
            "and its parent is Microsoft.Storage/storageAccounts",
        ),
        (
            "resource e 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {\n  name: 'x'\n  tags: {}\n}\n"
            "output o string = e.id\n",
            "tags cannot be set",
        ),
        (
            "resource r 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n"
            "  name: guid(account.properties.primaryLocation)\n  properties: {\n    principalId: 'p'\n"
            "    roleDefinitionId: 'r'\n  }\n}\n",
            "its name has to be known before anything is deployed",
        ),
        (
            "resource t 'Microsoft.Storage/storageAccounts@2024-01-01' = {\n  scope: account\n  name: 'other'\n"
            "  location: 'x'\n  kind: 'StorageV2'\n  sku: {\n    name: 'Standard_LRS'\n  }\n}\n",
            "does not extend",
        ),
        (
            "resource t 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {\n  name: 'a/b'\n"
            "  properties: {\n    destination: {\n      endpointType: 'AzureFunktion'\n    }\n  }\n}\n",
            "endpointType is 'AzureFunktion'",
        ),
        (
            "resource t 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {\n  name: 'a/b'\n"
            "  properties: {\n    destination: {\n      endpointType: 'WebHook'\n      properties: {\n"
            "        endpointUri: 'x'\n      }\n    }\n  }\n}\n",
            "there is no t.properties.destination.properties.endpointUri",
        ),
    ],
)
def test_a_fault_beside_it_is_named(tmp_path: Path, more: str, fault: str) -> None:
    """One more declaration that is wrong."""
    assert fault in said(checked(tmp_path, ACCOUNT + more))


PART = """
@description('d')
@allowed([
  'a'
  'b'
])
param kind string
@description('d')
param many string[] = []
output all array = [kind, many]
"""


@pytest.mark.parametrize(
    ("params", "fault"),
    [
        ("{}", "lacks the parameter 'kind'"),
        ("{\n kind: 'c'\n}", "part.kind has to be 'a' or 'b' and is 'c'"),
        ("{\n kind: 1\n}", "part.kind has to be"),
        ("{\n kind: 'a'\n kindly: 'a'\n}", "part.bicep has no parameter 'kindly'"),
        ("{\n kind: 'a'\n many: 'x'\n}", "part.many has to be an array"),
        ("{\n kind: 'a'\n many: [\n 1\n ]\n}", "part.many[0] has to be a string"),
    ],
)
def test_what_a_module_is_given_has_to_fit(tmp_path: Path, params: str, fault: str) -> None:
    """Names and types of parameters."""
    outcome = checked(tmp_path, f"module part 'part.bicep' = {{\n  name: 'p'\n  params: {params}\n}}\n", part=PART)
    assert fault in said(outcome)


def test_a_module_that_belongs_elsewhere_is_caught(tmp_path: Path) -> None:
    """A file for a subscription cannot be deployed to a resource group."""
    outcome = checked(tmp_path, "module p 'part.bicep' = {\n  name: 'p'\n}\n", part="targetScope = 'subscription'\n")
    assert "is deployed to a subscription, and here to a resourceGroup" in said(outcome)


def test_a_resource_that_belongs_elsewhere_is_caught(tmp_path: Path) -> None:
    """A storage account is not deployed to a subscription."""
    outcome = checked(tmp_path, "targetScope = 'subscription'\n" + ACCOUNT)
    assert "cannot be deployed to a subscription" in said(outcome)


def test_a_version_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """The versions that are there are named."""
    outcome = checked(tmp_path, ACCOUNT.replace("2024-01-01", "2024-01-99"))
    assert "there are no types of Microsoft.Storage/storageAccounts@2024-01-99; the folder has 2024-01-01" in said(
        outcome
    )


def test_a_version_of_something_that_exists_has_to_be_there_as_well(tmp_path: Path) -> None:
    """Though nothing of its body is written."""
    known = "resource e 'Microsoft.Storage/storageAccounts@2024-01-99' existing = {\n  name: 'other'\n}\n"
    assert "there are no types of" in said(checked(tmp_path, ACCOUNT + known + "output o string = e.id\n"))


def test_a_version_that_is_not_there_is_checked_against_the_newest(tmp_path: Path) -> None:
    """So that both faults are told at once."""
    outcome = checked(tmp_path, ACCOUNT.replace("2024-01-01", "2199-01-01").replace("StorageV2", "StorageV9"))
    assert "account.kind has to be" in said(outcome)


def test_a_type_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """It may be misspelt, and its body is not checked."""
    outcome = checked(tmp_path, ACCOUNT.replace("Microsoft.Storage", "Contoso.Storage"))
    assert "there are no types of Contoso.Storage/storageAccounts" in said(outcome)


def test_a_type_that_is_written_out_beside_the_folder_is_named(tmp_path: Path) -> None:
    """Nobody is left to think that it is Azure's own."""
    group = (
        "targetScope = 'subscription'\nresource g 'Microsoft.Resources/resourceGroups@2024-11-01' = {\n  name: 'g'\n"
    )
    outcome = checked(tmp_path, group + "  location: 'westeurope'\n}\n")
    assert said(outcome) == ""
    assert outcome.notes == (
        "Microsoft.Resources/resourceGroups@2024-11-01: no types in the folder, "
        "checked against what more_types.py has of it",
    )


def test_a_nested_resource_is_checked_by_its_whole_type(tmp_path: Path) -> None:
    """`blobServices` within an account, without a version of its own."""
    nested = (
        "  resource blobs 'blobServices' = {\n    name: 'default'\n"
        "    properties: {\n      isVersioned: true\n    }\n  }\n}\n"
    )
    outcome = checked(tmp_path, ACCOUNT.rstrip().removesuffix("}") + nested)
    assert "there is no blobs.properties.isVersioned" in said(outcome)


def test_what_a_variable_holds_is_checked_where_it_is_used(tmp_path: Path) -> None:
    """An object that is written out elsewhere."""
    text = ACCOUNT.replace("properties: {\n    allowSharedKeyAccess: false\n  }", "properties: settings")
    outcome = checked(tmp_path, text + "var settings = {\n  allowSharedKeyAcces: false\n}\n")
    assert "there is no account.properties.allowSharedKeyAcces" in said(outcome)


@pytest.mark.parametrize("branch", ["a ? 'StorageV9' : 'StorageV2'", "a ? 'StorageV2' : 'StorageV9'"])
def test_both_branches_of_a_choice_are_checked(tmp_path: Path, branch: str) -> None:
    """Whatever the condition."""
    text = ACCOUNT.replace("'StorageV2'", branch) + "@description('d')\nparam a bool\n"
    assert "is 'StorageV9'" in said(checked(tmp_path, text))


def test_parameters_that_the_main_file_does_not_take_are_caught(tmp_path: Path) -> None:
    """In `main.parameters.json`."""
    (tmp_path / "main.parameters.json").write_text('{"parameters": {"place": {"value": "x"}}}', encoding="utf-8")
    assert "main.bicep has no parameter 'place'" in said(checked(tmp_path, ACCOUNT))


@pytest.mark.parametrize(
    "text",
    [
        "var a = 'x\n", "var a = '${b'\n", "var a = {\n", "var a = [\n1 2\n]\n", "var a = (1\n", "var a = b ? c\n",
        "var a = 1 var b = 2\n", "param\n", "nonsense a\n", "var a = '\\q'\n", "var a = ~1\n", "var a = {\n b\n}\n",
    ],
)  # fmt: skip
def test_what_is_not_bicep_is_refused(text: str) -> None:
    """With a line, and not with a crash."""
    with pytest.raises(BicepError) as refused:
        parse(text)
    assert refused.value.line >= 1


@pytest.mark.parametrize(
    "text",
    [
        "var a = {\n  ...b\n  c: 1\n}\n",
        "var a = b.?c ?? d[?0]!.e\n",
        "param a 'x' | 'y' = 'x'\n",
        "param a { b: string, c: int? }[]\n",
        "func f(a string) string => '${a}x'\n",
        "import { x as y } from 'z.bicep'\n",
        "var a = '''\nit's ${x}\n'''\n",
        "var a = [for (x, i) in b: if (i > 0) {\n  c: x\n}]\n",
        "var a = reduce(b, 0, (x, y) => x + y)\n",
        "var a = b\n  ? 'x'\n  : (c ? 'd' : 'e')\n",
        "var a = '((!(X{\\'a/b\\'})) OR (@R[c] In {${d}}))'\n",
        "output a string = b::c.id\n",
        "type t = ('a' | 'b')?\n",
        "var a = { b: 1, 'c-d': [1, 2], '${e}': {} } // end\n",
        "@sys.secure()\n@description('''\nx\n''')\nparam a string\n",
        "#disable-next-line x\nvar a = -1 /* b */\r\n",
    ],
)
def test_what_is_bicep_is_read(text: str) -> None:
    """The forms that the language has, the newer ones too."""
    assert parse(text) is not None
