"""Functions that only Azure can answer: reference(), list*() and their like.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#reference
"""

from __future__ import annotations

from acimedic.template.arguments import WrongArgumentError, as_text
from acimedic.template.forms import Evaluate, Form, count_of
from acimedic.template.frames import Frame
from acimedic.template.syntax import Call
from acimedic.template.values import Unresolved, Value, settle

_NEVER = {
    "deployer": "who deploys is known to Azure alone",
    "externalinput": "it is supplied by the tool that deploys",
    "getsecret": "it is a secret",
    "newguid": "it is new for each deployment",
    "pickzones": "which zones there are is known to Azure alone",
    "providers": "which providers there are is known to Azure alone",
    "tologicalzone": "zones are mapped by Azure",
    "tologicalzones": "zones are mapped by Azure",
    "tophysicalzone": "zones are mapped by Azure",
    "tophysicalzones": "zones are mapped by Azure",
}


def unanswerable(call: Call) -> Unresolved | None:
    """Why nobody but Azure can tell what a call gives."""
    if call.key.startswith("list") and "." not in call.key:
        return Unresolved(f"{call.name}(): keys and secrets of a resource are not read")
    reason = _NEVER.get(call.key)
    return None if reason is None else Unresolved(f"{call.name}(): {reason}")


def _reference(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count = count_of(call, 1, 3)
    values = [settle(evaluate(argument, frame)) for argument in call.arguments]
    for value in values:
        if isinstance(value, Unresolved):
            return value
    api_version = values[1] if count > 1 else None
    if not isinstance(api_version, str | None):
        raise WrongArgumentError("the API version is not a string")
    full = count > 2 and as_text(values[2]).lower() == "full"
    return frame.references.reference(as_text(values[0]), api_version or None, full)


def _references(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 1, 2)
    symbol = settle(evaluate(call.arguments[0], frame))
    return symbol if isinstance(symbol, Unresolved) else frame.references.references(as_text(symbol))


def _resource_info(call: Call, frame: Frame, evaluate: Evaluate) -> Value:
    count_of(call, 1, 1)
    symbol = settle(evaluate(call.arguments[0], frame))
    return symbol if isinstance(symbol, Unresolved) else frame.references.info(as_text(symbol))


FORMS: dict[str, Form] = {"reference": _reference, "references": _references, "resourceinfo": _resource_info}
