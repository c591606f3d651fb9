"""What is lent for a time: from when the time counts, and that taking it back is not given up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.lifecycle.lab import BEGAN, FOUND, Lab, World, failing

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LENT = FOUND | {"grant": 86_400}
KEPT = {"state": "kept", "said": "a lock is in the way"}
UNDONE = {"state": "undone", "said": "the assignment was deleted"}


def lent(**answers: Any) -> Lab:
    """A story that lends for a day, told to its end."""
    lab = Lab(World(**({"diagnose": LENT} | answers)))
    assert lab.begin("auto")
    lab.finish()
    return lab


def marks(lab: Lab) -> list[dict[str, Any]]:
    return lab.world.said("record")


def unable(*states: str) -> Callable[[Any, int], None]:
    """A store in which none of these states can be recorded."""

    def record(message: Any, _: int) -> None:
        if message["state"] in states:
            raise OSError("the store is away")

    return record


def test_a_taking_back_that_fails_is_tried_until_it_is_done() -> None:
    lab = lent(undo=failing(13, UNDONE))
    assert lab.output()["state"] == "undone"
    assert lab.world.asked["undo"] == 14


def test_between_its_tries_the_incident_is_open_and_says_when_the_next_one_comes() -> None:
    found = marks(lent(undo=failing(8, UNDONE)))
    failed = [mark for mark in found if mark["state"] == "failed"]
    assert [(mark["closed"], mark["step"]) for mark in failed] == [(False, "undo")]
    assert datetime.fromisoformat(failed[0]["due"]) > datetime.fromisoformat(failed[0]["at"])
    assert [mark["state"] for mark in found if mark["closed"]] == ["undone"]


@pytest.fixture(scope="module")
def in_vain() -> Lab:
    """A story whose tries were all in vain."""
    return lent(undo=KEPT)


def test_the_tries_come_less_and_less_often(in_vain: Lab) -> None:
    *found, _last = [mark for mark in marks(in_vain) if mark["state"] == "kept"]
    waits = [datetime.fromisoformat(mark["due"]) - datetime.fromisoformat(mark["at"]) for mark in found]
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert (waits[-1], len(waits), in_vain.world.asked["undo"]) == (DAY, 22, 22)


def test_where_all_tries_are_in_vain_the_incident_stays_open_and_overdue(in_vain: Lab) -> None:
    last = marks(in_vain)[-1]
    assert (last["state"], last["closed"], last["due"]) == ("kept", False, in_vain.now.isoformat())
    assert "'acimedic undo' takes it back" in last["said"]
    assert in_vain.world.told[-2:] == ["kept", "kept"]
    assert in_vain.now - BEGAN > 13 * DAY


def test_that_it_fails_is_told_once_and_not_with_each_try() -> None:
    told = lent(undo=failing(13, UNDONE)).world.told
    assert told == ["diagnosed", "applied", "in-effect", "failed", "undone"]


def test_what_is_kept_for_now_is_taken_back_by_a_later_try() -> None:
    lab = lent(undo=lambda _, before: KEPT if before < 3 else UNDONE)
    assert lab.world.told[-2:] == ["kept", "undone"]
    assert lab.output()["state"] == "undone"


def test_while_the_turn_is_somebody_elses_it_is_waited_for() -> None:
    away = {"granted": False, "said": "another incident is changing registry 'contoso'"}
    lab = lent(take_turn=lambda message, before: away if message["back"] and before < 4 else {"granted": True})
    assert (lab.output()["state"], lab.world.asked["undo"]) == ("undone", 1)
    assert lab.world.told[-1] == "undone"
    assert "waiting-for-turn" in lab.world.states


def test_a_store_in_which_no_end_can_be_recorded_keeps_nothing_from_being_taken_back() -> None:
    lab = lent(record=unable("applied", "failed"))
    assert lab.output()["state"] == "undone"
    assert lab.world.asked["undo"] == 1


def test_what_was_taken_back_and_could_not_be_recorded_is_recorded_by_a_later_try() -> None:
    def record(message: Any, _: int) -> None:
        if message["state"] == "undone" and datetime.fromisoformat(message["at"]) < BEGAN + DAY + timedelta(minutes=3):
            raise OSError("the store is away")

    lab = lent(record=record)
    assert [mark["state"] for mark in marks(lab) if mark["closed"]] == ["undone"]
    assert lab.world.asked["undo"] == 2


def test_the_time_counts_from_the_change_and_not_from_the_decision() -> None:
    quiet = {"granted": False, "said": "quiet hours", "wait": 3600}
    lab = Lab(World(diagnose=FOUND | {"grant": 3600}))
    lab.world.answers["take_turn"] = lambda message, before: quiet if before < 8 else {"granted": True}
    lab.begin("auto")
    lab.finish()
    applied = next(mark for mark in marks(lab) if mark["state"] == "applied")
    assert datetime.fromisoformat(applied["at"]) == BEGAN + 8 * HOUR
    assert lab.now == BEGAN + 9 * HOUR


def proof(at: datetime) -> dict[str, Any]:
    return {"state": "in-effect", "said": "the role is there", "changed_at": at.isoformat()}


def late(lab: Lab, span: timedelta) -> Callable[[Any, int], Any]:
    """A change that takes so long: its process was away between the receipt and the answer."""

    def apply(_message: Any, before: int) -> Any:
        if before == 0:
            lab.now += span
            raise OSError("the process was away")
        return {"state": "applied", "said": "AcrPull was assigned"}

    return apply


@pytest.mark.parametrize(
    ("receipt", "due"),
    [
        (10 * timedelta(minutes=1), BEGAN + DAY + timedelta(minutes=10)),
        (-DAY, BEGAN + DAY),
        (400 * DAY, BEGAN + DAY + 5 * HOUR),
    ],
    ids=["as-the-receipt-says", "not-before-it-was-begun", "not-after-it-was-known"],
)
def test_the_time_counts_from_the_last_receipt_as_far_as_that_can_be_true(receipt: timedelta, due: datetime) -> None:
    lab = Lab(World(diagnose=LENT, verify=proof(BEGAN + receipt)))
    lab.world.answers["apply"] = late(lab, 5 * HOUR)
    lab.begin("auto")
    lab.finish()
    pause = timedelta(seconds=30)  # after which the change was tried again
    assert due <= lab.now <= due + pause


def test_a_moment_that_nobody_understands_is_passed_over() -> None:
    lab = lent(verify={"state": "in-effect", "said": "…", "changed_at": "yesterday"})
    assert lab.now == BEGAN + DAY


def test_a_part_that_was_made_is_taken_back_as_well() -> None:
    lab = lent(apply={"state": "incomplete", "said": "the first of two"})
    assert (lab.world.asked["undo"], lab.output()["state"], lab.now) == (1, "undone", BEGAN + DAY)


def test_what_somebody_has_taken_back_meanwhile_is_closed_at_once() -> None:
    lab = lent(verify={"state": "undone", "said": "What was changed has been taken back."})
    assert (lab.world.asked["undo"], lab.output()["state"], lab.now) == (0, "undone", BEGAN)
