"""An offer is made once for each plan, and is good until it expires or its story is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from acimedic.approval import Approval, ForgedError, read
from acimedic.incident import from_words
from acimedic.lifecycle.offers import link, marked_at, offered, with_mark, with_offer
from acimedic.model.incident import Incident
from acimedic.model.record import IncidentRecord
from acimedic.simulator import load_world
from tests.lifecycle.repairs import KEYS, OTHER_KEYS

NOW = datetime(2026, 11, 20, 8, 20, tzinfo=UTC)
LATER = NOW + timedelta(hours=24)
GROUP = load_world("role-missing")["event"]["data"]["resourceUri"]


def incident() -> IncidentRecord:
    about = from_words(GROUP, "an-offer")
    assert isinstance(about, Incident)
    return IncidentRecord(incident=about, state="diagnosed", received_at=NOW, changed_at=NOW)


def of(record: IncidentRecord) -> Approval:
    there = offered(record)
    assert there is not None
    return there


def first() -> IncidentRecord:
    return with_offer(incident(), "plan-1", now=NOW, expires=LATER)


def test_an_incident_that_was_not_diagnosed_has_no_offer() -> None:
    assert offered(incident()) is None


def test_an_offer_is_of_its_incident_and_plan_until_it_expires() -> None:
    offer = of(first())
    assert (offer.incident, offer.plan, offer.expires) == (incident().id, "plan-1", LATER)


def test_an_offer_of_the_same_plan_stays_the_one_that_it_is() -> None:
    there = first()
    assert with_offer(there, "plan-1", now=NOW + timedelta(hours=23), expires=LATER + timedelta(days=9)) == there


def test_another_plan_is_another_offer() -> None:
    again = with_offer(first(), "plan-2", now=NOW, expires=LATER)
    assert of(again).plan == "plan-2"
    assert of(again).nonce != of(first()).nonce


@pytest.mark.parametrize(("after", "same"), [(-1, True), (0, False), (1, False)])
def test_an_offer_that_has_expired_is_made_anew(after: int, same: bool) -> None:
    there = first()
    again = with_offer(there, "plan-1", now=LATER + timedelta(seconds=after), expires=LATER + timedelta(days=1))
    assert (of(again).nonce == of(there).nonce) is same


@pytest.mark.parametrize("state", ["awaiting-decision", "waiting-for-turn", "applying", "applied"])
def test_what_was_decided_on_is_not_offered_anew_while_it_is_under_way(state: str) -> None:
    there = replace(first(), state=state)
    assert with_offer(there, "plan-1", now=NOW, expires=LATER, used={of(there).nonce}) == there


@pytest.mark.parametrize("state", ["refused", "rejected", "undone", "failed", "in-effect", "diagnosed"])
def test_what_was_decided_on_is_offered_anew_once_its_story_is_over(state: str) -> None:
    there = replace(first(), state=state)
    again = with_offer(there, "plan-1", now=NOW, expires=LATER, used={of(there).nonce})
    assert of(again).nonce != of(there).nonce


def test_what_others_decided_ends_no_offer_of_ours() -> None:
    there = first()
    assert with_offer(there, "plan-1", now=NOW, expires=LATER, used={"another"}) == there


def test_an_offer_and_a_mark_leave_each_other_alone() -> None:
    both = with_offer(with_mark(first(), NOW), "plan-2", now=NOW, expires=LATER)
    again = with_mark(both, LATER)
    assert (marked_at(both), marked_at(again)) == (NOW, LATER)
    assert offered(again) == offered(both)


def test_a_mark_is_a_moment_in_whatever_zone() -> None:
    east = NOW.astimezone(timezone(timedelta(hours=9)))
    assert marked_at(with_mark(incident(), east)) == NOW


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        "[]",
        '{"offer": 7}',
        '{"offer": {}}',
        '{"offer": {"plan": "p", "nonce": "n"}}',
        '{"offer": {"plan": "p", "nonce": "n", "expires": "soon"}}',
        '{"offer": {"plan": "p", "nonce": "n", "expires": null}}',
        '{"offer": {"plan": "p", "nonce": "n", "expires": 1e300}}',
        '{"offer": {"plan": "p", "nonce": "n", "expires": 99999999999999999}}',
    ],
)
def test_what_cannot_be_understood_is_no_offer_and_is_made_anew(body: str) -> None:
    there = replace(incident(), body=body)
    assert offered(there) is None
    assert of(with_offer(there, "plan-1", now=NOW, expires=LATER)).plan == "plan-1"


@pytest.mark.parametrize("body", ["", "[]", '{"marked_at": 7}', '{"marked_at": "soon"}'])
def test_what_cannot_be_understood_is_no_mark(body: str) -> None:
    assert marked_at(replace(incident(), body=body)) is None


def test_an_offer_says_yes_unless_somebody_says_no() -> None:
    words = [read(link(of(first()), word, KEYS, gateway=False), KEYS, now=NOW) for word in ("approve", "reject")]
    assert [word.decision for word in words] == ["approve", "reject"]


def test_yes_and_no_are_of_one_nonce_so_that_the_first_counts() -> None:
    offer = of(first())
    words = [read(link(offer, word, KEYS, gateway=False), KEYS, now=NOW) for word in ("approve", "reject")]
    assert {word.nonce for word in words} == {offer.nonce}


@pytest.mark.parametrize(
    ("keys", "made", "asked"),
    [(OTHER_KEYS, False, False), (KEYS, False, True), (KEYS, True, False)],
    ids=["key", "of-azure", "of-a-stand-in"],
)
def test_a_link_counts_under_its_own_key_and_azure_alone(keys: tuple[str, ...], made: bool, asked: bool) -> None:
    text = link(of(first()), "approve", KEYS, gateway=made)
    with pytest.raises(ForgedError):
        read(text, keys, now=NOW, gateway=asked)
