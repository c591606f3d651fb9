"""Functions that look at the deployment around them, or at some of their arguments only.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-logical,
`template-functions-deployment`, `template-functions-resource` and `template-functions-scope`
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from acimedic.template import ids, scope
from acimedic.template.access import pick
from acimedic.template.arguments import WrongArgumentError, as_integer, as_text
from acimedic.template.clouds import environment
from acimedic.template.dates import UTC_NOW, print_date
from acimedic.template.frames import Frame
from acimedic.template.syntax import Call, Node
from acimedic.template.values import Json, Unresolved, Value, settle

Evaluate: TypeAlias = Callable[[Node, Frame], Value]
Form: TypeAlias = Callable[[Call, Frame, Evaluate], Value]


def count_of(call: Call, least: int, most: int | None) -> int:
    """How many arguments a call has, which must be a number that the function takes."""
    count = len(call.arguments)
    if count < least or (most is not None and count > most):
        raise WrongArgumentError(f"cannot be called with {count} arguments")
    return count


def _if(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 3, 3)
    condition = settle(evaluate(call.arguments[0], frame))
    if isinstance(condition, Unresolved):
        return condition
    if not isinstance(condition, bool):
        raise WrongArgumentError("the condition is not a boolean")
    return evaluate(call.arguments[1 if condition else 2], frame)


def _decided_by(deciding: bool) -> Form:
    """and() is decided by one false, or() by one true, whatever the others are."""

    def form(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
        count_of(call, 1, None)
        doubt: Unresolved | None = None
        for argument in call.arguments:
            value = settle(evaluate(argument, frame))
            if isinstance(value, Unresolved):
                doubt = doubt or value
            elif not isinstance(value, bool):
                doubt = doubt or Unresolved(f"{call.name}(): a boolean is expected")
            elif value is deciding:
                return value
        return not deciding if doubt is None else doubt

    return form


def _coalesce(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 1, None)
    for argument in call.arguments:
        value = evaluate(argument, frame)
        if value is not None:
            return value
    return None


def _try_get(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 2, None)
    value = evaluate(call.arguments[0], frame)
    for argument in call.arguments[1:]:
        if isinstance(value, dict):
            frame.meter.work(len(value) // 32)
        value = pick(value, settle(evaluate(argument, frame)), safe=True)
    return value


def _create_array(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    return [settle(evaluate(argument, frame)) for argument in call.arguments]


def _create_object(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    if len(call.arguments) % 2:
        raise WrongArgumentError("a key without a value")
    made: dict[str, Json] = {}
    for key_node, value_node in zip(call.arguments[::2], call.arguments[1::2], strict=True):
        key = settle(evaluate(key_node, frame))
        if isinstance(key, Unresolved):
            return key
        made[as_text(key)] = settle(evaluate(value_node, frame))
    return made


def _named(read: Callable[[Frame, str], Json]) -> Form:
    def form(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
        count_of(call, 1, 1)
        name = settle(evaluate(call.arguments[0], frame))
        return name if isinstance(name, Unresolved) else read(frame, as_text(name))

    return form


def _parameter(frame: Frame, name: str) -> Json:
    if frame.arguments is None:
        return frame.definitions.parameter(name)
    return frame.arguments.get(name.lower(), Unresolved(f"the function has no parameter '{name}'"))


def _variable(frame: Frame, name: str) -> Json:
    if frame.arguments is not None:
        return Unresolved("a user-defined function cannot use variables")
    return frame.definitions.variable(name)


def _lambda_variable(frame: Frame, name: str) -> Json:
    return frame.lambdas.get(name.lower(), Unresolved(f"there is no lambda variable '{name}'"))


def _copy_index(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count = count_of(call, 0, 2)
    values = [settle(evaluate(argument, frame)) for argument in call.arguments]
    for value in values:
        if isinstance(value, Unresolved):
            return value
    name = str(values.pop(0)).lower() if values and isinstance(values[0], str) else ""
    if len(values) > 1 or (count == 2 and not name):
        raise WrongArgumentError("a loop name and an offset are expected")
    offset = as_integer(values[0]) if values else 0
    index = frame.loops.get(name)
    if index is None and not name and frame.loops:
        index = list(frame.loops.values())[-1]
    if index is None:
        return Unresolved(f"copyIndex('{name}') stands outside of that loop" if name else "copyIndex() outside a loop")
    return index if isinstance(index, Unresolved) else index + offset


def _utc_now(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    pattern = settle(evaluate(call.arguments[0], frame)) if count_of(call, 0, 1) else UTC_NOW
    now = frame.definitions.place.scope.now
    if isinstance(pattern, Unresolved):
        return pattern
    if now is None:
        return Unresolved("utcNow(): the time of the deployment is not known")
    return print_date(scope.in_utc(now), as_text(pattern))


def _id_function(make: Callable[[scope.Place, list[str]], str | Unresolved], least: int) -> Form:
    def form(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
        count_of(call, least, None)
        values = [settle(evaluate(argument, frame)) for argument in call.arguments]
        for value in values:
            if isinstance(value, Unresolved):
                return value
        return make(frame.definitions.place, [as_text(each) for each in values])

    return form


def _of_place(read: Callable[[scope.Place], Value]) -> Form:
    def form(call: Call, frame: Frame, evaluate: Evaluate) -> Value:  # noqa: ARG001 - one shape for all forms
        count_of(call, 0, 0)
        return read(frame.definitions.place)

    return form


def _deployment(call: Call, frame: Frame, evaluate: Evaluate) -> Value:  # noqa: ARG001 - one shape for all forms
    count_of(call, 0, 0)
    return frame.definitions.deployment()


def _fail(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 1, 1)
    message = settle(evaluate(call.arguments[0], frame))
    return Unresolved(f"the template fails: {message}" if isinstance(message, str) else "the template fails")


FORMS: dict[str, Form] = {
    "and": _decided_by(deciding=False),
    "coalesce": _coalesce,
    "copyindex": _copy_index,
    "createarray": _create_array,
    "createobject": _create_object,
    "deployment": _deployment,
    "environment": _of_place(lambda place: environment(place.scope.cloud)),
    "extensionresourceid": _id_function(lambda _, arguments: ids.extension_resource_id(arguments), 3),
    "fail": _fail,
    "if": _if,
    "lambdavariables": _named(_lambda_variable),
    "managementgroup": _of_place(scope.management_group),
    "managementgroupresourceid": _id_function(ids.management_group_resource_id, 2),
    "or": _decided_by(deciding=True),
    "parameters": _named(_parameter),
    "resourcegroup": _of_place(scope.resource_group),
    "resourceid": _id_function(ids.resource_id, 2),
    "subscription": _of_place(scope.subscription),
    "subscriptionresourceid": _id_function(ids.subscription_resource_id, 2),
    "tenant": _of_place(scope.tenant),
    "tenantresourceid": _id_function(lambda _, arguments: ids.tenant_resource_id(arguments), 2),
    "tryget": _try_get,
    "utcnow": _utc_now,
    "variables": _named(_variable),
}
