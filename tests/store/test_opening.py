"""What ACIMEDIC_STORE may be."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from acimedic.store.opening import file_of, is_account, open_store
from acimedic.store.trouble import StoreSettingError
from tests.store.values import KEYS, new_id, record


class Nobody:
    """An identity that is never asked."""

    async def get_token(self, *_scopes: str, **_options: Any) -> Any:
        raise AssertionError("nothing is read when a store is opened")

    async def close(self) -> None: ...
    async def __aenter__(self) -> "Nobody":
        return self

    async def __aexit__(self, *_details: object) -> None: ...


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


@pytest.mark.parametrize("name", ["acimedic.db", "store", "with spaces", "ünïcode.sqlite3"])
async def test_a_path_is_a_file(tmp_path: Path, name: str) -> None:
    async with open_store(f" {tmp_path / name} ", None, KEYS) as store:
        assert (await store.put_incident_if_absent(record(new_id()))).new
    assert names_in(tmp_path) == [name]


@pytest.mark.parametrize("suffix", ["windows.net", "usgovcloudapi.net", "chinacloudapi.cn"])
async def test_a_table_address_is_a_storage_account(suffix: str) -> None:
    async with open_store(f"https://acimedic01.table.core.{suffix}/", Nobody(), KEYS) as store:
        shelf: Any = store._shelf
        assert shelf._table.url == f"https://acimedic01.table.core.{suffix}"
        assert shelf._blobs.url == f"https://acimedic01.blob.core.{suffix}/acimedic"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "acimedic",
        ":memory:",
        "file:acimedic.db",
        "sqlite:///acimedic.db",
        "http://acimedic01.table.core.windows.net",
        "https://acimedic01.blob.core.windows.net",
        "https://acimedic01.table.core.windows.net.evil.example",
        "https://acimedic01.table.core.windows.net@evil.example",
        "https://evil.example/acimedic01.table.core.windows.net",
        "https://acimedic01.table.core.windows.net:8443",
        "https://acimedic01.table.core.windows.net?sig=s3cret",
        "https://ACIMEDIC.table.core.windows.net",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=s3cret/key==",
        "UseDevelopmentStorage=true",
        "./new\nline.db",
        "./nul\x00.db",
    ],
)
def test_anything_else_is_refused_in_one_line_without_repeating_it(text: str) -> None:
    with pytest.raises(StoreSettingError, match="ACIMEDIC_STORE") as raised:
        open_store(text, Nobody(), KEYS)
    assert "\n" not in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_a_folder_or_a_file_in_none_is_refused(tmp_path: Path) -> None:
    for text in (tmp_path, tmp_path / "none" / "acimedic.db"):
        with pytest.raises(StoreSettingError, match="folder"):
            open_store(str(text), None, KEYS)


@pytest.mark.parametrize("suffix", ["windows.net", "usgovcloudapi.net/", "chinacloudapi.cn "])
def test_a_table_address_names_an_account(suffix: str) -> None:
    assert is_account(f" https://acimedic01.table.core.{suffix}")


@pytest.mark.parametrize("text", ["", "./acimedic.db", "/srv/https:/acimedic01.table.core.windows.net", "https://x"])
def test_anything_else_names_no_account(text: str) -> None:
    assert not is_account(text)


def test_the_file_of_a_setting_is_the_one_that_is_opened(tmp_path: Path) -> None:
    store: Any = open_store(f" {tmp_path}/acimedic.db ", None, KEYS)
    assert file_of(f" {tmp_path}/acimedic.db ") == store._shelf._path == tmp_path / "acimedic.db"


def test_the_file_of_a_setting_may_lie_below_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert file_of("~/acimedic.db") == tmp_path / "acimedic.db"


def test_an_account_is_no_file() -> None:
    with pytest.raises(StoreSettingError, match="ACIMEDIC_STORE"):
        file_of("https://acimedic01.table.core.windows.net")


def test_an_account_without_an_identity_is_refused() -> None:
    with pytest.raises(StoreSettingError, match="identity"):
        open_store("https://acimedic01.table.core.windows.net", None, KEYS)


def test_the_sdks_are_not_imported_for_a_file() -> None:
    code = "import sys, acimedic.store.opening, acimedic.store.azure; print([m for m in sys.modules if m == 'azure'])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
