"""What one check says of one pull, and what a person can do about it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from acimedic.model.reading import Gap

Confidence: TypeAlias = Literal["confirmed", "likely"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of evidence: what was seen, its value, and the request or text it was seen in."""

    fact: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What a person can do: in words, as az commands, as Bicep with the real names filled in."""

    text: str
    az: tuple[str, ...] = ()
    bicep: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail:
    """The fault is there.

    confidence: `confirmed` where the evidence proves that it blocks the pull, else `likely`.
    """

    summary: str
    fix: Fix
    evidence: tuple[Fact, ...]
    confidence: Confidence = "confirmed"


@dataclass(frozen=True, slots=True)
class Pass:
    """Ruled out, with the fact that rules it out."""

    reason: str
    evidence: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """Does not apply, with the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Applies but could not be decided: what is missing."""

    reason: str
    gap: Gap | None = None


Verdict: TypeAlias = Fail | Pass | Skip | Unknown


class DoesNotApplyError(Exception):
    """Raised by a question that makes no sense for this pull; the pipeline turns it into `skip`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
