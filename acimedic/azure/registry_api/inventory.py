"""What a registry has instead of what was asked for: the nearest names, without reading a long list whole.

Lists come in order of name, and may be entered anywhere with `last`
(https://github.com/opencontainers/distribution-spec/blob/main/spec.md#content-discovery). So the beginning is
read, and if the list goes on, the places where a name like the one that is missing would stand. Links to a next page
are not followed. Azure's registries also list by time
(https://learn.microsoft.com/rest/api/containerregistry/tag/get-list).
"""

import difflib
import heapq
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from acimedic.azure.registry_api.desk import Desk
from acimedic.azure.registry_api.line import Answer, UnansweredError

_PAGE = 100
_MOST_COMPARED = 1000
_SHOWN = 5
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_REPOSITORY = re.compile(r"[a-z0-9][a-z0-9._/-]{0,254}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Names like the one that is missing; and the tags pushed last, if none is."""

    nearest: tuple[str, ...] = ()
    newest: tuple[str, ...] = ()


async def tags_like(desk: Desk, wanted: str | None, *, azure: bool) -> Inventory | None:
    """The tags of a repository that are most like one; None if there is no such repository.

    At most three requests, besides those for a token.
    """
    if azure:
        path, scope, names = f"/acr/v1/{quote(desk.repository)}/_tags", "metadata_read", _azure_tags
    else:
        path, scope, names = f"{desk.path}/tags/list", "pull", _tags
    scope = f"repository:{desk.repository}:{scope}"
    first = await desk.get(f"{path}?n={_PAGE}" + ("&orderby=timedesc" if azure else ""), scope)
    if first.status == 404 and first.code == "NAME_UNKNOWN":
        return None
    found = await _all_near(desk, path, scope, first=first, names=names, wanted=wanted)
    nearest = _nearest(wanted, found)
    return Inventory(nearest=nearest, newest=tuple(_azure_tags(first)[:_SHOWN]) if azure and not nearest else ())


async def repositories_like(desk: Desk) -> Inventory:
    """The repositories of an Azure registry most like the one that is missing."""
    path, scope = "/acr/v1/_catalog", "registry:catalog:*"
    first = await desk.get(f"{path}?n={_PAGE}", scope)
    found = await _all_near(desk, path, scope, first=first, names=_repositories, wanted=desk.repository)
    return Inventory(nearest=_nearest(desk.repository, found))


async def _all_near(
    desk: Desk, path: str, scope: str, *, first: Answer, names: Callable[[Answer], list[str]], wanted: str | None
) -> list[str]:
    found = names(first)
    if wanted is None or (len(found) < _PAGE and "link" not in first.headers):
        return found
    # `last` leaves out the name itself, so the place is entered two characters early: `1.4.2` stands after `1.4.`.
    for before in dict.fromkeys((wanted[:-2], wanted[: len(wanted) // 2])):
        if before:
            found += names(await desk.get(f"{path}?n={_PAGE}&last={quote(before, safe='')}", scope))
    return found


def _nearest(wanted: str | None, names: list[str]) -> tuple[str, ...]:
    """The few names most like it, case apart. Of a registry that pages badly, only the likelier names are compared."""
    if wanted is None:
        return ()
    by_lower = {name.lower(): name for name in reversed(names)}
    likely = heapq.nlargest(_MOST_COMPARED, by_lower, key=lambda name: _shared(name, wanted.lower()))
    return tuple(by_lower[name] for name in difflib.get_close_matches(wanted.lower(), likely, _SHOWN))


def _shared(a: str, b: str) -> int:
    """How many characters two names have in common at the beginning."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(a), len(b)))


def _tags(answer: Answer) -> list[str]:
    return [tag for tag in _listed(answer, "tags") if isinstance(tag, str) and _TAG.fullmatch(tag)]


def _azure_tags(answer: Answer) -> list[str]:
    """The tags, newest first whatever order the answer has."""
    tags = [tag for tag in _listed(answer, "tags") if isinstance(tag, dict)]
    tags.sort(key=lambda tag: str(tag.get("lastUpdateTime", "")), reverse=True)
    named = [tag.get("name") for tag in tags]
    return [name for name in named if isinstance(name, str) and _TAG.fullmatch(name)]


def _repositories(answer: Answer) -> list[str]:
    listed = _listed(answer, "repositories")
    return [name for name in listed if isinstance(name, str) and _REPOSITORY.fullmatch(name)]


def _listed(answer: Answer, name: str) -> list[object]:
    if answer.status != 200:
        raise UnansweredError(answer.words)
    listed = answer.json.get(name, answer)
    if listed is None:  # how some registries write an empty list
        return []
    if not isinstance(listed, list):
        raise UnansweredError("the list was not understood")
    return listed
