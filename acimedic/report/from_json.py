"""JSON values -> the report that they were written from.

Fields that are not known are left alone, and those that were added to version 1 later may be absent. What is read back
is only as good as where it was kept: to every renderer it is as hostile as a name from Azure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, get_args

from acimedic.model.diagnosis import Outcome
from acimedic.model.plan import PlanFact
from acimedic.model.reading import Gap
from acimedic.model.report import (
    Candidate,
    Properties,
    Report,
    ToldError,
    ToldFinding,
    ToldGap,
    ToldIncident,
    ToldPlan,
    ToldStep,
    Word,
)
from acimedic.model.verdict import Confidence, Fact, Fix

T = TypeVar("T", bound=str)
VERSION = 1
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_VERDICTS: tuple[Word, ...] = get_args(Word)
_CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)


class NoReportError(ValueError):
    """This is no report of version 1; the message says what is wrong, without quoting it."""


def read_report(document: object) -> Report:
    """The report of a document that `as_object` wrote, or an earlier version of it. Raises NoReportError."""
    fields = _Fields.of(document, "the report")
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
    )


def _incident(fields: "_Fields") -> ToldIncident:
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


def _finding(fields: "_Fields") -> ToldFinding:
    verdict, gap, fix = fields.one_of("verdict", _VERDICTS), fields.part_or_none("gap"), fields.part_or_none("fix")
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
    )


def _gap(fields: "_Fields") -> Gap:
    return Gap(
        reading=fields.word("reading"),
        reason=fields.word("reason"),
        permission=fields.text("permission", None),
        scope=fields.text("scope", None),
    )


def _plan(fields: "_Fields") -> ToldPlan:
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


def _step(fields: "_Fields") -> ToldStep:
    change = fields.part("change")
    said = fields.part_or_none("in_words") or _Fields({}, "in_words")
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


def _candidates(fields: "_Fields") -> tuple[Candidate, ...] | None:
    if fields.values.get("candidates") is None:
        return None
    telling = fields.part_or_none("how_to_tell") or _Fields({}, "how_to_tell")
    return tuple(Candidate(check, telling.text(check, None) or "") for check in fields.texts("candidates"))


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of an object, each asked for with its type; `name` says which object, to those who must mend it."""

    values: Mapping[str, object]
    name: str

    @classmethod
    def of(cls, value: object, name: str) -> "_Fields":
        if not isinstance(value, Mapping):
            raise NoReportError(f"{name} is not an object")
        return cls(value, name)

    def word(self, field: str) -> str:
        value = self.values.get(field)
        if not isinstance(value, str):
            raise self.wrong(field, "a text")
        return value

    def text(self, field: str, default: str | None) -> str | None:
        value = self.values.get(field, default)
        if value is not None and not isinstance(value, str):
            raise self.wrong(field, "a text or null")
        return value

    def one_of(self, field: str, words: tuple[T, ...]) -> T:
        value = self.values.get(field)
        for word in words:
            if word == value:
                return word
        raise self.wrong(field, f"one of {', '.join(words)}")

    def flag(self, field: str) -> bool:
        value = self.values.get(field, False)
        if not isinstance(value, bool):
            raise self.wrong(field, "true or false")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        values = self.values.get(field, [])
        if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
            raise self.wrong(field, "a list of texts")
        return tuple(values)

    def moment(self, field: str) -> datetime | None:
        text = self.text(field, None)
        try:
            return None if text is None else datetime.fromisoformat(text)
        except ValueError as error:
            raise self.wrong(field, "a time") from error

    def properties(self) -> Properties:
        return tuple((name, self.text(name, None)) for name in self.values)

    def part(self, field: str) -> "_Fields":
        return _Fields.of(self.values.get(field), f"{field} of {self.name}")

    def part_or_none(self, field: str) -> "_Fields | None":
        return None if self.values.get(field) is None else self.part(field)

    def parts(self, field: str) -> tuple["_Fields", ...]:
        values = self.values.get(field, [])
        if not isinstance(values, list | tuple):
            raise self.wrong(field, "a list")
        return tuple(_Fields.of(value, f"an entry of {field}") for value in values)

    def wrong(self, field: str, wanted: str) -> NoReportError:
        return NoReportError(f"{field} of {self.name} is not {wanted}")
