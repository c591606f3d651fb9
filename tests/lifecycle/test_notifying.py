"""Settings -> notifier: which routes there are, what is wrong with them, and that no secret shows."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.notifying import Closed, OfRoute, default_routes, open_notifier, read_routes
from acimedic.model.news import News
from acimedic.notify.routes import InvalidRoutes, Route, Routes
from acimedic.policy import Consent
from acimedic.settings import Settings, SettingsError, read_settings
from tests.notify.square import Ear, Square, square

WEBHOOK = "https://prod-1.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=s3cret"
DOCUMENT = {"version": 1, "routes": [{"name": "ops", "teams": "ACIMEDIC_TEAMS_OPS"}], "default": ["ops"]}


async def told(here: Square, settings: Settings, root: Path, **what: Any) -> tuple[str, ...]:
    """What is refused of one piece of news."""
    notifier = open_notifier(settings, Consent(), here.store, here.clock, root=root, **what)
    return await notifier.tell(here.news(await here.failed()))


def refused(folder: Path, settings: Settings, **what: Any) -> tuple[str, ...]:
    async def story() -> tuple[str, ...]:
        async with square(folder) as here:
            return await told(here, settings, folder, **what)

    return asyncio.run(story())


def test_plain_settings_are_one_route_that_hears_all_and_decides() -> None:
    settings = read_settings(
        {"ACIMEDIC_TEAMS_WEBHOOK": WEBHOOK, "ACIMEDIC_MAIL_TO": "a@example.com, b@example.com,a@example.com"}
    )
    (route,) = default_routes(settings).routes
    mail = ("a@example.com", "b@example.com")
    assert route == Route(name="default", teams="ACIMEDIC_TEAMS_WEBHOOK", mail=mail, decides=True)


def test_without_any_setting_the_log_alone_hears(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "acimedic.notify"):
        assert refused(tmp_path, Settings()) == ()
    assert [json.loads(line)["line"] for line in caplog.messages] == ["state"]


def test_a_file_beside_the_package_holds_the_routes(tmp_path: Path) -> None:
    (tmp_path / "routes.json").write_text(json.dumps(DOCUMENT))
    found = read_routes(Settings(), tmp_path)
    assert isinstance(found, Routes)


def test_without_a_file_there_are_no_routes(tmp_path: Path) -> None:
    assert read_routes(Settings(), tmp_path) is None


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_file_that_a_setting_names_has_to_be_there(tmp_path: Path, name: str) -> None:
    assert isinstance(read_routes(Settings(routes=str(tmp_path / name)), tmp_path), InvalidRoutes)


def test_routes_that_are_wrong_are_logged_and_shown_and_the_default_route_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "routes.json").write_text('{"version": 1,\n "routes": 3, "default": ["x"]}')
    said = refused(tmp_path, Settings(mail_to=("a@example.com",)))
    assert said[0].startswith("the routes are not valid, and the default route is used: routes (line 2, column")
    assert said[1].startswith("default/mail: ACIMEDIC_MAIL_ENDPOINT and ACIMEDIC_MAIL_FROM are not both set")
    assert any(each.levelno == logging.ERROR and "routes-invalid" in each.message for each in caplog.records)


def test_a_webhook_whose_setting_is_missing_shows_on_the_incident(tmp_path: Path) -> None:
    (tmp_path / "routes.json").write_text(json.dumps(DOCUMENT))
    assert refused(tmp_path, Settings()) == ("ops/teams: the setting ACIMEDIC_TEAMS_OPS is not there, or empty",)


def test_a_webhook_that_is_none_is_not_repeated(tmp_path: Path) -> None:
    settings = Settings(webhooks=(("ACIMEDIC_TEAMS_WEBHOOK", "http://plain.example/?sig=s3cret"),))
    (said,) = refused(tmp_path, settings)
    assert said.startswith("default/teams: the setting ACIMEDIC_TEAMS_WEBHOOK: ")
    assert "s3cret" not in said


def test_who_is_given_is_told_in_place_of_the_routes(tmp_path: Path) -> None:
    (tmp_path / "routes.json").write_text(json.dumps(DOCUMENT))
    ear = Ear("card")
    assert refused(tmp_path, Settings(), sinks=(ear,)) == ()
    assert len(ear.news) == 1


def test_to_each_route_a_message_is_an_operation_of_its_own(tmp_path: Path) -> None:
    async def story() -> list[News]:
        async with square(tmp_path) as here:
            mail = Ear("mail", once=True)
            news = here.news(await here.failed())
            for route in ("a", "b"):
                await OfRoute(route, mail).send(news)
            return mail.news

    one, other = asyncio.run(story())
    assert one.operation != other.operation


def test_a_way_of_a_route_is_named_after_both() -> None:
    found = OfRoute("ops", Closed("mail", "why"))
    assert (found.name, found.once) == ("ops/mail", True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACIMEDIC_ROUTES", "https://evil.example/s3cret.json"),
        ("ACIMEDIC_MAIL_ENDPOINT", "http://x.communication.azure.com"),
        ("ACIMEDIC_MAIL_ENDPOINT", "endpoint=https://x/;accesskey=s3cret"),
        ("ACIMEDIC_EVENTS_TOPIC", "https://x.eventgrid.azure.net/api/events?key=s3cret"),
        ("ACIMEDIC_MAIL_FROM", "s3cret"),
        ("ACIMEDIC_MAIL_TO", "a@example.com, s3cret"),
        ("ACIMEDIC_MAIL_HOURLY", "0"),
        ("ACIMEDIC_TEAMS_OPS", "@Microsoft.KeyVault(SecretUri=https://s3cret)"),
    ],
)
def test_a_setting_that_is_wrong_is_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as raised:
        read_settings({name: value})
    assert "s3cret" not in str(raised.value)


def test_webhooks_are_those_of_settings_that_begin_so_and_no_text_shows_them() -> None:
    settings = read_settings({"ACIMEDIC_TEAMS_OPS": WEBHOOK, "ACIMEDIC_MAIL_TO": "petra@example.com", "OTHER": "x"})
    assert dict(settings.webhooks) == {"ACIMEDIC_TEAMS_OPS": WEBHOOK}
    assert "s3cret" not in repr(settings)
    assert "petra" not in repr(settings)


async def _refuse_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers whatever is asked with 404."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
    await reader.readexactly(int(length.partition(b":")[2]))
    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


def test_each_way_that_the_settings_name_is_tried_and_what_it_came_to_names_no_secret(tmp_path: Path) -> None:
    async def story() -> tuple[str, ...]:
        server = await asyncio.start_server(_refuse_all, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        settings = read_settings(
            {
                "ACIMEDIC_GATEWAY": f"http://127.0.0.1:{port}",
                "ACIMEDIC_TEAMS_WEBHOOK": WEBHOOK,
                "ACIMEDIC_MAIL_ENDPOINT": "https://medic.communication.azure.com",
                "ACIMEDIC_MAIL_FROM": "donotreply@example.com",
                "ACIMEDIC_MAIL_TO": "petra@example.com",
                "ACIMEDIC_EVENTS_TOPIC": "https://medic.westeurope-1.eventgrid.azure.net/api/events",
            }
        )
        async with server, square(tmp_path) as here:
            return await told(here, settings, tmp_path)

    said = asyncio.run(story())
    assert [each.partition(":")[0] for each in said] == ["topic", "default/teams", "default/mail"]
    assert "s3cret" not in str(said)
    assert "petra" not in str(said)
