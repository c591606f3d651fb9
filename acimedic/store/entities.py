"""Rows as entities of an Azure table, and what the table says about them."""

from typing import Any

from acimedic.store.shelf import Change, Insert, MissingError, MovedError, Replace, Require, Row, ThereError, Upsert
from acimedic.store.trouble import UnreadableError

MARK = "mark"
"""The property that names the write."""
_PART = 30_000  # of 32,767 characters that a property holds


def operation(partition: str, change: Change, mark: str) -> Any:
    """A change as one operation of a transaction."""
    from azure.core import MatchConditions
    from azure.data.tables import UpdateMode

    key = {"PartitionKey": partition, "RowKey": change.name}
    match change:
        case Insert():
            return "create", key | _written(change.document, mark)
        case Upsert():
            return "upsert", key | _written(change.document, mark), {"mode": UpdateMode.REPLACE}
        case Replace():
            same = {"mode": UpdateMode.REPLACE, "etag": change.etag, "match_condition": MatchConditions.IfNotModified}
            return "update", key | _written(change.document, mark), same
        case Require():
            return "update", key, {"mode": UpdateMode.MERGE}


def _written(document: str, mark: str) -> dict[str, str]:
    """A row's text in as many properties as it needs."""
    parts = range(0, len(document), _PART)
    return {MARK: mark} | {f"document{n}": document[start : start + _PART] for n, start in enumerate(parts)}


def row(entity: Any) -> Row:
    """The row that an entity is. Raises UnreadableError."""
    parts: list[str] = []
    while (part := entity.get(f"document{len(parts)}")) is not None:
        parts.append(part)
    if not parts or not all(isinstance(part, str) for part in parts):
        raise UnreadableError("a row of the store has no text")
    return Row(name=str(entity["RowKey"]), document="".join(parts), etag=str(entity.metadata["etag"]))


def error_code(error: Exception) -> str:
    """What Azure Storage calls it."""
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code))


def refusal_of(error: Exception) -> ThereError | MovedError | MissingError | None:
    """What a refusal says about rows; None where it says something else, such as that the table is gone.

    Source: https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes
    """
    match error_code(error):
        case "EntityAlreadyExists":
            return ThereError()
        case "UpdateConditionNotSatisfied" | "ConditionNotMet":
            return MovedError()
        case "ResourceNotFound" | "EntityNotFound":
            return MissingError()
        case _:
            return None
