"""A resource as it is written and as it is evaluated, changed in step (pure).

Expressions stay where nothing has to change, and where a text within them can be changed instead. One that stands in
the way is replaced by its value, if all of that is known, is the same in every deployment and holds no secret. Whatever
cannot be changed is left as it is, with the reason.
"""

from collections.abc import Mapping

from acimedic.preflight.corrections.literals import mended
from acimedic.preflight.corrections.paths import (
    Node,
    as_written,
    by_expression,
    counts,
    drop_loops,
    loops_of,
    member,
    path_of,
    place_in,
    put,
    value_at,
)
from acimedic.preflight.corrections.secrets import holds_secret
from acimedic.preflight.corrections.varying import Varying
from acimedic.preflight.places import Steps
from acimedic.template import Json, unresolved_leaves
from acimedic.template.values import find_key


class CannotError(Exception):
    """A place that cannot be changed mechanically; says why. Nothing has been changed then."""


class Pair:
    """Both trees. What is done to them returns what else had to be done for it, in words; raises CannotError."""

    def __init__(self, source: Mapping[str, Json], body: Json, varying: Varying) -> None:
        self._varying = varying
        self.source: dict[str, Json] = dict(source)
        self.body: dict[str, Json] = dict(body) if isinstance(body, dict) else {}
        self.looped = isinstance(value_at(self.source, ("copy",)), dict)
        self._owned: dict[int, object] = {}

    def set(self, steps: Steps, value: Json, written: Json, name: str | None = None) -> list[str]:
        """Give a property this value. name: how its name is to be written, where that is an expression."""
        last, path = str(steps[-1]), path_of(steps)
        if holds_secret(value, path):
            raise CannotError("the value holds what may not be shown")
        self._ensure_replaceable(steps)
        source, body, said = self._objects(steps[:-1])
        there, evaluated = find_key(source, last), find_key(body, last)
        if there is None and evaluated is not None:
            drop_loops(source, last)
            said.append(f"{path} is no longer made by a loop")
        elif there is not None and by_expression(source[there]):
            within = None if evaluated is None else _mended(source[there], body[evaluated], value)
            if within is None:
                self._ensure_same_in_each_deployment(source[there])
                said.append(f"{path} no longer comes from an expression")
            written = written if within is None else within
        source[there or name or last] = written
        body[evaluated or last] = value
        return said

    def remove(self, steps: Steps) -> list[str]:
        """Take a property away."""
        last = str(steps[-1])
        self._ensure_replaceable(steps)
        source, body, said = self._objects(steps[:-1])
        there, evaluated = find_key(source, last), find_key(body, last)
        if there is not None:
            del source[there]
        elif evaluated is not None:
            drop_loops(source, last)
        if evaluated is not None:
            del body[evaluated]
        return said

    def remove_element(self, steps: Steps, at: int) -> list[str]:
        """Take an element of an array away."""
        source, body, said = self._arrays(steps)
        del source[at], body[at]
        return said

    def append(self, steps: Steps, value: Json, written: Json) -> list[str]:
        """Add an element to an array."""
        source, body, said = self._arrays(steps)
        source.append(written)
        body.append(value)
        return said

    def _objects(self, steps: Steps) -> tuple[dict[str, Json], dict[str, Json], list[str]]:
        if not isinstance(value_at(self.body, steps), dict):
            raise CannotError(f"{path_of(steps)} is not an object, or is not known")
        source, body, said = self._reach(steps)
        if not isinstance(source, dict) or not isinstance(body, dict):
            raise CannotError(f"{path_of(steps)} is not an object")
        return source, body, said

    def _arrays(self, steps: Steps) -> tuple[list[Json], list[Json], list[str]]:
        if not isinstance(value_at(self.body, steps), list):
            raise CannotError(f"{path_of(steps)} is not a list, or is not known")
        source, body, said = self._reach(steps)
        if not isinstance(source, list) or not isinstance(body, list) or len(source) != len(body):
            raise CannotError(f"{path_of(steps)} is not a list")
        return source, body, said

    def _ensure_replaceable(self, steps: Steps) -> None:
        around, last = value_at(self.source, steps[:-1]), str(steps[-1])
        if not isinstance(around, dict):
            return
        there, loops = find_key(around, last), loops_of(around, last)
        if there is not None:
            _ensure_written_once(loops)
            self._ensure_same_in_each_round(around[there])
        elif value_at(self.body, steps) is not None:
            if not loops:
                raise CannotError("an expression makes its name")
            self._ensure_same_in_each_round(loops)

    def _ensure_same_in_each_round(self, written: Json) -> None:
        if self.looped and counts(written):
            raise CannotError("it differs from round to round of a loop of groups")

    def _ensure_same_in_each_deployment(self, written: Json) -> None:
        """What is asked for with other parameters must not be written out with these."""
        if self._varying.varies(written):
            raise CannotError("it depends on what the deployment is given; correct it there")

    def _reach(self, steps: Steps) -> tuple[Node, Node, list[str]]:
        """What is at a place, in both trees, ready to be changed; expressions on the way are written out."""
        source: Node = self.source
        body: Node = self.body
        said: list[str] = []
        for at, step in enumerate(steps):
            there = place_in(body, step)
            below = None if there is None else member(body, there)
            if there is None or not isinstance(below, dict | list):
                raise CannotError(f"{path_of(steps[: at + 1])} is not there, or is not known")
            written = self._opened(source, step, below, path_of(steps[: at + 1]), said)
            source, body = self._own(source, written), self._own(body, there)
        return source, body, said

    def _opened(self, source: Node, step: str | int, below: Node, path: str, said: list[str]) -> str | int:
        """Where a step leads in what is written, once no expression and no loop stands there any more."""
        there = place_in(source, step)
        loops = loops_of(source, str(step)) if isinstance(source, dict) else []
        written: Json = loops if there is None else member(source, there)
        if there is not None:
            _ensure_written_once(loops)
        if there is not None and not by_expression(written):
            if type(written) is not type(below):
                raise CannotError(f"{path} is written otherwise than it is read")
            return there
        if there is None and not loops:
            raise CannotError(f"an expression makes {path}")
        self._ensure_same_in_each_round(written)
        self._ensure_same_in_each_deployment(written)
        if unresolved_leaves(below):
            raise CannotError(f"{path} comes from {_kind(there)} that is not wholly known")
        if holds_secret(below, path):
            raise CannotError(f"{path} comes from {_kind(there)} that holds what may not be shown")
        if there is None and isinstance(source, dict):
            drop_loops(source, str(step))
        put(source, step if there is None else there, as_written(below))
        said.append(f"{path} is written out, in place of {_kind(there)}")
        return step if there is None else there

    def _own(self, around: Node, at: str | int) -> Node:
        """The object or array at a place, as a copy that may be changed: the template itself is not ours."""
        found = member(around, at)
        if id(found) in self._owned and isinstance(found, dict | list):
            return found
        copied: Node = dict(found) if isinstance(found, dict) else list(found) if isinstance(found, list) else []
        put(around, at, copied)
        self._owned[id(copied)] = copied
        return copied


def _ensure_written_once(loops: list[Json]) -> None:
    if loops:
        raise CannotError("it is written twice, once as a loop")


def _mended(written: Json, value: Json, wanted: Json) -> str | None:
    """The expression with another text in it, where that is enough."""
    if not isinstance(written, str) or not isinstance(value, str) or not isinstance(wanted, str):
        return None
    return mended(written, value, wanted)


def _kind(there: str | int | None) -> str:
    return "a loop" if there is None else "an expression"
