"""The local engine: several orchestrations, one runner, nothing twice, bounded, deleted for good."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle import engine as engine_module
from acimedic.lifecycle.engine import Engine
from acimedic.lifecycle.history import BusyError, History
from acimedic.lifecycle.replay import Kind, ReplayError, context_json, event, replay, take
from acimedic.lifecycle.story import story
from tests.lifecycle.lab import BEGAN, INCIDENT, Lab, World

OTHER = "7b4a1f0e-0000-5d43-9c39-6f0a4f0f3c11"


def test_it_begins_once() -> None:
    lab = Lab(World())
    assert [lab.begin() for _ in range(3)] == [True, False, False]
    lab.advance()
    assert lab.world.asked["diagnose"] == 1


def test_a_beginning_in_a_finished_orchestration_is_none() -> None:
    lab = Lab(World())
    lab.begin("observe")
    lab.finish()
    assert not lab.begin("observe")


def test_nothing_happens_before_its_time() -> None:
    lab = Lab(World())
    lab.begin("auto")
    lab.go(timedelta(seconds=29))
    assert lab.world.asked["verify"] == 1
    assert lab.engine.next_due() == BEGAN + timedelta(seconds=30)
    calls = len(lab.world.calls)
    lab.advance()
    assert len(lab.world.calls) == calls


def test_orchestrations_do_not_meet() -> None:
    lab = Lab(World(decision=lambda message, before: {"word": "approve"} if message["nonce"] else {"word": "none"}))
    lab.begin()
    lab.begin(instance=OTHER)
    lab.go(timedelta(minutes=1))
    lab.decide(instance=OTHER)
    lab.go(timedelta(minutes=1))
    assert [message["incident"] for message in lab.world.said("apply")] == [OTHER]
    assert [one.instance for one in lab.engine.statuses()] == sorted([INCIDENT, OTHER])


def test_an_event_for_nobody_is_refused() -> None:
    lab = Lab(World())
    assert not lab.decide()
    lab.begin()
    with pytest.raises(ValueError, match="at most"):
        lab.decide("x" * 5000)


def test_a_cancelled_timer_does_not_keep_it_awake() -> None:
    lab = Lab(World(decision=lambda message, before: {"word": "reject"} if message["nonce"] else {"word": "none"}))
    lab.begin()
    lab.go(timedelta(minutes=1))
    lab.decide()
    lab.advance()
    assert lab.output()["state"] == "rejected"
    assert lab.engine.next_due() is None


def test_one_process_runs_a_file_and_all_may_speak_to_it(tmp_path: Path) -> None:
    path = tmp_path / "lifecycle.db"
    runner, other = Lab(World(), path), Lab(World(), path)
    runner.begin()
    runner.advance()
    with pytest.raises(BusyError, match=r"lifecycle\.db"):
        other.advance()
    assert other.decide()
    assert other.status().status == "Running"
    runner.history.close()
    other.advance()
    assert other.world.asked["decision"] == 1
    other.history.close()


def test_two_callers_at_once_do_nothing_twice() -> None:
    lab = Lab(World())
    lab.begin("auto")

    async def both() -> None:
        await asyncio.gather(lab.engine.advance(lab.now), lab.engine.advance(lab.now))

    asyncio.run(both())
    assert lab.world.asked["apply"] == 1


def test_purging_leaves_nothing_of_what_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "lifecycle.db"
    lab = Lab(World(), path)
    lab.begin("observe")
    lab.finish()
    lab.begin(instance=OTHER)
    lab.go(timedelta(days=1))
    assert lab.engine.purge(BEGAN) == 0
    assert INCIDENT.encode() in path.read_bytes()
    assert lab.engine.purge(lab.now) == 1
    assert lab.engine.status(INCIDENT) is None
    assert lab.status(OTHER).status == "Running"
    lab.history.close()
    assert INCIDENT.encode() not in path.read_bytes()


def test_a_history_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "LONGEST_HISTORY", 20)
    lab = Lab(World())
    lab.begin("auto")
    lab.finish()
    assert (lab.status().status, lab.status().error) == ("Failed", "its history has more than 20 events")
    assert lab.engine.next_due() is None


def test_the_longest_story_is_far_from_the_bound() -> None:
    lab = Lab(World())
    lab.begin()
    for _ in range(30):
        lab.go(timedelta(hours=1))
        lab.decide("forged")
    lab.finish()
    assert len(lab.history.events(INCIDENT)) * 10 < engine_module.LONGEST_HISTORY


def test_replaying_a_finished_history_gives_the_same_actions() -> None:
    lab = Lab(World())
    lab.begin("auto")
    lab.finish()
    events = lab.history.events(INCIDENT)
    given = json.dumps(lab.status().input)
    turns = [replay(story, context_json(INCIDENT, given, events)) for _ in range(2)]
    assert turns[0] == turns[1]
    assert turns[0].output == lab.status().output
    scheduled = [item["Name"] for item in events if item["EventType"] == Kind.TASK_SCHEDULED]
    assert [action["functionName"] for action in activities(turns[0].actions)] == scheduled
    assert take(turns[0].actions, events, lab.now).new == []


def test_each_beginning_of_a_history_gives_a_beginning_of_the_actions() -> None:
    lab = Lab(World())
    lab.begin("auto")
    lab.finish()
    events = lab.history.events(INCIDENT)
    given = json.dumps(lab.status().input)
    whole = activities(replay(story, context_json(INCIDENT, given, events)).actions)
    ends = [n for n, item in enumerate(events) if item["EventType"] == Kind.ORCHESTRATOR_COMPLETED]
    for end in ends[:-1]:
        part = activities(replay(story, context_json(INCIDENT, given, events[:end])).actions)
        assert part == whole[: len(part)]


def test_an_orchestrator_that_has_become_another_is_found_out() -> None:
    lab = Lab(World())
    lab.begin()
    lab.go(timedelta(hours=1))

    def other(context: Any) -> Any:
        yield context.create_timer(context.current_utc_datetime)

    changed = Lab(World(), history=lab.history)
    changed.engine = Engine(lab.history, other, changed.world.activities)
    changed.now = lab.now
    changed.decide()
    changed.advance()
    assert changed.status().status == "Failed"
    assert "task 0 was another one" in str(changed.status().error)


@pytest.mark.parametrize(
    "actions",
    [
        [{"actionType": 7}],
        [{"actionType": 12, "compoundActions": [{"actionType": 1}, {"actionType": 1}]}],
    ],
    ids=["an entity", "retries side by side"],
)
def test_what_the_engine_does_not_know_it_refuses(actions: list[dict[str, Any]]) -> None:
    with pytest.raises(ReplayError):
        take(actions, [], BEGAN)


def test_what_the_orchestrator_did_not_ask_for_is_found_out() -> None:
    with pytest.raises(ReplayError, match="did not ask for"):
        take([], [event(Kind.TIMER_CREATED, BEGAN, number=0)], BEGAN)


def test_an_activity_that_is_not_there_fails() -> None:
    lab = Lab(World())
    lab.engine = Engine(History(":memory:"), story, {})
    lab.begin()
    lab.finish()
    assert lab.status().status == "Failed"
    assert "KeyError" in str(lab.status().error)


def activities(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The activities among these actions, in order."""
    found: list[dict[str, Any]] = []
    for action in actions:
        found += activities(action["compoundActions"]) if "compoundActions" in action else []
        found += [action] if "functionName" in action else []
    return found
