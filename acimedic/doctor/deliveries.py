"""Judgement of event subscriptions: whether all that fails reaches the function, and what does not is kept (pure).

Filters are ANDed, the values of one are ORed, and texts are compared without regard to case. Delivered is taken in
either schema: both are understood (`acimedic.incident`).
Sources: https://learn.microsoft.com/azure/event-grid/event-filtering
https://learn.microsoft.com/rest/api/eventgrid/controlplane/system-topic-event-subscriptions/list-by-system-topic
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from acimedic.doctor.finding import Finding, command, ok, unknown, wrong
from acimedic.doctor.installed import FUNCTION, Installed
from acimedic.model.reading import Gap, Reading

NEEDED = ("Microsoft.Resources.ResourceWriteFailure", "Microsoft.Resources.ResourceActionFailure")
OPERATIONS = (
    "Microsoft.ContainerInstance/containerGroups/write",
    "Microsoft.ContainerInstance/containerGroups/start/action",
    "Microsoft.ContainerInstance/containerGroups/restart/action",
    "Microsoft.Resources/deployments/write",
)
"""The operations whose failures are looked into; the same as in `acimedic.incident` and infra/events.bicep."""
_SCHEMAS = {"", "cloudeventschemav1_0", "eventgridschema"}
_PASSING = {"creating", "updating", "deleting"}
_SUBSCRIBE = "azd hooks run postdeploy"
_WHO = "acimedic doctor --app ID, with the resource id of the Function App"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """One advanced filter: a key of the event, how it is compared, and with what."""

    key: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """An event subscription of a subscription's system topic.

    destination: the resource id of whom it delivers to, blank where that is no Azure function. state: the service's
    word for how it was made. kinds: the types of events that it delivers, empty for all. begins, ends: of the subjects
    that it delivers. expires: when it ends; None for never. schema: of what is delivered. lettered: whether what could
    not be delivered is kept.
    """

    name: str
    destination: str
    state: str
    kinds: tuple[str, ...]
    begins: str = ""
    ends: str = ""
    filters: tuple[Advanced, ...] = ()
    expires: datetime | None = None
    schema: str = ""
    lettered: bool


def judge_events(
    subscription: str, found: Reading[tuple[Subscribed, ...]], here: Installed, now: datetime
) -> tuple[Finding, ...]:
    """Whether failures of a subscription are delivered to our function, and what is not delivered is kept.

    One event subscription that is in order is enough, whatever is wrong with others.
    """
    if isinstance(found, Gap):
        said = f"who delivers the failures of subscription {subscription} is not known: {found.reason}"
        said += f"; it takes {found.permission}" if found.permission else ""
        return (unknown("events", said, _asked_again(subscription, found, here)),)
    named = [each for each in found if each.destination.lower().endswith(f"/functions/{FUNCTION}")]
    ours = [each for each in named if here.is_at(each.destination)]
    if named and not here.site:
        said = (
            f"{named[0].name} delivers the failures of subscription {subscription} to {named[0].destination}, and "
            "nothing says whether that is our app"
        )
        return (unknown("events", said, _WHO),)
    if not ours:
        others = f"; {named[0].name} delivers to another app, {named[0].destination}" if named else ""
        said = f"no event subscription delivers the failures of subscription {subscription} to {FUNCTION}{others}"
        return (wrong("events", said, _SUBSCRIBE),)
    judged = [(each, _faults(each, subscription, now)) for each in ours]
    whole = [each for each, faults in judged if not faults]
    if not whole:
        return tuple(fault for _, faults in judged for fault in faults)
    until = f", until {whole[0].expires:%Y-%m-%d %H:%M} UTC" if whole[0].expires is not None else ""
    return (ok("events", f"{whole[0].name} delivers the failures of subscription {subscription} to {FUNCTION}{until}"),)


def judge_function(here: Installed) -> tuple[Finding, ...]:
    """Whether the function that takes events is switched off by a setting. Says nothing where it is not."""
    if not here.off:
        return ()
    said = f"the setting {here.off} switches the function {FUNCTION} off: no event is taken"
    place = ("--name", here.site or "APP", "--resource-group", here.group or "GROUP")
    return (
        wrong(
            "events",
            said,
            command("az", "functionapp", "config", "appsettings", "delete", *place, "--setting-names", here.off),
        ),
    )


def _asked_again(subscription: str, gap: Gap, here: Installed) -> str:
    """What to do where nobody could be asked: the right to ask, the provider, or the same question by hand."""
    if gap.reason.startswith("403"):
        return here.read_role(subscription)
    if "MissingSubscriptionRegistration" in gap.reason:
        return command(
            "az", "provider", "register", "--namespace", "Microsoft.EventGrid", "--subscription", subscription
        )
    return command("az", "eventgrid", "system-topic", "list", "--subscription", subscription, "--output", "table")


def _faults(subscribed: Subscribed, subscription: str, now: datetime) -> list[Finding]:
    name = f"event subscription {subscribed.name}"
    state = subscribed.state.lower()
    if state in _PASSING:
        return [
            unknown("events", f"{name} is in state {subscribed.state}", "look again in some minutes: acimedic doctor")
        ]
    said = [] if state in {"succeeded", ""} else [f"{name} is in state {subscribed.state}"]
    if subscribed.expires is not None and subscribed.expires <= now:
        said.append(f"{name} has expired, on {subscribed.expires:%Y-%m-%d %H:%M} UTC")
    if subscribed.schema.lower() not in _SCHEMAS:
        said.append(
            f"{name} delivers in the schema {subscribed.schema}; "
            "only CloudEventSchemaV1_0 and EventGridSchema are taken"
        )
    said += [f"{name} {each}" for each in _left_out(subscribed, subscription)]
    if not subscribed.lettered:
        said.append(f"{name} keeps no dead letters: what cannot be delivered is lost")
    faults = [wrong("events", each, _SUBSCRIBE) for each in said]
    odd = [each for each in subscribed.filters if _lets(each, OPERATIONS[0]) is None]
    faults += [
        unknown("events", f"{name} filters by {each.key} with {each.operator}, which is not judged here", _SUBSCRIBE)
        for each in odd
    ]
    return faults


def _left_out(subscribed: Subscribed, subscription: str) -> Iterable[str]:
    kinds = {kind.lower() for kind in subscribed.kinds}
    missing = [kind for kind in NEEDED if kinds and not {kind.lower(), "all"} & kinds]
    if missing:
        yield f"leaves out {', '.join(missing)}"
    # Every subject is the id of a resource in the subscription.
    if not f"/subscriptions/{subscription}/".lower().startswith(subscribed.begins.lower()):
        yield f"delivers only what has a subject that begins with {subscribed.begins}"
    if subscribed.ends:
        yield f"delivers only what has a subject that ends with {subscribed.ends}"
    shut = [each for each in OPERATIONS if any(_lets(one, each) is False for one in subscribed.filters)]
    if shut:
        yield f"leaves out failures of {', '.join(shut)}"


def _lets(one: Advanced, operation: str) -> bool | None:
    """Whether a filter lets failures of an operation through. None where it is about something else."""
    if one.key.lower() != "data.operationname":
        return None
    name = one.operator.lower()
    if name in {"isnotnull", "isnullorundefined"}:
        return name == "isnotnull"
    inner = name.replace("stringnot", "string", 1)
    compare = _COMPARED.get(inner)
    if compare is None:
        return None
    fits = compare(operation.lower(), [each.lower() for each in one.values])
    return fits if inner == name else not fits


_COMPARED: dict[str, Callable[[str, Sequence[str]], bool]] = {
    "stringin": lambda text, values: text in values,
    "stringbeginswith": lambda text, values: text.startswith(tuple(values)),
    "stringendswith": lambda text, values: text.endswith(tuple(values)),
    "stringcontains": lambda text, values: any(each in text for each in values),
}
