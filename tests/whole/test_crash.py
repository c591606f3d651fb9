"""The whole, killed after every effect that it has, and opened again: one change, one decision, nobody told too often.

A process that ends leaves files and a changed Azure behind, and nothing else. So one unharmed life is copied after each
of its effects, and from each copy another process goes on, to which the event is delivered again.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from acimedic.simulator import Simulator, load_world
from acimedic.store.chain import Verified, verify
from tests.whole.life import BOTH, ROLE, Killed, Life, Places, Remains, Town

CHANGES = {ROLE: ["PUT"], BOTH: ["PATCH", "PUT"]}


@dataclass(frozen=True)
class Unharmed:
    """A town, and what its first process would have left behind after each of its effects."""

    town: Town
    world: str
    remains: tuple[Remains, ...]
    operations: tuple[str, ...]


@pytest.fixture(scope="module")
def azure() -> Iterator[Simulator]:
    with Simulator(load_world(ROLE)) as azure:
        yield azure


async def live(town: Town) -> None:
    async with town.life() as life:
        await life.told()
        await life.to_the_end()


def unharmed(folder: Path, azure: Simulator, world: str) -> Unharmed:
    town, remains = Town(folder, azure, world), []
    town.watch(Places(lambda number, effect: remains.append(town.keep(folder / f"{number}", effect))))
    asyncio.run(live(town))
    operations = tuple(operation for operation, _, _ in town.sink("mail").sent)
    return Unharmed(town=town, world=world, remains=tuple(remains), operations=operations)


async def goes_on(one: Unharmed, remains: Remains) -> None:
    """Another process goes on from there to the end, at which all is as it would have been."""
    one.town.go_back(remains)
    one.town.watch(Places())
    async with one.town.life() as life:
        await life.told()
        await life.to_the_end()
        await ended_well(life, one)


async def ended_well(life: Life, one: Unharmed) -> None:
    town, record, store = one.town, await life.record(), life.tools.store
    assert (record.state, record.closed) == ("proved", True)
    assert (len(town.assigned), town.written) == (1, CHANGES[one.world])
    steps = [each for each in await store.steps(record.id) if each.intent.key.startswith("change:")]
    assert [each.receipt and each.receipt.state for each in steps] == ["done"] * len(CHANGES[one.world])
    (registry,) = (each["id"] for each in town.world["registries"].values())
    assert len(await store.changes(registry, since=record.received_at)) == len(CHANGES[one.world])
    assert [each.decided for each in await store.decisions(record.id)] == ["approve"]
    assert len((await store.incidents()).records) == len(life.engine.statuses()) == 1
    trail = await store.audit(record.id)
    assert isinstance(verify(trail, life.tools.audit, record.id, gateway=True), Verified)
    kinds = Counter(entry.note.kind for entry in trail.entries)
    assert (kinds["received"], kinds["decision"], kinds["receipt"]) == (1, 1, len(steps))


def told_well(one: Unharmed) -> int:
    """Of each state one mail at most counts, and one card or two arrive; gives back how many cards were repetitions."""
    mails = [operation for operation, _, _ in one.town.sink("mail").sent]
    assert tuple(dict.fromkeys(mails)) == one.operations
    cards: dict[str, list[bool]] = {}
    for operation, _, again in one.town.sink("card").sent:
        cards.setdefault(operation, []).append(again)
    assert tuple(cards) == one.operations
    # The first attempt may have ended between its intent and the sending: then the only card says so needlessly.
    assert all(again in ([False], [True], [False, True]) for again in cards.values()), cards
    return sum(len(again) - 1 for again in cards.values())


@pytest.mark.parametrize(("world", "every"), [(BOTH, 1), (ROLE, 3)], ids=["each place", "each third place"])
def test_killed_after_any_effect_it_ends_the_same(tmp_path: Path, azure: Simulator, world: str, every: int) -> None:
    one = unharmed(tmp_path, azure, world)
    effects = {remains.effect for remains in one.remains}
    assert {"transaction", "azure PUT", "mail sends", "card sends", "store record_receipt"} <= effects
    assert len(one.remains) > 100
    repeated = 0
    for place, remains in enumerate(one.remains[::every]):
        try:
            asyncio.run(goes_on(one, remains))
            repeated += (again := told_well(one))
            assert again <= (remains.effect in {"card sends", "mail sends", "store record_receipt"})
        except AssertionError as error:
            error.add_note(f"killed after effect {place * every + 1} of {world}: {remains.effect}")
            raise
    assert repeated > 0 or every > 1  # so that the words about a repetition are put to the test


@pytest.mark.parametrize("world", [ROLE, BOTH])
def test_killed_again_and_again_it_gets_there(tmp_path: Path, azure: Simulator, world: str) -> None:
    plain = unharmed(tmp_path / "plain", azure, world)
    town = Town(tmp_path / "harmed", azure, world)
    one = Unharmed(town=town, world=world, remains=(), operations=plain.operations)
    deaths = 0

    def end(number: int, _effect: str) -> None:
        if number == 15:  # fewer would not do: what is recorded is gone through again first
            raise Killed

    async def lives() -> None:
        nonlocal deaths
        while deaths < 100:
            town.watch(Places(end))
            try:
                await live(town)
            except BaseException:
                if not town.places.dead:
                    raise
                deaths += 1
            else:
                break
        async with town.life() as life:
            await ended_well(life, one)

    town.watch(Places())
    asyncio.run(lives())
    assert 4 < deaths < 100
    assert tuple(dict.fromkeys(operation for operation, _, _ in town.sink("mail").sent)) == one.operations
