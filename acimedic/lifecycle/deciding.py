"""A person's word on a plan: checked, used up, kept; and the expiry of an offer on which nobody said one.

A decision is kept as our own signature vouches for it, so that who can write the store cannot decide there. It changes
nothing by itself: the story asks for it, and whoever makes the change checks it all again.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from acimedic.approval import (
    Approval,
    ApprovalError,
    ForgedError,
    Witnessed,
    ensure_meant,
    read,
    read_witness,
    witness,
)
from acimedic.approver import Approver, deployed_it
from acimedic.lifecycle.keeping import NoIncidentError, kept_plan, note
from acimedic.lifecycle.messages import Decided, Hint
from acimedic.lifecycle.offers import offered
from acimedic.lifecycle.tools import Tools
from acimedic.model.plan import Plan
from acimedic.model.record import Decision, IncidentRecord
from acimedic.store.trouble import AlreadyThereError

AWAITING = "awaiting-decision"
Why = Literal["no-keys", "unknown", "forged", "expired", "other-plan", "closed", "decided", "own-deployment"]


class CannotDecideError(Exception):
    """The decision does not count. why: for whoever answers; the message is for whoever asked."""

    def __init__(self, why: Why, reason: str) -> None:
        super().__init__(reason)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A decision that may be taken: on this incident, this plan, by this link."""

    record: IncidentRecord
    plan: Plan
    approval: Approval


async def pending(tools: Tools, incident: str, token: str) -> Pending:
    """What a link would decide. Changes nothing. Raises CannotDecideError."""
    keys = _keys(tools)
    record = await tools.store.incident(incident)
    if record is None:
        raise CannotDecideError("unknown", "there is no incident of this id (any more)")
    try:
        approval = read(token, keys, now=tools.now(), gateway=tools.gateway)
    except ForgedError as error:
        raise CannotDecideError("forged", str(error)) from error
    except ApprovalError as error:
        raise CannotDecideError("expired", str(error)) from error
    return await _pending(tools, record, approval)


async def decide(tools: Tools, wanted: Pending, *, approver: Approver | None) -> Decision:
    """Take the decision: the nonce is used up, and the first word stands. Raises CannotDecideError.

    approver: who is signed in; None for whoever sits at this machine.
    """
    keys, now = _keys(tools), tools.now()
    approval, record = wanted.approval, wanted.record
    if approver is not None and deployed_it(approver, record.incident.deployer, tools.settings.hash_key):
        said = "whoever deployed the container group does not approve its own plan: somebody else has to"
        await note(tools, record.id, key=f"own:{approval.nonce}", kind="refused", body={"said": said})
        raise CannotDecideError("own-deployment", said)
    who = None if approver is None else approver.object_id
    claim = witness(Witnessed(approval=approval, approver=who, decided_at=now), keys, gateway=tools.gateway)
    decision = Decision(
        incident_id=record.id,
        nonce=approval.nonce,
        claim=claim,
        plan_hash=approval.plan,
        decided=approval.decision,
        decided_at=now,
        approver=who,
        gateway=tools.gateway,
    )
    try:
        kept = await tools.store.use_approval_once(decision)
    except AlreadyThereError as error:
        raise CannotDecideError("decided", "this plan has been decided on already") from error
    await _audit(tools, kept)
    return kept


async def decision(tools: Tools, hint: Hint) -> Decided:
    """What was decided on a plan, as far as our own signature vouches for it."""
    offer = await _offer(tools, hint)
    for kept in await tools.store.decisions(hint.incident):
        if offer is None or kept.nonce != offer.nonce:
            continue
        await _audit(tools, kept)  # whoever decided may have been cut off before
        if kept.decided == "expire":
            return Decided(word="expire", said="nobody decided in time")
        try:
            taken = witnessed(tools, kept.claim, hint)
        except ApprovalError as error:
            body = {"said": f"a decision is kept that does not count: {error}"}
            await note(tools, hint.incident, key=f"false:{kept.nonce}", kind="refused", body=body)
            return Decided(word="none")
        # Who it was is in the audit alone: what is said here is told to everybody.
        who = "by somebody who was signed in," if taken.approver else "at this machine's own pages or command line"
        words = {"approve": "approved", "reject": "rejected"}
        said = f"{words[taken.approval.decision]} {who} at {taken.decided_at:%Y-%m-%d %H:%M} UTC"
        return Decided(word=taken.approval.decision, said=said, approval=kept.nonce)
    return Decided(word="none")


async def expire(tools: Tools, hint: Hint) -> Decided:
    """End an offer: from now on no word on it counts; one that came before still does."""
    offer = await _offer(tools, hint)
    if offer is None:
        return Decided(word="expire", said="the offer is gone")
    ended = Decision(
        incident_id=hint.incident,
        nonce=offer.nonce,
        claim=f"expired {offer.nonce}",
        plan_hash=hint.plan,
        decided="expire",
        decided_at=tools.now(),
        gateway=tools.gateway,
    )
    try:
        await tools.store.use_approval_once(ended)
    except AlreadyThereError:
        found = await decision(tools, hint)
        return found if found.word != "none" else Decided(word="expire", said="nobody decided in time")
    await _audit(tools, ended)
    return Decided(word="expire", said="nobody decided in time")


def witnessed(tools: Tools, claim: str, hint: Hint) -> Witnessed:
    """A decision that is kept, if our signature vouches for it, for this incident and plan. Raises ApprovalError."""
    if not tools.approval_keys:
        raise ForgedError("there is no key by which to tell")
    taken = read_witness(claim, tools.approval_keys, gateway=tools.gateway)
    ensure_meant(taken.approval, incident=hint.incident, plan=hint.plan)
    return taken


async def by_hand(tools: Tools, record: IncidentRecord, word: Literal["approve", "reject"]) -> Pending:
    """The decision that whoever sits at this machine may take without a link. Raises CannotDecideError."""
    _keys(tools)
    offer = offered(record)
    if offer is None:
        raise CannotDecideError("closed", f"no plan waits for a decision: the incident is in the state {record.state}")
    if offer.expires <= tools.now():
        raise CannotDecideError("expired", f"the offer was good until {offer.expires:%Y-%m-%d %H:%M} UTC")
    return await _pending(tools, record, replace(offer, decision=word))


async def _pending(tools: Tools, record: IncidentRecord, approval: Approval) -> Pending:
    offer = offered(record)
    try:
        ensure_meant(approval, incident=record.id, plan=record.plan_hash or "")
    except ApprovalError as error:
        raise CannotDecideError("other-plan", str(error)) from error
    if offer is None or offer.nonce != approval.nonce:
        raise CannotDecideError("other-plan", "the plan has been offered anew since the link was sent")
    if any(kept.nonce == approval.nonce for kept in await tools.store.decisions(record.id)):
        raise CannotDecideError("decided", "this plan has been decided on already")
    if record.closed or record.state != AWAITING:
        said = f"no plan waits for a decision: the incident is in the state {record.state}"
        raise CannotDecideError("closed", said)
    plan = await kept_plan(tools, record.id, approval.plan)
    if plan is None:
        raise CannotDecideError("other-plan", "the plan that was kept is not the one that was offered")
    return Pending(record=record, plan=plan, approval=approval)


async def _offer(tools: Tools, hint: Hint) -> Approval | None:
    record = await tools.store.incident(hint.incident)
    if record is None:
        raise NoIncidentError("there is no incident of this id (any more)")
    offer = offered(record)
    return offer if offer is not None and offer.plan == hint.plan else None


async def _audit(tools: Tools, kept: Decision) -> None:
    name = hashlib.sha256(kept.nonce.encode()).hexdigest()[:16]  # of the link; the trail is shown to many
    body = {"decided": kept.decided, "plan": kept.plan_hash, "at": _moment(kept.decided_at)}
    await note(tools, kept.incident_id, key=f"decision:{name}", kind="decision", body=body, approver=kept.approver)


def _keys(tools: Tools) -> tuple[str, ...]:
    if not tools.approval_keys:
        raise CannotDecideError("no-keys", "decisions are closed: ACIMEDIC_APPROVAL_KEY is not set")
    return tools.approval_keys


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
