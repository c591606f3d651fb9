"""What every store has to keep to. A subclass gives the store, and how many callers come at once."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import islice
from random import Random
from typing import TypeVar

import pytest

from acimedic.model.record import AuditEntry, IncidentRecord, TurnHeld
from acimedic.store import codec
from acimedic.store.chain import Verified, verify
from acimedic.store.keys import hashed
from acimedic.store.port import IncidentFilter, Store, Waiting
from acimedic.store.reports import LARGEST
from acimedic.store.trouble import AlreadyThereError, LostRaceError, NotThereError, StoreUnavailableError, UnfitError
from tests.store.values import (
    HOSTILE,
    KEYS,
    NOON,
    decision,
    intent,
    later,
    new_id,
    note,
    receipt,
    record,
    report,
)

AT_ONCE = 50
T = TypeVar("T")


async def tried(calls: Iterable[Awaitable[T]]) -> tuple[list[T], list[BaseException]]:
    """What came of calls made at once: answers and refusals."""
    done = await asyncio.gather(*calls, return_exceptions=True)
    return (
        [each for each in done if not isinstance(each, BaseException)],
        [each for each in done if isinstance(each, BaseException)],
    )


async def recorded(store: Store, **what: object) -> IncidentRecord:
    """An incident that is there."""
    return (await store.put_incident_if_absent(record(new_id(), **what))).value  # type: ignore[arg-type]


async def listed(store: Store, wanted: IncidentFilter, limit: int = 50) -> list[str]:
    """All that a filter finds, page by page."""
    found: list[str] = []
    after: str | None = None
    while True:
        page = await store.incidents(wanted, after=after, limit=limit)
        assert len(page.records) <= limit
        found += [each.id for each in page.records]
        after = page.after
        if after is None:
            return found


class Incidents:
    async def test_what_is_put_is_read_back_whole(self, store: Store) -> None:
        put = record(
            new_id(), due_at=later(days=1), outcome="cause-found", cause="pull-role-missing", plan_hash="h", said="so"
        )
        placed = await store.put_incident_if_absent(put)
        assert placed.new
        assert placed.value == put
        assert await store.incident(put.id) == put

    async def test_a_time_of_another_zone_is_the_same_moment(self, store: Store) -> None:
        here = NOON.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
        put = await recorded(store, received_at=here)
        assert await store.incident(put.id) == put
        assert put.id in await listed(store, IncidentFilter(since=NOON, before=later(microseconds=1)))

    async def test_none_is_told_from_there(self, store: Store) -> None:
        assert await store.incident(new_id()) is None

    async def test_of_many_at_once_one_records_it(self, store: Store) -> None:
        incident_id = new_id()
        callers = [record(incident_id, said=str(n), received_at=later(seconds=n)) for n in range(AT_ONCE)]
        placed, refused = await tried(map(store.put_incident_if_absent, callers))
        assert not refused
        first = [each.value for each in placed if each.new]
        assert len(first) == 1
        assert {each.value.said for each in placed} == {first[0].said}
        assert (await listed(store, IncidentFilter())).count(incident_id) == 1

    async def test_recorded_again_it_stays_as_it_has_become(self, store: Store) -> None:
        put = await recorded(store)
        await store.advance(replace(put, state="diagnosed"))
        again = await store.put_incident_if_absent(record(put.id))
        assert not again.new
        assert again.value.state == "diagnosed"

    async def test_of_many_that_advance_it_one_wins(self, store: Store) -> None:
        put = await recorded(store)
        won, lost = await tried(store.advance(replace(put, said=str(n))) for n in range(AT_ONCE))
        assert len(won) == 1
        assert {type(each) for each in lost} == {LostRaceError}
        assert await store.incident(put.id) == won[0]

    async def test_who_reads_again_may_advance_it_again(self, store: Store) -> None:
        put = await recorded(store)
        once = await store.advance(replace(put, state="diagnosed"))
        twice = await store.advance(replace(once, state="closed", closed=True))
        assert await store.incident(put.id) == twice
        with pytest.raises(LostRaceError):
            await store.advance(replace(once, state="reopened"))

    async def test_what_was_not_read_cannot_be_advanced(self, store: Store) -> None:
        put = await recorded(store)
        with pytest.raises(LostRaceError):
            await store.advance(record(put.id, state="diagnosed"))

    async def test_none_cannot_be_advanced(self, store: Store) -> None:
        put = await recorded(store)
        await store.forget_incident(put.id)
        with pytest.raises(NotThereError):
            await store.advance(put)

    async def test_whatever_the_id_and_the_texts_are_they_come_back(self, store: Store) -> None:
        for hostile in HOSTILE:
            put = record(new_id() + hostile, said=hostile, body=json.dumps(hostile), cause=hostile)
            assert (await store.put_incident_if_absent(put)).new
            assert await store.incident(put.id) == put
            assert await store.incident(hostile) is None

    async def test_ids_that_differ_are_different(self, store: Store) -> None:
        for hostile in HOSTILE:
            assert (await store.put_incident_if_absent(record(hostile, said=hostile))).new
        for hostile in HOSTILE:
            there = await store.incident(hostile)
            assert there is not None
            assert there.said == hostile

    async def test_a_row_holds_its_limit_and_not_one_more(self, store: Store) -> None:
        most = codec.LIMIT - 2_000
        assert (await store.put_incident_if_absent(record(new_id(), body="x" * most))).new
        large = record(new_id(), body="x" * codec.LIMIT)
        with pytest.raises(UnfitError, match="put it in a report"):
            await store.put_incident_if_absent(large)
        assert await store.incident(large.id) is None
        assert large.id not in await listed(store, IncidentFilter())

    async def test_a_time_without_a_zone_is_refused(self, store: Store) -> None:
        with pytest.raises(UnfitError):
            await store.put_incident_if_absent(record(new_id(), changed_at=datetime(2026, 1, 1)))  # noqa: DTZ001


class Lists:
    async def test_the_latest_come_first_page_by_page(self, store: Store) -> None:
        ids = [(await recorded(store, received_at=later(days=900, seconds=n))).id for n in range(7)]
        these = IncidentFilter(since=later(days=900), before=later(days=901))
        for limit in (1, 3, 7, 50):
            assert await listed(store, these, limit) == ids[::-1]

    async def test_incidents_of_one_moment_are_all_listed_once(self, store: Store) -> None:
        moment = later(days=800)
        ids = {(await recorded(store, received_at=moment)).id for _ in range(5)}
        found = await listed(store, IncidentFilter(since=moment, before=moment + timedelta(microseconds=1)), 2)
        assert sorted(found) == sorted(ids)

    async def test_what_comes_while_one_turns_pages_moves_nothing(self, store: Store) -> None:
        ids = [(await recorded(store, received_at=later(days=700, seconds=n))).id for n in range(4)]
        these = IncidentFilter(since=later(days=700), before=later(days=701))
        first = await store.incidents(these, limit=2)
        await recorded(store, received_at=later(days=700, hours=1))
        second = await store.incidents(these, after=first.after, limit=2)
        assert [each.id for each in (*first.records, *second.records)] == ids[::-1]

    async def test_each_part_of_a_filter_narrows(self, store: Store) -> None:
        day = later(days=600)
        put = await recorded(
            store, received_at=day, state="waiting", closed=True, cause="a", due_at=later(days=601), group="Web"
        )
        await recorded(store, received_at=day, group="db")
        within = IncidentFilter(since=day, before=day + timedelta(days=1))
        for narrowed in (
            replace(within, states=frozenset({"waiting", "x"})),
            replace(within, closed=True),
            replace(within, cause="a"),
            replace(within, group=str(put.incident.group).upper()),
            replace(within, due_before=later(days=602)),
            replace(within, among=frozenset({hashed(put.id)})),
        ):
            assert await listed(store, narrowed) == [put.id]
        for empty in (
            replace(within, subscription="other"),
            replace(within, due_before=later(days=601)),
            replace(within, since=day + timedelta(microseconds=1)),
            replace(within, before=day),
            replace(within, among=frozenset({hashed("another")})),
        ):
            assert await listed(store, empty) == []
        assert len(await listed(store, replace(within, subscription=put.incident.group.subscription))) == 2

    @pytest.mark.parametrize("after", ["", "x", "'; drop table line", "9" * 400, "000000000000000000-a\n"])
    async def test_a_place_that_no_page_gave_is_refused(self, store: Store, after: str) -> None:
        with pytest.raises(UnfitError):
            await store.incidents(after=after)

    async def test_a_page_of_nothing_is_refused(self, store: Store) -> None:
        with pytest.raises(UnfitError):
            await store.incidents(limit=0)


class Decisions:
    async def test_of_many_that_use_an_approval_one_does(self, store: Store) -> None:
        put = await recorded(store)
        used, refused = await tried(store.use_approval_once(decision(put.id, claim=str(n))) for n in range(AT_ONCE))
        assert len(used) == 1
        assert {type(each) for each in refused} == {AlreadyThereError}
        assert await store.decisions(put.id) == tuple(used)

    async def test_the_same_attempt_may_be_repeated(self, store: Store) -> None:
        put = await recorded(store)
        once = decision(put.id)
        assert await store.use_approval_once(once) == once
        assert await store.use_approval_once(replace(once, decided_at=later(hours=1))) == once

    async def test_another_link_decides_anew(self, store: Store) -> None:
        put = await recorded(store)
        first, second = decision(put.id, nonce="1"), replace(decision(put.id, nonce="2"), decided_at=later(hours=1))
        await store.use_approval_once(second)
        await store.use_approval_once(first)
        assert await store.decisions(put.id) == (first, second)

    async def test_of_a_person_the_object_id_alone_is_kept(self, store: Store) -> None:
        put = await recorded(store)
        with pytest.raises(UnfitError):
            await store.use_approval_once(replace(decision(put.id), approver="petra@contoso.example"))
        with pytest.raises(UnfitError):
            await store.append_audit(note(put.id, approver="Petra Musterfrau"))
        assert await store.decisions(put.id) == ()

    async def test_on_no_incident_nothing_is_decided(self, store: Store) -> None:
        with pytest.raises(NotThereError):
            await store.use_approval_once(decision(new_id()))


class Steps:
    async def test_of_many_that_intend_a_step_one_is_first(self, store: Store) -> None:
        put = await recorded(store)
        placed, refused = await tried(store.record_intent(intent(put.id)) for _ in range(AT_ONCE))
        assert not refused
        assert Counter(each.new for each in placed) == {True: 1, False: AT_ONCE - 1}
        assert [each.intent for each in await store.steps(put.id)] == [intent(put.id)]

    async def test_the_first_receipt_is_believed(self, store: Store) -> None:
        put = await recorded(store)
        await store.record_intent(intent(put.id))
        assert (await store.record_receipt(receipt(put.id))).new
        again = await store.record_receipt(receipt(put.id, state="already"))
        assert (again.new, again.value) == (False, receipt(put.id))
        (step,) = await store.steps(put.id)
        assert step.receipt == receipt(put.id)

    async def test_after_a_crash_a_step_has_no_receipt(self, store: Store) -> None:
        put = await recorded(store)
        await store.record_intent(intent(put.id))
        (step,) = await store.steps(put.id)
        assert step.receipt is None

    async def test_a_step_that_would_do_something_else_is_refused(self, store: Store) -> None:
        put = await recorded(store)
        await store.record_intent(intent(put.id))
        with pytest.raises(AlreadyThereError):
            await store.record_intent(intent(put.id, body='{"role":"Owner"}'))
        with pytest.raises(AlreadyThereError):
            await store.record_intent(replace(intent(put.id), gateway=True))

    async def test_without_an_intent_there_is_no_receipt(self, store: Store) -> None:
        put = await recorded(store)
        with pytest.raises(NotThereError, match="intended"):
            await store.record_receipt(receipt(put.id))
        with pytest.raises(NotThereError, match="no such incident"):
            await store.record_receipt(receipt(new_id()))
        with pytest.raises(NotThereError):
            await store.record_intent(intent(new_id()))

    async def test_steps_with_hostile_keys_stay_apart(self, store: Store) -> None:
        put = await recorded(store)
        for n, key in enumerate(HOSTILE):
            await store.record_intent(replace(intent(put.id, key=key, body=key), at=later(seconds=n)))
        assert tuple(each.intent.body for each in await store.steps(put.id)) == HOSTILE


def registry() -> str:
    """A registry's id, of which there is no other."""
    return f"/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/{new_id()}"


async def asked(store: Store, where: str, holder: str, minutes: float = 15, *, at: datetime = NOON) -> TurnHeld:
    """What comes of asking for the turn, for some minutes from a time on."""
    return await store.take_turn(where, holder, now=at, until=at + timedelta(minutes=minutes))


class Ledgers:
    async def test_of_many_that_ask_at_once_one_has_the_turn(self, store: Store) -> None:
        where = registry()
        held, refused = await tried(asked(store, where, str(n)) for n in range(AT_ONCE))
        assert not refused
        assert sum(each.mine for each in held) == 1
        assert {each.until for each in held} == {later(minutes=15)}

    async def test_a_turn_that_has_run_out_goes_to_another(self, store: Store) -> None:
        where = registry()
        await asked(store, where, "one")
        assert not (await asked(store, where, "two", at=later(minutes=15, microseconds=-1))).mine
        assert await asked(store, where, "two", at=later(minutes=15)) == TurnHeld(True, later(minutes=30))

    async def test_a_turn_that_ran_out_and_went_to_another_is_the_first_ones_no_more(self, store: Store) -> None:
        where = registry()
        await asked(store, where, "one")
        await asked(store, where, "two", at=later(minutes=15))
        assert await asked(store, where, "one", at=later(minutes=20)) == TurnHeld(False, later(minutes=30))

    async def test_asked_again_by_its_holder_a_turn_is_lengthened(self, store: Store) -> None:
        where = registry()
        await asked(store, where, "one")
        assert await asked(store, where, "one", at=later(minutes=10)) == TurnHeld(True, later(minutes=25))
        assert await asked(store, where, "two", at=later(minutes=20)) == TurnHeld(False, later(minutes=25))

    async def test_asked_again_for_less_a_turn_is_not_shortened(self, store: Store) -> None:
        where = registry()
        await asked(store, where, "one")
        assert await asked(store, where, "one", 1) == TurnHeld(True, later(minutes=15))

    async def test_a_turn_that_is_given_back_goes_to_another_at_once(self, store: Store) -> None:
        where = registry()
        await asked(store, where, "one")
        await store.end_turn(where, "one")
        assert (await asked(store, where, "two")).mine

    async def test_anothers_turn_cannot_be_given_back(self, store: Store) -> None:
        where = registry()
        await asked(store, where, "one")
        await store.end_turn(where, "two")
        assert not (await asked(store, where, "two")).mine

    async def test_a_turn_that_nobody_has_may_be_given_back(self, store: Store) -> None:
        where = registry()
        await store.end_turn(where, "one")
        assert (await asked(store, where, "two")).mine

    async def test_a_turn_goes_over_to_whoever_comes_after_its_holder(self, store: Store) -> None:
        where = registry()
        await asked(store, where, "one")
        over = await store.take_turn(where, "two", now=NOON, until=later(minutes=20), after="one")
        assert over == TurnHeld(True, later(minutes=20))
        assert not (await asked(store, where, "one")).mine

    async def test_who_comes_after_somebody_else_does_not_get_the_turn(self, store: Store) -> None:
        where = registry()
        await asked(store, where, "one")
        assert not (await store.take_turn(where, "two", now=NOON, until=later(minutes=20), after="three")).mine

    async def test_a_turn_that_is_handed_on_is_anothers_for_what_is_left_of_it(self, store: Store) -> None:
        where = registry()
        await asked(store, where, "one")
        await store.end_turn(where, "one", to="two")
        assert await asked(store, where, "one") == TurnHeld(False, later(minutes=15))
        assert await asked(store, where, "two", 1) == TurnHeld(True, later(minutes=15))

    async def test_a_turn_of_somebody_else_is_not_handed_on(self, store: Store) -> None:
        where = registry()
        await asked(store, where, "one")
        await store.end_turn(where, "two", to="three")
        assert (await asked(store, where, "one")).mine

    async def test_a_turn_that_nobody_has_is_not_handed_on(self, store: Store) -> None:
        where = registry()
        await store.end_turn(where, "one", to="two")
        assert (await asked(store, where, "three")).mine

    async def test_whoever_makes_a_thing_last_is_its_maker(self, store: Store) -> None:
        where = registry()
        await store.set_maker(where, "role", "one")
        await store.set_maker(where, "role", "two")
        assert await store.made_by_another(where, "role", "one")
        assert not await store.made_by_another(where, "role", "two")

    async def test_what_nobody_is_known_to_have_made_was_made_by_no_other(self, store: Store) -> None:
        assert not await store.made_by_another(registry(), "role", "one")

    async def test_the_maker_of_one_thing_is_not_that_of_another(self, store: Store) -> None:
        where = registry()
        await store.set_maker(where, "role", "one")
        assert not await store.made_by_another(where, "another role", "two")
        assert not await store.made_by_another(registry(), "role", "two")

    async def test_the_maker_of_a_thing_has_no_turn(self, store: Store) -> None:
        where = registry()
        await store.set_maker(where.upper(), "role", "one")
        assert (await asked(store, where, "two")).mine
        assert await store.made_by_another(where, "role", "two")

    async def test_turns_at_different_registries_are_different(self, store: Store) -> None:
        assert [(await asked(store, registry(), str(n))).mine for n in range(3)] == [True] * 3

    async def test_a_turn_over_before_it_begins_is_refused(self, store: Store) -> None:
        with pytest.raises(UnfitError, match="over"):
            await asked(store, registry(), "one", 0)

    async def test_in_the_ledger_too_a_time_without_a_zone_is_refused(self, store: Store) -> None:
        naive, where = NOON.replace(tzinfo=None), registry()
        _, refused = await tried(
            (
                store.take_turn(where, "one", now=naive, until=later(minutes=1)),
                store.take_turn(where, "one", now=NOON, until=naive),
                store.count_change(where, "key", naive),
                store.changes(where, since=naive),
            )
        )
        assert [type(each) for each in refused] == [UnfitError] * 4

    async def test_counted_many_times_under_one_key_it_is_one_change(self, store: Store) -> None:
        where = registry()
        _, refused = await tried(store.count_change(where, "key", NOON) for _ in range(AT_ONCE))
        assert not refused
        assert await store.changes(where, since=NOON) == (NOON,)

    async def test_counted_again_later_a_change_keeps_its_first_time(self, store: Store) -> None:
        where = registry()
        await store.count_change(where, "key", NOON)
        await store.count_change(where, "key", later(minutes=5))
        assert await store.changes(where, since=NOON) == (NOON,)

    async def test_counted_by_many_at_once_every_change_is_there_in_order(self, store: Store) -> None:
        where = registry()
        times = [later(seconds=n) for n in range(AT_ONCE)]
        shuffled = list(times)
        Random(1).shuffle(shuffled)  # noqa: S311 - an order, not a secret
        _, refused = await tried(store.count_change(where, str(at), at) for at in shuffled)
        assert not refused
        assert await store.changes(where, since=NOON) == tuple(times)

    async def test_changes_are_told_from_the_moment_asked_for_on(self, store: Store) -> None:
        where = registry()
        for minute in (0, 30, 60):
            await store.count_change(where, str(minute), later(minutes=minute))
        assert await store.changes(where, since=later(minutes=30)) == (later(minutes=30), later(minutes=60))

    async def test_where_nothing_was_counted_there_are_no_changes(self, store: Store) -> None:
        assert await store.changes(registry(), since=NOON) == ()

    async def test_counting_drops_what_is_older_than_two_hours(self, store: Store) -> None:
        where = registry()
        for minute in (0, 1, 121):
            await store.count_change(where, str(minute), later(minutes=minute))
        assert await store.changes(where, since=later(days=-1)) == (later(minutes=1), later(minutes=121))

    async def test_taking_the_turn_drops_what_is_older_than_two_hours(self, store: Store) -> None:
        where = registry()
        for minute in (0, 1):
            await store.count_change(where, str(minute), later(minutes=minute))
        await asked(store, where, "one", at=later(minutes=121))
        assert await store.changes(where, since=later(days=-1)) == (later(minutes=1),)

    async def test_turns_and_changes_leave_each_other_alone(self, store: Store) -> None:
        where = registry()
        await store.count_change(where, "before", NOON)
        await asked(store, where, "one")
        await store.count_change(where, "after", NOON)
        assert not (await asked(store, where, "two")).mine
        await store.end_turn(where, "one")
        assert await store.changes(where, since=NOON) == (NOON, NOON)

    async def test_a_registry_written_in_another_case_is_the_same(self, store: Store) -> None:
        where = registry()
        await asked(store, where.upper(), "one")
        await store.count_change(where.upper(), "key", NOON)
        assert not (await asked(store, where, "two")).mine
        assert await store.changes(where, since=NOON) == (NOON,)

    async def test_holders_written_in_another_case_are_different(self, store: Store) -> None:
        where = registry()
        await asked(store, where, "one")
        assert not (await asked(store, where, "ONE")).mine

    async def test_whatever_the_registry_the_holder_and_the_key_are_they_stay_apart(self, store: Store) -> None:
        hostile = [*(each for each in HOSTILE if each != "UPPER"), "/#?\\%\r\n\t\x85", "y" * 10_000, ""]
        end = new_id()
        for each in hostile:
            assert (await asked(store, each + end, each)).mine
            await store.count_change(each + end, each, NOON)
        for each in hostile:
            assert not (await asked(store, each + end, "another")).mine
            assert (await asked(store, each + end, each)).mine
            assert await store.changes(each + end, since=NOON) == (NOON,)


class Gatherings:
    async def test_who_joins_sees_all_who_did_the_earliest_first(self, store: Store) -> None:
        name = new_id()
        for n in (2, 0, 1):
            seen = await store.join(name, f"it-{n}", later(minutes=n), since=NOON)
        assert [each.at for each in seen.joined] == [later(minutes=n) for n in range(3)]
        assert seen.count == 3

    async def test_joined_again_it_is_there_once_at_its_first_time_with_its_first_marks(self, store: Store) -> None:
        name = new_id()
        first = await store.join(name, "it", NOON, since=NOON, marks=("a", "b"))
        again = await store.join(name, "it", later(minutes=5), since=NOON, marks=("c",))
        assert again == first
        assert again.mine == again.joined[0]

    async def test_equal_marks_are_equal_and_others_are_not(self, store: Store) -> None:
        name = new_id()
        one = (await store.join(name, "one", NOON, since=NOON, marks=("same", "other"))).mine
        two = (await store.join(name, "two", NOON, since=NOON, marks=("same", "another"))).mine
        assert [here == there for here, there in zip(one.marks, two.marks, strict=True)] == [True, False]

    async def test_of_many_at_once_for_each_number_no_more_than_that_see_so_few(self, store: Store) -> None:
        name = new_id()
        seen, refused = await tried(store.join(name, str(n), NOON, since=NOON) for n in range(AT_ONCE))
        assert not refused
        counts = sorted(each.count for each in seen)
        assert counts[-1] == AT_ONCE
        assert all(count > place for place, count in enumerate(counts))

    async def test_joined_by_one_at_the_same_time_twice_it_counts_once(self, store: Store) -> None:
        name = new_id()
        seen, refused = await tried(store.join(name, "it", later(seconds=n), since=NOON) for n in range(AT_ONCE))
        assert not refused
        assert {each.count for each in seen} == {1}
        assert len({each.mine for each in seen}) == 1

    async def test_those_since_a_moment_are_told_that_moment_included(self, store: Store) -> None:
        name = new_id()
        for n in range(4):
            await store.join(name, str(n), later(minutes=n), since=NOON)
        seen = await store.join(name, "0", NOON, since=later(minutes=2))
        assert [each.at for each in seen.joined] == [later(minutes=2), later(minutes=3)]
        assert (seen.count, seen.mine.at) == (2, NOON)

    async def test_beyond_a_thousand_the_latest_are_told_and_all_are_counted(self, store: Store) -> None:
        name = new_id()
        joining = (store.join(name, str(n), later(seconds=n), since=later(days=2)) for n in range(1_010))
        for batch in _batches(joining, 100):
            await asyncio.gather(*batch)
        seen = await store.join(name, "0", NOON, since=NOON)
        assert (len(seen.joined), seen.count) == (1_000, 1_010)
        assert [seen.joined[0].at, seen.joined[-1].at] == [later(seconds=10), later(seconds=1_009)]

    async def test_gatherings_stay_apart_whatever_they_are_called(self, store: Store) -> None:
        end = new_id()
        for each in HOSTILE:
            assert (await store.join(each + end, each, NOON, since=NOON, marks=(each,))).count == 1

    async def test_joining_drops_what_is_older_than_a_day(self, store: Store) -> None:
        name = new_id()
        for hours in (0, 1, 24.5):
            await store.join(name, str(hours), later(hours=hours), since=NOON)
        seen = await store.join(name, "24.5", NOON, since=later(days=-1))
        assert [each.at for each in seen.joined] == [later(hours=1), later(hours=24.5)]

    async def test_in_a_gathering_too_a_time_without_a_zone_is_refused(self, store: Store) -> None:
        naive = NOON.replace(tzinfo=None)
        _, refused = await tried(
            (
                store.join("g", "it", naive, since=NOON),
                store.join("g", "it", NOON, since=naive),
            )
        )
        assert [type(each) for each in refused] == [UnfitError] * 2
        with pytest.raises(UnfitError):
            await store.claim("g", "what", "it", naive, since=NOON)

    async def test_of_many_claims_at_once_one_counts(self, store: Store) -> None:
        name = new_id()
        claims, refused = await tried(store.claim(name, "5", str(n), NOON, since=NOON) for n in range(AT_ONCE))
        assert not refused
        assert Counter(each.mine for each in claims) == {True: 1, False: AT_ONCE - 1}

    async def test_who_has_a_claim_may_ask_again(self, store: Store) -> None:
        name = new_id()
        first = await store.claim(name, "5", "it", NOON, since=NOON)
        assert await store.claim(name, "5", "it", later(minutes=5), since=NOON) == first
        assert (first.mine, first.at) == (True, NOON)

    async def test_a_claim_of_long_ago_counts_no_more(self, store: Store) -> None:
        name = new_id()
        await store.claim(name, "5", "one", NOON, since=NOON)
        taken = await store.claim(name, "5", "two", later(hours=2), since=later(hours=1))
        assert (taken.mine, taken.at) == (True, later(hours=2))

    async def test_different_claims_are_different(self, store: Store) -> None:
        name = new_id()
        claims = [await store.claim(name, what, what, NOON, since=NOON) for what in HOSTILE]
        assert all(each.mine for each in claims)

    async def test_gatherings_that_nobody_joins_any_more_go_with_the_incidents_of_their_time(
        self, store: Store
    ) -> None:
        old, young = new_id(), new_id()
        await store.join(old, "it", later(days=-2000), since=later(days=-2000))
        await store.claim(old, "5", "it", later(days=-2000), since=later(days=-2000))
        await store.join(young, "it", NOON, since=NOON)
        await forgotten(store, later(days=-1999))
        assert (await store.join(old, "new", NOON, since=later(days=-2000))).count == 1
        assert (await store.join(young, "new", NOON, since=NOON)).count == 2


class Outboxes:
    async def test_what_was_put_off_before_a_moment_is_told_the_earliest_first(self, store: Store) -> None:
        box = new_id()
        put = [Waiting(incident_id="it", key=str(n), at=later(minutes=n)) for n in range(4)]
        for each in reversed(put):
            await store.put_off(box, each)
        assert await store.waiting(box, before=later(minutes=3)) == tuple(put[:3])
        assert await store.waiting(box, before=later(minutes=3), limit=2) == tuple(put[:2])

    async def test_put_off_twice_it_waits_once(self, store: Store) -> None:
        box, each = new_id(), Waiting(incident_id="it", key="key", at=NOON)
        await asyncio.gather(store.put_off(box, each), store.put_off(box, each))
        assert await store.waiting(box, before=later(minutes=1)) == (each,)

    async def test_what_is_taken_out_waits_no_more(self, store: Store) -> None:
        box = new_id()
        put = [Waiting(incident_id=hostile, key=hostile, at=NOON) for hostile in HOSTILE]
        for each in put:
            await store.put_off(box, each)
        await store.take_out(box, *put[1:])
        await store.take_out(box, *put[1:])
        assert await store.waiting(box, before=later(minutes=1)) == (put[0],)

    async def test_outboxes_stay_apart(self, store: Store) -> None:
        end = new_id()
        for box in HOSTILE:
            await store.put_off(box + end, Waiting(incident_id=box, key="key", at=NOON))
        for box in HOSTILE:
            assert [each.incident_id for each in await store.waiting(box + end, before=later(days=1))] == [box]


def _batches(calls: Iterable[Awaitable[T]], size: int) -> Iterator[list[Awaitable[T]]]:
    every = iter(calls)
    while batch := list(islice(every, size)):
        yield batch


class Audit:
    async def test_the_chain_verifies(self, store: Store) -> None:
        put = await recorded(store)
        assert verify(await store.audit(put.id), KEYS, put.id) == Verified((await store.audit(put.id)).head)
        entries = [await store.append_audit(note(put.id, f"{n}", body="🐙" * n)) for n in range(12)]
        trail = await store.audit(put.id)
        assert trail.entries == tuple(entries)
        logged = {each.seal for each in entries}
        assert verify(trail, KEYS, put.id, logged=logged) == Verified(trail.head)
        assert trail.head.seal == entries[-1].seal

    async def test_appended_by_many_at_once_all_are_in_the_chain(self, store: Store) -> None:
        put = await recorded(store)
        appended, refused = await tried(store.append_audit(note(put.id, str(n))) for n in range(AT_ONCE))
        assert not refused
        trail = await store.audit(put.id)
        assert {each.seal for each in trail.entries} == {each.seal for each in appended}
        assert verify(trail, KEYS, put.id) == Verified(trail.head)
        assert trail.head.number == AT_ONCE

    async def test_read_while_others_append_it_verifies(self, store: Store) -> None:
        put = await recorded(store)
        appending = [asyncio.ensure_future(store.append_audit(note(put.id, str(n)))) for n in range(10)]
        while not all(each.done() for each in appending):
            trail = await store.audit(put.id)
            assert verify(trail, KEYS, put.id) == Verified(trail.head)
        await asyncio.gather(*appending)

    async def test_noted_again_it_is_there_once(self, store: Store) -> None:
        put = await recorded(store)
        once: AuditEntry = await store.append_audit(note(put.id))
        await store.append_audit(note(put.id, "next"))
        assert await store.append_audit(note(put.id, at=later(hours=1))) == once
        assert len((await store.audit(put.id)).entries) == 2

    async def test_without_an_incident_there_is_no_chain(self, store: Store) -> None:
        with pytest.raises(NotThereError):
            await store.append_audit(note(new_id()))
        with pytest.raises(NotThereError):
            await store.audit(new_id())


class Reports:
    async def test_a_report_of_megabytes_comes_back(self, store: Store) -> None:
        put = await recorded(store)
        kept = report(put.id, content=bytes(range(256)) * 20_000)
        await store.put_report(kept)
        assert await store.report(put.id, kept.name) == kept

    async def test_a_later_report_takes_the_place_of_an_earlier(self, store: Store) -> None:
        put = await recorded(store)
        for content in (b"1", b"2", b"1", b""):
            await store.put_report(report(put.id, content=content))
            assert await store.report(put.id, "report.json") == report(put.id, content=content)

    async def test_of_reports_put_at_once_one_is_there_whole(self, store: Store) -> None:
        put = await recorded(store)
        many = [report(put.id, content=f"{n}".encode() * 1000) for n in range(8)]
        _, refused = await tried(map(store.put_report, many))
        assert not refused
        assert await store.report(put.id, "report.json") in many

    async def test_names_stay_apart(self, store: Store) -> None:
        put = await recorded(store)
        for name in HOSTILE:
            await store.put_report(report(put.id, name, name.encode("utf-8", "surrogatepass")))
        for name in HOSTILE:
            there = await store.report(put.id, name)
            assert there is not None
            assert there.content == name.encode("utf-8", "surrogatepass")
        assert await store.report(put.id, "none") is None

    async def test_a_report_beyond_the_limit_is_refused(self, store: Store) -> None:
        put = await recorded(store)
        with pytest.raises(UnfitError):
            await store.put_report(report(put.id, content=bytes(LARGEST + 1)))
        with pytest.raises(NotThereError):
            await store.put_report(report(new_id()))


async def with_everything(store: Store, **what: object) -> IncidentRecord:
    """An incident with all that an incident can have."""
    put = await recorded(store, **what)
    await store.use_approval_once(decision(put.id))
    await store.record_intent(intent(put.id))
    await store.record_receipt(receipt(put.id))
    for n in range(3):
        await store.append_audit(note(put.id, str(n)))
    await store.put_report(report(put.id))
    await store.put_report(report(put.id, "other.html"))
    return put


async def is_whole(store: Store, put: IncidentRecord) -> bool:
    """Whether everything of an incident is there."""
    trail = await store.audit(put.id)
    return (
        await store.incident(put.id) == put
        and await store.decisions(put.id) == (decision(put.id),)
        and [each.receipt for each in await store.steps(put.id)] == [receipt(put.id)]
        and len(trail.entries) == 3
        and verify(trail, KEYS, put.id) == Verified(trail.head)
        and await store.report(put.id, "report.json") == report(put.id)
        and await store.report(put.id, "other.html") == report(put.id, "other.html")
    )


async def is_gone(store: Store, put: IncidentRecord) -> bool:
    """Whether nothing of an incident is there."""
    with pytest.raises(NotThereError):
        await store.audit(put.id)
    return (
        await store.incident(put.id) is None
        and await store.decisions(put.id) == ()
        and await store.steps(put.id) == ()
        and await store.report(put.id, "report.json") is None
        and put.id not in await listed(store, IncidentFilter())
    )


async def forgotten(store: Store, older_than: datetime, limit: int = 100) -> list[str]:
    """The ids of all that are deleted."""
    found: list[str] = []
    after: str | None = None
    while True:
        done = await store.forget(older_than, after=after, limit=limit)
        found += done.ids
        after = done.after
        if after is None:
            return found


class Forgetting:
    async def test_the_old_and_closed_go_wholly_and_nothing_else_does(self, store: Store) -> None:
        long_ago = later(days=-1000)
        old = [await with_everything(store, closed=True, received_at=long_ago) for _ in range(3)]
        still_open = await with_everything(store, received_at=long_ago)
        on_the_day = await with_everything(store, closed=True, received_at=later(days=-999))
        assert sorted(await forgotten(store, later(days=-999), limit=2)) == sorted(each.id for each in old)
        for put in old:
            assert await is_gone(store, put)
        for put in (still_open, on_the_day):
            assert await is_whole(store, put)
        assert await forgotten(store, later(days=-999)) == []

    async def test_one_goes_by_its_id_open_or_not(self, store: Store) -> None:
        put, other = await with_everything(store), await with_everything(store)
        assert await store.forget_incident(put.id)
        assert not await store.forget_incident(put.id)
        assert await is_gone(store, put)
        assert await is_whole(store, other)

    async def test_nothing_is_added_to_what_is_gone(self, store: Store) -> None:
        put = await with_everything(store)
        await store.forget_incident(put.id)
        _, refused = await tried(
            (
                store.advance(put),
                store.use_approval_once(decision(put.id, nonce="new")),
                store.record_intent(intent(put.id, "new")),
                store.record_receipt(receipt(put.id)),
                store.append_audit(note(put.id, "new")),
                store.put_report(report(put.id)),
            )
        )
        assert [type(each) for each in refused] == [NotThereError] * 6
        assert await is_gone(store, put)

    async def test_what_comes_back_begins_anew(self, store: Store) -> None:
        put = await with_everything(store)
        await store.forget_incident(put.id)
        assert (await store.put_incident_if_absent(put)).new
        assert await store.steps(put.id) == ()
        assert (await store.audit(put.id)).entries == ()
        assert await store.use_approval_once(decision(put.id)) == decision(put.id)


class Deliveries:
    async def test_of_mixed_duplicates_there_are_as_many_incidents_as_ids(self, store: Store, deliveries: int) -> None:
        ids = [new_id() for _ in range(deliveries // 10)]
        day = later(days=400)
        shuffled = ids * 10
        Random(1).shuffle(shuffled)  # noqa: S311 - an order, not a secret
        every = [record(each, received_at=day + timedelta(seconds=n)) for n, each in enumerate(shuffled)]
        new = 0
        for start in range(0, len(every), 200):
            placed = await asyncio.gather(*map(store.put_incident_if_absent, every[start : start + 200]))
            new += sum(each.new for each in placed)
        assert new == len(ids)
        found = await listed(store, IncidentFilter(since=day, before=later(days=500)), limit=500)
        assert sorted(found) == sorted(ids)


class Closing:
    async def test_closed_twice_it_is_closed(self, store: Store) -> None:
        put = await recorded(store)
        for _ in range(2):
            await store.close()
        with pytest.raises(StoreUnavailableError, match="closed"):
            await store.incident(put.id)


class Contract(
    Incidents,
    Lists,
    Decisions,
    Steps,
    Ledgers,
    Gatherings,
    Outboxes,
    Audit,
    Reports,
    Forgetting,
    Deliveries,
    Closing,
):
    """All of it."""
