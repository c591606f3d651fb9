"""Tampering with an audit, one way a test, by somebody who can write the storage and has no key."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acimedic.model.record import AuditEntry, AuditHead, AuditTrail
from acimedic.store.chain import START, AuditKeys, Broken, Verified, head_at, seal, verify
from acimedic.store.trouble import StoreSettingError
from tests.store.values import KEYS, later, note

Tampering = Callable[[list[AuditEntry]], list[AuditEntry]]
_OTHER = AuditKeys(b"somebody else's key, a guess")


def chain(count: int = 5, keys: AuditKeys = KEYS, head: AuditHead = START, incident: str = "it") -> list[AuditEntry]:
    entries = []
    for n in range(count):
        entry = seal(keys, head, note(incident, str(n), body=f"said {n}"))
        entries.append(entry)
        head = head_at(entry)
    return entries


def trail(entries: list[AuditEntry]) -> AuditTrail:
    return AuditTrail(entries=tuple(entries), head=head_at(entries[-1]) if entries else START)


def altered(entry: AuditEntry, **what: object) -> AuditEntry:
    return replace(entry, note=replace(entry.note, **what))  # type: ignore[arg-type]


def renumbered(entries: list[AuditEntry]) -> list[AuditEntry]:
    return [replace(entry, number=n) for n, entry in enumerate(entries, start=1)]


def relinked(entries: list[AuditEntry]) -> list[AuditEntry]:
    linked: list[AuditEntry] = []
    for entry in renumbered(entries):
        linked.append(replace(entry, previous=linked[-1].seal if linked else ""))
    return linked


TAMPERINGS: dict[str, Tampering] = {
    "body": lambda e: [*e[:2], altered(e[2], body="never said"), *e[3:]],
    "time": lambda e: [*e[:2], altered(e[2], at=later(hours=1)), *e[3:]],
    "kind": lambda e: [*e[:2], altered(e[2], kind="approved"), *e[3:]],
    "key": lambda e: [*e[:2], altered(e[2], key="other"), *e[3:]],
    "approver": lambda e: [*e[:2], altered(e[2], approver="0f6c2a9e-5b1d-4a77-9c3e-2d8b71e4f005"), *e[3:]],
    "a person's name": lambda e: [*e[:2], altered(e[2], approver="Petra"), *e[3:]],
    "gateway": lambda e: [*e[:2], altered(e[2], gateway=True), *e[3:]],
    "incident": lambda e: [*e[:2], altered(e[2], incident_id="other"), *e[3:]],
    "seal": lambda e: [*e[:2], replace(e[2], seal="0" * 64), *e[3:]],
    "seal of other letters": lambda e: [*e[:2], replace(e[2], seal="\ud800é"), *e[3:]],
    "last entry": lambda e: [*e[:4], altered(e[4], body="never said")],
    "removed at the start": lambda e: e[1:],
    "removed and renumbered at the start": lambda e: relinked(e[1:]),
    "removed in the middle": lambda e: [*e[:2], *e[3:]],
    "removed and relinked": lambda e: relinked([*e[:2], *e[3:]]),
    "swapped": lambda e: [e[0], e[2], e[1], *e[3:]],
    "swapped and relinked": lambda e: relinked([e[0], e[2], e[1], *e[3:]]),
    "reversed": lambda e: relinked(e[::-1]),
    "doubled": lambda e: [*e[:3], *e[2:]],
    "doubled and relinked": lambda e: relinked([*e[:3], *e[2:]]),
    "inserted with another key": lambda e: relinked([*e[:2], *chain(1, _OTHER, head_at(e[1])), *e[2:]]),
    "appended with another key": lambda e: [*e, *chain(1, _OTHER, head_at(e[4]))],
    "with another key's name forged": lambda e: [
        *e, *(replace(each, key_id=e[0].key_id) for each in chain(1, _OTHER, head_at(e[4])))
    ],
    "an entry of another incident": lambda e: [*e, *chain(1, KEYS, head_at(e[4]), incident="other")],
}  # fmt: skip


def test_a_chain_as_it_was_written_verifies() -> None:
    whole = trail(chain())
    assert verify(whole, KEYS, "it") == Verified(whole.head)
    assert verify(trail([]), KEYS, "it") == Verified(START)


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_shows(tampering: str) -> None:
    assert isinstance(verify(trail(TAMPERINGS[tampering](chain())), KEYS, "it"), Broken)


def test_the_first_entry_that_was_altered_is_named() -> None:
    assert verify(trail(TAMPERINGS["body"](chain())), KEYS, "it") == Broken(3, "it is not as it was written")


def test_what_is_cut_off_the_end_shows_by_the_head() -> None:
    whole = chain()
    assert isinstance(verify(AuditTrail(entries=tuple(whole[:4]), head=head_at(whole[4])), KEYS, "it"), Broken)
    assert isinstance(verify(AuditTrail(entries=(), head=head_at(whole[4])), KEYS, "it"), Broken)


def test_what_is_cut_off_together_with_the_head_shows_by_the_log() -> None:
    whole = chain()
    logged = [entry.seal for entry in whole]
    cut = trail(whole[:3])
    assert verify(cut, KEYS, "it") == Verified(cut.head)
    broken = verify(cut, KEYS, "it", logged=logged)
    assert broken == Broken(4, "2 logged head(s) are not in the chain: it was cut or rewritten")


def test_with_another_key_nothing_verifies() -> None:
    assert isinstance(verify(trail(chain()), _OTHER, "it"), Broken)


def test_after_a_new_key_older_entries_verify_still() -> None:
    old = chain(2)
    rotated = AuditKeys(b"the key of the new year", earlier=(KEYS.current,))
    whole = trail([*old, *chain(2, rotated, head_at(old[-1]))])
    assert verify(whole, rotated, "it") == Verified(whole.head)
    assert isinstance(verify(whole, AuditKeys(rotated.current), "it"), Broken)


def test_what_was_done_through_a_gateway_counts_only_there() -> None:
    entry = seal(KEYS, START, note("it", gateway=True))
    assert isinstance(verify(trail([entry]), KEYS, "it"), Broken)
    assert verify(trail([entry]), KEYS, "it", gateway=True) == Verified(head_at(entry))


def test_a_key_that_is_no_secret_is_refused_and_none_is_shown() -> None:
    for short in (b"", b"too short"):
        with pytest.raises(StoreSettingError):
            AuditKeys(short)
        with pytest.raises(StoreSettingError):
            AuditKeys(KEYS.current, earlier=(short,))
    assert "tests have" not in repr(KEYS)


@given(st.text(), st.text(), st.text())
def test_no_two_notes_share_a_seal(kind: str, body: str, key: str) -> None:
    said = {seal(KEYS, START, note("it", key, kind=kind, body=body)).seal}
    for other in ((kind + "x", body, key), (kind, body + "x", key), (kind, body, key + "x"), (kind + body, "", key)):
        if other != (kind, body, key):
            said_other = seal(KEYS, START, note("it", other[2], kind=other[0], body=other[1])).seal
            assert said_other not in said
