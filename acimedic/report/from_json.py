"""JSON values -> the report that they were written from.

Fields that are not known are left alone, and those that were added to version 1 later may be absent. What is read back
is only as good as where it was kept: to every renderer it is as hostile as a name from Azure.
"""

from typing import get_args

from acimedic.model.diagnosis import Outcome
from acimedic.model.plan import PlanFact
from acimedic.model.reading import Gap
from acimedic.model.report import (
    Candidate,
    Report,
    ToldDefinition,
    ToldError,
    ToldFinding,
    ToldGap,
    ToldIncident,
    ToldPlace,
    ToldPlan,
    ToldStep,
    Word,
)
from acimedic.model.verdict import Confidence, Fact, Fix
from acimedic.report.fields import Fields, NoReportError

__all__ = ["VERSION", "NoReportError", "read_report"]

VERSION = 1
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_VERDICTS: tuple[Word, ...] = get_args(Word)
_CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)


def read_report(document: object) -> Report:
    """The report of a document that `as_object` wrote, or an earlier version of it. Raises NoReportError."""
    fields = Fields.of(document, "the report")
    if fields.values.get("version") != VERSION:
        raise NoReportError(f"this is no report of version {VERSION}")
    return Report(
        gateway=fields.flag("gateway"),
        incident=_incident(fields.part("incident")),
        outcome=fields.one_of("outcome", _OUTCOMES),
        kind=fields.text("kind", None),
        headline=fields.text("headline", "") or "",
        root_cause=fields.text("root_cause", None),
        findings=tuple(map(_finding, fields.parts("findings"))),
        gaps=tuple(ToldGap(_gap(gap), gap.text("command", None)) for gap in fields.parts("gaps")),
        plan=_plan(plan) if (plan := fields.part_or_none("plan")) else None,
        support=fields.texts("support"),
        candidates=_candidates(fields),
        definitions=_definitions(fields),
        notes=fields.texts("notes"),
    )


def _incident(fields: Fields) -> ToldIncident:
    group = fields.text("container_group", None)
    error = fields.part("error")
    return ToldIncident(
        id=fields.word("id"),
        also=fields.texts("also"),
        container_group=group,
        name=fields.text("name", None) or (group or "").rpartition("/")[2] or "(not named)",
        resource_group=fields.text("resource_group", None),
        images=fields.texts("images"),
        correlation_id=fields.text("correlation_id", None),
        occurred_at=fields.moment("occurred_at"),
        error=ToldError(
            code=error.text("code", None),
            message=error.text("message", None),
            source=error.word("source"),
            gap=fields.text("error_gap", None),
        ),
    )


def _finding(fields: Fields) -> ToldFinding:
    verdict, gap, fix = fields.one_of("verdict", _VERDICTS), fields.part_or_none("gap"), fields.part_or_none("fix")
    place = fields.part_or_none("location")
    if (verdict == "fail") != (fix is not None):
        raise fields.wrong("fix", "what its verdict has")
    return ToldFinding(
        check=fields.word("check"),
        verdict=verdict,
        confidence=fields.one_of("confidence", _CONFIDENCES) if verdict == "fail" else None,
        container=fields.text("container", None),
        image=fields.text("image", None),
        summary=fields.word("summary"),
        fix=Fix(text=fix.word("text"), az=fix.texts("az"), bicep=fix.text("bicep", None)) if fix else None,
        evidence=tuple(
            Fact(each.word("fact"), each.word("value"), each.word("source")) for each in fields.parts("evidence")
        ),
        docs=fields.word("docs"),
        gap=_gap(gap) if gap else None,
        group=fields.text("container_group", None),
        place=_place(place) if place else None,
    )


def _place(fields: Fields) -> ToldPlace:
    return ToldPlace(
        file=fields.word("file"),
        path=fields.word("path"),
        line=fields.position("line"),
        column=fields.position("column"),
    )


def _gap(fields: Fields) -> Gap:
    return Gap(
        reading=fields.word("reading"),
        reason=fields.word("reason"),
        permission=fields.text("permission", None),
        scope=fields.text("scope", None),
    )


def _plan(fields: Fields) -> ToldPlan:
    return ToldPlan(
        hash=fields.word("hash"),
        mode=fields.word("mode"),
        allowed=fields.flag("allowed"),
        reason=fields.word("reason"),
        reasons=fields.texts("reasons"),
        policy=fields.text("policy", None),
        expires_after=fields.text("expires_after", None),
        facts=tuple(PlanFact(each.word("about"), each.word("value")) for each in fields.parts("facts")),
        steps=tuple(map(_step, fields.parts("steps"))),
    )


def _step(fields: Fields) -> ToldStep:
    change = fields.part("change")
    said = fields.part_or_none("in_words") or Fields({}, "in_words")
    before = change.part_or_none("before")
    return ToldStep(
        remedy=fields.word("remedy"),
        target=fields.word("target"),
        before=before.properties() if before else None,
        after=change.part("after").properties(),
        before_said=said.text("before", None),
        after_said=said.text("after", None) or "",
        undo=fields.word("undo"),
        risk=fields.word("risk"),
        expiry=fields.text("expiry", None),
        summary=fields.text("summary", None) or fields.word("remedy"),
    )


def _candidates(fields: Fields) -> tuple[Candidate, ...] | None:
    if fields.values.get("candidates") is None:
        return None
    telling = fields.part_or_none("how_to_tell") or Fields({}, "how_to_tell")
    return tuple(Candidate(check, telling.text(check, None) or "") for check in fields.texts("candidates"))


def _definitions(fields: Fields) -> tuple[ToldDefinition, ...] | None:
    if fields.values.get("definitions") is None:
        return None
    return tuple(map(_definition, fields.parts("definitions")))


def _definition(fields: Fields) -> ToldDefinition:
    return ToldDefinition(
        name=fields.word("name"),
        resource=fields.json("resource"),
        unresolved=tuple((each.word("path"), each.word("reason")) for each in fields.parts("unresolved")),
    )
