"""A world of fake activities, and an engine over it whose clock the test moves."""

import asyncio
import importlib.util
import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.engine import Engine
from acimedic.lifecycle.history import History, Status
from acimedic.lifecycle.messages import VERSION, Begin, to_json
from acimedic.lifecycle.story import ACTIVITIES, DECIDED, story

BEGAN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
INCIDENT = "46193ca8-1449-5e3c-ba4e-da87f7702a24"
PLAN = "sha256:plan"
FOUND = {
    "error_known": True,
    "said": "AcrPull is missing",
    "mode": "auto",
    "plan": PLAN,
    "decide_within": 3 * 86_400,
    "propagation": 600,
    "grant": None,
}
ANSWERS: dict[str, Any] = {
    "diagnose": FOUND,
    "record": None,
    "notify": None,
    "decision": {"word": "none"},
    "expire": {"word": "expire", "said": "nobody decided in time"},
    "take_turn": {"granted": True},
    "end_turn": {"granted": False},
    "apply": {"state": "applied", "said": "AcrPull was assigned"},
    "verify": {"state": "in-effect", "said": "the role is there"},
    "undo": {"state": "undone", "said": "the assignment was deleted"},
}


class World:
    """Answers for each activity: a value, or a function of the message and of how often it was asked before."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = ANSWERS | answers
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.asked: Counter[str] = Counter()

    def answer(self, name: str, message: Any) -> Any:
        before = self.asked[name]
        self.asked[name] += 1
        self.calls.append((name, message))
        found = self.answers[name]
        return found(message, before) if callable(found) else found

    def activity(self, name: str) -> Callable[[Any], Any]:
        async def act(message: Any) -> Any:
            return self.answer(name, message)

        return act

    @property
    def activities(self) -> dict[str, Callable[[Any], Any]]:
        return {name: self.activity(name) for name in ACTIVITIES}

    def said(self, name: str) -> list[dict[str, Any]]:
        return [message for called, message in self.calls if called == name]

    @property
    def states(self) -> list[str]:
        """The states that were recorded, each once in a row."""
        marks = [mark["state"] for mark in self.said("record")]
        return [state for n, state in enumerate(marks) if n == 0 or marks[n - 1] != state]

    @property
    def told(self) -> list[str]:
        return [message["state"] for message in self.said("notify")]


class Lab:
    """An engine over a world. Its clock goes where the test says, timer by timer."""

    def __init__(self, world: World, path: str | Path = ":memory:", history: History | None = None) -> None:
        self.world = world
        self.history = history or History(path)
        self.engine = Engine(self.history, story, world.activities)
        self.now = BEGAN

    def begin(self, mode: str = "review", instance: str = INCIDENT, version: int = VERSION) -> bool:
        begin = to_json(Begin(incident=instance, mode="review", version=version)) | {"mode": mode}
        return self.engine.start(instance, begin, now=self.now)

    def decide(self, said: object = "nonce-1", instance: str = INCIDENT) -> bool:
        return self.engine.raise_event(instance, DECIDED, said, now=self.now)

    def advance(self) -> None:
        asyncio.run(self.engine.advance(self.now))

    def go(self, span: timedelta = timedelta()) -> None:
        """Let this time pass, stopping at each timer."""
        end = self.now + span
        self.advance()
        while (due := self.engine.next_due()) is not None and due <= end:
            self.now = max(due, self.now)
            self.advance()
        self.now = end

    def finish(self) -> Status:
        """Let pass whatever it takes."""
        self.advance()
        while (due := self.engine.next_due()) is not None:
            self.now = max(due, self.now)
            self.advance()
        return self.status()

    def status(self, instance: str = INCIDENT) -> Status:
        found = self.engine.status(instance)
        assert found is not None
        return found

    def output(self) -> dict[str, Any]:
        status = self.status()
        assert status.status == "Completed", status
        assert isinstance(status.output, dict)
        return status.output


def failing(times: int, answer: Any) -> Callable[[Any, int], Any]:
    """An activity that fails so often before it answers."""

    def act(message: Any, before: int) -> Any:
        if before < times:
            raise OSError("Azure is away")
        return answer(message, before) if callable(answer) else answer

    return act


def need_durable() -> None:
    """Skip where the library is not installed; fail where it is required."""
    if importlib.util.find_spec("azure.durable_functions"):
        return
    if os.environ.get("ACIMEDIC_REQUIRE"):
        pytest.fail("azure-functions-durable is not installed")
    pytest.skip("azure-functions-durable is not installed")
