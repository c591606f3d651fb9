"""Records to the fields of their rows, and back."""

from typing import Any

from acimedic.model.incident import Incident
from acimedic.model.record import (
    AuditEntry,
    AuditHead,
    AuditNote,
    Decision,
    IncidentRecord,
    Intent,
    ReportFile,
    StepReceipt,
)
from acimedic.model.resource_id import ResourceId
from acimedic.store.codec import Fields, build, maybe_time, maybe_time_text, person, plain, time, time_text

_INCIDENT = ("id", "correlation_id", "operation", "deployer", "also")
_STANDING = ("state", "closed", "outcome", "cause", "plan_hash", "said", "body")


def incident_fields(record: IncidentRecord) -> dict[str, Any]:
    """An incident's row, without its etag. Raises UnfitError."""
    group = plain(record.incident.group, "subscription", "resource_group", "type", "names")
    about = plain(record.incident, *_INCIDENT) | {
        "group": group,
        "occurred_at": maybe_time_text(record.incident.occurred_at),
    }
    return plain(record, *_STANDING) | {
        "incident": about,
        "received_at": time_text(record.received_at),
        "changed_at": time_text(record.changed_at),
        "due_at": maybe_time_text(record.due_at),
    }


def incident_record(fields: Fields) -> IncidentRecord:
    """An incident from its row."""
    about = fields["incident"]
    incident = build(
        Incident,
        about,
        group=build(ResourceId, about["group"], names=tuple(about["group"]["names"])),
        occurred_at=maybe_time(about["occurred_at"]),
        also=tuple(about["also"]),
    )
    return build(
        IncidentRecord,
        fields,
        incident=incident,
        received_at=time(fields["received_at"]),
        changed_at=time(fields["changed_at"]),
        due_at=maybe_time(fields["due_at"]),
    )


def decision_fields(decision: Decision) -> dict[str, Any]:
    """A decision's row. Raises UnfitError."""
    return plain(decision, "incident_id", "nonce", "claim", "plan_hash", "decided", "gateway") | {
        "decided_at": time_text(decision.decided_at),
        "approver": person(decision.approver),
    }


def decision(fields: Fields) -> Decision:
    """A decision from its row."""
    return build(Decision, fields, decided_at=time(fields["decided_at"]))


def intent_fields(intent: Intent) -> dict[str, Any]:
    """An intent's row. Raises UnfitError."""
    return plain(intent, "incident_id", "key", "body", "gateway") | {"at": time_text(intent.at)}


def intent(fields: Fields) -> Intent:
    """An intent from its row."""
    return build(Intent, fields, at=time(fields["at"]))


def receipt_fields(receipt: StepReceipt) -> dict[str, Any]:
    """A receipt's row. Raises UnfitError."""
    return plain(receipt, "incident_id", "key", "state", "body", "gateway") | {"at": time_text(receipt.at)}


def receipt(fields: Fields) -> StepReceipt:
    """A receipt from its row."""
    return build(StepReceipt, fields, at=time(fields["at"]))


def note_fields(note: AuditNote) -> dict[str, Any]:
    """A note, as it is sealed and kept. Raises UnfitError."""
    return plain(note, "incident_id", "key", "kind", "body", "gateway") | {
        "at": time_text(note.at),
        "approver": person(note.approver),
    }


def entry_fields(entry: AuditEntry) -> dict[str, Any]:
    """An audit entry's row. Raises UnfitError."""
    return plain(entry, "number", "previous", "key_id", "seal") | {"note": note_fields(entry.note)}


def entry(fields: Fields) -> AuditEntry:
    """An audit entry from its row."""
    note = fields["note"]
    return build(AuditEntry, fields, note=build(AuditNote, note, at=time(note["at"])))


def head_fields(head: AuditHead) -> dict[str, Any]:
    """The row of a chain's head."""
    return plain(head, "number", "seal")


def head(fields: Fields) -> AuditHead:
    """A chain's head from its row."""
    return build(AuditHead, fields)


def report_fields(report: ReportFile, blob: str) -> dict[str, Any]:
    """The row that points to a report's blob. Raises UnfitError."""
    return plain(report, "incident_id", "name", "media_type") | {"made_at": time_text(report.made_at), "blob": blob}


def report(fields: Fields, content: bytes) -> ReportFile:
    """A report from its row and its blob."""
    return build(ReportFile, fields, made_at=time(fields["made_at"]), content=content)
