"""The lines that tell what looking into an incident came to, what it cost, and where its story stands.

Each is one JSON object, so that Application Insights can take it apart with parse_json(). Nothing of a person is in it.
"""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from acimedic.lifecycle.messages import Mark
from acimedic.redact import redact

if TYPE_CHECKING:  # every app that is indexed imports this, and a diagnosis is half of the model
    from acimedic.model.diagnosis import Diagnosis

_LONGEST = 300


def incident(log: logging.Logger, diagnosis: "Diagnosis", *, milliseconds: int, statuses: Mapping[int, int]) -> None:
    """Write it. milliseconds: how long looking took. statuses: how many of Azure's answers had each status."""
    cause = diagnosis.root_cause
    known = diagnosis.evidence.incident
    correlation = known.correlation_id
    line = {
        "line": "incident",
        "id": known.id,
        "correlation_id": None if correlation is None else redact(correlation)[:_LONGEST],
        "outcome": diagnosis.outcome,
        "root_cause": None if cause is None else cause.check,
        "duration_ms": milliseconds,
        "readings": sum(statuses.values()),
        "throttled": statuses.get(HTTPStatus.TOO_MANY_REQUESTS, 0),
        "gaps": len(diagnosis.gaps),
        "permissions": sorted({gap.permission for gap in diagnosis.gaps if gap.permission is not None}),
    }
    log.info(json.dumps(line))


def standing(log: logging.Logger, mark: Mark) -> None:
    """Write where a story stands, also what nobody is told of: one that goes no further is found by its last line.

    `due` is when something happens by itself, null where it is now; after `closed` nothing happens any more.
    """
    line = {
        "line": "standing",
        "id": mark.incident,
        "state": mark.state,
        "step": mark.step,
        "due": mark.due,
        "closed": mark.closed,
    }
    log.info(json.dumps(line))
