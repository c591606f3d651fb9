"""The offer of a plan to whoever may decide: made once for each plan, kept on the incident, good until it expires.

It is a pointer. What counts is the signature of the link, or of the decision, which is checked where it is used.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from acimedic.approval import Approval, sign
from acimedic.approval import Decision as Word
from acimedic.approval import offer as new_offer
from acimedic.model.record import IncidentRecord


def offered(record: IncidentRecord) -> Approval | None:
    """The offer that waits for a decision, or waited for it; None where there was none."""
    said = _body(record).get("offer")
    if not isinstance(said, Mapping):
        return None
    try:
        return Approval(
            incident=record.id,
            plan=str(said["plan"]),
            decision="approve",
            nonce=str(said["nonce"]),
            expires=datetime.fromtimestamp(int(said["expires"]), UTC),
        )
    except (LookupError, ValueError, TypeError, OverflowError, OSError):
        return None


def with_offer(record: IncidentRecord, plan: str, *, now: datetime, expires: datetime) -> IncidentRecord:
    """The record with an offer of this plan: the one that it has, unless that has expired or is of another plan."""
    there = offered(record)
    if there is not None and there.plan == plan and there.expires > now:
        return record
    made = new_offer(record.id, plan, "approve", expires=expires)
    said = {"plan": plan, "nonce": made.nonce, "expires": int(made.expires.timestamp())}
    return replace(record, body=json.dumps(_body(record) | {"offer": said}, sort_keys=True))


def link(offer: Approval, word: Word, keys: tuple[str, ...], *, gateway: bool) -> str:
    """The signed text by which this is decided. Approval and rejection share a nonce: whichever comes first counts."""
    return sign(replace(offer, decision=word), keys, gateway=gateway)


def _body(record: IncidentRecord) -> dict[str, object]:
    try:
        said = json.loads(record.body)
    except ValueError:
        return {}
    return dict(said) if isinstance(said, Mapping) else {}
