"""Somebody wants a plan carried out on which nobody who may decide has said yes."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from acimedic.approval import Approval, Witnessed, sign, witness
from acimedic.approver import ROLE, NotAuthorisedError, approver
from acimedic.lifecycle.story import DECIDED
from acimedic.model.record import Decision
from acimedic.settings import Settings
from acimedic.simulator import Simulator, load_world
from tests.lifecycle.repairs import KEYS, OTHER_KEYS, Repair, play
from tests.web.desk import FOREIGN, INCIDENT, JANE, JOHN, JSON, KEY, NOW, OTHER, Desk, desk, signed_in, who
from tests.whole.life import ROLE as ROLE_MISSING
from tests.whole.life import Town

T = TypeVar("T")


def at_desk(folder: Path, work: Callable[[Desk], Awaitable[T]], **changes: Any) -> T:
    async def whole() -> T:
        async with desk(folder, **changes) as sitting:
            return await work(sitting)

    return asyncio.run(whole())


def posted(folder: Path, token: Callable[[Desk], str], word: str = "approve", **more: Any) -> tuple[int, list[str]]:
    """The answer to a decision with this link, and what is decided after it."""

    async def work(sitting: Desk) -> tuple[int, list[str]]:
        answer = await sitting.post(word, token(sitting), **more)
        assert sitting.woken.said == [] or answer.status == 200
        return answer.status, await sitting.decided()

    return at_desk(folder, work)


def test_a_link_of_ours_decides(tmp_path: Path) -> None:
    assert posted(tmp_path, lambda sitting: sitting.token()) == (200, ["approve"])


def test_a_forged_link_decides_nothing(tmp_path: Path) -> None:
    assert posted(tmp_path, lambda sitting: sitting.token(keys=(FOREIGN,))) == (403, [])


@pytest.mark.parametrize("where", [0, 9, 40, -40, -1])
def test_an_altered_link_decides_nothing(tmp_path: Path, where: int) -> None:
    def altered(sitting: Desk) -> str:
        token = [*sitting.token("reject")]
        token[where] = "A" if token[where] != "A" else "Q"
        return "".join(token)

    assert posted(tmp_path, altered, "reject")[1] == []


def test_an_expired_link_decides_nothing(tmp_path: Path) -> None:
    assert posted(tmp_path, lambda sitting: sitting.token(expires=NOW)) == (410, [])


def test_a_link_of_another_incident_decides_nothing_here(tmp_path: Path) -> None:
    assert posted(tmp_path, lambda sitting: sitting.token(incident=OTHER)) == (409, [])


def test_a_link_of_another_plan_decides_nothing(tmp_path: Path) -> None:
    assert posted(tmp_path, lambda sitting: sitting.token(plan="0" * 64)) == (409, [])


def test_a_link_to_reject_approves_nothing(tmp_path: Path) -> None:
    assert posted(tmp_path, lambda sitting: sitting.token("reject")) == (400, [])


def test_a_link_to_approve_is_not_posted_as_a_rejection(tmp_path: Path) -> None:
    assert posted(tmp_path, lambda sitting: sitting.token("approve"), "reject") == (400, [])


def test_a_link_that_was_used_decides_nothing_more(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> tuple[list[int], list[str]]:
        posts = [await sitting.post(word, sitting.token(word)) for word in ("reject", "approve", "reject")]
        return [answer.status for answer in posts], await sitting.decided()

    assert at_desk(tmp_path, work) == ([200, 409, 409], ["reject"])


def test_of_many_decisions_at_once_one_counts(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> tuple[list[str], set[str], set[int]]:
        posts = (
            sitting.post(("approve", "reject")[n % 2], who=signed_in((JANE, JOHN)[n // 2 % 2]), headers=JSON)
            for n in range(12)
        )
        answers = await asyncio.gather(*posts)
        words = {json.loads(each.body)["decision"] for each in answers if each.status == 200}
        return await sitting.decided(), words, {each.status for each in answers}

    decided, words, statuses = at_desk(tmp_path, work)
    # Whoever sent the very same decision twice is told of it twice.
    assert (len(decided), words, statuses) == (1, {*decided}, {200, 409})


def test_a_link_made_through_a_gateway_decides_nothing_elsewhere(tmp_path: Path) -> None:
    assert posted(tmp_path, lambda sitting: sign(sitting.offer, (KEY,), gateway=True)) == (403, [])


def test_a_kept_decision_is_no_link(tmp_path: Path) -> None:
    def kept(sitting: Desk) -> str:
        return witness(Witnessed(approval=sitting.offer, approver=None, decided_at=NOW), (KEY,))

    assert posted(tmp_path, kept) == (403, [])


def test_a_link_is_no_kept_decision(tmp_path: Path) -> None:
    async def story(one: Repair) -> str:
        offer = Approval(
            incident=one.record.id,
            plan=one.plan.hash,
            decision="approve",
            nonce="n",
            expires=one.clock() + timedelta(hours=1),
        )
        await one.tools.store.use_approval_once(
            Decision(
                incident_id=one.record.id,
                nonce="n",
                claim=sign(offer, KEYS, gateway=True),
                plan_hash=one.plan.hash,
                decided="approve",
                decided_at=one.clock(),
                gateway=True,
            )
        )
        answer = await one.apply("n")
        assert one.writes == []
        return answer.said

    assert "the approval does not count" in play(tmp_path, story)


@pytest.mark.parametrize(
    "decision",
    [
        {"keys": OTHER_KEYS},
        {"plan": "0" * 64},
        {"incident": OTHER},
        {"signed_nonce": "another"},
        {"good_for": timedelta(0)},
        {"gateway": False},
        {"word": "reject"},
    ],
    ids=["no key", "another plan", "another incident", "another nonce", "expired", "elsewhere", "a rejection"],
)
def test_who_writes_the_store_without_the_key_approves_nothing(tmp_path: Path, decision: dict[str, Any]) -> None:
    async def story(one: Repair) -> tuple[str, list[str]]:
        await one.decided(**decision)
        return (await one.apply()).state, one.writes

    assert play(tmp_path, story) == ("refused", [])


def test_a_nonce_that_somebody_made_up_wakes_the_story_and_changes_nothing(tmp_path: Path) -> None:
    async def whole() -> tuple[str, list[str]]:
        with Simulator(load_world(ROLE_MISSING)) as azure:
            town = Town(tmp_path, azure, ROLE_MISSING)
            async with town.life() as life:
                await life.told()
                for said in ("made-up", {"nonce": "made-up"}, {"word": "approve"}, "", None, ["x"] * 9) * 5:
                    life.engine.raise_event(town.incident.id, DECIDED, said, now=town.clock())
                    await life.engine.advance(town.clock())
                return (await life.record()).state, town.written

    assert asyncio.run(whole()) == ("awaiting-decision", [])


def test_who_deployed_does_not_approve_their_own_plan(tmp_path: Path) -> None:
    hashed = hmac.new(b"h" * 40, JANE.encode(), hashlib.sha256).hexdigest()

    async def work(sitting: Desk) -> tuple[int, int, list[str]]:
        own, other = await sitting.post(who=signed_in(JANE)), await sitting.post(who=signed_in(JOHN))
        return own.status, other.status, await sitting.decided()

    settings = Settings(hash_key="h" * 40)
    assert at_desk(tmp_path, work, deployer=hashed, settings=settings) == (403, 200, ["approve"])


def test_headers_of_a_principal_are_not_believed_where_authentication_is_off(tmp_path: Path) -> None:
    assert posted(tmp_path, lambda sitting: sitting.token(), who=signed_in(on=False)) == (503, [])


def test_headers_of_a_principal_are_not_believed_on_a_path_that_is_excluded() -> None:
    claims = [{"typ": "roles", "val": ROLE}, {"typ": "oid", "val": JANE}]
    header = {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(json.dumps({"claims": claims}).encode()).decode()}
    environment = {"WEBSITE_AUTH_ENABLED": "True"}
    assert approver(header, environment, excluded=False).object_id == JANE
    with pytest.raises(NotAuthorisedError) as refusal:
        approver(header, environment, excluded=True)
    assert refusal.value.closed


@pytest.mark.parametrize("role", ["", "acimedic.approver", f"{ROLE} ", f"{ROLE}s", f"x {ROLE}", "Reader"])
def test_a_link_is_worth_nothing_without_the_role(tmp_path: Path, role: str) -> None:
    assert posted(tmp_path, lambda sitting: sitting.token(), who=signed_in(JANE, role)) == (403, [])


def test_a_link_is_worth_nothing_without_a_sign_in(tmp_path: Path) -> None:
    assert posted(tmp_path, lambda sitting: sitting.token(), who=who({})) == (401, [])


TRICKS = [
    "..",
    f"../{OTHER}",
    f"{INCIDENT}/../{OTHER}",
    f"{INCIDENT}\x00",
    f"{INCIDENT}\n",
    f"{INCIDENT}'",
    f"{INCIDENT} or true",
    INCIDENT.upper(),
    "%2e%2e",
    "",
]


@pytest.mark.parametrize("incident", TRICKS)
def test_an_id_of_tricks_finds_no_incident(tmp_path: Path, incident: str) -> None:
    async def work(sitting: Desk) -> tuple[int, int]:
        shown = await sitting.get(incident=incident, headers=JSON)
        return shown.status, (await sitting.post(incident=incident)).status

    assert at_desk(tmp_path, work) == (404, 404)
