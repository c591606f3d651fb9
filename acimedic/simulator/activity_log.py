"""The activity log, with the only filter grammar that it takes.

Source: azure-monitor-docs, activity-log.md ("No other syntax is allowed"); 400 texts from
monitor__test_activity_log_list_scenario.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from . import paging
from .exchange import Json, Request, Response
from .ids import same, segment_after
from .state import State, moment, shown

CLAUSE = re.compile(r"(\w+)\s+(eq|ge|le)\s+(?:'([^']*)'|(\S+))", re.IGNORECASE)
SUBJECTS = ("resourcegroupname", "resourceuri", "resourceprovider", "correlationid")


class BadFilterError(ValueError):
    """The filter is not one that the activity log takes; the text says why."""


@dataclass(slots=True)
class Filter:
    """A filter, read: a span of time and at most one subject."""

    since: datetime
    until: datetime | None = None
    subject: tuple[str, str] | None = None
    _seen: list[str] = field(default_factory=list)

    def admits(self, entry: Json) -> bool:
        """Tell whether an entry lies in the span and is about the subject."""
        when = moment(entry["eventTimestamp"])
        if when < self.since or (self.until is not None and when > self.until):
            return False
        return self.subject is None or _is_about(entry, *self.subject)


def list_entries(state: State, request: Request) -> Response:
    """List the entries of a subscription, newest first; those not yet ingested are left out."""
    try:
        wanted = read_filter(request.parameter("$filter") or "", state)
    except BadFilterError as bad:
        return Response(status=400, body={"code": "BadRequest", "message": str(bad)})
    subscription = segment_after(request.path, "subscriptions").lower()
    entries = [
        shown(entry)
        for entry in state.world.get("activityLog", [])
        if _subscription(entry) == subscription and _ingested(state, entry) and wanted.admits(entry)
    ]
    entries.sort(key=lambda entry: str(entry["eventTimestamp"]), reverse=True)
    select = [name.strip().lower() for name in (request.parameter("$select") or "").split(",") if name.strip()]
    if select:
        entries = [{name: value for name, value in entry.items() if name.lower() in select} for entry in entries]
    return paging.page(state, request, entries)


def read_filter(text: str, state: State) -> Filter:
    """Read a filter, or say why the activity log would refuse it.

    Timestamps must be quoted, as the documentation has it; a world with ``unquotedFilters`` also takes the bare
    values that were recorded (role__test_role_assignment_audits).
    """
    if not text.strip():
        raise BadFilterError("The $filter query parameter is required.")
    found: dict[str, str] = {}
    for clause in re.split(r"\s+and\s+", text.strip(), flags=re.IGNORECASE):
        name, value = _clause(clause, bool(state.world.get("unquotedFilters")))
        if name in found or (name in SUBJECTS and any(subject in found for subject in SUBJECTS)):
            raise BadFilterError(
                f"The filter '{text}' is not supported: only one of {', '.join(SUBJECTS)} may be used."
            )
        found[name] = value
    if "eventtimestamp ge" not in found:
        raise BadFilterError("The start time is required in the $filter.")
    since = _time(found.pop("eventtimestamp ge"))
    until = _time(found.pop("eventtimestamp le")) if "eventtimestamp le" in found else None
    if since < state.now() - timedelta(days=90):
        raise BadFilterError("The start time cannot be more than 90 days in the past.")
    return Filter(since, until, next(iter(found.items()), None))


def _clause(clause: str, bare: bool) -> tuple[str, str]:
    matched = CLAUSE.fullmatch(clause.strip())
    if not matched or (matched[4] is not None and not bare):
        raise BadFilterError(f"The filter clause '{clause}' is not supported.")
    name, operator = matched[1].lower(), matched[2].lower()
    value = matched[3] if matched[3] is not None else matched[4]
    if name == "eventtimestamp" and operator in ("ge", "le"):
        return f"{name} {operator}", value
    if name in SUBJECTS and operator == "eq":
        return name, value
    raise BadFilterError(f"The filter clause '{clause}' is not supported.")


def _time(text: str) -> datetime:
    try:
        read = moment(text)
    except ValueError as bad:
        raise BadFilterError(f"'{text}' is not a time.") from bad
    if read.tzinfo is None:
        raise BadFilterError(f"'{text}' has no time zone.")
    return read


def _is_about(entry: Json, subject: str, value: str) -> bool:
    if subject == "resourceuri":
        return same(entry.get("resourceId", ""), value)
    name = {"resourcegroupname": "resourceGroupName", "correlationid": "correlationId"}.get(subject)
    found = entry.get(name, "") if name else entry.get("resourceProviderName", {}).get("value", "")
    return str(found).lower() == value.lower()


def _subscription(entry: Json) -> str:
    return str(entry.get("subscriptionId") or segment_after(entry.get("id", ""), "subscriptions")).lower()


def _ingested(state: State, entry: Json) -> bool:
    return "submissionTimestamp" not in entry or moment(entry["submissionTimestamp"]) <= state.now()
