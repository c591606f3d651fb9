"""What must not be shown is not in any value that can be printed."""

import dataclasses
import json
from typing import Any

import pytest

from acimedic.model.reading import Gap

from . import bodies as of
from .asking import ask_of
from .questions import BY_NAME
from .recordings import Body, of_type, require_payloads
from .replay import Answer, route
from .test_recorded_bodies import read_each

GROUP = BY_NAME["group"]


def everything(value: object) -> str:
    """All that a value holds, shown or not."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return " ".join(everything(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, tuple | list):
        return " ".join(everything(each) for each in value)
    if isinstance(value, dict):
        return " ".join(f"{key} {everything(inner)}" for key, inner in value.items())
    return f"{value!r}"


def read_group(body: of.Json) -> Any:
    return ask_of(GROUP.ask, route("GET", GROUP.pattern, Answer(body=body)))


@pytest.mark.parametrize("secret", of.SECRETS)
def test_a_secret_of_a_group_is_not_in_what_was_read(secret: str) -> None:
    assert secret in json.dumps(of.group_body())
    definition = read_group(of.group_body())
    assert not isinstance(definition, Gap)
    assert secret not in everything(definition)
    assert secret not in f"{definition!r} {definition}"


@pytest.mark.parametrize("secret", of.SECRETS)
def test_a_secret_is_not_in_the_gap_of_an_answer_that_was_not_understood(secret: str) -> None:
    whole = json.dumps(of.group_body()).encode()
    for body in (whole[:-1], b"<html>" + whole + b"</html>", b"[" + whole + b"]"):
        gap = ask_of(GROUP.ask, route("GET", GROUP.pattern, Answer(body=body)))
        assert isinstance(gap, Gap)
        assert secret not in everything(gap)


def test_no_value_of_a_recorded_groups_variables_commands_or_volumes_is_in_what_was_read() -> None:
    require_payloads()
    groups = of_type("Microsoft.ContainerInstance/containerGroups")
    seen = 0
    for raw, read in read_each(GROUP, groups):
        shown = everything(read)
        for secret in hidden(raw["properties"]):
            seen += 1
            assert secret not in shown, secret
    assert seen >= 50


def hidden(properties: Body) -> set[str]:
    """What a recorded group holds that nobody should see, as far as it is not a word of something else."""
    found: list[str] = []
    for key in ("containers", "initContainers"):
        for container in properties.get(key) or []:
            inner = container["properties"]
            for variable in inner.get("environmentVariables") or []:
                found += [str(variable.get("value") or ""), str(variable.get("secureValue") or "")]
            found += [" ".join(inner.get("command") or [])]
    for volume in properties.get("volumes") or []:
        found += [str(value) for value in (volume.get("azureFile") or {}).values()]
        found += [str(value) for value in (volume.get("secret") or {}).values()]
        found += [str(value) for value in (volume.get("gitRepo") or {}).values()]
    found += [str(value) for value in ((properties.get("diagnostics") or {}).get("logAnalytics") or {}).values()]
    return {text for text in found if len(text) >= 6}


def test_parameters_and_errors_of_a_deployment_are_not_printed() -> None:
    question = BY_NAME["deployment"]
    body = of.changed(of.deployment_body(), "properties/parameters", {"key": {"value": "hush-parameter"}})
    body = of.changed(body, "properties/error", {"code": "X", "message": "hush-error"})
    deployment = ask_of(question.ask, route("GET", question.pattern, Answer(body=body)))
    assert deployment.error == {"code": "X", "message": "hush-error"}
    assert "hush" not in f"{deployment!r} {deployment}"


def test_a_status_message_is_not_printed() -> None:
    question = BY_NAME["operations"]
    body = of.changed(of.operation_body(), "properties/statusMessage", {"error": {"message": "hush-message"}})
    operations = ask_of(question.ask, route("GET", question.pattern, Answer(body={"value": [body]})))
    assert "hush" in everything(operations)
    assert "hush" not in f"{operations!r} {operations}"


def test_a_template_is_not_printed() -> None:
    question = BY_NAME["template"]
    body = {"template": {"parameters": {"key": {"defaultValue": "hush-default"}}}}
    template = ask_of(question.ask, route("POST", question.pattern, Answer(body=body)))
    assert "hush" in everything(template)
    assert "hush" not in f"{template!r} {template}"


def test_nothing_of_the_caller_is_kept_of_the_activity_log() -> None:
    question = BY_NAME["activity"]
    entries = ask_of(question.ask, route("GET", question.pattern, Answer(body={"value": [of.activity_body()]})))
    kept = everything(entries)
    assert "containerGroups/write" in kept
    for private in ("person@example.com", "203.0.113.9", "A Person"):
        assert private in json.dumps(of.activity_body())
        assert private not in kept
