"""The stand-in for the network: everything goes there, unchanged, and only where it may."""

from typing import Any

import pytest
from azure.core.rest import HttpRequest

from acimedic.azure.session import Session, StandInCredential
from acimedic.model.reading import Gap
from acimedic.settings import SettingsError, read_settings

from . import bodies as of
from .asking import ask, with_session
from .questions import BY_NAME, QUESTIONS
from .replay import Answer, Replay, route

ARM = "https://management.azure.com"
TARGETS = [
    "/subscriptions?api-version=2022-12-01",
    "/a%20b/%28c%29/it%27s?x=%27y%27",
    "/it's/(c)?x='y'&z=(1)",
    "/a%2Fb/%2e%2e/c?next=https%3A%2F%2Fx%3Fy%3D1",
    "/x?$filter=eventTimestamp%20ge%20'2026-03-01T09:00:00Z'",
    "/x?%24filter=assignedTo%28%27p%27%29&%24skiptoken=3VLbbsIwDP0W8s%2f%2b%3d",
    "/x?a=1+2&b=%2B&c=%C3%A9&d=%c3%a9",
    "/x?a=b;c&empty=&flag",
    "/%7Etilde/~tilde?q=%7E~",
    "/double%2520escaped?q=%2525",
    "//two//slashes/?q=//",
    "/a/./b/../c",
    "/",
]


def send(replay: Replay, method: str, url: str) -> Any:
    async def act(session: Session) -> Any:
        return await session.reading.run(HttpRequest(method, url))

    return with_session(replay, act)


@pytest.mark.parametrize("target", TARGETS)
def test_path_and_query_arrive_as_they_were(target: str) -> None:
    with Replay(route("GET", ".*", Answer(body={}))) as replay:
        send(replay, "GET", f"{ARM}{target}")
        assert [asked.target for asked in replay.asked] == [target]


@pytest.mark.parametrize(
    ("asked", "sent"),
    [("/a b?c=d e", "/a%20b?c=d%20e"), ("/é", "/%C3%A9"), ("/x HTTP/1.1\r\nHost: y", "/x%20HTTP/1.1Host:%20y")],
)
def test_what_cannot_stand_in_a_request_line_is_escaped(asked: str, sent: str) -> None:
    with Replay(route("GET", ".*", Answer(body={}))) as replay:
        send(replay, "GET", f"{ARM}{asked}")
        assert [asked.target for asked in replay.asked] == [sent]


def test_the_host_that_was_asked_for_is_in_the_host_header() -> None:
    with Replay(route("GET", ".*", Answer(body={}))) as replay:
        send(replay, "GET", f"{ARM}/x")
        assert replay.hosts == {"management.azure.com"}


def test_the_policies_above_never_see_the_gateway() -> None:
    with Replay(route("GET", ".*", Answer(body={}))) as replay:
        answer = send(replay, "GET", f"{ARM}/x?y=1")
        assert answer.http_request.url == f"{ARM}/x?y=1"
        assert replay.url not in str(answer.http_response.request.url)


def test_every_reading_goes_to_the_gateway_with_the_token_of_nobody() -> None:
    for question in QUESTIONS:
        with Replay(route(question.method, question.pattern, Answer(body=question.body))) as replay:
            ask(replay, question.ask)
            assert [asked.headers["authorization"] for asked in replay.asked] == ["Bearer stand-in"]
            assert replay.hosts == {"management.azure.com"}
            assert replay.unanswered == []


def test_another_cloud_is_asked_by_its_own_name() -> None:
    question = BY_NAME["registry"]
    with Replay(route("GET", question.pattern, Answer(body=question.body))) as replay:

        async def act() -> object:
            settings = read_settings({"ACIMEDIC_GATEWAY": replay.url, "AZURE_CLOUD": "AzureUSGovernment"})
            async with Session(settings) as session:
                from acimedic.azure.reader import AzureReader

                return await question.ask(AzureReader(session))

        import asyncio

        assert not isinstance(asyncio.run(act()), Gap)
        assert replay.hosts == {"management.usgovcloudapi.net"}


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_not_asked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    question = BY_NAME["registry"]
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with Replay(route("GET", ".*", Answer(status=500))) as proxy:
        monkeypatch.setenv(name, proxy.url)
        with Replay(route("GET", question.pattern, Answer(body=question.body))) as replay:
            assert not isinstance(ask(replay, question.ask), Gap)
        assert proxy.asked == []


def test_a_session_with_a_gateway_signs_in_nowhere() -> None:
    with Replay() as replay:

        async def act(session: Session) -> Any:
            return session.credential

        assert isinstance(with_session(replay, act), StandInCredential)
        assert replay.asked == []


@pytest.mark.parametrize(
    "gateway",
    [
        "http://192.0.2.1:8080",
        "http://management.azure.com:80",
        "http://127.0.0.1.example.com:80",
        "http://0.0.0.0:8080",
        "http://127.0.0.1",
        "https://127.0.0.1:8080",
        "http://127.0.0.1:8080/path",
        "http://127.0.0.1:8080?x=1",
        "http://127.0.0.1:8080#x",
        "http://127.0.0.1:8080@example.com:80",
        "http://user:word@127.0.0.1:8080",
        "http://127.0.0.1:port",
        "127.0.0.1:8080",
        "http://[::1",
    ],
)
def test_a_gateway_that_is_not_on_this_machine_is_refused(gateway: str) -> None:
    with pytest.raises(SettingsError, match="ACIMEDIC_GATEWAY is refused"):
        read_settings({"ACIMEDIC_GATEWAY": gateway})


@pytest.mark.parametrize("gateway", ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:8080/"])
def test_a_gateway_on_this_machine_is_taken(gateway: str) -> None:
    assert read_settings({"ACIMEDIC_GATEWAY": gateway}).gateway == gateway.rstrip("/")


def test_a_gateway_is_refused_in_the_cloud() -> None:
    cloud = {"WEBSITE_SITE_NAME": "func-acimedic", "IDENTITY_ENDPOINT": "http://127.0.0.1:41000/msi/token"}
    gateway = {"ACIMEDIC_GATEWAY": "http://127.0.0.1:8080"}
    with pytest.raises(SettingsError, match="in the cloud"):
        read_settings(cloud | gateway)
    for name in cloud:
        assert read_settings(gateway | {name: cloud[name]}).gateway == "http://127.0.0.1:8080"
    assert read_settings(cloud).gateway is None


def test_the_filter_of_role_assignments_is_the_documented_one() -> None:
    question = BY_NAME["assignments"]
    with Replay(route("GET", question.pattern, Answer(body=question.body))) as replay:
        ask(replay, question.ask)
        assert f"$filter=assignedTo('{of.PRINCIPAL}')" in replay.asked[0].target.replace("%27", "'").replace(
            "%28", "("
        ).replace("%29", ")")
