"""Reports: the content in a blob of its own, and a row that points to it, so that one is replaced at one stroke."""

from functools import partial
from uuid import uuid4

from acimedic.model.record import ReportFile
from acimedic.store import codec, documents
from acimedic.store.incidents import GUARD, no_such_incident
from acimedic.store.keys import hashed, partition_of
from acimedic.store.shelf import Insert, MissingError, MovedError, Replace, Row, Shelf, ThereError
from acimedic.store.trouble import LostRaceError, UnfitError, UnreadableError

LARGEST = 16 * 1024 * 1024
"""Bytes of a report; a diagnosis with its evidence has some hundred thousand."""
_TRIES = 20


class Reports:
    """The reports on a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def put(self, report: ReportFile) -> None:
        """Keep a report under its name. Raises NotThereError, LostRaceError, UnfitError."""
        if len(report.content) > LARGEST:
            raise UnfitError(f"a report of {len(report.content)} bytes; {LARGEST} are the most")
        partition, name, blob = partition_of(report.incident_id), _row(report.name), uuid4().hex
        document = codec.write(documents.report_fields(report, blob))
        await self._shelf.put_blob(partition, blob, report.content)
        try:
            earlier = await self._point(partition, name, document)
        except (MissingError, LostRaceError) as error:
            await self._shelf.remove_blobs(partition, start=blob)
            raise no_such_incident() if isinstance(error, MissingError) else error from None
        # Each blob is removed by whoever replaced it, and by nobody else.
        if earlier is not None:
            await self._shelf.remove_blobs(partition, start=_blob(earlier))

    async def _point(self, partition: str, name: str, document: str) -> Row | None:
        """Have the row of this name say so; the row that it replaced. Raises MissingError, LostRaceError."""
        for _ in range(_TRIES):
            earlier = await self._shelf.read(partition, name)
            change = Insert(name, document) if earlier is None else Replace(name, document, earlier.etag)
            try:
                await self._shelf.write(partition, change, GUARD)
            except (ThereError, MovedError):
                continue
            return earlier
        raise LostRaceError("others kept replacing this report")

    async def get(self, incident_id: str, name: str) -> ReportFile | None:
        """The report of this name; None if there is none."""
        partition = partition_of(incident_id)
        for _ in range(_TRIES):
            row = await self._shelf.read(partition, _row(name))
            if row is None:
                return None
            content = await self._shelf.blob(partition, _blob(row))
            if content is not None:
                return codec.read(row.document, partial(documents.report, content=content))
            # A blob that is gone was replaced since the row was read.
        raise UnreadableError("the report's content is missing")


def _row(name: str) -> str:
    return f"report-{hashed(name)}"


def _blob(row: Row) -> str:
    return codec.read(row.document, lambda fields: str(fields["blob"]))
