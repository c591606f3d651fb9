"""An explanation as a report and as text (pure)."""

import shlex
from collections.abc import Iterator
from dataclasses import replace

from acimedic.explain.story import Explanation
from acimedic.explain.telling import TELLING
from acimedic.image import registry_host
from acimedic.masks import is_masked
from acimedic.model.diagnosis import Finding
from acimedic.model.reading import Gap
from acimedic.model.report import Candidate, Report
from acimedic.model.resource_id import CONTAINER_GROUPS
from acimedic.model.verdict import Fail
from acimedic.named import NamedOnly
from acimedic.report.build import build_report
from acimedic.report.disclosing import Disclosing, disclosing, name_shown
from acimedic.report.plain import plain, wrapped

__all__ = ["report_of", "to_text"]

_SHOWN = 6
_LABEL = 13
_LONGEST_NAME = 600


def report_of(explanation: Explanation) -> Report:
    """The report of an explanation: a cause only where the text proves it, and the candidates with how to tell."""
    cause = next((each.check for each in explanation.diagnosis.fails if each.confirmed), None)
    candidates = tuple(Candidate(check, TELLING[check]) for check in explanation.candidates)
    return replace(build_report(explanation.diagnosis, gateway=False), root_cause=cause, candidates=candidates)


def to_text(explanation: Explanation, *, width: int = 100) -> str:
    """For a terminal: pull failure or not, the facts, what is proven, what is likely, and how to go on."""
    shown = disclosing(explanation.diagnosis.evidence)
    sections = [_verdict(explanation, width), _facts(explanation, shown, width), _proven(explanation, shown, width)]
    if explanation.diagnosis.outcome != "not-a-pull-failure":
        sections += [_candidates(explanation, shown, width), _settling(explanation, width), _next(explanation, width)]
    bodies = ["\n".join(section) for section in sections]
    return "\n\n".join(body for body in bodies if body) + "\n"


def _verdict(explanation: Explanation, width: int) -> Iterator[str]:
    diagnosis = explanation.diagnosis
    if diagnosis.outcome == "not-a-pull-failure":
        words = f"Not an image-pull failure: {diagnosis.kind}."
    elif explanation.failure is not None:
        words = f"Image-pull failure: yes ({explanation.features.family})."
    else:
        words = "Image-pull failure: not known; the text proves neither that one failed nor that something else did."
    yield from wrapped(words, width=width)


def _facts(explanation: Explanation, shown: Disclosing, width: int) -> Iterator[str]:
    diagnosis, incident = explanation.diagnosis, explanation.diagnosis.evidence.incident
    error = diagnosis.evidence.error
    group = str(incident.group) if incident.group.is_a(CONTAINER_GROUPS) else None
    images = ", ".join(map(name_shown, diagnosis.images[:5]))
    facts = (
        ("code", None if isinstance(error, Gap) else error.code),
        ("image", images or None),
        ("group", group),
        ("correlation", incident.correlation_id),
    )
    for label, value in facts:
        words = "not in the text" if value is None else value[:_LONGEST_NAME]
        yield from wrapped(words, width=width, indent=" " * _LABEL, first=label.ljust(_LABEL))
    cause = None if isinstance(error, Gap) else error.cause
    if cause is not None:
        said = shown.whole(cause.message)[:_LONGEST_NAME]
        yield from wrapped(said, width=width, indent=" " * _LABEL, first="Azure said".ljust(_LABEL))


def _proven(explanation: Explanation, shown: Disclosing, width: int) -> Iterator[str]:
    for finding in explanation.diagnosis.fails:
        if finding.confirmed and isinstance(finding.verdict, Fail):
            for label, words in (("PROVEN", finding.verdict.summary), ("FIX", finding.verdict.fix.text)):
                yield from wrapped(shown.text(words), width=width, indent=" " * _LABEL, first=label.ljust(_LABEL))
            yield from wrapped(f"check {finding.check}, {finding.docs}", width=width, indent=" " * _LABEL)


def _candidates(explanation: Explanation, shown: Disclosing, width: int) -> Iterator[str]:
    proven = explanation.proof.check if explanation.proof else None
    open_ones = [check for check in explanation.candidates if check != proven]
    if not open_ones:
        return
    yield "Less likely" if proven else "Candidates, the likeliest first (none is proven by the text)"
    seen = {each.check: each for each in explanation.diagnosis.fails}
    for number, check in enumerate(open_ones[:_SHOWN], 1):
        yield from wrapped(f"{number}. {check}{_seen(seen.get(check), shown)}", width=width, indent="     ", first="  ")
        yield from wrapped(TELLING[check], width=width, indent="     ")


def _seen(finding: Finding | None, shown: Disclosing) -> str:
    if finding is None or not isinstance(finding.verdict, Fail):
        return ""
    return f": {shown.text(finding.verdict.summary)}"


def _settling(explanation: Explanation, width: int) -> Iterator[str]:
    if explanation.proof is not None or not explanation.candidates:
        return
    yield "What would settle it"
    definition = explanation.diagnosis.evidence.definition
    if isinstance(definition, Gap):
        yield from wrapped(
            "the definition that was deployed (--definition FILE): which credentials it has, if any",
            width=width,
            indent="    ",
            first="  - ",
        )
    elif definition.credentials == ():
        words = "the definition has no imageRegistryCredentials: is that what reached Azure?"
        yield from wrapped(words, width=width, indent="    ", first="  - ")
    for command in _commands(explanation):
        yield f"  - {plain(command)}"


def _commands(explanation: Explanation) -> Iterator[str]:
    image = explanation.features.image
    if explanation.features.host == "acr":
        registry = registry_host((image or "").partition("/")[0]).name.partition(".")[0]
        named = "'<registry>'" if not registry or is_masked(registry) or len(registry) > 60 else shlex.quote(registry)
        query = "[publicNetworkAccess, networkRuleSet.defaultAction, networkRuleBypassOptions, adminUserEnabled]"
        yield f'az acr show --name {named} --query "{query}"'
    named = "'<image>'" if not image or is_masked(image) or len(image) > 300 else shlex.quote(name_shown(image))
    yield f"docker manifest inspect {named}"


def _next(explanation: Explanation, width: int) -> Iterator[str]:
    group = explanation.diagnosis.evidence.group
    correlation = explanation.diagnosis.evidence.incident.correlation_id
    whose = "'<id of the container group>'" if isinstance(group, NamedOnly) else shlex.quote(str(group))
    also = f" --correlation-id {shlex.quote(correlation)}" if correlation else ""
    yield from wrapped("With access to Azure, the evidence decides:", width=width)
    yield plain(f"  acimedic diagnose --resource-id {whose}{also}")
