"""In which order Azure makes the resources of a template: what waits for what (pure).

A resource waits for what its `dependsOn` names and for what it refers to by reference() or list*(); resourceId() makes
nothing wait. A nested deployment is done when all that is in it is.
Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/resource-dependency
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from acimedic.preflight.planned.marks import LOOP, REFERS, marked
from acimedic.preflight.planned.stated import stated
from acimedic.preflight.request import Request, evaluated
from acimedic.template import Evaluation, Lookup, Resource, Scope, Unresolved

_NESTED = ".properties.template."
_DEPLOYMENTS = "microsoft.resources/deployments"
_NOBODY_SAID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class _Edges:
    """What a resource waits for by itself. certain: False where not all of it could be evaluated."""

    on: frozenset[int]
    certain: bool


class Order:
    """The order of the resources of one evaluation, each known by its place in it."""

    def __init__(self, resources: tuple[Resource, ...]) -> None:
        self._resources = resources
        self._holders = _holders(resources)
        self._called = _called(resources, self._holders)

    @classmethod
    def of(cls, request: Request, lookup: Lookup, evaluation: Evaluation) -> "Order":
        """The order in which the resources of an evaluation are made; nothing is known where they are not the same."""
        marks = replace(request, template=marked(request.template), scope=_somewhere(request.scope))
        again = evaluated(marks, lookup)
        same = [item.path for item in again.resources] == [item.path for item in evaluation.resources]
        return cls(again.resources if same else ())

    def waits(self, at: int, on: int) -> bool | None:
        """Whether one resource surely is made after another; None where that could not be evaluated."""
        if max(at, on) >= len(self._resources):
            return None
        goals = {on, *self._around(on)}
        seen, certain = {at}, True
        left = [at]
        while left:
            edges = self._edges(left.pop())
            certain = certain and edges.certain
            if edges.on & goals:
                return True
            left += edges.on - seen
            seen |= edges.on
        return False if certain else None

    def _around(self, at: int) -> Iterator[int]:
        """The nested deployments that a resource is in, the innermost first."""
        holder = self._holders[at]
        while holder is not None:
            yield holder
            holder = self._holders[holder]

    def _edges(self, at: int) -> _Edges:
        """What a resource waits for, by itself and by the deployments that it is in."""
        found: set[int] = set()
        certain = True
        for one in (at, *self._around(at)):
            for name in _names(self._resources[one]):
                if isinstance(name, Unresolved):
                    certain = False
                else:
                    found |= self._find(name, self._holders[one])
        return _Edges(frozenset(found - {at, *self._around(at)}), certain)

    def _find(self, name: str, holder: int | None) -> set[int]:
        """The resources that a name means in a template, else in the one around it; none that is not in either."""
        wanted = name.rstrip("/").lower()
        while True:
            found = self._called.get((holder, wanted))
            if found is not None or holder is None:
                return found or set()
            holder = self._holders[holder]


def _holders(resources: tuple[Resource, ...]) -> list[int | None]:
    """For each resource the nested deployment that it is in: it comes right before all that is in it."""
    latest: dict[str, int] = {}
    found: list[int | None] = []
    for at, item in enumerate(resources):
        end = item.path.rfind(_NESTED)
        found.append(None if end < 0 else latest.get(item.path[:end]))
        if isinstance(item.type, str) and item.type.lower() == _DEPLOYMENTS:
            latest[item.path] = at
    return found


def _called(resources: tuple[Resource, ...], holders: list[int | None]) -> dict[tuple[int | None, str], set[int]]:
    """What each template calls its resources: by id, the end of an id, name, symbol, and the name of a loop."""
    found: dict[tuple[int | None, str], set[int]] = {}
    for at, item in enumerate(resources):
        for name in _own_names(item):
            found.setdefault((holders[at], name.lower()), set()).add(at)
    return found


def _own_names(item: Resource) -> Iterable[str]:
    loop = stated(item.body, LOOP)
    names: list[str] = []
    if isinstance(item.id, str):
        names += [item.id, item.id.rpartition("/providers/")[2]]
    if isinstance(item.name, str):
        names.append(item.name)
    if item.symbol is not None:
        names += [item.symbol, item.symbol.partition("[")[0]]
    return dict.fromkeys([*names, loop] if isinstance(loop, str) else names)


def _names(item: Resource) -> Iterator[str | Unresolved]:
    yield from item.depends_on
    refers = stated(item.body, REFERS)
    for each in refers if isinstance(refers, list) else [refers]:
        if isinstance(each, str | Unresolved):
            yield each


def _somewhere(scope: Scope) -> Scope:
    """A scope without gaps: what waits for what does not hang on where a template is deployed."""
    return replace(
        scope,
        subscription_id=scope.subscription_id or _NOBODY_SAID,
        resource_group=scope.resource_group or "nobody-said",
    )
