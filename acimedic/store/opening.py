"""`ACIMEDIC_STORE` to a store.

It is the table address of a storage account, `https://NAME.table.core.windows.net` (or the other clouds' suffixes),
whose blobs lie in the same account; or the path of a SQLite file in a folder that is there.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from acimedic.store.chain import AuditKeys
from acimedic.store.embedded import SqliteShelf
from acimedic.store.kept import KeptStore
from acimedic.store.trouble import StoreSettingError

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

_ACCOUNT = re.compile(
    r"https://(?P<name>[a-z0-9]{3,24})\.table\.core\.(?P<cloud>windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)/?"
)
_TAKES = (
    "it is the path of a file (./acimedic.db) or the table address of a storage account "
    "(https://NAME.table.core.windows.net), without a key"
)


def open_store(text: str, credential: "AsyncTokenCredential | None", keys: AuditKeys) -> KeptStore:
    """The store that `ACIMEDIC_STORE` names. Nothing is read or written yet.

    credential: signs in to the storage account; the caller closes it. A file needs none.
    Raises StoreSettingError.
    """
    text = text.strip()
    if account := _ACCOUNT.fullmatch(text):
        if credential is None:
            raise StoreSettingError("ACIMEDIC_STORE is a storage account, and there is no identity to sign in with")
        from acimedic.store.azure import AzureShelf

        blobs = f"https://{account['name']}.blob.core.{account['cloud']}"
        return KeptStore(AzureShelf(text.rstrip("/"), blobs, credential), keys)
    return KeptStore(SqliteShelf(file_of(text)), keys)


def is_account(text: str) -> bool:
    """Whether a storage account is named, which one signs in to, and whose keys are in no file beside it."""
    return _ACCOUNT.fullmatch(text.strip()) is not None


def file_of(text: str) -> Path:
    """The file that is meant. Raises StoreSettingError where it could be something else, or cannot be made."""
    text = text.strip()
    looks_like_a_path = bool(re.search(r"[/\\.~]", text)) and not re.match(
        r"[A-Za-z][A-Za-z0-9+.-]*:(?![\\/][^/])", text
    )
    # What is not understood may hold a key (a connection string, a signed address): it is never repeated.
    if not looks_like_a_path or not text.isprintable() or ";" in text:
        raise StoreSettingError(f"ACIMEDIC_STORE is not understood: {_TAKES}")
    path = Path(text).expanduser()
    if path.is_dir():
        raise StoreSettingError(f"ACIMEDIC_STORE is a folder ({path}): name a file in it")
    if not path.parent.is_dir():
        raise StoreSettingError(f"ACIMEDIC_STORE lies in a folder that is not there ({path.parent})")
    return path
