"""From the event to the repaired registry, through the worker: every turn, every activity, one store, one Azure.

The test has the story's clock. The activities have the machine's, so that what depends on theirs (an offer that
expires, an approval that is too old) is held by the tests of each activity and by the local engine.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from acimedic.incident import from_event
from acimedic.lifecycle.deciding import by_hand, decide
from acimedic.lifecycle.history import History
from acimedic.lifecycle.intake import receive
from acimedic.lifecycle.keeping import found
from acimedic.lifecycle.local import Local
from acimedic.lifecycle.opening import open_tools
from acimedic.lifecycle.replay import Kind
from acimedic.lifecycle.tools import Tools
from acimedic.model.record import Decision
from acimedic.settings import read_settings
from acimedic.simulator import Simulator, load_world
from tests.lifecycle.extension import Extension, kinds
from tests.worker import kept
from tests.worker.extension import DurableEndpoint, speak
from tests.worker.harness import Worker

WORLD = load_world("role-missing")
KNOWN = "46193ca8-1449-5e3c-ba4e-da87f7702a24"
(REGISTRY,) = (registry["id"] for registry in WORLD["registries"].values())
(IDENTITY,) = (identity["id"] for identity in WORLD["identities"].values())
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
POLICY = {
    "version": 1,
    "remedies": ["assign-pull-role"],
    "subscriptions": [REGISTRY.split("/")[2], IDENTITY.split("/")[2]],
    "pairs": [{"registry": REGISTRY, "identity": IDENTITY, "note": "agreed with whoever owns the registry"}],
    "changes_per_hour": 4,
}
REPAIRED = ["received", "diagnosed", "awaiting-decision", "applying", "applied", "in-effect"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """An Azure of its own, an extension, a store and a worker between them."""

    azure: Simulator
    durable: DurableEndpoint
    worker: Worker
    environment: dict[str, str]

    @property
    def store(self) -> Path:
        return Path(self.environment["ACIMEDIC_STORE"])

    def begun(self, event: dict[str, Any]) -> Extension:
        """Deliver the event, and run what it began until it waits."""
        assert self.worker.event(event).ok
        given = json.loads(self.durable.instances[KNOWN].given)
        extension = Extension(self.worker, KNOWN, given, datetime.now(UTC))
        extension.work()
        return extension

    def decided(self, word: Literal["approve", "reject"], extension: Extension) -> None:
        """Decide in another process than the worker's, and have the story told."""
        said = kept.using(read_settings(self.environment), lambda tools: taken(tools, word))
        speak(self.durable, lambda stories: stories.wake(KNOWN, said.nonce))
        extension.tell(self.durable.instances[KNOWN].events[-1][1])

    @property
    def states(self) -> list[str]:
        """The states of the incident, each once in a row."""
        return states(self.store)

    @property
    def granted(self) -> list[dict[str, Any]]:
        """What lets the identity pull."""
        return granted(self.azure)


async def taken(tools: Tools, word: Literal["approve", "reject"]) -> Decision:
    return await decide(tools, await by_hand(tools, await found(tools, KNOWN), word), approver=None)


def states(store: Path) -> list[str]:
    marks = [body.get("state", kind) for kind, body in kept.trail(store, KNOWN) if kind in {"received", "state"}]
    return [state for n, state in enumerate(marks) if n == 0 or marks[n - 1] != state]


def granted(azure: Simulator) -> list[dict[str, Any]]:
    """The assignments of AcrPull at the registry."""
    found = [each["properties"] for each in azure.world["roleAssignments"].values()]
    return [
        each
        for each in found
        if each["roleDefinitionId"].endswith(ACR_PULL) and each["scope"].lower() == REGISTRY.lower()
    ]


def environment(azure: Simulator, folder: Path, mode: str = "review") -> dict[str, str]:
    policy = folder / "agreed.json"
    policy.write_text(json.dumps(POLICY), encoding="utf-8")
    return {
        "ACIMEDIC_GATEWAY": azure.url,
        "ACIMEDIC_STORE": str(folder / "acimedic.db"),
        "ACIMEDIC_MODE": mode,
        "ACIMEDIC_POLICY": str(policy),
        "AZURE_FUNCTIONS_DURABLE_STRICT_TYPING": "1",
    }


Open = Callable[..., AbstractContextManager[Place]]


@pytest.fixture
def opened(folder: Path, tmp_path: Path) -> Open:
    @contextmanager
    def opening(mode: str = "review", **changed: Any) -> Iterator[Place]:
        with Simulator(WORLD | changed) as azure, DurableEndpoint() as durable:
            settings = environment(azure, tmp_path, mode)
            with Worker(folder, settings, durable=durable) as worker:
                yield Place(azure=azure, durable=durable, worker=worker, environment=settings)

    return opening


@pytest.fixture(scope="module")
def repaired(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Extension]]:
    """The whole story, approved."""
    place = tmp_path_factory.mktemp("repaired")
    with Simulator(WORLD) as azure, DurableEndpoint() as durable:
        settings = environment(azure, place)
        with Worker(folder, settings, durable=durable) as worker:
            whole = Place(azure=azure, durable=durable, worker=worker, environment=settings)
            extension = whole.begun(WORLD["event"])
            assert whole.states[-1] == "awaiting-decision", (extension.done, whole.states)
            assert whole.granted == []
            whole.decided("approve", extension)
            extension.run()
            yield whole, extension


@pytest.fixture(scope="module")
def by_engine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[dict[str, Any]]]:
    """The same story by the local engine: its store, its histories, and what lets the identity pull."""
    place = tmp_path_factory.mktemp("engine")
    with Simulator(WORLD) as azure:
        asyncio.run(_by_engine(environment(azure, place), place / "stories"))
        return place / "acimedic.db", place / "stories", granted(azure)


async def _by_engine(settings: dict[str, str], stories: Path) -> None:
    now = datetime.now(UTC)
    async with open_tools(read_settings(settings), now=lambda: now) as tools:
        with Local(tools, stories) as local:
            await receive(from_event(WORLD["event"]), tools, local)
            await local.advance()
            await local.wake(KNOWN, (await taken(tools, "approve")).nonce)
            await local.advance()
            while (due := local.engine.next_due()) is not None:
                now = max(due, now)
                await local.advance()


def test_the_story_ends_with_the_role_in_effect(repaired: tuple[Place, Extension]) -> None:
    place, extension = repaired
    assert extension.done is not None
    assert (extension.done["state"], extension.done["step"]) == ("in-effect", None)
    record = kept.incident(place.store, KNOWN)
    assert record is not None
    assert (record.state, record.closed, record.cause) == ("in-effect", True, "pull-role-missing")


def test_the_incident_went_through_every_state(repaired: tuple[Place, Extension]) -> None:
    assert repaired[0].states == REPAIRED


def test_the_role_was_assigned_once(repaired: tuple[Place, Extension]) -> None:
    place, _ = repaired
    assert len(place.granted) == 1
    puts = [path for method, _, path, _ in place.azure.requests if method == "PUT"]
    assert len(puts) == 1
    assert "/roleAssignments/" in puts[0]


def test_nothing_else_was_changed(repaired: tuple[Place, Extension]) -> None:
    place, _ = repaired
    before, after = dict(WORLD["roleAssignments"]), dict(place.azure.world["roleAssignments"])
    assert {name: after[name] for name in before} == before
    for section in ("registries", "groups", "identities"):
        assert place.azure.world[section] == WORLD[section]


def test_effect_is_told_only_after_the_documented_time(repaired: tuple[Place, Extension]) -> None:
    """Ten minutes by the story's clock, counted from the change."""
    scheduled = [item for item in repaired[1].history if item["EventType"] == Kind.TASK_SCHEDULED]
    marks = [json.loads(item["Input"]) for item in scheduled if item["Name"] == "record"]
    first = {mark["state"]: datetime.fromisoformat(mark["at"]) for mark in reversed(marks)}
    assert first["in-effect"] - first["applied"] >= timedelta(minutes=10)


def test_the_local_engine_goes_through_the_same_states(
    repaired: tuple[Place, Extension], by_engine: tuple[Path, Path, list[dict[str, Any]]]
) -> None:
    assert states(by_engine[0]) == repaired[0].states
    assert len(by_engine[2]) == 1


def test_the_local_engine_has_the_same_history(
    repaired: tuple[Place, Extension], by_engine: tuple[Path, Path, list[dict[str, Any]]]
) -> None:
    history = History(by_engine[1])
    assert repaired[1].kinds == kinds(history.events(KNOWN))
    history.close()


def test_the_trail_tells_the_same_in_both(
    repaired: tuple[Place, Extension], by_engine: tuple[Path, Path, list[dict[str, Any]]]
) -> None:
    told = [[kind for kind, _ in kept.trail(store, KNOWN)] for store in (repaired[0].store, by_engine[0])]
    assert told[0] == told[1]


def test_a_rejected_plan_is_not_carried_out(opened: Open) -> None:
    with opened() as place:
        extension = place.begun(WORLD["event"])
        place.decided("reject", extension)
        extension.run()
        assert extension.done is not None
        assert extension.done["state"] == "rejected"
        assert place.granted == []


def test_an_event_that_nobody_decided_on_changes_nothing(opened: Open) -> None:
    """Whoever can raise events still cannot approve."""
    with opened() as place:
        extension = place.begun(WORLD["event"])
        extension.tell(json.dumps(json.dumps("forged")))
        assert place.states[-1] == "awaiting-decision"
        assert place.granted == []


def test_an_event_in_the_shape_of_an_object_makes_none_and_changes_nothing(opened: Open) -> None:
    """The library refuses it, and the story ends where it can be seen; only who has the extension's key can do that."""
    with opened() as place:
        extension = place.begun(WORLD["event"])
        extension.tell(json.dumps({"__class__": "Popen", "__module__": "subprocess", "__data__": {}}))
        assert extension.done is not None
        assert "strict mode" in extension.done["error"]
        assert place.granted == []


def test_in_the_mode_observe_the_story_ends_with_the_diagnosis(opened: Open) -> None:
    with opened("observe") as place:
        extension = place.begun(WORLD["event"])
        extension.run()
        assert place.states == ["received", "diagnosed"]
        assert {method for method, *_ in place.azure.requests} <= {"GET", "POST"}
        assert place.granted == []


def test_an_azure_that_refuses_everything_shows_on_the_incident_and_in_the_log(opened: Open) -> None:
    with opened(faults=[{"status": 403}]) as place:
        extension = place.begun(WORLD["event"])
        extension.run()
        record = kept.incident(place.store, KNOWN)
        assert record is not None
        assert (record.closed, record.outcome) == (True, "undetermined")
        lines = [json.loads(each["message"]) for each in extension.logs if each["logger"] == "acimedic.notify"]
        assert (lines[-1]["state"], lines[-1]["id"]) == ("diagnosed", KNOWN)


def test_a_change_that_fails_for_good_shows_on_the_incident_and_in_the_log(opened: Open) -> None:
    with opened() as place:
        extension = place.begun(WORLD["event"])
        place.azure.world["faults"] = [{"status": 401}]
        place.decided("approve", extension)
        extension.run()
        record = kept.incident(place.store, KNOWN)
        assert record is not None
        assert (record.state, record.closed) == ("failed", True)
        assert extension.done is not None
        assert extension.done["step"] == "apply"
        assert record.said == extension.done["said"]
        failed = [each for each in extension.logs if each["logger"] == "acimedic.notify" and each["level"] == "ERROR"]
        assert [json.loads(each["message"])["state"] for each in failed] == ["failed"]
        assert place.granted == []
