"""What is kept of an incident, and read back only where it is what it says."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from acimedic.lifecycle.keeping import (
    EVIDENCE,
    REPORT,
    NoIncidentError,
    change,
    found,
    keep_plan,
    kept_bundle,
    kept_plan,
    kept_report,
    note,
)
from acimedic.model.plan import Plan
from acimedic.model.record import IncidentRecord, ReportFile
from acimedic.planning import fingerprint
from acimedic.store.trouble import LostRaceError
from acimedic.value_codec import as_values
from tests.lifecycle.asking import standing
from tests.lifecycle.repairs import Meanwhile, Repair, play

ELSEWHERE = "7b4a1f0e-0000-5d43-9c39-6f0a4f0f3c11"
DEEP = b"[" * 100_000


async def put(one: Repair, name: str, content: bytes) -> None:
    """Somebody writes a file into the store."""
    file = ReportFile(
        incident_id=one.record.id, name=name, media_type="application/json", made_at=one.clock(), content=content
    )
    await one.tools.store.put_report(file)


def sealed(one: Repair, incident: str, **changes: object) -> Plan:
    """The plan with these changes, and the hash that goes with them."""
    plan = replace(one.plan, **changes)  # type: ignore[arg-type]
    return replace(plan, hash=fingerprint(incident, plan.steps, plan.facts, plan.policy))


# --- plans


def test_a_plan_is_read_back_as_it_was_kept(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        assert await kept_plan(one.tools, one.record.id, one.plan.hash) == one.plan

    play(tmp_path, story)


def test_a_sound_plan_under_the_name_of_another_is_not_that_one(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        other = sealed(one, one.record.id, policy="0" * 64)
        await put(one, f"plan-{one.plan.hash}.json", json.dumps(as_values(other)).encode())
        assert await kept_plan(one.tools, one.record.id, one.plan.hash) is None

    play(tmp_path, story)


def test_a_plan_of_another_incident_is_no_plan_of_this_one(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        other = sealed(one, ELSEWHERE)
        await keep_plan(one.tools, one.record.id, other, one.clock())
        assert await kept_plan(one.tools, one.record.id, other.hash) is None

    play(tmp_path, story)


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b"{}", b"\xff", DEEP], ids=range(6))
def test_what_is_no_plan_is_none(tmp_path: Path, content: bytes) -> None:
    async def story(one: Repair) -> None:
        await put(one, f"plan-{one.plan.hash}.json", content)
        assert await kept_plan(one.tools, one.record.id, one.plan.hash) is None

    play(tmp_path, story)


# --- reports and bundles


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b"{}", b"\xff", DEEP], ids=range(6))
def test_what_is_no_report_and_no_bundle_is_none(tmp_path: Path, content: bytes) -> None:
    async def story(one: Repair) -> None:
        await put(one, REPORT, content)
        await put(one, EVIDENCE, content)
        assert await kept_report(one.tools, one.record.id) is None
        assert await kept_bundle(one.tools, one.record.id) is None

    play(tmp_path, story)


def test_before_the_first_diagnosis_there_is_no_report_and_no_bundle(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        assert await kept_report(one.tools, one.record.id) is None
        assert await kept_bundle(one.tools, one.record.id) is None

    play(tmp_path, story)


# --- the record and the trail


def test_a_change_of_what_is_not_there_is_refused(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        with pytest.raises(NoIncidentError):
            await found(one.tools, ELSEWHERE)
        with pytest.raises(NoIncidentError):
            await change(one.tools, ELSEWHERE, lambda record: record)

    play(tmp_path, story)


def test_of_two_who_change_a_record_at_once_neither_is_lost(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        async def somebody_else() -> None:
            await change(one.tools, one.record.id, lambda record: replace(record, cause="theirs"))

        late = one.with_tools(store=Meanwhile(one.tools.store, "advance", somebody_else))
        await change(late.tools, one.record.id, lambda record: replace(record, outcome="ours"))
        stands = await standing(one)
        assert (stands.cause, stands.outcome) == ("theirs", "ours")

    play(tmp_path, story)


class Faster:
    """A store in which somebody else is always faster."""

    def __init__(self, one: Repair) -> None:
        self._one = one
        self.tries = 0

    async def incident(self, incident: str) -> IncidentRecord | None:
        return await self._one.tools.store.incident(incident)

    async def advance(self, _record: IncidentRecord) -> IncidentRecord:
        self.tries += 1
        raise LostRaceError("somebody wrote since then")


def test_whoever_is_always_late_says_so_in_the_end(tmp_path: Path) -> None:
    async def story(one: Repair) -> int:
        faster = Faster(one)
        with pytest.raises(LostRaceError):
            await change(
                one.with_tools(store=faster).tools, one.record.id, lambda record: replace(record, outcome="ours")
            )
        return faster.tries

    assert 1 < play(tmp_path, story) < 20


def test_a_change_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    async def story(one: Repair) -> int:
        faster = Faster(one)
        await change(one.with_tools(store=faster).tools, one.record.id, lambda record: record)
        return faster.tries

    assert play(tmp_path, story) == 0


def test_what_is_noted_twice_is_on_the_trail_once(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        for _ in range(2):
            await note(one.tools, one.record.id, key="once", kind="seen", body={"said": "it"})
        assert await one.trail("seen") == ['{"said": "it"}']

    play(tmp_path, story)


def test_the_log_holds_the_head_of_the_trail_so_that_what_is_cut_off_shows(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="acimedic.audit")

    async def story(one: Repair) -> None:
        await note(one.tools, one.record.id, key="once", kind="seen", body={})
        trail = await one.tools.store.audit(one.record.id)
        head = json.loads(caplog.records[-1].getMessage())
        assert (head["number"], head["seal"]) == (trail.head.number, trail.head.seal)

    play(tmp_path, story)
