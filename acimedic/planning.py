"""Diagnosis -> plan: the steps that would answer what was confirmed (pure).

Nothing is proposed from what a caller supplied, from a definition that is not what was asked for, or where
nobody says that a pull failed.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Protocol

from acimedic.duration import in_words, iso
from acimedic.model.definition import Definition
from acimedic.model.diagnosis import Diagnosis, Finding
from acimedic.model.plan import BypassSwitch, Plan, PlanFact, RoleGrant, RunMode, Step
from acimedic.model.reading import Gap
from acimedic.plan_facts import facts_of


class Remedy(Protocol):
    """A module of `remediation/`: which checks it answers, and with which steps."""

    @property
    def ANSWERS(self) -> tuple[str, ...]: ...  # noqa: D102, N802 - a module's constant

    @property
    def steps(self) -> Callable[[tuple[Finding, ...]], tuple[Step, ...]]: ...  # noqa: D102 - a module's function


def draw_plan(
    diagnosis: Diagnosis,
    remedies: Sequence[Remedy],
    mode: RunMode = "observe",
    *,
    policy: str | None = None,
    expires_after: timedelta | None = None,
) -> Plan | None:
    """The plan for a diagnosis; None where nothing is proposed. Whether it may be carried out is the policy's word.

    policy: the hash of the policy under which it is drawn. expires_after: when what it gives is taken back.
    """
    evidence = diagnosis.evidence
    definition = evidence.definition
    if evidence.supplied or isinstance(evidence.error, Gap) or not isinstance(definition, Definition):
        return None
    if definition.origin not in {"live", "template"}:
        return None
    confirmed = [finding for finding in diagnosis.fails if finding.confirmed]
    answered = [(remedy, [item for item in confirmed if item.check in remedy.ANSWERS]) for remedy in remedies]
    answered = [(remedy, findings) for remedy, findings in answered if findings]
    answered.sort(key=lambda pair: confirmed.index(pair[1][0]))  # in the order in which a pull goes wrong
    steps = tuple(step for remedy, findings in answered for step in remedy.steps(tuple(findings)))
    if not steps:
        return None
    steps = tuple(_expiring(step, expires_after) for step in steps)
    facts = facts_of(evidence, steps)
    return Plan(
        hash=fingerprint(evidence.incident.id, steps, facts, policy),
        mode=mode,
        allowed=False,
        reason="no policy",
        steps=steps,
        reasons=("no policy",),
        policy=policy,
        expires_after=None if expires_after is None else iso(expires_after),
        facts=facts,
    )


def fingerprint(
    incident_id: str, steps: tuple[Step, ...], facts: tuple[PlanFact, ...] = (), policy: str | None = None
) -> str:
    """A hash over the incident, everything that the steps say, the facts that they rest on, and the policy's hash."""
    said = {
        "incident": incident_id,
        "steps": [asdict(step) for step in steps],
        "facts": [asdict(fact) for fact in facts],
        "policy": policy,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _expiring(step: Step, after: timedelta | None) -> Step:
    """The step with what happens when it is taken back. Azure ends no grant by itself: a timer of ours does."""
    if after is None:
        return step
    match step.change:
        case RoleGrant():
            what = "the role is taken back"
            also = ""
        case BypassSwitch():
            what = "trusted services are shut out again"
            also = "; by then others may have come to rely on them"
    note = (
        f"{in_words(after)} after the change {what}, and the next pull after that fails, also that of a restart{also}"
    )
    return replace(step, expiry=note)
