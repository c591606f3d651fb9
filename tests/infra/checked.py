"""A sound file, and the checking of small files that are spoilt versions of it."""

import os
from functools import cache
from pathlib import Path

import pytest

from tests.infra.checking.__main__ import TYPES
from tests.infra.checking.azure_types import Book
from tests.infra.checking.folder import Outcome, check_folder

ACCOUNT = """
resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'acimedic'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    allowSharedKeyAccess: false
  }
}
"""


@cache
def book() -> Book:
    """The types of Azure's resources; without them the test is skipped, or fails where they are asked for."""
    if not TYPES.is_dir():
        reason = "the types of Azure's resources are not beside this checkout"
        if os.environ.get("ACIMEDIC_REQUIRE"):
            pytest.fail(reason)
        pytest.skip(reason)
    return Book(TYPES)


def checked(folder: Path, text: str, **others: str) -> Outcome:
    """A folder of `main.bicep` and of further files by their names."""
    (folder / "main.bicep").write_text(text, encoding="utf-8")
    for name, other in others.items():
        (folder / f"{name}.bicep").write_text(other, encoding="utf-8")
    return check_folder(folder, book())


def said(outcome: Outcome) -> str:
    """The faults, a line each."""
    return "\n".join(str(fault) for fault in outcome.faults)
