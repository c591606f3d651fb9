"""One word for whoever asks; what is behind it for a key, or for whoever has signed in; nothing for anybody else."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest

from acimedic.approver import NotAuthorisedError, Reader
from acimedic.azure.session import Session
from acimedic.doctor.finding import Finding, worst
from acimedic.doctor.glance import glance
from acimedic.doctor.installed import NOWHERE
from acimedic.doctor.whole import whole
from acimedic.lifecycle.opening import open_tools
from acimedic.policy import Consent, InvalidPolicy
from acimedic.settings import Settings
from acimedic.simulator import Simulator
from acimedic.store.embedded import SqliteShelf
from acimedic.store.kept import KeptStore
from acimedic.store.port import EVERY_INCIDENT, IncidentFilter, IncidentPage
from acimedic.store.trouble import StoreUnavailableError
from acimedic.web import hosted
from acimedic.web.answers import Answer
from acimedic.web.asked import Asked
from acimedic.web.examining import examined
from acimedic.web.limits import TooManyError
from acimedic.web.site import Doors, Site, answer
from tests.doctor.tenants import COMPLETE, HOME, tenant
from tests.web.desk import SEALING, Desk, desk
from tests.web.test_function_app import fired
from tests.worker.extension import DurableEndpoint

OK, DEGRADED = {"status": "ok"}, {"status": "degraded"}
BROKEN = Consent(policy=InvalidPolicy(("line 3: a secret place",)))


def closed(_: Asked) -> Reader:
    raise NotAuthorisedError("nobody is signed in", nobody=True)


@pytest.fixture
def azure() -> Iterator[Simulator]:
    """A tenant in which the app has the rights of the shipped role, and no event subscription."""
    with Simulator(tenant(COMPLETE, subscribed=False)) as running:
        yield running


def over(azure: Simulator, folder: Path, **more: Any) -> Settings:
    return Settings(gateway=azure.url, store=str(folder / "a.db"), subscriptions=(HOME,), **more)


def asked(folder: Path, path: str, *, looks: Any = closed, method: str = "GET", **tools: Any) -> Answer:
    """What a site answers over a real store, to somebody who has not signed in unless `looks` lets them."""

    async def whole() -> Answer:
        async with desk(folder) as sitting:
            settings = replace(sitting.tools.settings, mode="observe")
            made = replace(sitting.tools, **({"settings": settings} | tools))
            made = replace(made, consent=tools.get("consent", Consent()))
            return await answer(Asked(method=method, origin="", path=path), site(sitting, made), doors(looks))

    return asyncio.run(whole())


def site(sitting: Desk, tools: Any) -> Site:
    return Site(tools=tools, take_in=None, waker=sitting.woken, came=lambda: None)


def doors(looks: Any) -> Doors:
    return Doors(looks=looks, decides=lambda _: None, asks=lambda _: None)


def test_whoever_asks_is_told_that_all_is_well(tmp_path: Path) -> None:
    told = asked(tmp_path, "/api/health")
    assert (told.status, json.loads(told.body)) == (200, OK)


def test_whoever_asks_is_told_that_it_is_not_and_nothing_else(tmp_path: Path) -> None:
    told = asked(tmp_path, "/api/health", consent=BROKEN)
    assert (told.status, json.loads(told.body)) == (503, DEGRADED)


@pytest.mark.parametrize("path", ["/api/health/details", "/api/doctor"])
def test_details_are_for_nobody_who_has_not_signed_in(path: str, tmp_path: Path) -> None:
    told = asked(tmp_path, path, consent=BROKEN)
    assert (told.status, b"secret place" in told.body) == (401, False)


def test_whoever_has_signed_in_is_told_what_is_wrong(tmp_path: Path) -> None:
    told = asked(tmp_path, "/api/health/details", looks=lambda _: Reader(may_decide=False), consent=BROKEN)
    wrong = [each["said"] for each in json.loads(told.body)["findings"] if each["verdict"] == "wrong"]
    assert (told.status, wrong) == (503, ["the policy is not followed: line 3: a secret place"])


def test_whoever_has_signed_in_is_told_of_azure_too(azure: Simulator, tmp_path: Path) -> None:
    settings = over(azure, tmp_path)
    told = asked(
        tmp_path,
        "/api/doctor",
        looks=lambda _: Reader(may_decide=False),
        settings=settings,
        azure=lambda: Session(settings),
    )
    words = {(each["about"], each["verdict"]) for each in json.loads(told.body)["findings"]}
    assert told.status == 503
    assert {("rights", "ok"), ("events", "wrong"), ("store", "ok"), ("settings", "ok")} <= words


def test_an_examination_that_takes_too_long_ends_with_what_shows_at_a_glance(tmp_path: Path) -> None:
    async def never(_: Settings) -> int:
        await asyncio.Event().wait()
        raise AssertionError("never")

    async def found(azure: Simulator) -> list[tuple[str, str]]:
        settings = over(azure, tmp_path)
        async with open_tools(settings) as tools:
            told = await whole(tools, NOWHERE, patience=0.5, letters=never)
        return [(each.about, each.word) for each in told]

    with Simulator(tenant(COMPLETE)) as running:
        told = asyncio.run(found(running))
    assert told == [("settings", "ok"), ("policy", "ok"), ("store", "ok"), ("the rest", "unknown")]


def test_while_one_examination_is_under_way_another_has_to_wait(azure: Simulator, tmp_path: Path) -> None:
    settings = over(azure, tmp_path)

    async def both() -> list[object]:
        async with open_tools(settings) as tools:
            return await asyncio.gather(examined(tools, NOWHERE), examined(tools, NOWHERE), return_exceptions=True)

    first, second = asyncio.run(both())
    assert isinstance(first, tuple)
    assert isinstance(second, TooManyError)


def test_azure_is_not_asked_again_within_a_minute(azure: Simulator, tmp_path: Path) -> None:
    settings = over(azure, tmp_path)

    async def told() -> tuple[Finding, ...]:
        async with open_tools(settings) as tools:
            return await examined(tools, NOWHERE)

    once = asyncio.run(told())
    before = len(azure.requests)
    assert (asyncio.run(told()), len(azure.requests)) == (once, before)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_health_is_only_read(method: str, tmp_path: Path) -> None:
    assert asked(tmp_path, "/api/health", method=method).status == 405


class Silent(KeptStore):
    """A store that never answers."""

    async def incidents(
        self, wanted: IncidentFilter = EVERY_INCIDENT, *, after: str | None = None, limit: int = 50
    ) -> IncidentPage:
        await asyncio.Event().wait()
        raise AssertionError("never")


class Away(KeptStore):
    """A store that is not to be reached."""

    async def incidents(
        self, wanted: IncidentFilter = EVERY_INCIDENT, *, after: str | None = None, limit: int = 50
    ) -> IncidentPage:
        raise StoreUnavailableError("the account is not to be reached")


@pytest.mark.parametrize(
    ("kind", "said"), [(Silent, "it does not answer within 0.01 seconds"), (Away, "the account is not to be reached")]
)
def test_a_store_that_does_not_answer_is_wrong(kind: type[KeptStore], said: str, tmp_path: Path) -> None:
    async def whole() -> list[str]:
        async with desk(tmp_path) as sitting, kind(SqliteShelf(tmp_path / "other.db"), SEALING) as store:
            found = await glance(replace(sitting.tools, store=store, consent=Consent()), patience=0.01)
            assert worst(found) == "wrong"
            return [each.said for each in found if each.word == "wrong"]

    assert [said in each for each in asyncio.run(whole())] == [True]


def request(path: str, method: str = "GET", **headers: str) -> func.HttpRequest:
    return func.HttpRequest(method, f"https://medic.example.test{path}", headers=headers, body=b"")


def served(path: str, settings: Settings, environment: dict[str, str] | None = None, **headers: str) -> Answer:
    return asyncio.run(hosted.serve(request(path, **headers), settings, environment or {}, None))  # type: ignore[arg-type]


def test_in_azure_a_probe_is_answered_without_a_sign_in(tmp_path: Path) -> None:
    told = served("/api/health", Settings(store=str(tmp_path / "a.db")))
    assert (told.status, json.loads(told.body)) == (200, OK)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(store="https://account.table.core.windows.net"),
        Settings(store="no store at all; really"),
        Settings(store="/nowhere/at/all.db"),
    ],
)
def test_in_azure_settings_that_the_app_refuses_are_degraded_in_one_word(settings: Settings) -> None:
    told = served("/api/health", settings)
    assert (told.status, json.loads(told.body)) == (503, DEGRADED)


def test_in_azure_no_header_opens_the_details_on_a_path_that_authentication_leaves_out(tmp_path: Path) -> None:
    settings = Settings(store=str(tmp_path / "a.db"))
    forged = {"x-ms-client-principal": "eyJjbGFpbXMiOiBbXX0="}
    told = served("/api/health/details", settings, {"WEBSITE_AUTH_ENABLED": "True"}, **forged)
    assert told.status == 503
    assert b"findings" not in told.body


def test_in_azure_whoever_has_signed_in_is_told_everything_elsewhere(azure: Simulator, tmp_path: Path) -> None:
    signed = {"x-ms-client-principal": "eyJjbGFpbXMiOiBbXX0="}
    told = served("/api/doctor", over(azure, tmp_path), {"WEBSITE_AUTH_ENABLED": "True"}, **signed)
    assert {"rights", "events"} <= {each["about"] for each in json.loads(told.body)["findings"]}


def test_whoever_has_the_key_is_told_everything_where_that_is_asked_for(azure: Simulator, tmp_path: Path) -> None:
    settings = over(azure, tmp_path)

    def told(**params: str) -> set[str]:
        sent = func.HttpRequest("GET", "https://m.example.test/api/health/details", params=params, body=b"")
        answered = asyncio.run(hosted.well(sent, settings, {}, None))
        return {each["about"] for each in json.loads(answered.body)["findings"]}

    assert {"rights", "events"} & told() == set()
    assert {"rights", "events"} <= told(whole="true")


def test_of_settings_that_nothing_can_be_opened_by_the_whole_is_what_shows_at_a_glance() -> None:
    sent = func.HttpRequest("GET", "https://m.example.test/api/health/details", params={"whole": "true"}, body=b"")
    answered = asyncio.run(hosted.well(sent, Settings(), {}, None))
    assert (answered.status, b"ACIMEDIC_STORE is not set" in answered.body) == (503, True)


def test_the_function_with_a_key_tells_each_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ACIMEDIC_STORE", str(tmp_path / "a.db"))
    monkeypatch.setenv("ACIMEDIC_MODE", "review")
    told = fired("on_health", req=request("/api/health/details"))
    wrong = [
        each["said"].split(" ")[0] for each in json.loads(told.get_body())["findings"] if each["verdict"] == "wrong"
    ]
    assert (told.status_code, wrong) == (503, ["ACIMEDIC_MODE", "ACIMEDIC_MODE"])


@pytest.mark.parametrize(
    ("path", "body"), [("/api/health", DEGRADED), ("/api/incidents", None), ("/api/health/details", None)]
)
def test_settings_that_cannot_be_read_are_one_word_for_a_probe(
    path: str, body: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLOUD", "Mars")
    with DurableEndpoint() as durable:
        told = fired("on_page", req=request(path), client=durable.binding)
    if body is None:
        assert (told.status_code, b"Mars" in told.get_body()) == (500, True)
    else:
        assert (told.status_code, json.loads(told.get_body())) == (503, body)


def test_a_store_that_is_damaged_is_degraded(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    assert served("/api/health", Settings(store=str(file), retention_days=31)).status == 200
    file.write_bytes(b"not a database any more" * 1000)
    for beside in ("a.db-wal", "a.db-shm"):
        (tmp_path / beside).unlink(missing_ok=True)
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(file).execute("SELECT * FROM line")
    assert served("/api/health", Settings(store=str(file), retention_days=32)).status == 503


def test_what_was_found_is_not_looked_for_again_within_some_seconds(tmp_path: Path) -> None:
    """Anybody may ask, and an answer costs requests to the store."""
    settings = Settings(store=str(tmp_path / "a.db"), retention_days=33)
    assert served("/api/health", settings).status == 200
    (tmp_path / "a.db").unlink()
    served("/api/health", settings)
    assert not (tmp_path / "a.db").exists()
