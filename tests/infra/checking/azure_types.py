"""The types of Azure's resources, as the Bicep compiler has them: `*.types.json` of bicep-types-az.

The format: https://github.com/Azure/bicep-types/tree/main/src/bicep-types/src/types
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from tests.infra.checking.more_types import KNOWN
from tests.infra.checking.shapes import (
    Anything,
    Exactly,
    Field,
    Fields,
    Flag,
    ListOf,
    OneOf,
    Shape,
    Tagged,
    Whole,
    Word,
)

_REQUIRED, _READ_ONLY, _FIXED = 1, 2, 8
SCOPES = {"tenant": 1, "managementGroup": 2, "subscription": 4, "resourceGroup": 8, "extension": 16}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """A type of one api-version. scopes: bits of `SCOPES`, where it may be deployed; None where that is not said."""

    name: str
    version: str
    body: Shape
    scopes: int | None


@dataclass(frozen=True)
class Book:
    """All types of a folder. Raises OSError and ValueError where it cannot be read."""

    folder: Path

    @cached_property
    def _places(self) -> dict[str, dict[str, tuple["_Entries", dict[str, Any]]]]:
        """Type in lower case -> version -> the file that has it, and the entry."""
        found: dict[str, dict[str, tuple[_Entries, dict[str, Any]]]] = {}
        for path in sorted(self.folder.glob("*.types.json")):
            entries = json.loads(path.read_text(encoding="utf-8"))
            file = _Entries(entries)
            for entry in entries:
                if entry["$type"] == "ResourceType":
                    name, _, version = entry["name"].partition("@")
                    found.setdefault(name.lower(), {})[version.lower()] = (file, entry)
        return found

    @property
    def any(self) -> bool:
        """Whether there are types at all."""
        return bool(self._places)

    def versions(self, name: str) -> tuple[str, ...]:
        """The api-versions that are there, the newest last; a preview comes before the release of its day."""
        return tuple(sorted(self._places.get(name.lower(), {}), key=lambda each: (each[:10], "preview" not in each)))

    def holds(self, name: str, version: str) -> bool:
        """Whether the folder has it."""
        return version.lower() in self._places.get(name.lower(), {})

    def find(self, name: str, version: str) -> ResourceType | None:
        """A type; None where it is neither in the folder nor among those that are written out beside it."""
        place = self._places.get(name.lower(), {}).get(version.lower())
        if place is None:
            known = KNOWN.get((name.lower(), version.lower()))
            return None if known is None else ResourceType(name=name, version=version, body=known[0], scopes=known[1])
        entries, entry = place
        scopes = entry.get("writableScopes")
        body = entries.shape(entry["body"])
        return ResourceType(name=entry["name"].partition("@")[0], version=version, body=body, scopes=scopes)


@dataclass(frozen=True, slots=True)
class _Entries:
    """The entries of one file, which refer to each other by number."""

    all: list[Any] = field(repr=False)
    made: dict[int, Shape] = field(default_factory=dict, repr=False)

    def shape(self, reference: dict[str, str]) -> Shape:
        number = int(reference["$ref"].removeprefix("#/"))
        if number not in self.made:
            entry = self.all[number]
            self.made[number] = _KINDS[entry["$type"]](self, entry)
        return self.made[number]

    def later(self, reference: dict[str, str]) -> Callable[[], Shape]:
        return partial(self.shape, reference)

    def fields(self, properties: dict[str, Any]) -> dict[str, Field]:
        return {
            name: Field(
                of=self.later(each["type"]),
                required=bool(each["flags"] & _REQUIRED),
                read_only=bool(each["flags"] & _READ_ONLY),
                fixed=bool(each["flags"] & _FIXED),
            )
            for name, each in properties.items()
        }


def _anything(_: _Entries, __: dict[str, Any]) -> Shape:
    return Anything()


def _word(_: _Entries, entry: dict[str, Any]) -> Shape:
    return Word(least=entry.get("minLength") or 0, most=entry.get("maxLength"), pattern=entry.get("pattern"))


def _whole(_: _Entries, entry: dict[str, Any]) -> Shape:
    return Whole(least=entry.get("minValue"), most=entry.get("maxValue"))


def _flag(_: _Entries, __: dict[str, Any]) -> Shape:
    return Flag()


def _exactly(_: _Entries, entry: dict[str, Any]) -> Shape:
    return Exactly(entry["value"])


def _list(entries: _Entries, entry: dict[str, Any]) -> Shape:
    return ListOf(entries.later(entry["itemType"]))


def _one_of(entries: _Entries, entry: dict[str, Any]) -> Shape:
    return OneOf(tuple(entries.shape(each) for each in entry["elements"]))


def _fields(entries: _Entries, entry: dict[str, Any]) -> Shape:
    more = entry.get("additionalProperties")
    fields = entries.fields(entry["properties"])
    return Fields(fields=fields, more=None if more is None else entries.later(more))


def _tagged(entries: _Entries, entry: dict[str, Any]) -> Shape:
    kinds = {name: entries.later(each) for name, each in entry["elements"].items()}
    return Tagged(tag=entry["discriminator"], base=entries.fields(entry["baseProperties"]), kinds=kinds)


_KINDS: dict[str, Callable[[_Entries, dict[str, Any]], Shape]] = {
    "AnyType": _anything,
    "StringType": _word,
    "IntegerType": _whole,
    "BooleanType": _flag,
    "StringLiteralType": _exactly,
    "ArrayType": _list,
    "UnionType": _one_of,
    "ObjectType": _fields,
    "DiscriminatedObjectType": _tagged,
}
