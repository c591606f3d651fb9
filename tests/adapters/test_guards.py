"""A reader cannot write, and nothing but what was asked for is ever sent."""

from typing import Any

import pytest
from azure.core.rest import HttpRequest

from acimedic.azure.policies import RefusedRequestError
from acimedic.azure.session import Session
from acimedic.azure.writer import AzureWriter
from acimedic.model.plan import BypassSwitch

from . import bodies as of
from .asking import ask, with_session
from .questions import QUESTIONS, Question
from .replay import Answer, Replay, error, route

ARM = "https://management.azure.com"
UNREGISTERED = error(
    409,
    "MissingSubscriptionRegistration",
    "The subscription is not registered to use namespace 'Microsoft.ContainerRegistry'. See https://aka.ms/rps-not-found",
)
WRITES = [
    ("PUT", of.GROUP_ID),
    ("PATCH", of.REGISTRY_ID),
    ("DELETE", of.GROUP_ID),
    ("POST", f"{of.REGISTRY_ID}/listCredentials"),
    ("POST", f"{of.GROUP_ID}/restart"),
    ("POST", f"{of.GROUP_ID}/start"),
    ("POST", f"{of.SCOPE}/providers/Microsoft.ContainerRegistry/register"),
    ("POST", f"{of.REGISTRY_ID}/importImage"),
    ("POST", f"{of.DEPLOYMENT_ID}/exportTemplate/listKeys"),
    ("POST", f"{of.REGISTRY_ID}/listCredentials?x=/exportTemplate"),
    ("POST", f"{of.REGISTRY_ID}/listCredentials#/exportTemplate"),
    ("POST", "/x/providers/Microsoft.ResourceGraph/resources"),
    ("POST", "/providers/Microsoft.ResourceGraph/resourcesHistory"),
    ("MERGE", of.GROUP_ID),
    ("OPTIONS", of.GROUP_ID),
]
READS = [
    ("GET", of.GROUP_ID),
    ("HEAD", of.GROUP_ID),
    ("POST", f"{of.DEPLOYMENT_ID}/exportTemplate"),
    ("POST", "/providers/Microsoft.ResourceGraph/resources"),
    ("POST", f"{of.SCOPE}/providers/Microsoft.ContainerRegistry/checkNameAvailability"),
]


def send(replay: Replay, method: str, url: str) -> Any:
    async def act(session: Session) -> Any:
        return await session.reading.run(HttpRequest(method, url))

    return with_session(replay, act)


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_reader_sends_nothing_that_could_change_something(method: str, path: str) -> None:
    with Replay() as replay:
        with pytest.raises(RefusedRequestError, match=f"does not send {method}"):
            send(replay, method, f"{ARM}{path}")
        assert replay.asked == []


@pytest.mark.parametrize(("method", "path"), READS)
def test_a_reader_sends_what_only_reads(method: str, path: str) -> None:
    with Replay(route(method, ".*", Answer(body={}))) as replay:
        send(replay, method, f"{ARM}{path}?api-version=1")
        assert [asked.method for asked in replay.asked] == [method]


@pytest.mark.parametrize(
    "url",
    [
        f"https://elsewhere.example{of.GROUP_ID}",
        f"https://management.azure.com.elsewhere.example{of.GROUP_ID}",
        f"https://management.azure.com@elsewhere.example{of.GROUP_ID}",
        f"https://management.azure.com:8443{of.GROUP_ID}",
        f"http://management.azure.com{of.GROUP_ID}",
        f"https://contoso.azurecr.io{of.GROUP_ID}",
    ],
)
def test_the_token_goes_to_resource_manager_alone(url: str) -> None:
    with Replay(route("GET", ".*", Answer(body={}))) as replay:
        with pytest.raises(RefusedRequestError, match="another host"):
            send(replay, "GET", url)
        assert replay.asked == []


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_reader_registers_no_resource_provider(question: Question) -> None:
    """azure-mgmt-core's own pipeline would answer this 409 with a register request."""
    with Replay(route(question.method, question.pattern, UNREGISTERED)) as replay:
        gap = ask(replay, question.ask)
        assert gap.reason == "409 MissingSubscriptionRegistration"
        assert [asked.method for asked in replay.asked] == [question.method]


def test_a_writer_registers_no_resource_provider() -> None:
    with Replay(route("PATCH", ".*", UNREGISTERED)) as replay:

        async def act(session: Session) -> str:
            change = BypassSwitch(registry_id=of.REGISTRY_ID, before="None", after="AzureServices")
            try:
                return await AzureWriter(session).switch(change)
            except Exception as refusal:  # noqa: BLE001 - the text is what is tested
                return f"{type(refusal).__name__}: {refusal}"

        assert with_session(replay, act) == "RefusedError: 409 MissingSubscriptionRegistration"
        assert [asked.method for asked in replay.asked] == ["PATCH"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_reading_sends_no_more_than_one_request_when_all_is_well(question: Question) -> None:
    with Replay(route(question.method, question.pattern, Answer(body=question.body))) as replay:
        ask(replay, question.ask)
        assert [asked.method for asked in replay.asked] == [question.method]


def test_the_answers_are_counted_by_their_status() -> None:
    busy = error(429, "TooManyRequests")
    question = QUESTIONS[0]
    with Replay(route("GET", question.pattern, busy, busy, Answer(body=question.body))) as replay:

        async def act(session: Session) -> dict[int, int]:
            from acimedic.azure.reader import AzureReader

            await question.ask(AzureReader(session))
            return session.tally.statuses

        assert with_session(replay, act) == {429: 2, 200: 1}
