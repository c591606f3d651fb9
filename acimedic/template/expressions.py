"""Evaluates the tree of an expression.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions
"""

from __future__ import annotations

from acimedic.template import forms, lambdas, runtime_functions
from acimedic.template.access import pick
from acimedic.template.arguments import Args, UnknownOperandError, WrongArgumentError
from acimedic.template.budget import Meter, OverBudgetError
from acimedic.template.frames import Frame
from acimedic.template.functions import FUNCTIONS
from acimedic.template.syntax import Call, Literal, Malformed, Node, parse_expression
from acimedic.template.values import Facts, Json, Unresolved, Value, settle

_FORMS = {**forms.FORMS, **lambdas.FORMS, **runtime_functions.FORMS}
_LOOK_INSIDE = frozenset(
    ("contains", "datauri", "equals", "format", "indexof", "intersection", "join", "lastindexof", "string", "union")
)
_READ = frozenset(("base64tojson", "datauritostring", "json"))
# What they give has been weighed where it was made.
_PASS_ON = frozenset(("parameters", "variables", "if", "coalesce", "tryget", "lambdavariables", "reference"))


def evaluate_text(text: str, frame: Frame) -> Json:
    """The value of an expression in its brackets."""
    node = parse_expression(text)
    return Unresolved(node.reason) if isinstance(node, Malformed) else settle(evaluate_node(node, frame))


def evaluate_node(node: Node, frame: Frame) -> Value:
    """The value of one node; `Facts` where only part of an object is known."""
    if isinstance(node, Literal):
        return node.value
    refused = frame.meter.enter()
    if refused is not None:
        return refused
    try:
        if isinstance(node, Call):
            return _call(node, frame)
        target = evaluate_node(node.target, frame)
        if isinstance(target, Unresolved):
            return target
        if isinstance(target, dict):
            frame.meter.work(len(target) // 32)  # names are looked for without case
        return pick(target, settle(evaluate_node(node.key, frame)), safe=node.safe)
    except OverBudgetError as over:
        return over.unresolved
    finally:
        frame.meter.leave()


def _call(call: Call, frame: Frame) -> Value:
    try:
        form = _FORMS.get(call.key)
        if form is not None:
            value = form(call, frame, evaluate_node)
            return value if call.key in _PASS_ON or isinstance(value, Facts) else frame.meter.admit(value)
        return _builtin(call, frame)
    except WrongArgumentError as wrong:
        return Unresolved(f"{call.name}(): {wrong}")
    except (UnknownOperandError, OverBudgetError) as unknown:
        return unknown.unresolved


def _builtin(call: Call, frame: Frame) -> Value:
    function = FUNCTIONS.get(call.key)
    if function is None:
        return _other(call, frame)
    refusal = function.refusal(len(call.arguments))
    if refusal is not None:
        raise WrongArgumentError(refusal)
    values: list[Json] = []
    for argument in call.arguments:
        value = settle(evaluate_node(argument, frame))
        if isinstance(value, Unresolved):
            return value
        values.append(value)
    _charge(call.key, values, frame.meter)
    return frame.meter.admit(function.run(Args(values, frame.meter)))


def _charge(key: str, values: list[Json], meter: Meter) -> None:
    """Work grows with the size of what a function looks at: all of a value, or its first level."""
    cost = 0
    for value in values:
        if isinstance(value, str):
            cost += len(value) // (2 if key in _READ else 16)
        elif isinstance(value, list | dict):
            cost += meter.weight(value) // 2 if key in _LOOK_INSIDE else len(value) // 8
    if cost:
        meter.work(cost)


def _other(call: Call, frame: Frame) -> Value:
    unanswerable = runtime_functions.unanswerable(call)
    if unanswerable is not None:
        return unanswerable
    own = frame.definitions.call(call, frame)
    return Unresolved(f"there is no function {call.name}()") if own is None else own
