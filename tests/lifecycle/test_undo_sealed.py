"""What the sealed trail vouches for, before anything is changed or taken back."""

from pathlib import Path

import pytest

from acimedic.lifecycle.receipts import attempt_of, change_key, intend, intent_note, note_nothing
from acimedic.lifecycle.sealed import BrokenTrailError, Sealed, sealed
from acimedic.model.record import AuditNote
from acimedic.store.chain import AuditKeys
from acimedic.store.opening import open_store
from tests.attacks.test_store import forged
from tests.lifecycle.repairs import NONCE, Repair, play

KEY = "change:hash:attempt:1"
BACK = "undo:hash:attempt:1"


async def noted_by_an_attacker(one: Repair, folder: Path, key: str) -> None:
    """Who writes the store, and has another key, puts a note at the end of the trail."""
    note = AuditNote(incident_id=one.record.id, key=key, at=one.clock(), kind="intent", body="{}", gateway=True)
    async with open_store(str(folder / "acimedic.db"), None, AuditKeys(current=b"attacker" * 5)) as theirs:
        await theirs.append_audit(note)


def test_a_change_that_somebody_else_sealed_was_not_carried_out(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await forged(one, one.plan)
        await noted_by_an_attacker(one, tmp_path, intent_note(change_key(one.plan.hash, "auto", 1)))
        answer = await one.apply(None)
        assert answer.state == "refused"
        assert "Nothing more is changed: the trail of this incident is not as it was written (entry 1:" in answer.said
        assert one.writes == []

    play(tmp_path, story, mode="auto")


def test_on_a_trail_that_was_tampered_with_nothing_is_changed(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await one.decided()
        await noted_by_an_attacker(one, tmp_path, "anything")
        assert (await one.apply()).state == "refused"
        assert one.world == one.begun

    play(tmp_path, story)


def test_what_nobody_tampered_with_is_vouched_for(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await intend(one.tools, one.record.id, KEY, one.plan.steps[0])
        assert (await sealed(one.tools, one.record.id)).meant(KEY)

    play(tmp_path, story)


def test_a_trail_with_a_seal_of_somebody_else_vouches_for_nothing(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await intend(one.tools, one.record.id, KEY, one.plan.steps[0])
        await noted_by_an_attacker(one, tmp_path, "anything")
        with pytest.raises(BrokenTrailError, match=r"\(entry 2: "):
            await sealed(one.tools, one.record.id)

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("notes", "number", "nothing"),
    [
        ([], 1, False),
        (["intent:k"], 1, False),
        (["intent:k", "nothing:k:1"], 2, True),
        (["intent:k", "nothing:k:1", "intent:k:2"], 2, False),
        (["intent:k", "nothing:k:1", "intent:k:2", "nothing:k:2"], 3, True),
    ],
    ids=["never", "once", "refused", "again", "refused-again"],
)
def test_only_where_every_try_was_refused_was_nothing_made(notes: list[str], number: int, nothing: bool) -> None:
    said = Sealed({key: place for place, key in enumerate(notes, 1)})
    assert (said.next_try("k"), said.made_nothing("k")) == (number, nothing)


@pytest.mark.parametrize(
    ("notes", "late"),
    [
        ([], False),
        ([f"receipt:{KEY}"], False),
        ([f"receipt:{KEY}", f"receipt:{BACK}"], False),
        ([f"receipt:{BACK}", f"receipt:{KEY}"], True),
        ([f"receipt:{BACK}", f"receipt:{KEY}", f"receipt:{BACK}:again"], False),
    ],
    ids=["never", "made", "undone", "made-late", "undone-again"],
)
def test_what_was_made_late_was_made_after_it_was_taken_back(notes: list[str], late: bool) -> None:
    assert Sealed({key: place for place, key in enumerate(notes, 1)}).made_last(KEY, BACK) == late


def test_a_try_that_was_refused_is_noted_once(tmp_path: Path) -> None:
    async def story(one: Repair) -> list[str]:
        key = change_key(one.plan.hash, attempt_of(NONCE), 1)
        await intend(one.tools, one.record.id, key, one.plan.steps[0])
        for said in ("429", "429 once more"):
            await note_nothing(one.tools, one.record.id, key, said, number=1)
        return await one.trail("nothing-made")

    (body,) = play(tmp_path, story)
    assert '"said": "429"' in body
