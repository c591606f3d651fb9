"""A person's word on a plan: it is checked, used up and kept; and without one the offer runs out."""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from acimedic.approval import Witnessed, witness
from acimedic.approver import Approver
from acimedic.lifecycle.deciding import (
    AWAITING,
    CannotDecideError,
    Pending,
    by_hand,
    decide,
    decision,
    expire,
    pending,
)
from acimedic.lifecycle.keeping import NoIncidentError
from acimedic.lifecycle.messages import Decided
from acimedic.model.record import Decision, ReportFile
from tests.lifecycle.asking import GOOD_FOR, ask, hint, say, stand, standing, token
from tests.lifecycle.repairs import KEYS, OTHER_KEYS, STRANGER, Meanwhile, Repair, play

ELSEWHERE = "7b4a1f0e-0000-5d43-9c39-6f0a4f0f3c11"
NONE = Decided(word="none")
IN_VAIN = Decided(word="expire", said="nobody decided in time")
HASH_KEY = "h" * 32


async def why(asked: Awaitable[object]) -> str:
    """Why it cannot be decided; "" where it can."""
    try:
        await asked
    except CannotDecideError as error:
        return error.why
    return ""


# --- what a link would decide


def test_a_link_shows_the_plan_that_waits(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        offer = await ask(one)
        found = await pending(one.tools, one.record.id, token(offer))
        assert found == Pending(record=await standing(one), plan=one.plan, approval=offer)

    play(tmp_path, story)


def test_to_look_decides_nothing(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        offer = await ask(one)
        for _ in range(2):
            await pending(one.tools, one.record.id, token(offer))
        assert (await one.tools.store.decisions(one.record.id), await one.trail("decision")) == ((), [])

    play(tmp_path, story)


@pytest.mark.parametrize(("seconds", "reason"), [(-1, ""), (0, "expired")])
def test_a_link_is_good_until_just_before_its_end(tmp_path: Path, seconds: int, reason: str) -> None:
    async def story(one: Repair) -> str:
        offer = await ask(one)
        one.clock.go(GOOD_FOR + timedelta(seconds=seconds))
        return await why(pending(one.tools, one.record.id, token(offer)))

    assert play(tmp_path, story) == reason


async def _of_another_incident(one: Repair) -> str:
    offer = await ask(one)
    return await why(pending(one.tools, one.record.id, token(replace(offer, incident=ELSEWHERE))))


async def _nobody_knows(one: Repair) -> str:
    offer = await ask(one)
    return await why(pending(one.tools, ELSEWHERE, token(replace(offer, incident=ELSEWHERE))))


async def _no_keys(one: Repair) -> str:
    offer = await ask(one)
    return await why(pending(one.with_tools(approval_keys=()).tools, one.record.id, token(offer)))


async def _other_key(one: Repair) -> str:
    return await why(pending(one.tools, one.record.id, token(await ask(one), keys=OTHER_KEYS)))


async def _other_azure(one: Repair) -> str:
    return await why(pending(one.tools, one.record.id, token(await ask(one), gateway=False)))


async def _other_plan(one: Repair) -> str:
    offer = await ask(one)
    await stand(one, lambda record: replace(record, plan_hash="0" * 64))
    return await why(pending(one.tools, one.record.id, token(offer)))


async def _no_plan(one: Repair) -> str:
    offer = await ask(one)
    await stand(one, lambda record: replace(record, plan_hash=None))
    return await why(pending(one.tools, one.record.id, token(offer)))


async def _offered_anew(one: Repair) -> str:
    first = await ask(one)
    await stand(one, lambda record: replace(record, body="{}"))
    await ask(one)
    return await why(pending(one.tools, one.record.id, token(first)))


async def _not_offered(one: Repair) -> str:
    offer = await ask(one)
    await stand(one, lambda record: replace(record, body="{}"))
    return await why(pending(one.tools, one.record.id, token(offer)))


async def _decided_on(one: Repair) -> str:
    offer = await ask(one)
    await say(one, offer, "reject")
    return await why(pending(one.tools, one.record.id, token(offer)))


async def _under_way(one: Repair) -> str:
    return await why(pending(one.tools, one.record.id, token(await ask(one, state="applying"))))


async def _closed(one: Repair) -> str:
    return await why(pending(one.tools, one.record.id, token(await ask(one, closed=True))))


async def _altered(one: Repair) -> str:
    offer = await ask(one)
    await one.tools.store.put_report(
        ReportFile(
            incident_id=one.record.id,
            name=f"plan-{one.plan.hash}.json",
            media_type="application/json",
            made_at=one.clock(),
            content=b"{}",
        )
    )
    return await why(pending(one.tools, one.record.id, token(offer)))


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (_nobody_knows, "unknown"),
        (_no_keys, "no-keys"),
        (_other_key, "forged"),
        (_other_azure, "forged"),
        (_of_another_incident, "other-plan"),
        (_other_plan, "other-plan"),
        (_no_plan, "other-plan"),
        (_offered_anew, "other-plan"),
        (_not_offered, "other-plan"),
        (_altered, "other-plan"),
        (_decided_on, "decided"),
        (_under_way, "closed"),
        (_closed, "closed"),
    ],
)
def test_what_a_link_cannot_decide_it_says(
    tmp_path: Path, asked: Callable[[Repair], Awaitable[str]], reason: str
) -> None:
    assert play(tmp_path, asked) == reason


# --- the word is taken


def test_a_word_is_kept_as_our_own_signature_vouches_for_it(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        offer = await ask(one)
        wanted = await pending(one.tools, one.record.id, token(offer))
        kept = await decide(one.tools, wanted, approver=Approver(STRANGER))
        taken = Witnessed(approval=offer, approver=STRANGER, decided_at=one.clock())
        assert kept.claim == witness(taken, KEYS, gateway=True)
        assert await one.tools.store.decisions(one.record.id) == (kept,)

    play(tmp_path, story)


def test_a_word_is_on_the_trail_with_who_said_it_and_without_the_link(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        offer = await ask(one)
        wanted = await pending(one.tools, one.record.id, token(offer, "reject"))
        await decide(one.tools, wanted, approver=Approver(STRANGER))
        (entry,) = (await one.tools.store.audit(one.record.id)).entries
        assert (entry.note.kind, entry.note.approver) == ("decision", STRANGER)
        assert '"decided": "reject"' in entry.note.body
        assert offer.nonce not in repr(entry)

    play(tmp_path, story)


@pytest.mark.parametrize("words", [("approve", "reject"), ("reject", "approve")])
def test_the_first_word_stands(
    tmp_path: Path, words: tuple[Literal["approve", "reject"], Literal["approve", "reject"]]
) -> None:
    async def story(one: Repair) -> tuple[str, str]:
        offer = await ask(one)
        wanted = [await pending(one.tools, one.record.id, token(offer, word)) for word in words]
        await decide(one.tools, wanted[0], approver=None)
        second = await why(decide(one.tools, wanted[1], approver=None))
        return (await decision(one.tools, hint(one))).word, second

    assert play(tmp_path, story) == (words[0], "decided")


def test_of_many_who_say_a_word_at_once_one_is_heard(tmp_path: Path) -> None:
    async def story(one: Repair) -> list[str]:
        offer = await ask(one)
        wanted = await pending(one.tools, one.record.id, token(offer))
        people = [Approver(f"{number:08x}-2222-4333-8444-666666666666") for number in range(8)]
        return await asyncio.gather(*(why(decide(one.tools, wanted, approver=who)) for who in people))

    assert sorted(play(tmp_path, story)) == ["", *["decided"] * 7]


def test_whoever_deployed_has_no_word_and_uses_up_none(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        own = hmac.new(HASH_KEY.encode(), STRANGER.encode(), hashlib.sha256).hexdigest()
        over = one.with_tools(settings=replace(one.tools.settings, hash_key=HASH_KEY))
        wanted = await pending(one.tools, one.record.id, token(await ask(one)))
        deployed = replace(wanted, record=replace(wanted.record, incident=replace(one.record.incident, deployer=own)))
        assert await why(decide(over.tools, deployed, approver=Approver(STRANGER))) == "own-deployment"
        assert (await one.tools.store.decisions(one.record.id), len(await one.trail("refused"))) == ((), 1)
        assert await why(decide(over.tools, deployed, approver=Approver(ELSEWHERE))) == ""

    play(tmp_path, story)


def test_without_a_key_no_word_is_taken(tmp_path: Path) -> None:
    async def story(one: Repair) -> str:
        wanted = await pending(one.tools, one.record.id, token(await ask(one)))
        return await why(decide(one.with_tools(approval_keys=()).tools, wanted, approver=None))

    assert play(tmp_path, story) == "no-keys"


# --- what the story hears


def heard(folder: Path, story: Callable[[Repair], Awaitable[object]]) -> Decided:
    """What the story hears after this."""

    async def then(one: Repair) -> Decided:
        await story(one)
        return await decision(one.tools, hint(one))

    return play(folder, then)


def test_while_nobody_has_decided_there_is_no_word(tmp_path: Path) -> None:
    assert heard(tmp_path, ask) == NONE


@pytest.mark.parametrize("word", ["approve", "reject"])
def test_the_story_hears_the_word_when_it_was_said_and_by_which_link_and_not_who_said_it(
    tmp_path: Path, word: Literal["approve", "reject"]
) -> None:
    async def story(one: Repair) -> tuple[Decided, str]:
        offer = await ask(one)
        wanted = await pending(one.tools, one.record.id, token(offer, word))
        await decide(one.tools, wanted, approver=Approver(STRANGER))
        return await decision(one.tools, hint(one)), offer.nonce

    found, nonce = play(tmp_path, story)
    past = {"approve": "approved", "reject": "rejected"}[word]
    assert found == Decided(
        word=word, said=f"{past} by somebody who was signed in, at 2026-11-20 08:20 UTC", approval=nonce
    )


def test_of_whoever_sits_at_this_machine_no_name_is_made_up(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await say(one, await ask(one))

    assert "approved at this machine's own pages or command line at" in heard(tmp_path, story).said


def test_a_word_on_an_earlier_offer_is_no_word_on_this_one(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await say(one, await ask(one))
        await stand(one, lambda record: replace(record, body="{}"))
        await ask(one)

    assert heard(tmp_path, story) == NONE


def test_a_word_on_another_plan_is_no_word_on_this_one(tmp_path: Path) -> None:
    async def story(one: Repair) -> Decided:
        await say(one, await ask(one))
        return await decision(one.tools, hint(one, plan="0" * 64))

    assert play(tmp_path, story) == NONE


def kept(one: Repair, nonce: str, claim: str, **changes: Any) -> Decision:
    """A decision as somebody could write it into the store."""
    written = Decision(
        incident_id=one.record.id,
        nonce=nonce,
        claim=claim,
        plan_hash=one.plan.hash,
        decided="approve",
        decided_at=one.clock(),
        gateway=True,
    )
    return replace(written, **changes)


@pytest.mark.parametrize(
    ("signed", "keys", "gateway"),
    [
        ({}, OTHER_KEYS, True),
        ({}, KEYS, False),
        ({"incident": ELSEWHERE}, KEYS, True),
        ({"plan": "0" * 64}, KEYS, True),
    ],
    ids=["key", "azure", "incident", "plan"],
)
def test_a_word_that_nothing_vouches_for_is_none_and_is_on_the_trail(
    tmp_path: Path, signed: dict[str, Any], keys: tuple[str, ...], gateway: bool
) -> None:
    async def story(one: Repair) -> None:
        offer = await ask(one)
        taken = Witnessed(approval=replace(offer, **signed), approver=None, decided_at=one.clock())
        claim = witness(taken, keys, gateway=gateway)
        await one.tools.store.use_approval_once(kept(one, offer.nonce, claim))
        assert await decision(one.tools, hint(one)) == NONE
        assert len(await one.trail("refused")) == 1

    play(tmp_path, story)


def test_what_was_signed_counts_and_not_what_is_written_beside_it(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        offer = await ask(one)
        taken = Witnessed(approval=replace(offer, decision="reject"), approver=None, decided_at=one.clock())
        claim = witness(taken, KEYS, gateway=True)
        await one.tools.store.use_approval_once(kept(one, offer.nonce, claim))

    assert heard(tmp_path, story).word == "reject"


def test_a_word_whose_place_in_the_trail_a_crash_took_gets_it_when_it_is_heard(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        offer = await ask(one)
        taken = Witnessed(approval=offer, approver=STRANGER, decided_at=one.clock())
        claim = witness(taken, KEYS, gateway=True)
        await one.tools.store.use_approval_once(kept(one, offer.nonce, claim, approver=STRANGER))
        for _ in range(2):
            await decision(one.tools, hint(one))
        assert len(await one.trail("decision")) == 1

    play(tmp_path, story)


@pytest.mark.parametrize("asked", [decision, expire])
def test_of_an_incident_that_is_gone_nothing_was_decided(tmp_path: Path, asked: Callable[..., Any]) -> None:
    async def story(one: Repair) -> None:
        with pytest.raises(NoIncidentError):
            await asked(one.tools, hint(one, incident=ELSEWHERE))

    play(tmp_path, story)


# --- nobody decides


def test_an_offer_that_is_ended_is_over_for_everybody(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        offer = await ask(one)
        wanted = await pending(one.tools, one.record.id, token(offer))
        assert await expire(one.tools, hint(one)) == IN_VAIN
        assert await why(decide(one.tools, wanted, approver=None)) == "decided"
        assert await decision(one.tools, hint(one)) == IN_VAIN

    play(tmp_path, story)


def test_that_an_offer_ended_is_on_the_trail_once(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await ask(one)
        for _ in range(3):
            assert await expire(one.tools, hint(one)) == IN_VAIN
        (said,) = await one.trail("decision")
        assert '"decided": "expire"' in said

    play(tmp_path, story)


def test_a_word_that_came_in_time_is_heard_at_the_end(tmp_path: Path) -> None:
    async def story(one: Repair) -> tuple[Decided, str]:
        offer = await ask(one)
        await say(one, offer)
        return await expire(one.tools, hint(one)), offer.nonce

    found, nonce = play(tmp_path, story)
    assert (found.word, found.approval) == ("approve", nonce)


def test_a_word_that_comes_at_the_very_end_is_heard(tmp_path: Path) -> None:
    async def story(one: Repair) -> str:
        offer = await ask(one)
        late = one.with_tools(store=Meanwhile(one.tools.store, "use_approval_once", lambda: say(one, offer)))
        return (await expire(late.tools, hint(one))).word

    assert play(tmp_path, story) == "approve"


def test_a_word_that_nothing_vouches_for_keeps_no_offer_open(tmp_path: Path) -> None:
    async def story(one: Repair) -> Decided:
        offer = await ask(one)
        await one.tools.store.use_approval_once(kept(one, offer.nonce, "made up"))
        return await expire(one.tools, hint(one))

    assert play(tmp_path, story) == IN_VAIN


def test_an_offer_that_is_gone_has_run_out(tmp_path: Path) -> None:
    async def story(one: Repair) -> Decided:
        return await expire(one.tools, hint(one))

    assert play(tmp_path, story) == Decided(word="expire", said="the offer is gone")


def test_to_end_the_offer_of_another_plan_ends_not_this_one(tmp_path: Path) -> None:
    async def story(one: Repair) -> str:
        offer = await ask(one)
        await expire(one.tools, hint(one, plan="0" * 64))
        return await why(pending(one.tools, one.record.id, token(offer)))

    assert play(tmp_path, story) == ""


# --- whoever sits at this machine


def by_hand_after(folder: Path, **asked: Any) -> str:
    """Why whoever sits at this machine cannot decide."""

    async def story(one: Repair) -> str:
        await ask(one, **asked)
        return await why(by_hand(one.tools, await standing(one), "approve"))

    return play(folder, story)


def test_whoever_sits_at_this_machine_decides_without_a_link(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        offer = await ask(one)
        found = await by_hand(one.tools, await standing(one), "reject")
        assert (found.plan, found.approval) == (one.plan, replace(offer, decision="reject"))

    play(tmp_path, story)


def test_without_a_link_too_only_what_waits_is_decided(tmp_path: Path) -> None:
    assert by_hand_after(tmp_path, state="applied") == "closed"


@pytest.mark.parametrize(("seconds", "reason"), [(-1, ""), (0, "expired")])
def test_without_a_link_too_an_offer_ends(tmp_path: Path, seconds: int, reason: str) -> None:
    async def story(one: Repair) -> str:
        await ask(one)
        one.clock.go(GOOD_FOR + timedelta(seconds=seconds))
        return await why(by_hand(one.tools, await standing(one), "approve"))

    assert play(tmp_path, story) == reason


def test_without_an_offer_there_is_nothing_to_decide(tmp_path: Path) -> None:
    async def story(one: Repair) -> str:
        record = await stand(one, lambda record: replace(record, state=AWAITING))
        return await why(by_hand(one.tools, record, "approve"))

    assert play(tmp_path, story) == "closed"


def test_without_a_key_nobody_decides_at_this_machine_either(tmp_path: Path) -> None:
    async def story(one: Repair) -> str:
        await ask(one)
        return await why(by_hand(one.with_tools(approval_keys=()).tools, await standing(one), "approve"))

    assert play(tmp_path, story) == "no-keys"
