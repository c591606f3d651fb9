"""What Azure refuses and its types do not say: numbers, times and words within limits, from the documentation.

Sources: https://learn.microsoft.com/azure/event-grid/delivery-and-retry#retry-policy,
https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-log-query,
https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview,
https://learn.microsoft.com/azure/role-based-access-control/conditions-format
"""

from collections.abc import Iterator

from tests.infra.checking.fitting import Fault, misfits
from tests.infra.checking.meaning import World
from tests.infra.checking.shapes import Exactly, Shape, Whole, Word
from tests.infra.checking.syntax import Array, Choice, Declared, Expr, Name, Object, Resource, Spread

_SEVERITY = Whole(least=0, most=4)
_DURATION = Word(pattern=r"^P(\d+D)?(T(?=\d)(\d+H)?(\d+M)?)?$")
_GUID = Word(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_RETRY = {
    "properties.retryPolicy.maxDeliveryAttempts": Whole(least=1, most=30),
    "properties.retryPolicy.eventTimeToLiveInMinutes": Whole(least=1, most=1440),
}
_ALERT = {
    "properties.severity": _SEVERITY,
    "properties.evaluationFrequency": _DURATION,
    "properties.windowSize": _DURATION,
}

LIMITS: dict[str, dict[str, Shape]] = {
    "microsoft.eventgrid/eventsubscriptions": _RETRY,
    "microsoft.eventgrid/systemtopics/eventsubscriptions": _RETRY,
    "microsoft.eventgrid/topics/eventsubscriptions": _RETRY,
    "microsoft.insights/metricalerts": _ALERT,
    "microsoft.insights/scheduledqueryrules": {**_ALERT, "properties.muteActionsDuration": _DURATION},
    "microsoft.keyvault/vaults": {
        "name": Word(least=3, most=24, pattern=r"^[A-Za-z][0-9A-Za-z-]+$"),
        "properties.softDeleteRetentionInDays": Whole(least=7, most=90),
    },
    "microsoft.authorization/roleassignments": {"name": _GUID, "properties.conditionVersion": Exactly("2.0")},
    "microsoft.authorization/roledefinitions": {"name": _GUID},
}
"""Type in lower case -> path within its body -> what stands there has to be."""


def limit_faults(resource: Resource, body: Object, world: World) -> Iterator[Fault]:
    """What is written beyond its limits. world: with the names of the resource's loop."""
    of_type, _ = world.types[resource]
    for path, wanted in LIMITS.get(of_type.lower(), {}).items():
        for value in _at(body, tuple(path.split(".")), world):
            yield from misfits(value, wanted, world, path=f"{resource.name}.{path}")


def _at(value: Expr, path: tuple[str, ...], world: World) -> Iterator[Expr]:
    """What is written at a path, in either branch of a choice, and behind a variable."""
    if not path:
        yield value
    elif isinstance(value, Object):
        found = value.get(path[0])
        if found is not None:
            yield from _at(found, path[1:], world)
    elif isinstance(value, Array):
        for each in value.items:
            if not isinstance(each, Spread):
                yield from _at(each, path, world)
    elif isinstance(value, Choice):
        yield from _at(value.yes, path, world)
        yield from _at(value.no, path, world)
    elif isinstance(value, Name) and value.name not in world.local:
        declared = world.find(value.name)
        if isinstance(declared, Declared) and declared.kind == "var" and declared.value is not None:
            yield from _at(declared.value, path, world)
