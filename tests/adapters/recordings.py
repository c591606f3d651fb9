"""What was recorded of Azure, and the examples of its specification, taken apart into the bodies that we read."""

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "payloads"
INTERACTIONS = PAYLOADS / "b-interactions"
Body = dict[str, Any]


def require_payloads() -> None:
    if PAYLOADS.is_dir():
        return
    reason = "the recorded payloads are not beside this checkout"
    if os.environ.get("ACIMEDIC_REQUIRE"):
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def exchanges(name: str) -> tuple[Body, ...]:
    """One recording."""
    return tuple(json.loads((INTERACTIONS / f"{name}.json").read_text(encoding="utf-8")))


def all_recordings() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in INTERACTIONS.glob("*.json")))


@cache
def _answers() -> tuple[object, ...]:
    """Every answer's body, of the recordings and of the examples."""
    found = [exchange["response_body"] for name in all_recordings() for exchange in exchanges(name)]
    for path in sorted((PAYLOADS / "a-specs").glob("**/examples/**/*.json")):
        responses = json.loads(path.read_text(encoding="utf-8")).get("responses", {})
        found += [response.get("body") for response in responses.values() if isinstance(response, dict)]
    return tuple(found)


def _objects(value: object) -> Iterator[Body]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def distinct(wanted: Callable[[Body], bool]) -> list[Body]:
    """The different objects of any answer that are what is wanted."""
    found = {json.dumps(item, sort_keys=True): item for body in _answers() for item in _objects(body) if wanted(item)}
    return list(found.values())


def of_type(name: str) -> list[Body]:
    """The resources of a type that were given whole: a listing of `/resources` has no properties."""
    return distinct(
        lambda item: (
            isinstance(item.get("properties"), dict)
            and isinstance(item.get("id"), str)
            and "startTime" not in item  # the state of an operation, under the id of its resource
            and (
                str(item.get("type") or "").lower().rstrip("/") == name.lower()
                or (not item.get("type") and "/providers/" in item["id"] and _type_of(item["id"]) == name.lower())
            )
        )
    )


def _type_of(resource_id: str) -> str:
    after = resource_id.lower().rpartition("/providers/")[2].split("/")
    return "/".join([after[0], *after[1::2]])
