"""The log: one JSON object a line, so that Application Insights can take it apart with parse_json().

Nothing of a person is ever written: an incident knows none, and a reason is rid of addresses.
"""

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from acimedic.lifecycle import lines as investigated
from acimedic.redact import redact

if TYPE_CHECKING:  # every app that is indexed imports this, and a diagnosis is half of the model
    from acimedic.model.diagnosis import Diagnosis

_LOG = logging.getLogger("acimedic.web")
_LONGEST = 300


def incident(diagnosis: "Diagnosis", *, milliseconds: int, statuses: Mapping[int, int]) -> None:
    """What one incident came to. statuses: how many of Azure's answers had each status."""
    investigated.incident(_LOG, diagnosis, milliseconds=milliseconds, statuses=statuses)


def no_azure(incident_id: str, correlation_id: str | None, reason: str) -> None:
    """An incident that could not be looked into, because Azure did not answer or did not let us in."""
    line = {
        "line": "no-azure",
        "id": incident_id,
        "correlation_id": _short(correlation_id),
        "reason": _short(reason),
    }
    _LOG.error(json.dumps(line))


def received(event_id: object, incidents: tuple[str, ...]) -> None:
    """An event of ours, and the incidents that it concerns."""
    _LOG.info(json.dumps({"line": "received", "event": _short(event_id), "incidents": list(incidents)}))


def ignored(event_id: object, reason: str) -> None:
    """An event that is none of ours."""
    _LOG.info(json.dumps({"line": "ignored", "event": _short(event_id), "reason": _short(reason)}))


def unresolved(event_id: object, reason: str) -> None:
    """The event of a deployment that Azure does not show us: whom it concerns stays unknown."""
    _LOG.error(json.dumps({"line": "unresolved", "event": _short(event_id), "reason": _short(reason)}))


def comes_again(event_id: object, reason: str) -> None:
    """An event that could not be taken in now, and was refused for that, so that it is delivered again."""
    _LOG.error(json.dumps({"line": "comes-again", "event": _short(event_id), "reason": _short(reason)}))


def bad_event(event_id: object, reason: str) -> None:
    """An event that nobody can understand: this line is all that is kept of it."""
    _LOG.error(json.dumps({"line": "bad-event", "event": _short(event_id), "reason": _short(reason)}))


def policy_refused(faults: tuple[str, ...]) -> None:
    """A policy that cannot be followed: nothing is changed until somebody puts it right."""
    _LOG.error(json.dumps({"line": "policy-refused", "faults": [_short(fault) for fault in faults[:20]]}))


def not_decided(incident: str, why: str) -> None:
    """Somebody has asked for a page of decision, or decided, in vain."""
    _LOG.warning(json.dumps({"line": "not-decided", "id": _short(incident), "why": why}))


def not_woken(incident: str, reason: str) -> None:
    """A story that was not told of a decision on its plan: it asks by itself, later."""
    _LOG.warning(json.dumps({"line": "not-woken", "id": incident, "reason": reason}))


def _short(value: object) -> str | None:
    return redact(value)[:_LONGEST] if isinstance(value, str) else None
