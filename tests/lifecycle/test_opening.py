"""The store and the keys are those that the settings name; a file on this machine brings its own."""

import asyncio
from pathlib import Path

import pytest

from acimedic.lifecycle.opening import open_tools
from acimedic.settings import Settings, SettingsError, read_settings
from acimedic.store.own_keys import own_keys

ACCOUNT = {
    "ACIMEDIC_STORE": "https://contoso.table.core.windows.net",
    "ACIMEDIC_APPROVAL_KEY": "approval" * 6,
    "ACIMEDIC_APPROVAL_KEY_EARLIER": "earlier!" * 6,
    "ACIMEDIC_AUDIT_KEY": "audit-it" * 6,
    "ACIMEDIC_URL": "https://medic.example.com",
}


def keys(settings: Settings) -> tuple[tuple[str, ...], bytes]:
    """The keys of approvals, and the one that seals, once all is opened."""

    async def run() -> tuple[tuple[str, ...], bytes]:
        async with open_tools(settings) as tools:
            return tools.approval_keys, tools.audit.current

    return asyncio.run(run())


def test_a_store_in_azure_goes_with_the_keys_of_the_settings() -> None:
    assert keys(read_settings(ACCOUNT)) == (("approval" * 6, "earlier!" * 6), b"audit-it" * 6)


def test_a_file_on_this_machine_brings_its_own_keys(tmp_path: Path) -> None:
    path = tmp_path / "acimedic.db"
    opened = keys(Settings(store=str(path)))
    own = own_keys(path)
    assert opened == ((own.approval,), own.audit.encode())


def test_keys_that_are_set_count_for_a_file_too(tmp_path: Path) -> None:
    settings = Settings(store=str(tmp_path / "acimedic.db"), approval_keys=("a" * 48,), audit_keys=("b" * 48,))
    assert keys(settings) == (("a" * 48,), b"b" * 48)


def test_without_a_store_nothing_is_opened() -> None:
    with pytest.raises(SettingsError, match="ACIMEDIC_STORE is not set"):
        keys(Settings())
