"""Diagnosis -> plan: the steps that would answer what was confirmed (pure).

Nothing is proposed from what a caller supplied, from a definition that is not what was asked for, or where
nobody says that a pull failed.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Protocol

from acimedic.model.definition import Definition
from acimedic.model.diagnosis import Diagnosis, Finding
from acimedic.model.plan import Plan, RunMode, Step
from acimedic.model.reading import Gap


class Remedy(Protocol):
    """A module of `remediation/`: which checks it answers, and with which steps."""

    @property
    def ANSWERS(self) -> tuple[str, ...]: ...  # noqa: D102, N802 - a module's constant

    @property
    def steps(self) -> Callable[[tuple[Finding, ...]], tuple[Step, ...]]: ...  # noqa: D102 - a module's function


def draw_plan(diagnosis: Diagnosis, remedies: Sequence[Remedy], mode: RunMode = "observe") -> Plan | None:
    """The plan for a diagnosis; None where nothing is proposed."""
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
    return Plan(
        hash=fingerprint(evidence.incident.id, steps), mode=mode, allowed=False, reason="no policy", steps=steps
    )


def fingerprint(incident_id: str, steps: tuple[Step, ...]) -> str:
    """A hash over everything that the steps say, and over the incident."""
    said = {"incident": incident_id, "steps": [asdict(step) for step in steps]}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
