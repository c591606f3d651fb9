"""Who hears what: a document that people wrote -> routes, or all that is wrong with it (pure).

A document that is wrong anywhere is refused whole, as a policy is; then everybody is told over the default route.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from acimedic.ids import ResourceGroup, folded, resource_group, subscription
from acimedic.model.diagnosis import Outcome
from acimedic.model.record import IncidentRecord
from acimedic.notes import MISSING, Notes, one_of, route_name, taken_apart

Style: TypeAlias = Literal["each", "digest", "quiet"]
Severity: TypeAlias = Literal["action", "problem", "info"]

MOST_BYTES = 256 * 1024
STYLES: tuple[Style, ...] = get_args(Style)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_NEED_A_PERSON = frozenset({"awaiting-decision", "failed", "incomplete", "kept", "did-not-help"})
_INFORM = frozenset(
    {
        "received",
        "waiting-for-error",
        "waiting-for-turn",
        "applying",
        "applied",
        "in-effect",
        "proved",
        "not-yet",
        "undone",
        "rejected",
    }
)
_SETTING = re.compile(r"ACIMEDIC_TEAMS_[A-Z0-9_]{1,64}")
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_MOST_RECIPIENTS = 50  # https://learn.microsoft.com/azure/communication-services/concepts/service-limits#email


def severity(state: str, outcome: str | None) -> Severity:
    """How much a state asks of a person; a state that is not known is a problem, for nobody knows what it says."""
    if state in _NEED_A_PERSON:
        return "action"
    if state in _INFORM or (state == "diagnosed" and outcome == "not-a-pull-failure"):
        return "info"
    return "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Some people, and how they are told.

    teams: the name of the setting that holds the channel's webhook. mail: who is written to, which nothing prints.
    decides: whether they may be given the link by which a plan is decided on.
    """

    name: str
    teams: str | None = None
    mail: tuple[str, ...] = field(default=(), repr=False)
    style: Style = "each"
    decides: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which incidents a rule is about, and the names of the routes that it adds. What is empty narrows nothing."""

    routes: tuple[str, ...]
    subscriptions: tuple[str, ...] = ()
    resource_groups: tuple[ResourceGroup, ...] = ()
    severities: tuple[Severity, ...] = ()
    outcomes: tuple[Outcome, ...] = ()

    def matches(self, record: IncidentRecord, state: str) -> bool:
        """Whether every part that is given holds."""
        group = record.incident.group
        return (
            (not self.subscriptions or folded(group.subscription) in self.subscriptions)
            and (not self.resource_groups or any(each.holds(group) for each in self.resource_groups))
            and (not self.severities or severity(state, record.outcome) in self.severities)
            and (not self.outcomes or record.outcome in self.outcomes)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """All routes; the rules, of which all that match count; and who hears of what no rule matches."""

    routes: tuple[Route, ...]
    rules: tuple[Rule, ...]
    default: tuple[str, ...]

    def of(self, record: IncidentRecord, state: str) -> tuple[str, ...]:
        """The names of the routes that hear of a state of an incident, each once."""
        named = [name for rule in self.rules if rule.matches(record, state) for name in rule.routes]
        return tuple(dict.fromkeys(named)) or self.default

    def named(self, name: str) -> Route | None:
        """The route of this name."""
        return next((route for route in self.routes if route.name == name), None)


@dataclass(frozen=True, slots=True)
class InvalidRoutes:
    """There is a document, and it is not followed. faults: all that is wrong with it, in words."""

    faults: tuple[str, ...]


def parse_routes(text: str | bytes) -> Routes | InvalidRoutes:
    """The routes that a text holds, or every fault of it."""
    if len(text) > MOST_BYTES:
        return InvalidRoutes((f"the routes are longer than {MOST_BYTES} bytes",))
    value, notes = taken_apart(text)
    routes = None if value is MISSING else _routes(value, notes)
    if routes is None or notes.faults:
        return InvalidRoutes(notes.said())
    return routes


def mailbox(text: str) -> str:
    """An address to write to. Raises ValueError, without repeating it: it names a person."""
    if not _MAILBOX.fullmatch(text):
        raise ValueError("a mail address such as team@example.com is expected")
    return text


def _routes(value: object, notes: Notes) -> Routes:
    found = notes.members(value, "", needed=("version", "routes", "default"), optional=("rules",))
    notes.whole_number(found["version"], "version", 1, 1)
    routes: list[Route] = []
    for path, node in notes.each(found["routes"], "routes"):
        route = _route(node, path, notes)
        if route is not None and route.name in [other.name for other in routes]:
            notes.fault(f"{path}.name", "another route has this name")
        routes += [] if route is None else [route]
    names = tuple(route.name for route in routes)
    listed = notes.each(found["rules"], "rules") if "rules" in found else ()
    rules = tuple(_rule(node, path, names, notes) for path, node in listed)
    return Routes(routes=tuple(routes), rules=rules, default=_named(found["default"], "default", names, notes))


def _route(node: object, path: str, notes: Notes) -> Route | None:
    found = notes.members(node, path, needed=("name",), optional=("teams", "mail", "style", "decides", "note"))
    name = notes.checked(found["name"], f"{path}.name", route_name)
    teams = notes.checked(found["teams"], f"{path}.teams", _setting) if "teams" in found else None
    mail = notes.several(found["mail"], f"{path}.mail", mailbox) if "mail" in found else ()
    style = notes.checked(found["style"], f"{path}.style", one_of(STYLES)) if "style" in found else None
    decides = found.get("decides", False)
    if not isinstance(decides, bool):
        notes.fault(f"{path}.decides", "true or false is expected")
    if "note" in found:
        notes.checked(found["note"], f"{path}.note", str)
    if "teams" not in found and "mail" not in found and found["name"] is not MISSING:
        notes.fault(path, "a route has `teams`, or `mail`, or both")
    if len(mail) > _MOST_RECIPIENTS:
        notes.fault(f"{path}.mail", f"a mail goes to {_MOST_RECIPIENTS} at most")
    if name is None:
        return None
    known: Style = next((each for each in STYLES if each == style), "each")
    return Route(name=name, teams=teams, mail=mail, style=known, decides=decides is True)


def _rule(node: object, path: str, names: tuple[str, ...], notes: Notes) -> Rule:
    optional = ("subscriptions", "resource_groups", "severities", "outcomes", "note")
    found = notes.members(node, path, needed=("routes",), optional=optional)
    if "note" in found:
        notes.checked(found["note"], f"{path}.note", str)
    severities = notes.several(found.get("severities", MISSING), f"{path}.severities", one_of(SEVERITIES))
    outcomes = notes.several(found.get("outcomes", MISSING), f"{path}.outcomes", one_of(_OUTCOMES))
    return Rule(
        routes=_named(found["routes"], f"{path}.routes", names, notes),
        subscriptions=notes.several(found.get("subscriptions", MISSING), f"{path}.subscriptions", subscription),
        resource_groups=notes.several(found.get("resource_groups", MISSING), f"{path}.resource_groups", resource_group),
        severities=tuple(each for each in SEVERITIES if each in severities),
        outcomes=tuple(each for each in _OUTCOMES if each in outcomes),
    )


def _named(node: object, path: str, names: tuple[str, ...], notes: Notes) -> tuple[str, ...]:
    def known(text: str) -> str:
        if text not in names:
            raise ValueError(f"no route has this name; there are {', '.join(names) or 'none'}")
        return text

    return notes.several(node, path, known)


def _setting(text: str) -> str:
    """The name of a setting: never the address itself, which is a secret, nor a setting that holds something else."""
    if not _SETTING.fullmatch(text):
        raise ValueError("the name of a setting that begins with ACIMEDIC_TEAMS_ is expected, never the address itself")
    return text
