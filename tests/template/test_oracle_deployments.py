"""Recorded deployments: what Azure made of a template is what the evaluator says it would."""

import re
from typing import Any

from acimedic.template import Evaluation, Resource, Scope, evaluate, unresolved_leaves

# Recordings in which the subscription, or a name hashed from it, was replaced after the fact.
_SUBSCRIPTION = re.compile(r"/subscriptions/[^/]+", re.IGNORECASE)
_HASHED_FROM_REPLACED = re.compile(r"(?<=/storageaccounts/store)[a-z2-7]{13}")
_REPLACED = "00000000-0000-0000-0000-000000000000"


def _scope_of(uri: str, request: dict[str, Any]) -> Scope:
    def find(pattern: str) -> str | None:
        found = re.search(pattern, uri, re.IGNORECASE)
        return found[1] if found else None

    return Scope(
        subscription_id=find("/subscriptions/([^/]+)"),
        resource_group=find("/resourcegroups/([^/]+)"),
        management_group=find("/managementGroups/([^/]+)"),
        deployment_name=find("/deployments/([^/?]+)"),
        location=request.get("location"),
    )


def _is_made(resource: Resource) -> bool:
    return not resource.existing and str(resource.type).lower() != "microsoft.resources/deployments"


def _comparable(resource_id: str, recording: dict[str, Any]) -> str:
    text = resource_id.lower()
    if _REPLACED in str(recording["final"]):
        text = _SUBSCRIPTION.sub("/subscriptions/x", text)
        text = _HASHED_FROM_REPLACED.sub("x", text) if "what_if" in recording["put_uri"] else text
    return text


def _evaluated(recording: dict[str, Any], parameters: dict[str, Any]) -> Evaluation:
    request = recording["request"]
    return evaluate(request["properties"]["template"], parameters, _scope_of(recording["put_uri"], request))


def test_a_deployment_asks_for_exactly_the_resources_that_azure_made(recording: dict[str, Any]) -> None:
    evaluation = _evaluated(recording, recording["request"]["properties"].get("parameters") or {})
    asked = {_comparable(str(each.id), recording) for each in evaluation.resources if _is_made(each)}
    made = {_comparable(each["id"], recording) for each in recording["final"]["properties"]["outputResources"]}
    assert asked == made


def test_the_parameters_that_azure_returns_lead_to_the_same_resources(recording: dict[str, Any]) -> None:
    sent = _evaluated(recording, recording["request"]["properties"].get("parameters") or {})
    returned = _evaluated(recording, recording["final"]["properties"].get("parameters") or {})
    assert [each.id for each in returned.resources] == [each.id for each in sent.resources]


def test_outputs_that_are_known_offline_are_those_that_azure_returned(recording: dict[str, Any]) -> None:
    properties = recording["final"]["properties"]
    evaluation = _evaluated(recording, properties.get("parameters") or {})
    real = {name.lower(): each.get("value") for name, each in (properties.get("outputs") or {}).items()}
    for name, value in evaluation.outputs.items():
        if not unresolved_leaves(value) and real.get(name.lower()) is not None:
            assert _masked(value, recording) == _masked(real[name.lower()], recording), name


def _masked(value: Any, recording: dict[str, Any]) -> Any:
    return _comparable(value, recording) if isinstance(value, str) and value.startswith("/") else value


def test_an_output_stays_open_only_for_what_azure_alone_knows(recording: dict[str, Any]) -> None:
    evaluation = _evaluated(recording, recording["final"]["properties"].get("parameters") or {})
    reasons = {reason for value in evaluation.outputs.values() for _, reason in unresolved_leaves(value)}
    assert all("not read" in each for each in reasons), reasons


def test_defaults_of_parameters_are_those_that_azure_filled_in(recording: dict[str, Any]) -> None:
    request = recording["request"]["properties"]
    declared = list(request["template"].get("parameters", {}))
    template = {**request["template"], "resources": [], "outputs": {}}
    template["outputs"] = {name: {"type": "object", "value": f"[parameters('{name}')]"} for name in declared}
    scope = _scope_of(recording["put_uri"], recording["request"])
    evaluation = evaluate(template, request.get("parameters") or {}, scope)
    values = {name.lower(): value for name, value in evaluation.outputs.items()}
    for name, filled in (recording["final"]["properties"].get("parameters") or {}).items():
        value = values[name.lower()]
        if "value" in filled and not unresolved_leaves(value):
            assert value == filled["value"], name


def test_what_if_shows_the_bodies_that_are_evaluated(what_if: dict[str, Any]) -> None:
    request = what_if["request"]
    evaluation = evaluate(
        request["properties"]["template"],
        request["properties"].get("parameters") or {},
        _scope_of(what_if["whatif_uri"], {"location": "westus", **request}),
    )
    bodies = [each.body for each in evaluation.resources if _is_made(each)]
    changes = what_if["response"]["properties"]["changes"]
    shown = [each["after"] for each in changes if each["changeType"] != "Ignore"]
    assert len(bodies) == len(shown)
    for body, after in zip(sorted(bodies, key=_type), sorted(shown, key=_type), strict=True):
        assert isinstance(body, dict)
        for key in body.keys() & {"apiVersion", "kind", "location", "sku", "type"}:
            assert body[key] == after[key]
        for tag, value in after.get("tags", {}).items():
            if not value.startswith("[") or value.startswith("[]"):  # masked, or of the clock
                assert body["tags"][tag] == value  # type: ignore[index, call-overload]


def _type(body: Any) -> str:
    return str(body["type"])
