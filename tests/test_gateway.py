"""Through a stand-in for Azure nothing is kept where a real one keeps it."""

import pytest

from acimedic.settings import SettingsError, read_settings

GATEWAY = {"ACIMEDIC_GATEWAY": "http://127.0.0.1:4711"}


@pytest.mark.parametrize(
    "store",
    [
        {"ACIMEDIC_STORE": "https://contoso.table.core.windows.net"},
        {"ACIMEDIC_STORE": "HTTPS://contoso.table.core.windows.net"},
        {"ACIMEDIC_STORE": "http://127.0.0.1:10002/devstoreaccount1"},
        {"AzureWebJobsStorage__accountName": "contoso"},
    ],
    ids=["account", "upper-case", "emulator", "the-apps-own"],
)
def test_a_store_at_an_address_is_refused(store: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="the store is a file on this machine"):
        read_settings(GATEWAY | store)


def test_a_store_that_is_a_file_is_taken() -> None:
    assert read_settings(GATEWAY | {"ACIMEDIC_STORE": "/tmp/acimedic.db"}).store == "/tmp/acimedic.db"  # noqa: S108


def test_without_a_stand_in_a_store_at_an_address_is_taken() -> None:
    address = "https://contoso.table.core.windows.net"
    assert read_settings({"ACIMEDIC_STORE": address}).store == address
