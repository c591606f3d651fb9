"""Every container group of the corpus is found, with its images; what stays open is named."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from acimedic.template import Json, Resource, Scope, Unresolved, evaluate, parse, unresolved_leaves

_OPEN = re.compile(
    r"parameter '\w+' has no value|secure parameter '\w+'|listKeys\(\): |properties of \S+ were not read from Azure"
    r"|the properties of the deployment were not read from Azure"
)
_GIVEN: dict[str, Json] = {"deployContainer": {"value": True}, "imageTag": {"value": "v1"}}


def _recovered(file: Path, scope: Scope) -> list[Resource]:
    beside = file.with_name(file.name.replace(".json", ".parameters.json"))
    parameters = parse(beside.read_bytes()) if beside.exists() else {}
    template = parse(file.read_bytes())
    assert isinstance(template, dict) and isinstance(parameters, dict)
    given = parameters.get("parameters", {})
    evaluation = evaluate(template, {**_GIVEN, **(given if isinstance(given, dict) else {})}, scope)
    return [each for each in evaluation.resources if _is_group(each)]


def _is_group(resource: Resource) -> bool:
    return str(resource.type).lower() == "microsoft.containerinstance/containergroups" and not resource.existing


def _present(group_file: tuple[Path, list[Any]]) -> tuple[Path, list[Any]]:
    if not group_file[0].exists():
        pytest.skip(f"{group_file[0].name} is listed in the index, but its file is missing")
    return group_file


def test_every_group_of_a_template_is_found(group_file: tuple[Path, list[Any]], scope: Scope) -> None:
    file, entries = _present(group_file)
    assert len({each.path for each in _recovered(file, scope)}) == len(entries)


def test_what_stays_open_is_what_azure_alone_knows(group_file: tuple[Path, list[Any]], scope: Scope) -> None:
    file, _ = _present(group_file)
    for group in _recovered(file, scope):
        reasons = [reason for _, reason in unresolved_leaves(group.body)]
        assert all(_OPEN.fullmatch(each) or _OPEN.match(each) for each in reasons), reasons


def test_nothing_that_is_resolved_is_still_an_expression(group_file: tuple[Path, list[Any]], scope: Scope) -> None:
    file, _ = _present(group_file)
    for group in _recovered(file, scope):
        assert not [text for text in _texts(group.body) if re.search(r"\[\w+\(.*\)\]\Z", text)]


def test_images_are_known_unless_they_name_a_registry_that_was_not_read(
    group_file: tuple[Path, list[Any]], scope: Scope
) -> None:
    file, _ = _present(group_file)
    for group in _recovered(file, scope):
        assert isinstance(group.body, dict)
        for path, reason in unresolved_leaves(group.body):
            if path.endswith((".image", ".containers")):
                assert "Microsoft.ContainerRegistry/registries" in reason or "has no value" in reason


class Registry:
    """A lookup that knows the login server of every registry."""

    def reference(self, resource_id: str, api_version: str | None, full: bool) -> Json:
        kind, name = resource_id.split("/")[-2:]
        return {"loginServer": f"{name}.azurecr.io"} if kind == "registries" else Unresolved(f"no {resource_id}")


def test_an_image_of_a_registry_in_the_template_is_known_once_the_registry_is_read(
    templates: Path, scope: Scope
) -> None:
    file = templates / "in-the-wild" / "80idralt-azure-v40" / "azuredeploy.json"
    template = parse(file.read_bytes())
    assert isinstance(template, dict)
    evaluation = evaluate(template, {**_GIVEN}, scope, Registry())
    (group,) = (each for each in evaluation.resources if _is_group(each))
    text = json.dumps(group.body, default=str)
    assert re.search(r'"image": "acrnovatrix\w+\.azurecr\.io/novatrix-web:v1"', text)
    assert re.search(r'"server": "acrnovatrix\w+\.azurecr\.io"', text)
    (role,) = (
        each
        for each in evaluation.resources
        if "/registries/" in str(each.id) and str(each.type).endswith("roleAssignments")
    )
    assert str(role.id).endswith(f"/{role.name}")


def _texts(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [text for key, each in value.items() for text in [key, *_texts(each)]]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []
