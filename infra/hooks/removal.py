"""Removing things one by one: what fails is told at the end, and what is gone already is no fault."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from azure_cli import CliError, ask, az, say

# What a look-up or a deletion answers where the thing, or all that it lies in, is not there.
_MISSING = ("ResourceNotFound", "ResourceGroupNotFound", "SubscriptionNotFound", "ParentResourceNotFound")
_GONE = (*_MISSING, "NotFound", "not found", "does not exist", "could not be found")
# An account or a tenant that is `not found` says nothing of what was asked for.
_NOT_SIGNED_IN = ("AADSTS", "az login")


@dataclass(frozen=True, slots=True)
class Removal:
    """Something that is there, and how it is taken away."""

    what: str
    remove: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Search:
    """Where something of ours may be. what: the place, in words."""

    what: str
    find: Callable[[], Iterable[Removal]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """faults: what did not work. empty: whether the search saw that there was nothing."""

    faults: tuple[str, ...]
    empty: bool


def carry_out(search: Search) -> Outcome:
    """Find, and remove all that was found."""
    try:
        found = list(search.find())
    except CliError as error:
        if not is_missing(error):
            return Outcome((f"{search.what} could not be looked through: {error.said}",), False)
        if error.tells("SubscriptionNotFound"):
            say(f"{search.what} was not looked through: its subscription is gone, or lies in another tenant")
            return Outcome((), False)
        return Outcome((), True)
    return Outcome(tuple(_failures(found)), not found)


def is_missing(error: CliError) -> bool:
    """Whether Azure says that the thing is not there."""
    return error.tells(*_MISSING) and not error.tells(*_NOT_SIGNED_IN)


def is_gone(error: CliError) -> bool:
    """Whether what was to be removed is not there, in whichever words."""
    return error.tells(*_GONE) and not error.tells(*_NOT_SIGNED_IN)


def exists(place: str, version: str) -> bool:
    """Whether a resource is there. Raises CliError where that cannot be told."""
    try:
        ask("get", place, version)
    except CliError as error:
        if is_missing(error):
            return False
        raise
    return True


def delete(place: str, version: str) -> None:
    """Delete what is gone at once. Raises CliError."""
    ask("delete", place, version)
    say(f"removed {place}")


def delete_and_wait(place: str, version: str) -> None:
    """Event Grid deletes in its own time, and what is left in a group keeps the group. Raises CliError."""
    az("resource", "delete", "--ids", place, "--api-version", version)
    say(f"removed {place}")


def _failures(found: Iterable[Removal]) -> Iterator[str]:
    for each in found:
        try:
            each.remove()
        except CliError as error:
            if not is_gone(error):
                yield f"{each.what} could not be removed: {error.said}"
