"""What an incident remembers besides its state: the offer of a plan, and when it was last marked.

An offer is made once for each plan, to whoever may decide, and is good until it expires. It is a pointer: what counts
is the signature of the link, or of the decision, which is checked where it is used.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from acimedic.approval import Approval, sign
from acimedic.approval import Decision as Word
from acimedic.approval import offer as new_offer
from acimedic.model.record import IncidentRecord

UNDER_WAY = frozenset({"awaiting-decision", "waiting-for-turn", "applying", "applied"})
"""States in which an offer is being decided on, or its decision being carried out."""


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


def with_offer(
    record: IncidentRecord, plan: str, *, now: datetime, expires: datetime, used: Collection[str] = ()
) -> IncidentRecord:
    """The record with an offer of this plan: the one that it has, unless that is over or of another plan.

    used: nonces that were decided on; an offer of these is over once the story that it belonged to has come to its end.
    """
    there = offered(record)
    over = there is not None and there.nonce in used and record.state not in UNDER_WAY
    if there is not None and there.plan == plan and there.expires > now and not over:
        return record
    made = new_offer(record.id, plan, "approve", expires=expires)
    said = {"plan": plan, "nonce": made.nonce, "expires": int(made.expires.timestamp())}
    return replace(record, body=json.dumps(_body(record) | {"offer": said}, sort_keys=True))


def link(offer: Approval, word: Word, keys: tuple[str, ...], *, gateway: bool) -> str:
    """The signed text by which this is decided. Approval and rejection share a nonce: whichever comes first counts."""
    return sign(replace(offer, decision=word), keys, gateway=gateway)


def marked_at(record: IncidentRecord) -> datetime | None:
    """When the story last said where the incident stands; None before it began."""
    said = _body(record).get("marked_at")
    try:
        return datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


def with_mark(record: IncidentRecord, at: datetime) -> IncidentRecord:
    """The record with the moment of the latest mark."""
    return replace(record, body=json.dumps(_body(record) | {"marked_at": at.isoformat()}, sort_keys=True))


def _body(record: IncidentRecord) -> dict[str, object]:
    try:
        said = json.loads(record.body)
    except ValueError:
        return {}
    return dict(said) if isinstance(said, Mapping) else {}
