"""The handlers, over a make-believe Azure and without any host."""

import asyncio
import json
import logging
from copy import deepcopy
from http import HTTPStatus
from typing import Any

import pytest

from acimedic.azure.session import Session
from acimedic.model.reading import Gap
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from acimedic.web import handlers
from acimedic.web.answers import problem, report
from acimedic.web.asking import NoAnswerError, ensure_answered

WORLD = load_world("role-missing")
EVENT: dict[str, Any] = WORLD["event"]
ASKED = json.dumps({"event": EVENT}).encode()
NOWHERE = Settings(gateway="http://127.0.0.1:9", time_limit=1.0)


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.getMessage()) for record in caplog.records if record.name == "acimedic.web"]


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="acimedic.web")


def test_a_request_is_answered_with_plain_values() -> None:
    with Simulator(WORLD) as azure:
        answer = asyncio.run(handlers.diagnose("application/json", ASKED, Settings(gateway=azure.url)))
    assert answer.status == 200
    assert json.loads(answer.body)["root_cause"] == "pull-role-missing"


def test_a_request_ends_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    with Simulator(WORLD) as azure:
        asyncio.run(handlers.diagnose("application/json", ASKED, Settings(gateway=azure.url)))
    (line,) = lines(caplog)
    assert (line["outcome"], line["root_cause"]) == ("cause-found", "pull-role-missing")


def test_the_line_counts_what_could_not_be_read(caplog: pytest.LogCaptureFixture) -> None:
    world = deepcopy(WORLD) | {"faults": [{"path": "/roleAssignments", "status": 403}]}
    with Simulator(world) as azure:
        asyncio.run(handlers.diagnose("application/json", ASKED, Settings(gateway=azure.url)))
    assert lines(caplog)[0]["gaps"] > 0


def test_a_request_that_nobody_understands_is_a_problem() -> None:
    answer = asyncio.run(handlers.diagnose("application/json", b"{}", NOWHERE))
    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")


def test_a_request_for_which_nobody_answers_is_a_bad_gateway(caplog: pytest.LogCaptureFixture) -> None:
    answer = asyncio.run(handlers.diagnose("application/json", ASKED, NOWHERE))
    assert answer.status == HTTPStatus.BAD_GATEWAY
    assert [line["line"] for line in lines(caplog)] == ["no-azure"]


def test_a_sign_in_that_failed_is_told_from_no_answer() -> None:
    async def status_for(reason: str) -> int:
        async with Session(NOWHERE) as session:
            with pytest.raises(NoAnswerError) as raised:
                ensure_answered(session, (Gap(reading="container group", reason=reason),))
        return raised.value.status

    assert asyncio.run(status_for("sign-in failed: no credential")) == HTTPStatus.SERVICE_UNAVAILABLE
    assert asyncio.run(status_for("Azure could not be reached: refused")) == HTTPStatus.BAD_GATEWAY


def test_half_a_surrogate_pair_from_azure_can_be_sent() -> None:
    answer = report(json.dumps({"name": "\ud800"}, ensure_ascii=False))
    assert json.loads(answer.body) == {"name": "\ud800"}


def test_a_problem_is_one_of_rfc_9457() -> None:
    assert json.loads(problem(HTTPStatus.BAD_GATEWAY, "why").body) == {
        "type": "about:blank",
        "title": "Bad Gateway",
        "status": 502,
        "detail": "why",
    }


def test_settings_that_are_wrong_are_named() -> None:
    answer = handlers.misconfigured("AZURE_CLOUD is 'Mars'")
    assert answer.status == 500
    assert "AZURE_CLOUD is 'Mars'" in json.loads(answer.body)["detail"]
