"""Errors of others quote what they stumbled over; what is logged of them, and handed to the host, holds no secret."""

import asyncio
import traceback
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from acimedic.crash import RedactedError, tellable
from acimedic.diagnosis import diagnose
from acimedic.lifecycle.history import Work
from acimedic.lifecycle.hosted import act
from acimedic.lifecycle.working import Refused, Working
from acimedic.settings import Settings
from acimedic.web.serving import Background
from tests import build
from tests.canary.birds import Cage
from tests.canary.drives import opened
from tests.canary.house import BEGAN, Served, everything_is_logged, serve


def broken(bird: str) -> Exception:
    """An error with a secret in it, in the one behind it and in its notes."""
    made = RuntimeError(f"401: Authorization: Bearer {bird}")
    made.__cause__ = ConnectionError(f"Cannot connect to https://u:{bird}@host/")
    made.add_note(f"password={bird}")
    return made


@pytest.fixture
def cage() -> Cage:
    return Cage()


def logged(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def test_an_error_without_secrets_stays_what_it_is() -> None:
    error = KeyError("image")
    assert tellable(error) is error


def test_an_error_is_told_without_its_secrets_and_those_behind_it(cage: Cage) -> None:
    error = broken(cage("error"))
    assert cage.within(logged(error)) == ["error"]
    told = tellable(error)
    assert cage.within(logged(told)) == []
    assert "RuntimeError: 401: Authorization: Bearer (removed), because of ConnectionError" in str(told)


def test_the_place_in_the_code_is_kept(cage: Cage) -> None:
    with pytest.raises(RuntimeError) as raised:
        raise broken(cage("error"))
    assert "in test_the_place_in_the_code_is_kept" in logged(tellable(raised.value))


def test_a_group_of_errors_is_told_without_their_secrets(cage: Cage) -> None:
    group = ExceptionGroup("two", [ValueError("plain"), broken(cage("error"))])
    assert isinstance(tellable(group), RedactedError)
    assert cage.within(logged(tellable(group))) == []


@pytest.mark.parametrize("depth", [1, 8, 40])
def test_however_many_errors_stand_before_it_a_secret_is_found(cage: Cage, depth: int) -> None:
    error: Exception = broken(cage("error"))
    for number in range(depth):
        outer = ValueError(number)
        outer.__cause__ = error
        error = outer
    assert cage.within(logged(error)) == ["error"]
    assert cage.within(logged(tellable(error))) == []
    many = ExceptionGroup("many", [*map(ValueError, range(depth)), broken(cage("error"))])
    assert cage.within(logged(tellable(many))) == []


def test_a_note_below_an_error_is_looked_at(cage: Cage) -> None:
    error = ValueError("plain")
    error.add_note(f"password={cage('note')}")
    assert cage.within(logged(error)) == ["note"]
    assert cage.within(logged(tellable(error))) == []


def test_errors_in_a_circle_come_to_an_end() -> None:
    first, second = ValueError("password=one"), ValueError("two")
    first.__context__, second.__context__ = second, first
    assert "password=(removed)" in str(tellable(first))


def test_a_check_that_crashes_is_logged_without_secrets(cage: Cage) -> None:
    def crash(_evidence: object) -> Any:
        raise broken(cage("check"))

    check = SimpleNamespace(__name__="checks.x.crashing", __doc__="", DOCS="", ABOUT="group", check=crash)
    with everything_is_logged() as lines:
        diagnose(build.HEALTHY, [check])
    assert "check crashing crashed" in "\n".join(lines)
    assert "Traceback" in "\n".join(lines)
    assert cage.within("\n".join(lines)) == []


def test_an_address_that_breaks_is_answered_and_logged_without_secrets(tmp_path: Path) -> None:
    house = opened(tmp_path)

    async def fails(_event: Mapping[str, object]) -> None:
        raise broken(house.cage("handler"))

    async def work(served: Served) -> None:
        served.site = replace(served.site, take_in=fails)
        event = [house.azure.world["event"]]
        answered = await served.ask("POST", "/api/events", event, aeg_event_type="Notification")
        assert answered.status == 500

    with house.azure:
        serve(house, work)
        assert "POST /api/events broke" in house.out["log of the app"]
        assert "Traceback" in house.out["log of the app"]
        assert house.cage.found(house.collect()) == []


def test_stories_that_do_not_go_on_are_logged_without_secrets(cage: Cage) -> None:
    background: Background

    async def fails() -> None:
        background.end()
        raise broken(cage("stories"))

    async def run() -> None:
        nonlocal background
        background = Background(fails, lambda: None, lambda: BEGAN)
        await background.run()

    with everything_is_logged() as lines:
        asyncio.run(run())
    assert "the stories do not go on" in "\n".join(lines)
    assert cage.within("\n".join(lines)) == []


def test_an_activity_that_fails_is_kept_without_secrets(cage: Cage) -> None:
    async def fails(_message: Any) -> object:
        raise broken(cage("activity"))

    async def run() -> str:
        async with Working({"fails": fails}, 1) as working:
            working.hand_out([Work(instance="i", begun="", task=0, name="fails", input="{}")])
            await working.wait(10)
            (came,) = working.take()
        assert isinstance(came, Refused)
        return came.told

    told = asyncio.run(run())
    assert "RuntimeError: 401" in told
    assert cage.within(told) == []


def test_an_activity_hands_the_host_no_secret(cage: Cage, tmp_path: Path) -> None:
    """The store's file has a secret for a name: the error of opening it repeats that."""
    settings = Settings(store=str(tmp_path / f"password={cage('file')}" / "acimedic.db"), mode="observe")
    with pytest.raises(RedactedError) as raised:
        asyncio.run(act("diagnose", {"incident": "x"}, settings))
    assert "StoreSettingError" in str(raised.value)
    assert cage.within(logged(raised.value)) == []
