"""Killed at every point, opened again, gone on: the same end, and no recorded result used twice."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.history import History
from acimedic.lifecycle.replay import Kind
from tests.lifecycle.lab import FOUND, INCIDENT, Lab, World

GRANTED = FOUND | {"mode": "review", "grant": 60, "propagation": 0}


class Killed(BaseException):
    """The process ends here."""


class Points:
    """Counts the points at which the process could end, and ends it at one of them."""

    def __init__(self, last: int | None = None) -> None:
        self.names: list[str] = []
        self._last = last

    def reach(self, name: str) -> None:
        self.names.append(name)
        if self._last is not None and len(self.names) > self._last:
            raise Killed(name)


class Mortal(History):
    """A history whose process may end around each transaction, and inside it."""

    def __init__(self, path: Path, points: Points) -> None:
        super().__init__(path)
        self._database.execute("PRAGMA synchronous = OFF")  # a process that ends loses nothing that it has written
        self._database.execute("PRAGMA journal_mode = MEMORY")
        self.points = points

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        with super().change() as database:
            yield database
            self.points.reach("in a transaction")
        self.points.reach("after a transaction")


class Effects(World):
    """Activities with an effect, before and after which the process may end. The approval is in the store."""

    def __init__(self) -> None:
        approved = {"word": "approve", "approval": "nonce-1"}
        super().__init__(diagnose=GRANTED, decision=lambda message, _: approved if self.approved else {"word": "none"})
        self.approved = False
        self.points = Points()
        self.made: list[str] = []

    def answer(self, name: str, message: Any) -> Any:
        self.points.reach(f"before {name}")
        answer = super().answer(name, message)
        self.made.append(name)
        self.points.reach(f"after {name}")
        return answer


def live(path: Path, world: Effects, points: Points) -> Lab:
    """One life of the process: it begins (again), and goes on from what is recorded."""
    world.points = points
    history = Mortal(path, points)
    lab = Lab(world, history=history)
    try:
        lab.begin()
        lab.advance()
        if not world.approved:
            lab.now += timedelta(hours=1)
            world.approved = True
        lab.decide()  # whoever decides tells it again, if it was not heard
        lab.finish()
    except Killed:
        history.close()
        raise
    return lab


def summary(lab: Lab) -> tuple[object, list[object]]:
    """How it ended, and which activities gave the results that were used."""
    events = lab.history.events(INCIDENT)
    done = {item["TaskScheduledId"] for item in events if item["EventType"] == Kind.TASK_COMPLETED}
    names = [item["Name"] for item in events if item["EventType"] == Kind.TASK_SCHEDULED and item["EventId"] in done]
    results = [item["TaskScheduledId"] for item in events if item["EventType"] == Kind.TASK_COMPLETED]
    assert len(results) == len(set(results))
    return lab.output(), [name for name in names if name not in {"decision"}]


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, list[str]]:
    points = Points()
    lab = live(tmp_path_factory.mktemp("unharmed") / "lifecycle.db", Effects(), points)
    return summary(lab), points.names


def test_every_effect_and_every_transaction_is_a_point(unharmed: tuple[object, list[str]]) -> None:
    _, names = unharmed
    for name in ("diagnose", "record", "notify", "decision", "take_turn", "apply", "end_turn", "verify", "undo"):
        assert {f"before {name}", f"after {name}"} <= set(names)
    assert names.count("in a transaction") == names.count("after a transaction") > 25


def test_killed_at_any_point_it_ends_the_same(unharmed: tuple[object, list[str]], tmp_path: Path) -> None:
    expected, names = unharmed
    for last, name in enumerate(names):
        world, path = Effects(), tmp_path / f"{last}.db"
        with pytest.raises(Killed):
            live(path, world, Points(last))
        lab = live(path, world, Points())
        assert summary(lab) == expected, (last, name)
        repeated = 1 if name.startswith("after ") or "transaction" in name else 0
        assert world.made.count("apply") in {1, 1 + repeated}, (last, name)
        assert world.made.count("undo") in {1, 1 + repeated}, (last, name)
        lab.history.close()
        path.unlink()


def test_killed_again_and_again_it_gets_there(unharmed: tuple[object, list[str]], tmp_path: Path) -> None:
    expected, _ = unharmed
    world, path = Effects(), tmp_path / "lifecycle.db"
    deaths = 0
    while True:
        try:
            lab = live(path, world, Points(15))
            break
        except Killed:
            deaths += 1
            assert deaths < 500
    assert deaths > 3
    assert summary(lab) == expected
    lab.history.close()
