"""The description of the API, held against the addresses that there are and the answers that they give."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from acimedic.approver import Reader
from acimedic.incident import from_event
from acimedic.lifecycle.intake import receive
from acimedic.lifecycle.local import Local
from acimedic.lifecycle.opening import open_tools
from acimedic.settings import Settings
from acimedic.simulator import Simulator
from acimedic.web.answers import Answer
from acimedic.web.asked import Asked
from acimedic.web.described import OPERATIONS
from acimedic.web.handlers import diagnose as on_request
from acimedic.web.openapi import document
from acimedic.web.site import ROUTES, Doors, Site, answer, find
from tests.scenarios.running import NAMES, load, run
from tests.web.desk import FORM, INCIDENT, JSON, OTHER, Desk, desk

API: Mapping[str, Any] = document([(route.path, route.methods) for route in ROUTES])
HERE = Doors(looks=lambda _: Reader(may_decide=True), decides=lambda _: None, asks=lambda _: None)


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    whole = {"$id": "urn:api", **API, **schema}  # a reference begins at the document
    return Draft202012Validator(whole, format_checker=FormatChecker())


def faults(answered: Answer, method: str, path: str) -> Iterator[str]:
    """What is wrong with an answer, by the document."""
    found = find(path)
    operation: Mapping[str, Any] = {"responses": {"404": _ref("404")}}
    if found is not None:
        operation = API["paths"][found[0].path][method.lower()]
    described = operation["responses"].get(str(answered.status))
    if described is None:
        yield f"{answered.status} is not described"
        return
    if "$ref" in described:
        described = API["components"]["responses"][described["$ref"].rpartition("/")[2]]
    kind = answered.headers.get("Content-Type", "").partition(";")[0]
    if not answered.body or "content" not in described:
        return
    if kind not in described["content"]:
        yield f"{kind} is not described"
    elif "json" in kind:
        yield from (
            error.message
            for error in validator(described["content"][kind]["schema"]).iter_errors(json.loads(answered.body))
        )


def _ref(name: str) -> Mapping[str, str]:
    return {"$ref": f"#/components/responses/{name}"}


def ask(sitting: Desk, method: str, path: str, **more: Any) -> Any:
    site = Site(tools=sitting.tools, take_in=_taken, waker=sitting.woken, came=lambda: None)
    path, _, query = path.partition("?")
    told = dict(each.split("=", 1) for each in query.split("&")) if query else {}
    return answer(Asked(method=method, origin="http://127.0.0.1", path=path, query=told, **more), site, HERE)


async def _taken(event: Mapping[str, object]) -> None:
    """An event that nobody minds."""


def answered(folder: Path, method: str, path: str, **more: Any) -> Answer:
    async def whole() -> Answer:
        async with desk(folder) as sitting:
            given: Answer = await ask(sitting, method, path.replace("TOKEN", sitting.token()), **more)
            return given

    return asyncio.run(whole())


# --- the document


def test_every_operation_is_described_and_none_besides() -> None:
    there = {(method, route.path) for route in ROUTES for method in route.methods if method != "HEAD"}
    assert there == set(OPERATIONS)


def test_every_address_that_is_read_takes_head_too() -> None:
    assert all("HEAD" in route.methods for route in ROUTES if "GET" in route.methods)


def test_every_reference_leads_somewhere() -> None:
    def references(value: object) -> Iterator[str]:
        if isinstance(value, Mapping):
            yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
            for each in value.values():
                yield from references(each)
        elif isinstance(value, list):
            for each in value:
                yield from references(each)

    for reference in set(references(API)):
        _, kind, place, name = reference.split("/")
        assert name in API[kind][place]


def test_every_schema_is_one() -> None:
    for schema in API["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_document_is_served(tmp_path: Path) -> None:
    served = answered(tmp_path, "GET", "/api/openapi.json")
    assert json.loads(served.body) == json.loads(json.dumps(API))


# --- the answers

LOOKS = [
    "/api/openapi.json",
    "/api/incidents",
    "/api/incidents?state=awaiting-decision&limit=1",
    "/api/incidents?limit=0",
    "/api/incidents?since=never",
    f"/api/incidents/{INCIDENT}",
    f"/api/incidents/{OTHER}",
    f"/api/incidents/{INCIDENT}/audit",
    f"/api/incidents/{OTHER}/audit",
    f"/api/incidents/{INCIDENT}/bundle",
    f"/api/incidents/{INCIDENT}/decision",
    f"/api/incidents/{INCIDENT}/decision?token=TOKEN",
    f"/api/incidents/{OTHER}/decision?token=TOKEN",
    "/api/checks",
    "/api/checks/image-not-found",
    "/api/checks/no-such-check",
    "/nowhere",
]


@pytest.mark.parametrize("path", LOOKS)
@pytest.mark.parametrize("accept", ["application/json", "text/html", "*/*"])
def test_what_is_looked_at_is_as_described(tmp_path: Path, path: str, accept: str) -> None:
    given = answered(tmp_path, "GET", path, headers={"Accept": accept})
    assert list(faults(given, "GET", path.partition("?")[0])) == []


@pytest.mark.parametrize("word", ["approve", "reject", "perhaps"])
@pytest.mark.parametrize("accept", [{}, JSON])
def test_a_decision_is_as_described(tmp_path: Path, word: str, accept: dict[str, str]) -> None:
    path = f"/api/incidents/{INCIDENT}/decision"

    async def whole() -> Answer:
        async with desk(tmp_path) as sitting:
            token = sitting.token("reject" if word == "reject" else "approve")
            body = urlencode({"decision": word, "token": token}).encode()
            given: Answer = await ask(sitting, "POST", path, body=body, headers=FORM | accept)
            return given

    given = asyncio.run(whole())
    assert given.status == (400 if word == "perhaps" else 200)
    assert list(faults(given, "POST", path)) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"[]"),
        ("application/json", b"{"),
        ("text/plain", b"{}"),
        (
            "application/json",
            b'{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"1"}}',
        ),
        ("application/json", b" " * 1_100_000),
    ],
)
def test_an_event_is_answered_as_described(tmp_path: Path, kind: str, body: bytes) -> None:
    given = answered(tmp_path, "POST", "/api/events", headers={"Content-Type": kind}, body=body)
    assert list(faults(given, "POST", "/api/events")) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b""),
        ("application/json", b"{"),
        ("application/xml", b"<a/>"),
        ("application/json", b" " * 2_100_000),
        ("application/json", b'{"resourceId": "x"}'),
    ],
)
def test_a_question_that_is_not_understood_is_answered_as_described(tmp_path: Path, kind: str, body: bytes) -> None:
    given = answered(tmp_path, "POST", "/api/diagnose", headers={"Content-Type": kind}, body=body)
    assert given.status in {400, 413, 415}
    assert list(faults(given, "POST", "/api/diagnose")) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_report_is_as_described(name: str) -> None:
    schema = {"$ref": "#/components/schemas/Report"}
    assert [error.message for error in validator(schema).iter_errors(run(name).report)] == []


def test_a_report_that_comes_over_http_is_as_described() -> None:
    with _azure("role-missing") as there:
        body = json.dumps({"event": load("role-missing")["event"]}).encode()
        given = asyncio.run(on_request("application/json", body, there))
    assert given.status == 200
    assert list(faults(given, "POST", "/api/diagnose")) == []


def test_a_report_without_what_it_must_have_is_not_as_described() -> None:
    broken = {name: value for name, value in run("role-missing").report.items() if name != "findings"}
    assert list(validator({"$ref": "#/components/schemas/Report"}).iter_errors(broken))


@contextmanager
def _azure(name: str) -> Iterator[Settings]:
    with Simulator(load(name)) as azure:
        yield Settings(gateway=azure.url, time_limit=300.0)


@pytest.mark.parametrize("tail", ["", "/audit", "/bundle"])
def test_an_incident_that_was_diagnosed_is_as_described(tmp_path: Path, tail: str) -> None:
    async def whole(there: Settings) -> tuple[Answer, str]:
        async with open_tools(there) as tools:
            with Local(tools, ":memory:") as local:
                (incident,) = await receive(from_event(load("role-missing")["event"]), tools, local)
                await local.advance()
            site = Site(tools=tools, take_in=None, waker=local, came=lambda: None)
            path = f"/api/incidents/{incident}{tail}"
            return await answer(Asked(method="GET", origin="http://127.0.0.1", path=path), site, HERE), path

    with _azure("role-missing") as there:
        given, path = asyncio.run(whole(replace(there, store=str(tmp_path / "medic.db"))))
    assert given.status == 200
    assert list(faults(given, "GET", path)) == []
