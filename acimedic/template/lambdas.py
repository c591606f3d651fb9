"""Functions that take a lambda.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-lambda
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cmp_to_key

from acimedic.template.arguments import (
    UnknownOperandError,
    WrongArgumentError,
    as_array,
    as_object,
    as_text,
    shallow,
)
from acimedic.template.forms import Evaluate, Form, count_of
from acimedic.template.frames import Frame
from acimedic.template.syntax import Call, Literal, Node
from acimedic.template.values import Json, Unresolved, Value, settle


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lambda:
    names: list[str]
    body: Node
    frame: Frame
    evaluate: Evaluate

    def __call__(self, *values: Json) -> Json:
        return settle(self.evaluate(self.body, self.frame.with_lambda(self.names, list(values))))

    def holds(self, *values: Json) -> bool:
        verdict = shallow(self(*values))
        if not isinstance(verdict, bool):
            raise WrongArgumentError("the lambda gives no boolean")
        return verdict


def _lambda(call: Call, at: int, frame: Frame, evaluate: Evaluate) -> _Lambda:
    node = call.arguments[at]
    if not isinstance(node, Call) or node.key != "lambda" or not node.arguments:
        raise WrongArgumentError("a lambda is expected")
    names = [each.value for each in node.arguments[:-1] if isinstance(each, Literal) and isinstance(each.value, str)]
    if len(names) != len(node.arguments) - 1:
        raise WrongArgumentError("the names of a lambda's variables are not literal")
    return _Lambda(names=names, body=node.arguments[-1], frame=frame, evaluate=evaluate)


def _array(call: Call, frame: Frame, evaluate: Evaluate) -> list[Json]:
    array = as_array(settle(evaluate(call.arguments[0], frame)))
    _rounds(frame, len(array))
    return array


def _rounds(frame: Frame, count: int) -> None:
    refused = frame.meter.loop(count)
    if refused is not None:
        raise UnknownOperandError(refused)


def _map(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 2, 2)
    array, function = _array(call, frame, evaluate), _lambda(call, 1, frame, evaluate)
    return [function(each, at) for at, each in enumerate(array)]


def _filter(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 2, 2)
    array, function = _array(call, frame, evaluate), _lambda(call, 1, frame, evaluate)
    return [each for at, each in enumerate(array) if function.holds(each, at)]


def _reduce(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 3, 3)
    array, result = _array(call, frame, evaluate), settle(evaluate(call.arguments[1], frame))
    function = _lambda(call, 2, frame, evaluate)
    for at, each in enumerate(array):
        result = function(result, each, at)
        if frame.meter.stopped is not None:
            break
    return result


def _sort(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 2, 2)
    array, function = _array(call, frame, evaluate), _lambda(call, 1, frame, evaluate)

    def order(left: Json, right: Json) -> int:
        _rounds(frame, 1)
        if function.holds(left, right):
            return -1
        return 1 if function.holds(right, left) else 0

    return sorted(array, key=cmp_to_key(order))


def _keyed(
    call: Call, frame: Frame, evaluate: Evaluate, add: Callable[[dict[str, Json], str, Json], None]
) -> dict[str, Json]:
    array, key_of = _array(call, frame, evaluate), _lambda(call, 1, frame, evaluate)
    value_of = _lambda(call, 2, frame, evaluate) if len(call.arguments) > 2 else None
    made: dict[str, Json] = {}
    for each in array:
        key = as_text(shallow(key_of(each)))
        add(made, key, each if value_of is None else value_of(each))
    return made


def _to_object(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 2, 3)

    def add(made: dict[str, Json], key: str, value: Json) -> None:
        if key in made:
            raise UnknownOperandError(Unresolved(f"toObject(): two elements have the key '{key}'"))
        made[key] = value

    return _keyed(call, frame, evaluate, add)


def _group_by(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 2, 3)

    def add(made: dict[str, Json], key: str, value: Json) -> None:
        as_array(made.setdefault(key, [])).append(value)

    return _keyed(call, frame, evaluate, add)


def _map_values(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 2, 2)
    members = as_object(settle(evaluate(call.arguments[0], frame)))
    _rounds(frame, len(members))
    function = _lambda(call, 1, frame, evaluate)
    return {key: function(value) for key, value in members.items()}


FORMS: dict[str, Form] = {
    "filter": _filter,
    "groupby": _group_by,
    "map": _map,
    "mapvalues": _map_values,
    "reduce": _reduce,
    "sort": _sort,
    "toobject": _to_object,
}
