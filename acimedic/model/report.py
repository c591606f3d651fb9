"""A report: everything that any renderer shows of a diagnosis, as plain values.

It outlives the diagnosis: reports are kept as JSON, and shown later on pages, in cards and in mails.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from acimedic.model.diagnosis import Outcome
from acimedic.model.plan import PlanFact
from acimedic.model.reading import Gap
from acimedic.model.verdict import Confidence, Fact, Fix

Word: TypeAlias = Literal["fail", "pass", "skip", "unknown"]
Properties: TypeAlias = tuple[tuple[str, str | None], ...]
"""Properties of an Azure resource with their values, in the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldError:
    """What Azure said. gap: why that is not known, where it is not; `source` is `none` then."""

    code: str | None
    message: str | None
    source: str
    gap: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldIncident:
    """What failed, and when.

    container_group: its id, or the bare name where only that is known; None where a whole deployment failed.
    name, resource_group: of the container group or of the deployment.
    """

    id: str
    also: tuple[str, ...]
    container_group: str | None
    name: str
    resource_group: str | None
    images: tuple[str, ...]
    correlation_id: str | None
    occurred_at: datetime | None
    error: ToldError


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPlace:
    """Where in a file the culprit of a finding is written. line and column count from one; None where only the file
    is known. path: the JSON path of it in the template."""

    file: str
    path: str
    line: int | None
    column: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDefinition:
    """A container group as a template asks for it: as far as it could be evaluated, and what could not be.

    resource: JSON as Azure would be sent it, without what is not known and without secrets.
    unresolved: path in the resource and reason.
    """

    name: str
    resource: Mapping[str, object]
    unresolved: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFinding:
    """One check's verdict. confidence and fix belong to a `fail`, gap to an `unknown`.

    group: the container group, where the report is about the groups of a template. place: where it is written there.
    """

    check: str
    verdict: Word
    confidence: Confidence | None
    container: str | None
    image: str | None
    summary: str
    fix: Fix | None
    evidence: tuple[Fact, ...]
    docs: str
    gap: Gap | None = None
    group: str | None = None
    place: ToldPlace | None = None

    @property
    def label(self) -> str:
        """The check, and the container where it is about one."""
        return f"{self.check} ({self.container})" if self.container else self.check


@dataclass(frozen=True, slots=True)
class ToldGap:
    """What could not be read. command: the az command that would give the right to; None where no right would help."""

    gap: Gap
    command: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStep:
    """One proposed change: before and after as Azure's properties, and in words.

    before: None where there is nothing yet.
    """

    remedy: str
    target: str
    before: Properties | None
    after: Properties
    before_said: str | None
    after_said: str
    undo: str
    risk: str
    expiry: str | None
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPlan:
    """What could be changed, and whether it may be: the fields of `acimedic.model.plan.Plan`."""

    hash: str
    mode: str
    allowed: bool
    reason: str
    reasons: tuple[str, ...]
    policy: str | None
    expires_after: str | None
    facts: tuple[PlanFact, ...]
    steps: tuple[ToldStep, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A check that may explain a pasted text, and how to tell whether it does."""

    check: str
    telling: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one incident came to, for whoever shows it.

    gateway: whether it speaks of a make-believe Azure. kind: why it is no pull failure, where it is none.
    root_cause: the id of the check that found it. support: what a support request needs, a line each.
    candidates: of an explained text, the likeliest first; None where the evidence was read from Azure.
    definitions: the container groups of a template that is not yet deployed; None where it is about an incident.
    notes: what else is to be known before deploying.
    """

    gateway: bool
    incident: ToldIncident
    outcome: Outcome
    kind: str | None
    headline: str
    root_cause: str | None
    findings: tuple[ToldFinding, ...]
    gaps: tuple[ToldGap, ...]
    plan: ToldPlan | None
    support: tuple[str, ...]
    candidates: tuple[Candidate, ...] | None = None
    definitions: tuple[ToldDefinition, ...] | None = None
    notes: tuple[str, ...] = ()

    @property
    def fails(self) -> tuple[ToldFinding, ...]:
        """What is blamed, in catalogue order, the confirmed before the likely."""
        blamed = [finding for finding in self.findings if finding.verdict == "fail"]
        return tuple(sorted(blamed, key=lambda finding: finding.confidence != "confirmed"))
