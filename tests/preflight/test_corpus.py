"""The templates of others: nothing in them is called a proven fault, and none makes the examination fail."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from acimedic.model.report import Report
from acimedic.preflight.offline import examine
from acimedic.preflight.report import report_of
from acimedic.preflight.request import Request
from acimedic.preflight.source import Source
from acimedic.template import Scope

_TEMPLATES = Path(__file__).parents[2].parent / "shared" / "payloads" / "d-templates"
_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_SCOPE = Scope(subscription_id="00000000-0000-0000-0000-000000000001", resource_group="rg", now=_NOW)


def _files() -> list[Any]:
    found = sorted(_TEMPLATES.rglob("*.json"))
    return [pytest.param(each, id=str(each.relative_to(_TEMPLATES))) for each in found if _is_template(each)]


def _is_template(path: Path) -> bool:
    if path.parent == _TEMPLATES or path.parent.name == "oracle-deployments" or "param" in path.name:
        return False
    try:
        return "resources" in Source(path.name, path.read_bytes()).value
    except ValueError:
        return False


def _examined(path: Path, **given: Any) -> Report:
    source = Source(path.name, path.read_bytes())
    beside = path.with_name(path.name.replace(".json", ".parameters.json"))
    parameters = json.loads(beside.read_text("utf-8")) if beside.exists() else {}
    inner = {**parameters.get("parameters", {}), **given}
    request = Request(name=path.name, template=source.value, parameters=inner, scope=_SCOPE)
    return report_of(examine(request, now=_NOW), source, gateway=False)


@pytest.mark.parametrize("path", _files())
def test_nothing_in_a_template_that_works_is_a_proven_fault(path: Path) -> None:
    proven = [each for each in _examined(path).fails if each.confidence == "confirmed"]
    assert proven == []


@pytest.mark.parametrize("path", _files())
def test_whatever_is_blamed_is_written_somewhere(path: Path) -> None:
    assert all(each.place is not None and each.place.path for each in _examined(path).fails)


def test_names_to_be_filled_in_are_no_proof() -> None:
    found = _examined(_TEMPLATES / "in-the-wild" / "uid2-operator" / "operator.json").fails
    assert {(each.check, each.confidence) for each in found} == {("image-reference-malformed", "likely")}


def test_a_group_of_each_template_of_the_index_is_examined() -> None:
    entries = json.loads((_TEMPLATES / "CONTAINERGROUPS-INDEX.json").read_text("utf-8"))
    files = sorted({entry["file"] for entry in entries if (_TEMPLATES / entry["file"]).exists()})
    given = {"deployContainer": {"value": True}}
    assert [file for file in files if not _examined(_TEMPLATES / file, **given).definitions] == []
