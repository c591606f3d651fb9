"""What `POST /api/diagnose` answers, run by the worker library."""

import json
from pathlib import Path
from typing import Any

import pytest

from acimedic.simulator import Simulator, load_world
from tests.worker.harness import Outcome, Worker

GROUP = load_world("role-missing")["event"]["data"]["resourceUri"]


def told(outcome: Outcome) -> str:
    """The detail of a problem, once the rest of it has been held against RFC 9457."""
    assert outcome.ok, outcome.stack
    assert outcome.headers["Content-Type"] == "application/problem+json"
    assert set(outcome.json) == {"type", "title", "status", "detail"}
    assert outcome.json["type"] == "about:blank"
    assert outcome.json["status"] == outcome.status
    assert "Traceback" not in outcome.written
    return str(outcome.json["detail"])


def test_a_container_group_is_diagnosed(worker: Worker) -> None:
    outcome = worker.post({"resourceId": GROUP})
    assert outcome.status == 200
    assert outcome.headers["Content-Type"] == "application/json"
    assert outcome.headers["Cache-Control"] == "no-store"
    assert (outcome.json["version"], outcome.json["gateway"]) == (1, True)
    assert outcome.json["incident"]["container_group"] == GROUP
    assert outcome.json["root_cause"] == "pull-role-missing"


def test_an_event_gives_the_report_of_its_incident(worker: Worker, event: dict[str, Any]) -> None:
    outcome = worker.post({"event": event})
    assert outcome.status == 200
    assert outcome.json["incident"]["id"] == "46193ca8-1449-5e3c-ba4e-da87f7702a24"
    assert outcome.json["root_cause"] == "pull-role-missing"
    assert [line["line"] for line in outcome.lines] == ["incident"]


def test_an_error_that_is_given_is_used(worker: Worker) -> None:
    error = {
        "code": "ContainerGroupQuotaReached",
        "message": "Resource type container group quota 'StandardCores' exceeded",
    }
    outcome = worker.post({"resource_id": GROUP, "error": {"error": error}})
    assert outcome.json["incident"]["error"]["source"] == "argument"
    assert (outcome.json["outcome"], outcome.json["kind"]) == ("not-a-pull-failure", "quota")


def test_a_template_that_is_given_is_used(worker: Worker) -> None:
    template = {
        "resources": [
            {
                "type": "Microsoft.ContainerInstance/containerGroups",
                "apiVersion": "2023-05-01",
                "name": GROUP.rpartition("/")[2],
                "properties": {
                    "containers": [{"name": "web", "properties": {"image": "[parameters('image')]"}}],
                },
            }
        ],
        "parameters": {"image": {"type": "string"}},
    }
    image = "contoso.azurecr.io/app/given:1"
    outcome = worker.post({"resourceId": GROUP, "template": template, "parameters": {"image": {"value": image}}})
    assert image in outcome.json["incident"]["images"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"not json", "not JSON"),
        (b"\xff\xfe\xfa", "not JSON"),
        (b"[" * 100_000, "nested"),
        (b"[]", "not a JSON object"),
        (b"{}", "either 'resourceId' or 'event'"),
        (json.dumps({"resourceId": "/subscriptions/x"}).encode(), "names a provider"),
        (
            json.dumps({"resourceId": GROUP.replace("containerGroups", "groups")}).encode(),
            "give the id of a container group",
        ),
        (b'{"event": {"id": "1"}}', "no event of Event Grid"),
        (b'{"event": [{}, {}]}', "2 events"),
    ],
    ids=["empty", "text", "bytes", "deep", "array", "nothing", "no id", "wrong type", "no event", "two events"],
)
def test_what_is_no_question_is_a_bad_request(worker: Worker, body: bytes, said: str) -> None:
    outcome = worker.post(body)
    assert outcome.status == 400
    assert said in told(outcome)


def test_a_body_of_10_mb_is_too_large(worker: Worker) -> None:
    outcome = worker.post(b'{"error": "' + b"x" * 10_000_000 + b'"}')
    assert outcome.status == 413
    assert "at most 2097152" in told(outcome)


def test_a_form_is_refused(worker: Worker) -> None:
    outcome = worker.post(b"resourceId=x", content_type="application/x-www-form-urlencoded")
    assert outcome.status == 415
    assert "application/json" in told(outcome)


def test_a_content_type_may_be_left_out(worker: Worker) -> None:
    body = json.dumps({"resourceId": GROUP}).encode()
    assert worker.post(body, content_type=None).status == 200


def test_nobody_answering_is_a_bad_gateway(cut_off: Worker) -> None:
    outcome = cut_off.post({"resourceId": GROUP})
    assert outcome.status == 502
    assert "reachable" in told(outcome)


def test_a_refused_sign_in_is_service_unavailable(folder: Path) -> None:
    world = load_world("role-missing") | {"faults": [{"status": 401}]}
    with Simulator(world) as azure, Worker(folder, {"ACIMEDIC_GATEWAY": azure.url}) as worker:
        outcome = worker.post({"resourceId": GROUP})
    assert outcome.status == 503
    assert "sign-in" in told(outcome)


def test_wrong_settings_are_an_error_of_ours_that_says_so(folder: Path) -> None:
    with Worker(folder, {"AZURE_CLOUD": "Mars"}) as worker:
        outcome = worker.post({"resourceId": GROUP})
    assert outcome.status == 500
    assert "AZURE_CLOUD is 'Mars'" in told(outcome)
