"""The shelf in an Azure Storage account: rows in a table, blobs in a container, signed in with an identity.

Every write carries a mark of its own. A request that is repeated because its answer was lost finds its mark, and is not
taken for somebody else's: of fifty callers exactly one is told that it came first.
Sources: https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions
https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from acimedic.store.entities import MARK, error_code, operation, refusal_of, row
from acimedic.store.refusals import refusals
from acimedic.store.shelf import Change, MissingError, Row
from acimedic.store.trouble import StoreUnavailableError

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

NAME = "acimedic"
_BATCH = 100  # changes in one transaction
# POST is how a transaction is sent; thanks to its mark it may be repeated, which the SDK by itself would not do.
_METHODS = frozenset({"GET", "PUT", "DELETE", "POST"})
_TABLE_RETRIES = {"retry_total": 3, "retry_backoff_factor": 0.4, "retry_backoff_max": 4}
_BLOB_RETRIES = {"retry_total": 3, "initial_backoff": 1, "increment_base": 2}
_PATIENCE = {"connection_timeout": 5, "read_timeout": 20}
_BLOCKS = {"max_single_put_size": 1_000_000, "max_block_size": 1_000_000}  # aiohttp warns of larger bodies


class AzureShelf:
    """Rows and blobs in one storage account.

    tables, blobs: the addresses of its two services. name: of the table and of the container.
    options: for the SDK's clients; tests trust a certificate by them.
    """

    def __init__(
        self,
        tables: str,
        blobs: str,
        credential: "AsyncTokenCredential",
        *,
        name: str = NAME,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        from azure.data.tables.aio import TableClient
        from azure.storage.blob.aio import ContainerClient

        more = dict(options or {})
        self._table = TableClient(
            tables, table_name=name, credential=credential, **{**_TABLE_RETRIES, **_PATIENCE, **more}
        )
        self._blobs = ContainerClient(
            blobs, name, credential=credential, **{**_BLOB_RETRIES, **_PATIENCE, **_BLOCKS, **more}
        )
        self._opening = asyncio.Lock()
        self._opened = False
        self._closed = False

    async def read(self, partition: str, name: str) -> Row | None:
        """One row; None if it is not there."""
        await self._open()
        entity = await self._entity(partition, name)
        return None if entity is None else row(entity)

    async def write(self, partition: str, *changes: Change) -> str:
        """Make all changes or none; the etag of the first. Raises ThereError, MovedError, MissingError."""
        from azure.data.tables import TableTransactionError

        await self._open()
        mark = uuid4().hex
        operations = [operation(partition, change, mark) for change in changes]
        with refusals():
            try:
                done = await self._table.submit_transaction(operations, retry_on_methods=_METHODS)
            except TableTransactionError as error:
                refusal = refusal_of(error)
                if refusal is None:
                    raise
            else:
                return str(done[0]["etag"])
        entity = await self._entity(partition, changes[0].name)
        if entity is not None and entity.get(MARK) == mark:
            return str(entity.metadata["etag"])
        raise refusal

    async def rows(self, partition: str, *, above: str, below: str, limit: int) -> tuple[Row, ...]:
        """Rows between two names, in order."""
        await self._open()
        found: list[Row] = []
        query = self._table.query_entities(
            "PartitionKey eq @part and RowKey gt @above and RowKey lt @below",
            parameters={"part": partition, "above": above, "below": below},
            results_per_page=min(limit, 1000),
        )
        with refusals():
            # Azure may answer with a part, even with none, and a continuation, which the iteration follows.
            async for entity in query:
                found.append(row(entity))
                if len(found) == limit:
                    break
        return tuple(found)

    async def remove(self, partition: str, *names: str) -> None:
        """Delete rows, one by one where another deletes them too."""
        from azure.data.tables import TableTransactionError

        await self._open()
        for start in range(0, len(names), _BATCH):
            keys = [{"PartitionKey": partition, "RowKey": name} for name in names[start : start + _BATCH]]
            with refusals():
                try:
                    await self._table.submit_transaction([("delete", key) for key in keys], retry_on_methods=_METHODS)
                except TableTransactionError as error:
                    if not isinstance(refusal_of(error), MissingError):
                        raise
                    for key in keys:
                        await self._table.delete_entity(key["PartitionKey"], key["RowKey"])

    async def put_blob(self, partition: str, name: str, content: bytes) -> None:
        """Keep a blob under its name."""
        await self._open()
        with refusals():
            await self._blobs.upload_blob(f"{partition}/{name}", content, overwrite=True)

    async def blob(self, partition: str, name: str) -> bytes | None:
        """A blob's content; None if it is not there."""
        from azure.core.exceptions import ResourceNotFoundError

        await self._open()
        with refusals():
            try:
                download = await self._blobs.download_blob(f"{partition}/{name}")
                return bytes(await download.readall())
            except ResourceNotFoundError as error:
                if error_code(error) != "BlobNotFound":
                    raise
                return None

    async def remove_blobs(self, partition: str, *, start: str = "") -> None:
        """Delete a partition's blobs, or those whose names begin so."""
        from azure.core.exceptions import ResourceNotFoundError

        await self._open()
        with refusals():
            async for name in self._blobs.list_blob_names(name_starts_with=f"{partition}/{start}"):
                try:
                    await self._blobs.delete_blob(name)
                except ResourceNotFoundError:
                    continue

    async def tidy(self) -> None:
        """Nothing to do: the account keeps nothing of what is deleted, unless soft delete is on."""

    async def close(self) -> None:
        """Close the connections."""
        self._closed = True
        await self._table.close()
        await self._blobs.close()

    async def _entity(self, partition: str, name: str) -> Any:
        from azure.core.exceptions import ResourceNotFoundError

        with refusals():
            try:
                return await self._table.get_entity(partition, name)
            except ResourceNotFoundError as error:
                if not isinstance(refusal_of(error), MissingError):
                    raise
                return None

    async def _open(self) -> None:
        """Make table and container, once a process: the first request would otherwise not tell what is missing."""
        from azure.core.exceptions import ResourceExistsError

        if self._closed:
            raise StoreUnavailableError("the store has been closed")
        async with self._opening:
            if self._opened:
                return
            with refusals():
                for make in (self._table.create_table, self._blobs.create_container):
                    try:
                        await make()
                    except ResourceExistsError:
                        continue
            self._opened = True
