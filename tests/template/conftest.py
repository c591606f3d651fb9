"""Real templates and deployments to test against, kept beside the project and read where they are."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from acimedic.template import Evaluation, Json, Scope, evaluate

TEMPLATES = Path(__file__).parents[2].parent / "shared" / "payloads" / "d-templates"


def _vectors() -> Iterator[Any]:
    for each in json.loads((TEMPLATES / "ORACLE-VECTORS.json").read_text("utf-8")):
        yield pytest.param(each, id=each["expression"][:70])


def _recordings(pattern: Callable[[str], bool]) -> Iterator[Any]:
    for path in sorted((TEMPLATES / "oracle-deployments").glob("*.json")):
        if pattern(path.name):
            yield pytest.param(json.loads(path.read_text("utf-8")), id=path.stem)


def _groups() -> Iterator[Any]:
    files: dict[str, list[Any]] = {}
    for each in json.loads((TEMPLATES / "CONTAINERGROUPS-INDEX.json").read_text("utf-8")):
        files.setdefault(each["file"], []).append(each)
    for file, entries in files.items():
        yield pytest.param((TEMPLATES / file, entries), id=file)


def _templates() -> Iterator[Any]:
    for path in sorted(TEMPLATES.rglob("*.json")):
        if path.parent != TEMPLATES and path.parent.name != "oracle-deployments" and "param" not in path.name:
            yield pytest.param(path, id=str(path.relative_to(TEMPLATES)))


_CORPORA: dict[str, Callable[[], Iterator[Any]]] = {
    "vector": _vectors,
    "recording": lambda: _recordings(lambda name: not name.startswith("whatif")),
    "what_if": lambda: _recordings(lambda name: name.startswith("whatif")),
    "group_file": _groups,
    "template_file": _templates,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each payload, where they are at hand."""
    for name in _CORPORA.keys() & set(metafunc.fixturenames):
        metafunc.parametrize(name, list(_CORPORA[name]()) if TEMPLATES.is_dir() else [None])


@pytest.fixture(autouse=True)
def _payloads_at_hand(request: pytest.FixtureRequest) -> None:
    if {*_CORPORA, "templates"} & set(request.fixturenames) and not TEMPLATES.is_dir():
        if os.environ.get("ACIMEDIC_REQUIRE"):
            pytest.fail(f"the payloads are required, but {TEMPLATES} does not exist")
        pytest.skip("the payloads are not beside the project")


@pytest.fixture(name="templates")
def _templates_folder() -> Path:
    return TEMPLATES


@pytest.fixture(name="scope")
def _scope() -> Scope:
    return Scope(
        subscription_id="11111111-1111-1111-1111-111111111111",
        resource_group="rg",
        tenant_id="22222222-2222-2222-2222-222222222222",
        location="westeurope",
        deployment_name="main",
    )


@pytest.fixture(name="run")
def _run(scope: Scope) -> Callable[..., Evaluation]:
    """Evaluate a template of the given sections in a resource group."""

    def run(given: dict[str, Json] | None = None, /, **sections: Json) -> Evaluation:
        return evaluate(sections, given or {}, scope)

    return run
