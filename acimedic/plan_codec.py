"""A plan as a JSON document, and back (pure): between being drawn and being carried out it is kept.

What is read back is only as good as where it was kept: whoever carries it out compares its hash with what was approved.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from acimedic.model.plan import BypassSwitch, Change, Plan, PlanFact, RoleGrant, Step

_KINDS: dict[str, type[RoleGrant] | type[BypassSwitch]] = {"role-grant": RoleGrant, "bypass-switch": BypassSwitch}


class PlanDocumentError(ValueError):
    """This is no document of a plan."""


def plan_document(plan: Plan) -> dict[str, Any]:
    """A plan as JSON values."""
    return asdict(plan) | {"steps": [step_document(step) for step in plan.steps]}


def step_document(step: Step) -> dict[str, Any]:
    """A step as JSON values."""
    return asdict(step) | {"change": {"kind": _kind(step.change)} | asdict(step.change)}


def read_plan(document: object) -> Plan:
    """The plan of a document. Raises PlanDocumentError."""
    try:
        fields = dict(_object(document))
        steps = tuple(read_step(step) for step in fields.pop("steps"))
        facts = tuple(PlanFact(**_texts(fact)) for fact in fields.pop("facts"))
        reasons = tuple(map(str, fields.pop("reasons")))
        return Plan(**fields, steps=steps, facts=facts, reasons=reasons)
    except (TypeError, LookupError, AttributeError) as error:
        raise PlanDocumentError(f"this is no plan ({type(error).__name__})") from error


def read_step(document: object) -> Step:
    """The step of a document. Raises PlanDocumentError."""
    try:
        fields = dict(_object(document))
        change = dict(_object(fields.pop("change")))
        kind = _KINDS[change.pop("kind")]
        if "repositories" in change:
            change["repositories"] = tuple(map(str, change["repositories"]))
        return Step(**_texts(fields), change=kind(**change))
    except (TypeError, LookupError, AttributeError) as error:
        raise PlanDocumentError(f"this is no step of a plan ({type(error).__name__})") from error


def _kind(change: Change) -> str:
    match change:
        case RoleGrant():
            return "role-grant"
        case BypassSwitch():
            return "bypass-switch"


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError("not an object")
    return value


def _texts(value: object) -> dict[str, Any]:
    fields = dict(_object(value))
    if any(text is not None and not isinstance(text, str) for text in fields.values()):
        raise TypeError("not a text")
    return fields
