"""Signed links by which a person decides on a plan.

A link identifies the decision: which incident, which plan, yes or no, until when. It does not authenticate the
person. It is signed with itsdangerous (small, pure Python, kept by the Pallets project since 2011), which knows several
keys at once, so that a key can be changed while links are under way.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias, cast

from itsdangerous import BadData, URLSafeSerializer

Decision: TypeAlias = Literal["approve", "reject"]
_LINK = "acimedic approval link, version 1"
_WITNESS = "acimedic decision, version 1"
_LONGEST = 1024
_SHORTEST_KEY = 32  # bytes of text; a key that can be guessed signs for everybody


class ApprovalError(Exception):
    """The link does not count; the message says why, without saying more than its holder knows."""


class ForgedError(ApprovalError):
    """Nobody who holds a key has signed it, or it was altered."""


class ExpiredError(ApprovalError):
    """It was signed, and its time has passed."""


class OtherPlanError(ApprovalError):
    """It was signed for another incident, or for a plan that has changed since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One decision that may be taken once.

    nonce: by which the store knows that it was used. expires: from then on it is refused.
    """

    incident: str
    plan: str
    decision: Decision
    nonce: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """A decision that was taken, as our own signature vouches for it.

    approver: the object id of who decided; None for whoever sits at this machine.
    """

    approval: Approval
    approver: str | None
    decided_at: datetime


def offer(incident: str, plan: str, decision: Decision, *, expires: datetime) -> Approval:
    """A decision to be signed and sent."""
    return Approval(
        incident=incident,
        plan=plan,
        decision=decision,
        nonce=secrets.token_urlsafe(18),
        expires=expires.astimezone(UTC),
    )


def sign(approval: Approval, keys: Sequence[str], *, gateway: bool = False) -> str:
    """The text of a link, signed with the newest key, which is the first.

    gateway: it is made through a stand-in for Azure, and counts there alone. Raises ValueError for a key too short.
    """
    return str(_serializer(keys, _LINK, gateway).dumps(_told(approval)))


def read(token: str, keys: Sequence[str], *, now: datetime, gateway: bool = False) -> Approval:
    """The decision that a link holds. Raises ForgedError or ExpiredError."""
    approval = _approval(_opened(token, keys, _LINK, gateway))
    if now >= approval.expires:
        raise ExpiredError(f"the link was good until {approval.expires:%Y-%m-%d %H:%M} UTC")
    return approval


def witness(witnessed: Witnessed, keys: Sequence[str], *, gateway: bool = False) -> str:
    """A decision as it is kept: signed again, so that who can write the store cannot decide there."""
    said = _told(witnessed.approval) | {"a": witnessed.approver, "t": int(witnessed.decided_at.timestamp())}
    return str(_serializer(keys, _WITNESS, gateway).dumps(said))


def read_witness(text: str, keys: Sequence[str], *, gateway: bool = False) -> Witnessed:
    """The decision that was kept. Raises ForgedError. Whether its time has passed is for the caller to say."""
    said = _opened(text, keys, _WITNESS, gateway)
    match said:
        case {"a": str() | None as approver, "t": int(decided)}:
            return Witnessed(approval=_approval(said), approver=approver, decided_at=_moment(decided))
        case _:
            raise ForgedError("this is no decision of this version")


def ensure_meant(approval: Approval, *, incident: str, plan: str) -> None:
    """Raise OtherPlanError unless it was signed for this incident and this very plan."""
    if approval.incident != incident:
        raise OtherPlanError("the link belongs to another incident")
    if approval.plan != plan:
        raise OtherPlanError("the plan has changed since the link was sent")


def _told(approval: Approval) -> dict[str, object]:
    return {
        "i": approval.incident,
        "p": approval.plan,
        "d": approval.decision,
        "n": approval.nonce,
        "e": int(approval.expires.timestamp()),
    }


def _opened(text: str, keys: Sequence[str], salt: str, gateway: bool) -> object:
    if len(text) > _LONGEST:
        raise ForgedError("this is no link of ours")
    try:
        # A text may come with half of a surrogate pair in it, from a form or hidden in JSON: nothing signs that.
        text.encode()
        said: object = _serializer(keys, salt, gateway).loads(text)
        json.dumps(said, ensure_ascii=False).encode()
    except (BadData, UnicodeEncodeError, RecursionError) as error:
        raise ForgedError("this is no link of ours") from error
    return said


def _serializer(keys: Sequence[str], salt: str, gateway: bool) -> URLSafeSerializer:
    if not keys or any(len(key) < _SHORTEST_KEY for key in keys):
        raise ValueError(f"an approval key has at least {_SHORTEST_KEY} characters")
    # itsdangerous signs with the last key of the list and takes signatures of all of them.
    return URLSafeSerializer(
        list(reversed(keys)),
        salt=f"{salt}, through a gateway" if gateway else salt,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def _approval(said: object) -> Approval:
    """What our own signature vouches for; of a later version it may still be of another shape."""
    match said:
        case {
            "i": str(incident),
            "p": str(plan),
            "d": "approve" | "reject" as decision,
            "n": str(nonce),
            "e": int(expires),
        } if isinstance(said, Mapping):
            return Approval(
                incident=incident,
                plan=plan,
                decision=cast(Decision, decision),
                nonce=nonce,
                expires=_moment(expires),
            )
        case _:
            raise ForgedError("this is no link of this version")


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:  # before the year 1 or after 9999
        raise ForgedError("this is no link of this version") from error
