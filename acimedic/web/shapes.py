"""JSON Schemas of what is asked and answered besides reports (pure)."""

from collections.abc import Mapping

from acimedic.web.schemas import FLAG, INCIDENT_ID, MOMENT, TEXT, WHOLE, Schema, listed, obj, or_null, ref

_OPEN: Schema = {"type": "object"}
_STATE_WORD = TEXT | {"description": "A word for where the incident stands; new ones may be added."}

_RECORD: dict[str, Schema] = {
    "id": INCIDENT_ID,
    "container_group": TEXT,
    "correlation_id": or_null(TEXT),
    "received_at": MOMENT,
    "state": _STATE_WORD,
    "closed": FLAG,
    "changed_at": MOMENT,
    "due_at": or_null(MOMENT),
    "outcome": or_null(TEXT),
    "root_cause": or_null(TEXT),
    "plan": or_null(TEXT),
    "said": TEXT,
}
_DECISION_KEPT = obj(
    {
        "plan": TEXT,
        "decision": TEXT,
        "decided_at": MOMENT,
        "approver": or_null(TEXT),
        "counts": FLAG,
        "gateway": FLAG,
    }
)
_CHANGE_KEPT = obj(
    {
        "step": TEXT,
        "what": TEXT,
        "intended_at": MOMENT,
        "state": or_null(TEXT),
        "at": or_null(MOMENT),
        "said": or_null(TEXT),
    }
)
_ENTRY = obj(
    {
        "number": WHOLE,
        "at": MOMENT,
        "kind": TEXT,
        "approver": or_null(TEXT),
        "gateway": FLAG,
        "said": _OPEN,
        "seal": TEXT,
    }
)
_DECIDE = obj({"decision": {"type": "string", "enum": ["approve", "reject"]}, "token": TEXT})
_HEALTH: Schema = {"type": "string", "enum": ["ok", "degraded"]}
_FINDING = obj(
    {
        "about": TEXT,
        "verdict": {"type": "string", "enum": ["ok", "wrong", "unknown"]},
        "said": TEXT,
        "repair": or_null(TEXT),
    }
)
_QUESTION: Schema = {
    "type": "object",
    "description": "Either `resourceId` or `event`. Names may also be written as in resource_id or ResourceId.",
    "properties": {
        "resourceId": TEXT | {"description": "Of the container group."},
        "correlationId": or_null(TEXT | {"maxLength": 200, "description": "Of the deployment; with `resourceId`."}),
        "event": {"description": "As Event Grid delivered it, in either schema.", "type": ["object", "array"]},
        "error": {"description": "As Azure wrote it: a text, or an object.", "type": ["string", "object", "null"]},
        "template": or_null(_OPEN | {"description": "An ARM template."}),
        "parameters": or_null(_OPEN | {"description": "The template's."}),
    },
    "oneOf": [{"required": ["resourceId"]}, {"required": ["event"]}],
}

SCHEMAS: Mapping[str, Schema] = {
    "Question": _QUESTION,
    "Accepted": obj({"incident": INCIDENT_ID, "also": listed(INCIDENT_ID), "status": TEXT}),
    "Record": obj(_RECORD),
    "Records": obj({"incidents": listed(ref("Record")), "unreadable": listed(TEXT), "after": or_null(TEXT)}),
    "Incident": obj(
        {"gateway": FLAG}
        | _RECORD
        | {
            "report": or_null(ref("Report")),
            "decisions": listed(_DECISION_KEPT),
            "changes": listed(_CHANGE_KEPT),
            "again": or_null(TEXT),
            "trail_sound": FLAG,
        }
    ),
    "Trail": obj({"incident": INCIDENT_ID, "sound": FLAG, "said": TEXT, "entries": listed(_ENTRY)}),
    "Bundle": _OPEN | {"description": "For `acimedic diagnose --bundle`."},
    "Checks": obj({"checks": listed(ref("Check"))}),
    "Waiting": obj(
        {
            "gateway": FLAG,
            "incident": INCIDENT_ID,
            "container_group": TEXT,
            "root_cause": or_null(TEXT),
            "said": TEXT,
            "expires": MOMENT,
            "plan": obj({"hash": TEXT, "steps": listed(_OPEN), "facts": listed(ref("PlanFact"))}),
            "tokens": {"type": "object", "additionalProperties": TEXT},
        }
    ),
    "Decide": _DECIDE,
    "Decided": obj(
        {
            "incident": INCIDENT_ID,
            "plan": TEXT,
            "decision": {"type": "string", "enum": ["approve", "reject"]},
            "decided_at": MOMENT,
        }
    ),
    "Health": obj({"status": _HEALTH}),
    "Findings": obj({"status": _HEALTH, "findings": listed(_FINDING)}),
    "OpenAPI": _OPEN | {"required": ["openapi", "info", "paths"]},
}
