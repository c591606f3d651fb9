"""Evidence + checks -> Diagnosis.

All checks always run. A crash inside one is `unknown`, logged with its traceback; it is never `pass`.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from acimedic.crash import tellable
from acimedic.errors import classify
from acimedic.freshness import fresh
from acimedic.model.definition import Definition
from acimedic.model.diagnosis import Diagnosis, Finding, Kind, Outcome
from acimedic.model.error import ErrorChain, OtherFailure, PullFailure, Unclear
from acimedic.model.evidence import Evidence
from acimedic.model.incident import DeploymentFailure, Incident, incident_id
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, NotKnownError, Reading
from acimedic.model.verdict import DoesNotApplyError, Fact, Fail, Skip, Unknown, Verdict
from acimedic.pulls import images, pulls
from acimedic.testimony import pull_proven, said

_LOG = logging.getLogger("acimedic.diagnosis")
_KINDS: frozenset[str] = frozenset(Kind.__args__)  # type: ignore[attr-defined]


class Check(Protocol):
    """A module of `checks/`: its file name is its id, its docstring its page."""

    __name__: str
    __doc__: str | None
    DOCS: str


def diagnose(evidence: Evidence, checks: Sequence[Check], *, as_deployed: bool = False) -> Diagnosis:
    """Run every check and say what it comes to.

    as_deployed: the definition is exactly what will be deployed, so that a fault in it is one without any failure yet.
    """
    asked = pulls(evidence)
    other = _other_failure(evidence)
    if other is not None:
        why = Skip(f"the error proves another failure ({other.kind})")
        findings = tuple(Finding(check=check_id(check), verdict=why, docs=check.DOCS) for check in checks)
        return _diagnosis(evidence, "not-a-pull-failure", _kind(other.kind), _other_words(evidence, other), findings)
    proven = pull_proven(evidence, asked)
    findings = tuple(
        _remembered(_capped(finding, evidence, proven or as_deployed), check, evidence)
        for check in checks
        for finding in _run(check, evidence, asked)
    )
    findings = _without_guesses(findings, checks)
    failed = any(isinstance(finding.verdict, Fail) for finding in findings)
    outcome: Outcome = "cause-found" if failed else "undetermined"
    diagnosis = _diagnosis(evidence, outcome, None, "", findings)
    return replace(diagnosis, headline=_headline(diagnosis, proven))


def of_no_group(
    failure: DeploymentFailure, said: Reading[ErrorChain], checks: Sequence[Check], *, cloud: str
) -> Diagnosis:
    """A failed deployment in which no container group failed; undetermined where it could not be read."""
    where = failure.deployment
    nobody = Gap(reading="container group", reason="the deployment's event names none")
    incident = Incident(
        id=incident_id(failure.correlation_id, where),
        group=where,
        correlation_id=failure.correlation_id,
        occurred_at=failure.occurred_at,
        operation="unknown",
        deployer=failure.deployer,
    )
    evidence = Evidence(
        incident=incident,
        cloud=cloud,
        error=said,
        error_source="none" if isinstance(said, Gap) else "deployment-operation",
        live=nobody,
        definition=nobody,
        failed_at=failure.occurred_at,
        gaps=(said,) if isinstance(said, Gap) else (),
    )
    if isinstance(said, Gap):
        words = f"Deployment '{where.name}' could not be read, so it is not known which container group failed."
        return _diagnosis(evidence, "undetermined", None, words, ())
    proven = classify(said)
    kind = _kind(proven.kind) if isinstance(proven, OtherFailure) else "other-resource"
    why = Skip("no container group of the deployment failed")
    findings = tuple(Finding(check=check_id(check), verdict=why, docs=check.DOCS) for check in checks)
    cause = said.cause
    quoted = f": {cause.message}" if cause is not None else "."
    words = f"Deployment '{where.name}' failed without a container group failing{quoted}"
    return _diagnosis(evidence, "not-a-pull-failure", kind, words, findings)


def worth_looking_back(diagnosis: Diagnosis) -> bool:
    """Whether what changed before the failure may explain a finding, or that there is none.

    A cause in the definition itself needs no history.
    """
    if diagnosis.outcome == "undetermined":
        return not isinstance(diagnosis.evidence.error, Gap)
    return any(finding.pull is not None for finding in diagnosis.fails)


def check_id(check: Check) -> str:
    """A check's id: its file name, with dashes."""
    return check.__name__.rsplit(".", 1)[-1].replace("_", "-")


def _run(check: Check, evidence: Evidence, asked: tuple[Pull, ...]) -> Iterator[Finding]:
    if getattr(check, "ABOUT", "pull") == "group":
        yield _finding(check, _verdict(check, evidence), None)
        return
    if not asked:
        known = evidence.definition
        gap = known if isinstance(known, Gap) else Gap(reading="images", reason="no image is known")
        yield _finding(check, Unknown("it is not known which images were to be pulled", gap), None)
    for pull in asked:
        yield _finding(check, _verdict(check, pull), pull)


def _verdict(check: Check, subject: Evidence | Pull) -> Verdict:
    judge: Callable[[Evidence | Pull], Verdict] = check.check  # type: ignore[attr-defined]
    try:
        return judge(subject)
    except NotKnownError as unknown:
        return Unknown(str(unknown), unknown.gap)
    except DoesNotApplyError as skip:
        return Skip(skip.reason)
    except Exception as crash:  # noqa: BLE001 - the one broad except: a broken check must not hide the others' verdicts
        _LOG.error("check %s crashed", check_id(check), exc_info=tellable(crash))
        return Unknown(f"the check crashed ({type(crash).__name__}); this is a defect of ACI Medic")


def _finding(check: Check, verdict: Verdict, pull: Pull | None) -> Finding:
    return Finding(check=check_id(check), verdict=verdict, docs=check.DOCS, pull=pull)


def _capped(finding: Finding, evidence: Evidence, proven: bool) -> Finding:
    """Nothing is confirmed where nobody says that a pull fails, or where what was asked for is not known."""
    if not finding.confirmed or not isinstance(finding.verdict, Fail):
        return finding
    definition = evidence.definition
    previous = isinstance(definition, Definition) and definition.origin == "previous"
    if proven and not previous:
        return finding
    return replace(finding, verdict=replace(finding.verdict, confidence="likely"))


def _remembered(finding: Finding, check: Check, evidence: Evidence) -> Finding:
    """The finding with the changes before the failure that bear on it, as lines of evidence."""
    history = evidence.history
    operations: tuple[str, ...] = getattr(check, "CHANGES", ())
    if not isinstance(finding.verdict, Fail) or isinstance(history, Gap) or not operations:
        return finding
    facts = tuple(
        Fact("changed before the failure", f"{change.what}, {change.when:%Y-%m-%d %H:%M} UTC", "activity-log")
        for change in history.changes
        if change.operation.lower().startswith(operations)
    )
    if evidence.precedent is not None and facts:
        facts = (Fact("it last worked", f"{evidence.precedent.when:%Y-%m-%d %H:%M} UTC", "deployment history"), *facts)
    return replace(finding, verdict=replace(finding.verdict, evidence=(*finding.verdict.evidence, *facts[-5:])))


def _without_guesses(findings: tuple[Finding, ...], checks: Sequence[Check]) -> tuple[Finding, ...]:
    """Some causes are only worth naming where nothing is confirmed."""
    if not any(finding.confirmed for finding in findings):
        return findings
    guesses = {check_id(check) for check in checks if getattr(check, "ONLY_WHERE_NOTHING_IS_CONFIRMED", False)}
    why = Skip("another cause is confirmed")
    return tuple(
        replace(finding, verdict=why) if finding.check in guesses and isinstance(finding.verdict, Fail) else finding
        for finding in findings
    )


def _other_failure(evidence: Evidence) -> OtherFailure | None:
    match said(evidence):
        case OtherFailure() as proven:
            return proven
        case PullFailure():
            return None
        case Unclear() | None:
            return _crash(evidence)


def _crash(evidence: Evidence) -> OtherFailure | None:
    """A container that ended by itself after its image was pulled, where no other's image failed to be."""
    live = evidence.live
    if not isinstance(live, Definition) or isinstance(live.containers, Gap):
        return None
    crashed: OtherFailure | None = None
    for container in live.containers:
        names = [event.name.lower() for event in fresh(container.events, evidence.began_at)]
        state = (container.state or "").lower()
        pulled = "pulled" in names and "failed" not in names[_last(names, "pulled") :]
        ended = "crashloopbackoff" in state or "error" in state or "oomkilled" in state
        if "failed" in names and not pulled:
            return None
        if pulled and ended and crashed is None:
            crashed = OtherFailure(
                kind="container-crash",
                code=None,
                message=f"the image of container '{container.name}' was pulled; the container then ended "
                f"({container.state})",
            )
    return crashed


def _last(names: list[str], name: str) -> int:
    return max(place for place, each in enumerate(names) if each == name)


def _kind(kind: str) -> Kind:
    return kind if kind in _KINDS else "other"  # type: ignore[return-value]


def _other_words(evidence: Evidence, other: OtherFailure) -> str:
    group = evidence.group.name
    return f"Container group '{group}' failed for another reason than its image ({other.kind}): {other.message}"


def _headline(diagnosis: Diagnosis, proven: bool) -> str:
    cause = diagnosis.root_cause
    if cause is not None and isinstance(cause.verdict, Fail):
        return cause.verdict.summary
    group = diagnosis.evidence.group.name
    if proven:
        return f"An image of container group '{group}' could not be pulled, and no check found out why."
    return f"Nothing says that an image of container group '{group}' could not be pulled, and no check found a fault."


def _diagnosis(
    evidence: Evidence, outcome: Outcome, kind: Kind | None, headline: str, findings: tuple[Finding, ...]
) -> Diagnosis:
    unknown = [finding.verdict.gap for finding in findings if isinstance(finding.verdict, Unknown)]
    gaps = dict.fromkeys([*evidence.gaps, *(gap for gap in unknown if gap is not None and gap.permission)])
    return Diagnosis(
        evidence=evidence,
        outcome=outcome,
        kind=kind,
        headline=headline,
        findings=findings,
        gaps=tuple(gaps),
        images=images(evidence),
    )
