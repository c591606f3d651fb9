"""All that is kept of an incident, gathered for whoever looks at it, and the same as JSON values."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from acimedic.approval import ApprovalError, read_witness
from acimedic.lifecycle.keeping import found, kept_bundle, kept_report
from acimedic.lifecycle.pulled import again
from acimedic.lifecycle.tools import Tools
from acimedic.model.record import AuditEntry, AuditTrail, Decision, IncidentRecord, RecordedStep
from acimedic.model.report import Report
from acimedic.report.as_json import as_object
from acimedic.store.chain import Verification, Verified, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A decision in words. counts: whether our own signature vouches for it."""

    decision: Decision
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One incident whole.

    report: None before the first diagnosis. again: the command that has the image pulled again, where it is known.
    bundle: whether there is one. verification: whether the trail is as it was written.
    """

    record: IncidentRecord
    report: Report | None
    decisions: tuple[Told, ...]
    steps: tuple[RecordedStep, ...]
    trail: AuditTrail
    verification: Verification
    again: str | None
    bundle: bool


async def dossier(tools: Tools, incident: str) -> Dossier:
    """Gather it. Raises NoIncidentError, and what the store raises."""
    record = await found(tools, incident)
    trail, verification = await trail_of(tools, incident)
    bundle = await kept_bundle(tools, incident)
    decisions = await tools.store.decisions(incident)
    return Dossier(
        record=record,
        report=await kept_report(tools, incident),
        decisions=tuple(Told(decision=each, counts=_counts(tools, each)) for each in decisions),
        steps=tuple(each for each in await tools.store.steps(incident) if _is_change(each)),
        trail=trail,
        verification=verification,
        again=None if bundle is None else again(bundle.evidence),
        bundle=bundle is not None,
    )


async def trail_of(tools: Tools, incident: str) -> tuple[AuditTrail, Verification]:
    """The trail, and whether it is as it was written. Raises NoIncidentError, and what the store raises."""
    await found(tools, incident)
    trail = await tools.store.audit(incident)
    return trail, verify(trail, tools.audit, incident, gateway=tools.gateway)


def verdict(trail: AuditTrail, verification: Verification) -> str:
    """Whether a trail is as it was written, in one sentence."""
    if isinstance(verification, Verified):
        number = len(trail.entries)
        return f"{number} entries, each sealed over the one before; the last seal is {verification.head.seal or '-'}"
    return f"BROKEN at entry {verification.number}: {verification.reason}"


def what(step: RecordedStep) -> str:
    """What a recorded step was to do, in one sentence."""
    said = _said(step.intent.body)
    back = "Take back: " if step.intent.key.startswith("undo:") else ""
    return f"{back}{said.get('summary') or step.intent.key}"


def came_to(step: RecordedStep) -> str:
    """What came of a recorded step, in one sentence; empty where nobody knows."""
    return "" if step.receipt is None else str(_said(step.receipt.body).get("said", ""))


def noted(entry: AuditEntry) -> Iterator[tuple[str, str]]:
    """What an entry says: a name and a text each, and what is not there is left out."""
    for name, value in _said(entry.note.body).items():
        yield from ((name, text) for text in _texts(value))


def record_values(record: IncidentRecord) -> dict[str, object]:
    """A record as JSON values."""
    return {
        "id": record.id,
        "container_group": str(record.incident.group),
        "correlation_id": record.incident.correlation_id,
        "received_at": record.received_at.isoformat(),
        "state": record.state,
        "closed": record.closed,
        "changed_at": record.changed_at.isoformat(),
        "due_at": record.due_at.isoformat() if record.due_at else None,
        "outcome": record.outcome,
        "root_cause": record.cause,
        "plan": record.plan_hash,
        "said": record.said,
    }


def dossier_values(whole: Dossier) -> dict[str, object]:
    """An incident as JSON values, without its trail."""
    return record_values(whole.record) | {
        "report": None if whole.report is None else as_object(whole.report),
        "decisions": [_decision_values(each) for each in whole.decisions],
        "changes": [_step_values(each) for each in whole.steps],
        "again": whole.again,
        "trail_sound": isinstance(whole.verification, Verified),
    }


def trail_values(trail: AuditTrail, verification: Verification) -> dict[str, object]:
    """A trail as JSON values."""
    sound, said = isinstance(verification, Verified), verdict(trail, verification)
    return {"sound": sound, "said": said, "entries": [_entry_values(each) for each in trail.entries]}


def _entry_values(entry: AuditEntry) -> dict[str, object]:
    note = entry.note
    return {
        "number": entry.number,
        "at": note.at.isoformat(),
        "kind": note.kind,
        "approver": note.approver,
        "gateway": note.gateway,
        "said": _said(note.body),
        "seal": entry.seal,
    }


def _decision_values(told: Told) -> dict[str, object]:
    decision = told.decision
    return {
        "plan": decision.plan_hash,
        "decision": decision.decided,
        "decided_at": decision.decided_at.isoformat(),
        "approver": decision.approver,
        "counts": told.counts,
        "gateway": decision.gateway,
    }


def _step_values(step: RecordedStep) -> dict[str, object]:
    receipt = step.receipt
    return {
        "step": step.intent.key,
        "what": what(step),
        "intended_at": step.intent.at.isoformat(),
        "state": None if receipt is None else receipt.state,
        "at": None if receipt is None else receipt.at.isoformat(),
        "said": came_to(step) or None,
    }


def _counts(tools: Tools, decision: Decision) -> bool:
    if decision.decided == "expire":  # it can only keep something from being done
        return decision.gateway == tools.gateway
    if not tools.approval_keys:
        return False
    try:
        taken = read_witness(decision.claim, tools.approval_keys, gateway=tools.gateway)
    except ApprovalError:
        return False
    said = (taken.approval.incident, taken.approval.plan, taken.approval.decision, taken.approver)
    return said == (decision.incident_id, decision.plan_hash, decision.decided, decision.approver)


def _is_change(step: RecordedStep) -> bool:
    """Whether the step is one in Azure: what people are told is recorded in the same way."""
    return step.intent.key.startswith(("change:", "undo:"))


def _said(body: str) -> Mapping[str, object]:
    try:
        said: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, Mapping) else {}


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    if isinstance(value, dict) and value.keys() == {"fact", "value", "source"}:
        return [f"{value['fact']}: {value['value']} ({value['source']})"]
    return [value if isinstance(value, str) else json.dumps(value)]
