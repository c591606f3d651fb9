"""The answer: the outcome, every check's verdict, the cause, and what could not be read."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from acimedic.model.evidence import Evidence
from acimedic.model.plan import Plan
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap
from acimedic.model.verdict import Fail, Verdict

Outcome: TypeAlias = Literal["cause-found", "undetermined", "not-a-pull-failure"]
Kind: TypeAlias = Literal[
    "quota",
    "capacity",
    "policy",
    "provider-not-registered",
    "dns-label",
    "subnet-delegation",
    "network-config",
    "volume-mount",
    "request-invalid",
    "container-crash",
    "transitioning",
    "template",
    "other-resource",
    "other",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check's verdict about one pull, or about the whole group (then `pull` is None)."""

    check: str
    verdict: Verdict
    docs: str
    pull: Pull | None = None

    @property
    def container(self) -> str | None:
        """The container's name, where the verdict is about one."""
        return self.pull.container.name if self.pull is not None and self.pull.container is not None else None

    @property
    def image(self) -> str | None:
        """The image, where the verdict is about one that is known."""
        return self.pull.image if self.pull is not None and isinstance(self.pull.image, str) else None

    @property
    def confirmed(self) -> bool:
        """Whether this blames something, and the evidence proves it."""
        return isinstance(self.verdict, Fail) and self.verdict.confidence == "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What one incident comes to.

    kind: why it is no pull failure, where it is none. headline: the outcome in one sentence.
    images: every image that is named. plan: what could be changed; None where nothing is proposed.
    """

    evidence: Evidence
    outcome: Outcome
    kind: Kind | None
    headline: str
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    images: tuple[str, ...]
    plan: Plan | None = None

    @property
    def fails(self) -> tuple[Finding, ...]:
        """What is blamed, in catalogue order, the confirmed before the likely."""
        blamed = [finding for finding in self.findings if isinstance(finding.verdict, Fail)]
        return tuple(sorted(blamed, key=lambda finding: not finding.confirmed))

    @property
    def root_cause(self) -> Finding | None:
        """The first confirmed finding in catalogue order, else the first likely one."""
        return self.fails[0] if self.fails else None
