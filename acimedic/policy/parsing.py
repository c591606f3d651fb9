"""The text of a policy -> a policy, or all that is wrong with it.

A document that is wrong anywhere is refused whole: whoever wrote it meant something else than what is left of it.
"""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from acimedic.duration import parse_duration
from acimedic.ids import ResourceGroup, folded, resource, resource_group, subscription
from acimedic.model.resource_id import IDENTITIES, REGISTRIES, ResourceId
from acimedic.notes import MISSING, Members, Notes, one_of, route_name, taken_apart
from acimedic.policy.document import REMEDIES, InvalidPolicy, Pair, Policy
from acimedic.policy.quiet import DAYS, WHOLE_DAY, QuietHours, Window
from acimedic.rbac import conditions

MOST_BYTES = 256 * 1024
_MOST_CHANGES = 1000
_SHORTEST = timedelta(hours=1)  # a role takes minutes to be in effect, and its removal too
_LONGEST = timedelta(days=3650)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9_+-]{1,31}){0,3}")


def parse_policy(text: str | bytes) -> Policy | InvalidPolicy:
    """The policy that a text holds, or every fault of it."""
    if len(text) > MOST_BYTES:
        return InvalidPolicy((f"the policy is longer than {MOST_BYTES} bytes",))
    value, notes = taken_apart(text)
    policy = None if value is MISSING else _policy(value, notes)
    if policy is None or notes.faults:
        return InvalidPolicy(notes.said())
    return policy


def _policy(value: object, notes: Notes) -> Policy:
    found = notes.members(
        value,
        "",
        needed=("version", "remedies", "subscriptions", "pairs", "changes_per_hour"),
        optional=("quiet_hours", "expires_after", "approval_route"),
    )
    notes.whole_number(found["version"], "version", 1, 1)
    subscriptions = notes.several(found["subscriptions"], "subscriptions", subscription)
    pairs = tuple(_pair(each, path, subscriptions, notes) for path, each in notes.each(found["pairs"], "pairs"))
    expiry, route, quiet = (found.get(key, MISSING) for key in ("expires_after", "approval_route", "quiet_hours"))
    return Policy(
        remedies=notes.several(found["remedies"], "remedies", one_of(REMEDIES)),
        subscriptions=subscriptions,
        pairs=tuple(pair for pair in pairs if pair is not None),
        changes_per_hour=notes.whole_number(found["changes_per_hour"], "changes_per_hour", 1, _MOST_CHANGES),
        quiet_hours=None if quiet is MISSING else _quiet_hours(quiet, notes),
        expires_after=None if expiry is MISSING else notes.checked(expiry, "expires_after", _expiry),
        approval_route=None if route is MISSING else notes.checked(route, "approval_route", route_name),
    )


def _pair(node: object, path: str, subscriptions: tuple[str, ...], notes: Notes) -> Pair | None:
    optional = ("identity", "resource_group", "repositories", "approval_route", "note")
    found = notes.members(node, path, needed=("registry",), optional=optional)
    registry = notes.checked(found["registry"], f"{path}.registry", lambda text: resource(text, REGISTRIES))
    who = _who(found, path, notes) if isinstance(node, Members) else None
    repositories: tuple[str, ...] = ()
    if "repositories" in found:
        repositories = notes.several(found["repositories"], f"{path}.repositories", _repository)
    route = found.get("approval_route", MISSING)
    named = None if route is MISSING else notes.checked(route, f"{path}.approval_route", route_name)
    if "note" in found:
        notes.checked(found["note"], f"{path}.note", str)
    if registry is None or who is None:
        return None
    for key, place in (("registry", registry), ("identity" if isinstance(who, ResourceId) else "resource_group", who)):
        if subscriptions and folded(place.subscription) not in subscriptions:
            notes.fault(f"{path}.{key}", f"its subscription {place.subscription} is not among `subscriptions`")
    return Pair(registry=registry, who=who, repositories=repositories, path=path, approval_route=named)


def _who(found: dict[str, object], path: str, notes: Notes) -> ResourceId | ResourceGroup | None:
    if ("identity" in found) == ("resource_group" in found):
        notes.fault(path, "a pair names either an identity or a resource_group")
        return None
    if "identity" in found:
        return notes.checked(found["identity"], f"{path}.identity", lambda text: resource(text, IDENTITIES))
    return notes.checked(found["resource_group"], f"{path}.resource_group", resource_group)


def _quiet_hours(node: object, notes: Notes) -> QuietHours:
    found = notes.members(node, "quiet_hours", needed=("time_zone", "windows"))
    zone = notes.checked(found["time_zone"], "quiet_hours.time_zone", _zone)
    windows = [_window(window, path, notes) for path, window in notes.each(found["windows"], "quiet_hours.windows")]
    return QuietHours(time_zone=zone or "UTC", windows=tuple(window for window in windows if window is not None))


def _window(node: object, path: str, notes: Notes) -> Window | None:
    found = notes.members(node, path, needed=("days", "from", "to"))
    days = notes.several(found["days"], f"{path}.days", one_of(DAYS))
    start = notes.checked(found["from"], f"{path}.from", _clock)
    to = notes.checked(found["to"], f"{path}.to", lambda text: WHOLE_DAY if text == "24:00" else _clock(text))
    if start is None or to is None:
        return None
    if start == to:
        notes.fault(path, "it ends when it begins; a whole day is from 00:00 to 24:00")
    return Window(days=tuple(sorted(DAYS.index(day) for day in days)), start=start, to=to)


def _repository(text: str) -> str:
    """A repository's name, or `prefix/*`."""
    try:
        conditions.for_repository(text.removesuffix("/*"))
    except ValueError as error:
        raise ValueError(f"{error}; or such a name with /* behind it, for all that is below") from error
    return text


def _expiry(text: str) -> timedelta:
    length = parse_duration(text)
    if not _SHORTEST <= length <= _LONGEST:
        raise ValueError("it is from PT1H to P3650D")
    return length


def _clock(text: str) -> int:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError("a time such as 22:00 is expected")
    return int(found[1]) * 60 + int(found[2])


def _zone(text: str) -> str:
    if not _ZONE.fullmatch(text):
        raise ValueError("not the name of a time zone, such as Europe/Berlin or UTC")
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"this machine knows no time zone '{text}'") from error
    return text
