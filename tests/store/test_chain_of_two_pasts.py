"""Entries that we sealed ourselves, in a place where we did not put them: of another past, or of a stand-in."""

from dataclasses import replace

from acimedic.model.record import AuditEntry, AuditHead, AuditTrail
from acimedic.store.chain import START, Broken, Verified, head_at, seal, verify
from tests.store.values import KEYS, note


def chain(*said: str, gateway: bool = False) -> list[AuditEntry]:
    """What was sealed, one after the other."""
    entries: list[AuditEntry] = []
    for number, body in enumerate(said):
        head = head_at(entries[-1]) if entries else START
        entries.append(seal(KEYS, head, note("it", str(number), body=body, gateway=gateway)))
    return entries


def trail(entries: list[AuditEntry]) -> AuditTrail:
    return AuditTrail(entries=tuple(entries), head=head_at(entries[-1]))


def test_what_followed_upon_another_past_does_not_follow_upon_this_one() -> None:
    """A copy of the store from before, in which something else was written, is one of these pasts."""
    before, now = chain("one", "another", "a third"), chain("one", "two", "three")
    assert verify(trail([*now[:2], before[2]]), KEYS, "it") == Broken(3, "it does not follow the entry before it")


def test_a_past_that_is_whole_verifies_and_the_log_tells_which_it_is() -> None:
    before, now = chain("one", "another"), chain("one", "two")
    assert verify(trail(before), KEYS, "it") == Verified(head_at(before[-1]))
    assert isinstance(verify(trail(before), KEYS, "it", logged=[entry.seal for entry in now]), Broken)


def test_a_head_of_another_number_is_not_the_head_of_this_chain() -> None:
    entries = chain("one", "two")
    wrong = AuditTrail(entries=tuple(entries), head=AuditHead(number=3, seal=entries[-1].seal))
    assert verify(wrong, KEYS, "it") == Broken(3, "the chain should end with entry 3, not with 2")


def test_a_head_without_entries_tells_that_they_were_removed() -> None:
    (entry,) = chain("one")
    assert isinstance(verify(AuditTrail(entries=(), head=head_at(entry)), KEYS, "it"), Broken)


def test_what_was_done_in_azure_is_part_of_the_chain_through_a_stand_in_too() -> None:
    entries = chain("one", "two")
    assert verify(trail(entries), KEYS, "it", gateway=True) == Verified(head_at(entries[-1]))


def test_one_entry_of_a_stand_in_is_named_among_those_of_azure() -> None:
    entries = chain("one", "two")
    entries.append(seal(KEYS, head_at(entries[-1]), note("it", "3", gateway=True)))
    found = verify(trail(entries), KEYS, "it")
    assert isinstance(found, Broken)
    assert (found.number, "through a gateway" in found.reason) == (3, True)


def test_an_entry_of_another_incident_is_named_as_such() -> None:
    """It is sealed by us, and says of which incident it is."""
    entries = chain("one")
    found = verify(trail(entries), KEYS, "another")
    assert found == Broken(1, "it belongs to another incident")


def test_a_number_that_was_changed_is_named_as_such() -> None:
    first, second = chain("one", "two")
    found = verify(AuditTrail(entries=(first, replace(second, number=5)), head=head_at(second)), KEYS, "it")
    assert isinstance(found, Broken)
    assert found.reason.startswith("it says that it is number 5")
