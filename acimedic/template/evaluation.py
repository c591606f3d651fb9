"""Evaluates a template: every resource it asks for, in its own scope, with what cannot be known left as such.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from acimedic.template.budget import Budget, Meter
from acimedic.template.deployments import Deployment
from acimedic.template.instances import Instance
from acimedic.template.parameters import given_to_template
from acimedic.template.scope import Lookup, NoLookup, Place, Scope
from acimedic.template.trees import evaluate_tree
from acimedic.template.values import Facts, Json, Unresolved

_NOT_SENT = frozenset(("comments", "condition", "copy", "dependson", "existing", "metadata", "resources", "scope"))


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the template that was not evaluated, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource as the template asks for it, its loop unrolled."""

    id: str | Unresolved
    type: str | Unresolved
    name: str | Unresolved
    api_version: str | Unresolved
    condition: bool | Unresolved
    existing: bool
    body: Json
    depends_on: tuple[str | Unresolved, ...]
    scope: Scope
    path: str
    symbol: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All that could be found out about a template. left_out: types of what is not deployed, by path."""

    resources: tuple[Resource, ...]
    left_out: Mapping[str, str | Unresolved]
    outputs: Mapping[str, Json]
    problems: tuple[Problem, ...]


_EVALUATED_APART = frozenset(("template", "parameters", "templatelink"))
_NO_LOOKUP = NoLookup()
_BUDGET = Budget()


def evaluate(
    template: Mapping[str, Json],
    parameters: Mapping[str, Json],
    scope: Scope,
    lookup: Lookup = _NO_LOOKUP,
    budget: Budget = _BUDGET,
) -> Evaluation:
    """Evaluate a template with its parameters; never raises, whatever the template holds."""
    meter = Meter(budget)
    deployment = Deployment(
        template=template,
        place=Place.of(template, scope),
        meter=meter,
        lookup=lookup,
        given=given_to_template(template, parameters),
    )
    collector = _Collector(meter)
    try:
        collector.add(deployment, None)
        outputs = collector.outputs(deployment)
    except RecursionError:  # the caller left too little of the stack for the depth that the budget allows
        outputs = {}
        collector.problems.append(Problem("", "nested too deeply"))
    if meter.stopped is not None:
        collector.problems.append(Problem("", meter.stopped.reason))
    return Evaluation(
        resources=tuple(collector.resources),
        left_out=collector.left_out,
        outputs=outputs,
        problems=tuple(collector.problems),
    )


class _Collector:
    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self.resources: list[Resource] = []
        self.left_out: dict[str, str | Unresolved] = {}
        self.problems: list[Problem] = []

    def add(self, deployment: Deployment, doubt: Unresolved | None) -> None:
        """The resources of a deployment and of those nested in it; `doubt` where it may not run at all."""
        for instance in deployment.instances():
            if self._meter.stopped is not None:
                return
            condition = instance.condition()
            if condition is False:
                self.left_out[instance.path] = instance.type
                continue
            if isinstance(condition, Unresolved):
                self._report(instance.path_of("condition"), f"condition not known: {condition.reason}")
            elif doubt is not None:
                condition = doubt
            self.resources.append(self._resource(instance, condition))
            if instance.is_deployment and instance.definition.get("existing") is not True:
                nested = deployment.nested(instance)
                if isinstance(nested, Unresolved):
                    self._report(instance.path, nested.reason)
                else:
                    self.add(nested, condition if isinstance(condition, Unresolved) else None)

    def _resource(self, instance: Instance, condition: bool | Unresolved) -> Resource:
        if isinstance(instance.id, Unresolved):
            self._report(instance.path, f"resource id not known: {instance.id.reason}")
        api_version = instance.get("apiVersion")
        if not isinstance(api_version, str | Unresolved):
            api_version = Unresolved("the resource has no API version")
        return Resource(
            id=instance.id,
            type=instance.type,
            name=instance.name,
            api_version=api_version,
            condition=condition,
            existing=instance.definition.get("existing") is True,
            body=self._meter.deliver(_body(instance)),
            depends_on=_depends_on(instance),
            scope=instance.place.scope,
            path=instance.path,
            symbol=instance.symbol,
        )

    def outputs(self, deployment: Deployment) -> dict[str, Json]:
        """The outputs of the whole template; those whose condition is false are left out."""
        found: dict[str, Json] = {}
        for name in deployment.output_names():
            shown = deployment.output(name)
            if isinstance(shown, dict):
                secure = str(shown.get("type")).lower().startswith("secure")
                found[name] = Unresolved(f"secure output '{name}'") if secure else self._meter.deliver(shown["value"])
            elif isinstance(shown, Unresolved):
                found[name] = shown
            elif isinstance(shown, Facts):
                found[name] = shown.unresolved()
        return found

    def _report(self, path: str, reason: str) -> None:
        self.problems.append(Problem(path, reason))


def _body(instance: Instance) -> Json:
    sent = {key: each for key, each in instance.definition.items() if str(key).lower() not in _NOT_SENT}
    if instance.is_deployment and isinstance(properties := sent.get("properties"), dict):
        # A nested template is evaluated as a deployment of its own, its parameters as that asks for them.
        sent["properties"] = {key: each for key, each in properties.items() if str(key).lower() not in _EVALUATED_APART}
    body = evaluate_tree(sent, instance.frame, drop_null=True)
    return {**body, "type": instance.type, "name": instance.name} if isinstance(body, dict) else body


def _depends_on(instance: Instance) -> tuple[str | Unresolved, ...]:
    found = instance.get("dependsOn")
    if isinstance(found, list):
        return tuple(each for each in found if isinstance(each, str | Unresolved))
    return (found,) if isinstance(found, str | Unresolved) else ()


def evaluate_expression(
    text: str,
    scope: Scope | None = None,
    *,
    parameters: Mapping[str, Json] | None = None,
    variables: Mapping[str, Json] | None = None,
    lookup: Lookup = _NO_LOOKUP,
    budget: Budget = _BUDGET,
) -> Json:
    """The value of one expression, in brackets, as it would be in an output of a template."""
    values: dict[str, Json] = {name: {"value": value} for name, value in (parameters or {}).items()}
    template: dict[str, Json] = {
        "parameters": {name: {"type": "object"} for name in values},
        "variables": dict(variables or {}),
        "outputs": {"value": {"type": "object", "value": text}},
    }
    evaluation = evaluate(template, values, scope or Scope(), lookup, budget)
    return evaluation.outputs.get("value", Unresolved("not evaluated"))
