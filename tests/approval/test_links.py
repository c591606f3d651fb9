"""Signed links: what they hold, and all the ways in which one does not count."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acimedic.approval import (
    Approval,
    ExpiredError,
    ForgedError,
    OtherPlanError,
    ensure_meant,
    offer,
    read,
    sign,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
OLD, NEW, FOREIGN = "o" * 40, "n" * 40, "f" * 40


def approval(**changes: object) -> Approval:
    offered = offer("incident-1", "plan-1", "approve", expires=NOW + timedelta(hours=4))
    return replace(offered, **changes)  # type: ignore[arg-type]


def test_a_link_says_what_was_signed() -> None:
    """Incident, plan, decision, nonce and end come back as they were."""
    given_out = approval()
    assert read(sign(given_out, [NEW]), [NEW], now=NOW) == given_out


def test_two_offers_are_two_decisions() -> None:
    """The same plan may be offered twice; using one link leaves the other's nonce alone."""
    assert approval().nonce != approval().nonce


@pytest.mark.parametrize("where", [0, 5, 20, -2, -10])
def test_an_altered_link_is_forged(where: int) -> None:
    """A single changed character, wherever it stands."""
    token = sign(approval(), [NEW])
    changed = "A" if token[where] != "A" else "B"
    place = where % len(token)
    with pytest.raises(ForgedError):
        read(token[:place] + changed + token[place + 1 :], [NEW], now=NOW)


def test_a_link_of_another_key_is_forged() -> None:
    """Somebody else's key signs nothing for us."""
    with pytest.raises(ForgedError):
        read(sign(approval(), [FOREIGN]), [NEW, OLD], now=NOW)


def test_the_parts_of_two_links_make_none() -> None:
    """The words of one with the signature of the other."""
    words, _, _ = sign(approval(decision="approve"), [NEW]).rpartition(".")
    _, _, signature = sign(approval(decision="reject"), [NEW]).rpartition(".")
    with pytest.raises(ForgedError):
        read(f"{words}.{signature}", [NEW], now=NOW)


def test_a_link_from_before_the_key_was_changed_still_counts() -> None:
    """The old key is kept as the second one; the new one signs."""
    sent = sign(approval(), [OLD])
    assert read(sent, [NEW, OLD], now=NOW).incident == "incident-1"
    assert read(sign(approval(), [NEW, OLD]), [NEW], now=NOW).incident == "incident-1"


def test_once_the_old_key_is_gone_its_links_are_forged() -> None:
    """That ends a rotation."""
    with pytest.raises(ForgedError):
        read(sign(approval(), [OLD]), [NEW], now=NOW)


@pytest.mark.parametrize("late", [timedelta(), timedelta(seconds=1), timedelta(days=400)])
def test_a_link_ends(late: timedelta) -> None:
    """At its end it no longer counts."""
    given_out = approval()
    with pytest.raises(ExpiredError):
        read(sign(given_out, [NEW]), [NEW], now=given_out.expires + late)


def test_a_link_is_for_one_incident_and_one_plan() -> None:
    """A plan that has changed wants a new yes."""
    given_out = approval()
    ensure_meant(given_out, incident="incident-1", plan="plan-1")
    with pytest.raises(OtherPlanError):
        ensure_meant(given_out, incident="incident-2", plan="plan-1")
    with pytest.raises(OtherPlanError):
        ensure_meant(given_out, incident="incident-1", plan="plan-2")


@pytest.mark.parametrize("keys", [[], [""], ["short"], [NEW, "short"]])
def test_a_key_that_can_be_guessed_signs_nothing(keys: list[str]) -> None:
    """No key is no key, and a short one is none either."""
    with pytest.raises(ValueError, match="32 characters"):
        sign(approval(), keys)


@settings(derandomize=True, deadline=None)
@given(st.text(max_size=2000))
def test_any_other_text_is_forged(text: str) -> None:
    """Whatever is put behind the address."""
    with pytest.raises(ForgedError):
        read(text, [NEW], now=NOW)
