"""JSON Patch (RFC 6902), as much of it as scenario files need: all six operations."""

from copy import deepcopy
from typing import Any

from .exchange import Json


class PatchError(ValueError):
    """A patch does not fit the document: a path that is not there, or a failed ``test``."""


def apply(document: Any, operations: list[Json]) -> Any:
    """Give the document with the operations carried out in order; the original is left alone."""
    result = deepcopy(document)
    for operation in operations:
        result = _one(result, operation)
    return result


def _one(document: Any, operation: Json) -> Any:
    path, kind = operation["path"], operation["op"]
    if kind in ("add", "replace"):
        return _put(document, path, deepcopy(operation["value"]), must_exist=kind == "replace")
    if kind == "remove":
        return _remove(document, path)
    if kind in ("copy", "move"):
        value = deepcopy(_get(document, operation["from"]))
        source = document if kind == "copy" else _remove(document, operation["from"])
        return _put(source, path, value, must_exist=False)
    if kind == "test":
        if _get(document, path) != operation["value"]:
            raise PatchError(f"{path} is not {operation['value']!r}")
        return document
    raise PatchError(f"no such operation: {kind}")


def _parts(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _step(holder: Any, part: str) -> Any:
    try:
        return holder[int(part)] if isinstance(holder, list) else holder[part]
    except (KeyError, IndexError, ValueError, TypeError) as missing:
        raise PatchError(f"nothing at {part!r}") from missing


def _get(document: Any, path: str) -> Any:
    for part in _parts(path):
        document = _step(document, part)
    return document


def _put(document: Any, path: str, value: Any, *, must_exist: bool) -> Any:
    *way, last = _parts(path) or [""]
    if not path:
        return value
    holder = _get(document, "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in way))
    if must_exist:
        _step(holder, last)
    if not isinstance(holder, list):
        holder[last] = value
    elif must_exist:
        holder[int(last)] = value
    else:
        holder.insert(len(holder) if last == "-" else int(last), value)
    return document


def _remove(document: Any, path: str) -> Any:
    *way, last = _parts(path)
    holder = _get(document, "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in way))
    _step(holder, last)
    del holder[int(last) if isinstance(holder, list) else last]
    return document
