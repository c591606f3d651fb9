"""Small files with one fault each: names that are taken, and what loops go through."""

from pathlib import Path

import pytest

from tests.infra.checked import ACCOUNT, checked, said

BLOBS = """
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
}
"""
CONTAINER = """
resource NAME 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = LOOP{
  parent: blobs
  name: IS
}END
"""


def container(symbol: str, name: str, loop: str = "") -> str:
    text = CONTAINER.replace("NAME", symbol).replace("IS", name)
    return text.replace("LOOP", loop and f"[for {loop}: ").replace("END", "]" if loop else "")


def test_two_names_of_one_parent_are_two_things(tmp_path: Path) -> None:
    """The file that the others spoil."""
    text = ACCOUNT + BLOBS + container("one", "'one'") + container("two", "'two'")
    assert said(checked(tmp_path, text)) == ""


@pytest.mark.parametrize("name", ["'one'", "'ONE'", "'${word}'", "word"])
def test_a_name_that_is_taken_is_caught(tmp_path: Path, name: str) -> None:
    """In whatever case, and behind a variable."""
    text = ACCOUNT + BLOBS + container("one", "'one'") + container("two", name) + "var word = 'one'\n"
    text += "output o string = word\n"
    assert "two is deployed as 'one', and so is another at the same place" in said(checked(tmp_path, text))


def test_the_same_expression_is_the_same_name(tmp_path: Path) -> None:
    """Also where nobody can tell what it comes to."""
    text = ACCOUNT + BLOBS + container("one", "toLower(n)") + container("two", "toLower(n)")
    assert "two is deployed as" in said(checked(tmp_path, text + "@description('d')\nparam n string\n"))


def test_one_name_at_two_parents_is_no_fault(tmp_path: Path) -> None:
    """What counts is the whole id."""
    other = (ACCOUNT + BLOBS).replace("blobs", "more").replace("account ", "second ").replace(": account", ": second")
    text = ACCOUNT + BLOBS + container("one", "'one'") + other.replace("'acimedic'", "'other'")
    text += container("two", "'one'").replace("blobs", "more")
    assert said(checked(tmp_path, text)) == ""


def test_what_exists_takes_no_name(tmp_path: Path) -> None:
    """It may be looked at as often as anybody likes."""
    text = ACCOUNT + ACCOUNT.partition("  location")[0].replace("account ", "again ").replace("= {", "existing = {")
    assert said(checked(tmp_path, text + "}\noutput o string = again.id\n")) == ""


def test_a_loop_that_names_one_thing_twice_is_caught(tmp_path: Path) -> None:
    """By the items that it goes through."""
    text = ACCOUNT + BLOBS + container("each", "one", "one in ['a', 'b', 'a']")
    assert "each is deployed as 'a'" in said(checked(tmp_path, text))


def test_a_loop_that_meets_another_name_is_caught(tmp_path: Path) -> None:
    """A name beside it, written by itself."""
    text = ACCOUNT + BLOBS + container("each", "'x-${one}'", "one in ['a', 'b']") + container("two", "'x-b'")
    assert "two is deployed as 'x-b'" in said(checked(tmp_path, text))


def test_a_loop_whose_names_differ_by_number_is_no_fault(tmp_path: Path) -> None:
    """Though two items are alike."""
    text = ACCOUNT + BLOBS + container("each", "'${one}-${i}'", "(one, i) in ['a', 'a']")
    assert said(checked(tmp_path, text)) == ""


def test_a_loop_with_one_name_for_all_is_caught(tmp_path: Path) -> None:
    """Every round would deploy the same."""
    text = ACCOUNT + BLOBS + container("each", "'a'", "one in many") + "@description('d')\nparam many array\n"
    assert "each has one name for all rounds of its loop" in said(checked(tmp_path, text))


def test_two_deployments_of_one_name_are_caught(tmp_path: Path) -> None:
    """Of one file or of two."""
    text = "module a 'part.bicep' = {\n  name: 'p'\n}\nmodule b 'part.bicep' = {\n  name: 'p'\n}\n"
    assert "b is deployed as 'p'" in said(checked(tmp_path, text, part="targetScope = 'resourceGroup'\n"))


TABLE = """
var all = [
  {
    name: 'a'
    tier: 'x'
  }
  {
    name: 'b'
  }
]
var some = empty(name) ? [] : all
@description('d')
param name string
"""


@pytest.mark.parametrize("source", ["all", "some"])
def test_a_property_that_not_every_item_has_is_caught(tmp_path: Path, source: str) -> None:
    """Directly, and behind a choice."""
    text = ACCOUNT + BLOBS + container("each", "'${one.name}${one.tier}'", f"one in {source}") + TABLE
    assert "there is no property 'tier' here" in said(checked(tmp_path, text + "output o array = some\n"))


@pytest.mark.parametrize("source", ["all", "some"])
def test_a_property_that_every_item_has_is_no_fault(tmp_path: Path, source: str) -> None:
    """Of the same table."""
    text = ACCOUNT + BLOBS + container("each", "one.name", f"one in {source}") + TABLE
    assert said(checked(tmp_path, text + "output o array = some\n")) == ""


def test_what_a_loop_brings_is_checked_where_it_is_used(tmp_path: Path) -> None:
    """A number in the table where a word is asked for."""
    text = ACCOUNT.replace("= {", "= [for one in ['a', 3]: {", 1).replace("'acimedic'", "'acimedic${one}'")
    text = text.replace("'westeurope'", "one").rstrip() + "]\n"
    assert "account.location has to be a string" in said(checked(tmp_path, text))
