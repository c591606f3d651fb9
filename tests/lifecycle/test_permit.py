"""What has to be given before anything is written: mode and policy, a person's word, and the turn."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.deciding import expire
from acimedic.lifecycle.messages import Hint
from acimedic.lifecycle.permit import NotOurTurnError, closed, hold_turns, unapproved
from acimedic.lifecycle.turns import LEASE, registries
from acimedic.policy import Consent, InvalidPolicy, NoPolicy
from tests.lifecycle.asking import ask, hint
from tests.lifecycle.repairs import NONCE, OTHER_KEYS, Repair, play
from tests.policy import written

OTHER = "7b4a1f0e-0000-5d43-9c39-6f0a4f0f3c11"


# --- mode and policy


@pytest.mark.parametrize(
    ("consent", "why"),
    [
        (written.consent(mode="review"), None),
        (written.consent(mode="auto"), None),
        (written.consent(mode="observe"), "the mode is observe, in which nothing is changed"),
        (Consent(mode="auto", policy=NoPolicy()), "there is no policy that consents to it"),
        (Consent(mode="auto", policy=InvalidPolicy(("a", "b", "c", "d"))), "the policy is not valid: a; b; c"),
    ],
    ids=["review", "auto", "observe", "no-policy", "invalid"],
)
def test_nothing_is_written_without_a_mode_and_a_policy_that_let_it(consent: Consent, why: str | None) -> None:
    assert closed(consent) == why


# --- a person's word


def against(folder: Path, nonce: str | None = NONCE, **decided: Any) -> str | None:
    """Why what was decided is no approval."""

    async def story(one: Repair) -> str | None:
        await one.decided(**decided)
        return await unapproved(one.tools, Hint(incident=one.record.id, plan=one.plan.hash, nonce=nonce))

    return play(folder, story)


def test_what_was_approved_is_approved(tmp_path: Path) -> None:
    assert against(tmp_path) is None


def test_an_approval_holds_until_just_before_its_end_and_not_at_it(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[str | None, str | None]:
        await one.decided(good_for=timedelta(hours=1))
        one.clock.go(timedelta(seconds=3599))
        before = await unapproved(one.tools, hint(one, nonce=NONCE))
        one.clock.go(timedelta(seconds=1))
        return before, await unapproved(one.tools, hint(one, nonce=NONCE))

    assert play(tmp_path, story) == (None, "the approval was good until 2026-11-20 09:20 UTC")


@pytest.mark.parametrize(
    ("nonce", "decided", "why"),
    [
        (None, {}, "nobody has approved it"),
        ("nonce-2", {}, "no such approval is known"),
        (NONCE, {"incident": OTHER}, "the link belongs to another incident"),
        (NONCE, {"plan": "0" * 64}, "the plan has changed since"),
        (NONCE, {"keys": OTHER_KEYS}, "no link of ours"),
        (NONCE, {"gateway": False}, "through another Azure than this"),
        (NONCE, {"signed_nonce": "nonce-2"}, "what was signed is another decision"),
        (NONCE, {"word": "reject"}, "what was signed is another decision"),
    ],
    ids=["none", "unknown", "incident", "plan", "key", "azure", "link", "word"],
)
def test_what_was_not_approved_is_not_approved(
    tmp_path: Path, nonce: str | None, decided: dict[str, Any], why: str
) -> None:
    assert why in str(against(tmp_path, nonce, **decided))


def test_what_was_decided_through_another_azure_counts_there_alone(tmp_path: Path) -> None:
    async def story(one: Repair) -> str | None:
        await one.decided()
        azure = one.with_tools(settings=replace(one.tools.settings, gateway=None))
        return await unapproved(azure.tools, hint(one, nonce=NONCE))

    assert "through another Azure than this" in str(play(tmp_path, story))


def test_an_offer_that_ran_out_is_told_as_such(tmp_path: Path) -> None:
    async def story(one: Repair) -> str | None:
        offer = await ask(one)
        await expire(one.tools, hint(one))
        return await unapproved(one.tools, hint(one, nonce=offer.nonce))

    assert play(tmp_path, story) == "the decision was not to approve it, but to expire it"


def test_without_a_key_nothing_is_approved(tmp_path: Path) -> None:
    async def story(one: Repair) -> str | None:
        await one.decided()
        return await unapproved(one.with_tools(approval_keys=()).tools, hint(one, nonce=NONCE))

    assert "there is no key" in str(play(tmp_path, story))


# --- the turn


def test_whoever_holds_the_turn_keeps_others_from_it(tmp_path: Path) -> None:
    async def story(one: Repair) -> bool:
        await hold_turns(one.tools, one.record.id, one.plan)
        (registry,) = registries(one.plan)
        now = one.clock()
        return (await one.tools.store.take_turn(registry, OTHER, now=now, until=now + LEASE)).mine

    assert not play(tmp_path, story)


def test_the_turn_is_held_for_the_whole_of_a_lease_from_when_it_was_asked_for_last(tmp_path: Path) -> None:
    async def story(one: Repair) -> bool:
        await hold_turns(one.tools, one.record.id, one.plan)
        one.clock.go(LEASE - timedelta(seconds=1))
        await hold_turns(one.tools, one.record.id, one.plan)
        one.clock.go(LEASE - timedelta(seconds=1))
        (registry,) = registries(one.plan)
        now = one.clock()
        return (await one.tools.store.take_turn(registry, OTHER, now=now, until=now + LEASE)).mine

    assert not play(tmp_path, story)


def test_while_another_incident_has_the_turn_nobody_else_holds_it(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        (registry,) = registries(one.plan)
        now = one.clock()
        await one.tools.store.take_turn(registry, OTHER, now=now, until=now + LEASE)
        with pytest.raises(NotOurTurnError, match="another incident is changing registry 'contoso'"):
            await hold_turns(one.tools, one.record.id, one.plan)

    play(tmp_path, story)
