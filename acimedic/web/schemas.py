"""JSON Schemas of what is answered, out of the very values that are answered (pure).

Objects stay open: fields may be added to version 1, and whoever reads it has to leave alone what it does not know.
Source: https://spec.openapis.org/oas/v3.1.1.html#schema-object
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from acimedic.model.diagnosis import Kind
from acimedic.model.plan import PlanFact, RunMode
from acimedic.model.reading import Gap
from acimedic.model.report import Report, ToldError, ToldFinding, ToldGap, ToldIncident, ToldPlace, ToldPlan, ToldStep
from acimedic.model.verdict import Fact, Fix
from acimedic.web.catalogue import Entry

Schema: TypeAlias = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
INCIDENT_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$"}


def schemas() -> Mapping[str, Schema]:
    """Every schema by its name."""
    return {
        "Report": _report(),
        "ReportIncident": _incident(),
        "Definition": _definition(),
        "Finding": _finding(),
        "Place": of(ToldPlace),
        "Fact": of(Fact),
        "Fix": of(Fix),
        "Gap": of(Gap),
        "ToldGap": _gap(),
        "Plan": of(ToldPlan) | {"properties": _properties(ToldPlan) | {"mode": of(RunMode)}},
        "PlanFact": of(PlanFact),
        "Step": _step(),
        "Check": _check(),
        "Problem": _problem(),
    }


def of(kind: Any) -> Schema:
    """The schema of a type: a text, a number, a choice of words, a list, a dataclass, or one of several."""
    if is_dataclass(kind):
        return obj(_properties(kind))
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin in (Union, UnionType):
        return or_null(_inner(next(each for each in arguments if each is not NoneType)))
    if origin is tuple and arguments[1:] == (...,):
        return listed(_inner(arguments[0]))
    return dict({str: TEXT, bool: FLAG, int: WHOLE, datetime: MOMENT}[kind])


def obj(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """An object; every property is there but those that are optional."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required}


def listed(item: Schema) -> Schema:
    """An array of one kind of thing."""
    return {"type": "array", "items": item}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """Another schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


_NAMES = {
    ToldIncident: "ReportIncident",
    ToldFinding: "Finding",
    ToldGap: "ToldGap",
    ToldPlace: "Place",
    ToldPlan: "Plan",
    ToldStep: "Step",
    PlanFact: "PlanFact",
    Fact: "Fact",
    Fix: "Fix",
    Gap: "Gap",
}


def _inner(kind: Any) -> Schema:
    return ref(_NAMES[kind]) if kind in _NAMES else of(kind)


def _properties(kind: Any, *, but: tuple[str, ...] = ()) -> dict[str, Schema]:
    hints = get_type_hints(kind)
    return {each.name: _inner(hints[each.name]) for each in fields(kind) if each.name not in but}


def _report() -> Schema:
    told = _properties(Report, but=("definitions",)) | {
        "version": {"const": 1},
        "kind": or_null(of(Kind)),
        "candidates": listed(TEXT),
        "how_to_tell": {"type": "object", "additionalProperties": TEXT},
        "definitions": listed(ref("Definition")),
    }
    return obj(told, optional=("candidates", "how_to_tell", "definitions", "notes"))


def _definition() -> Schema:
    unresolved = listed(obj({"path": TEXT, "reason": TEXT}))
    return obj({"name": TEXT, "resource": {"type": "object"}, "unresolved": unresolved})


def _incident() -> Schema:
    error = _properties(ToldError)
    gap = error.pop("gap")
    return obj(_properties(ToldIncident) | {"error": obj(error), "error_gap": gap})


def _finding() -> Schema:
    before_deploying = {"container_group": TEXT, "location": ref("Place")}
    told = _properties(ToldFinding, but=("group", "place")) | before_deploying
    return obj(told, optional=("gap", *before_deploying))


def _gap() -> Schema:
    return obj(_properties(Gap) | {"command": _properties(ToldGap)["command"]})


def _step() -> Schema:
    told = _properties(ToldStep, but=("before", "after"))  # whose names are those of Azure's own properties
    said = obj({"before": told.pop("before_said"), "after": told.pop("after_said")})
    after: Schema = {"type": "object", "additionalProperties": or_null(TEXT)}
    return obj(told | {"change": obj({"before": or_null(after), "after": after}), "in_words": said})


def _check() -> Schema:
    return obj(_properties(Entry, but=("parts",)) | {"parts": listed(obj({"label": TEXT, "text": TEXT}))})


def _problem() -> Schema:
    """Source: https://www.rfc-editor.org/rfc/rfc9457"""
    return obj({"type": TEXT, "title": TEXT, "status": WHOLE, "detail": TEXT})
