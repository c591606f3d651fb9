"""Where an incident stands is written down, made visible, and told to people."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from acimedic.lifecycle.deciding import AWAITING, pending
from acimedic.lifecycle.keeping import NoIncidentError
from acimedic.lifecycle.messages import Mark, Tell
from acimedic.lifecycle.offers import offered
from acimedic.lifecycle.recording import news_of, notify, record
from acimedic.model.news import News
from acimedic.model.record import IncidentRecord
from tests.lifecycle.asking import Deaf, ask, standing
from tests.lifecycle.repairs import BEGAN, Repair, play

ELSEWHERE = "7b4a1f0e-0000-5d43-9c39-6f0a4f0f3c11"
SITE = "https://medic.example.com"


def mark(one: Repair, state: str, minute: int, **changes: Any) -> Mark:
    at = (BEGAN + timedelta(minutes=minute)).isoformat()
    return replace(Mark(incident=one.record.id, state=state, said=f"it is {state}", at=at), **changes)


def tell(one: Repair, **changes: Any) -> Tell:
    about = Tell(
        incident=one.record.id, state=AWAITING, said="somebody has to decide", operation="op-1", plan=one.plan.hash
    )
    return replace(about, **changes)


def open_to_people(one: Repair) -> Repair:
    """The same, where people have pages."""
    return one.with_tools(settings=replace(one.tools.settings, url=SITE))


def marked(folder: Path, *marks: dict[str, Any]) -> tuple[IncidentRecord, list[str]]:
    """Where the incident stands after these marks, and what the trail says of them."""

    async def story(one: Repair) -> tuple[IncidentRecord, list[str]]:
        for each in marks:
            await record(one.tools, mark(one, **each))
        return await standing(one), await one.trail("state")

    return play(folder, story)


# --- where it stands


def test_a_mark_is_where_the_incident_stands(tmp_path: Path) -> None:
    due = BEGAN + timedelta(hours=1)
    stands, _ = marked(tmp_path, {"state": "applied", "minute": 5, "due": due.isoformat()})
    assert (stands.state, stands.said, stands.due_at) == ("applied", "it is applied", due)


def test_it_stands_so_since_the_story_said_so_and_not_since_it_was_written(tmp_path: Path) -> None:
    stands, _ = marked(tmp_path, {"state": "applied", "minute": 5})
    assert stands.changed_at == BEGAN + timedelta(minutes=5)


def test_a_later_mark_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    stands, _ = marked(tmp_path, {"state": "applying", "minute": 1}, {"state": "applied", "minute": 2})
    assert stands.state == "applied"


def test_a_mark_that_comes_late_does_not_take_the_place_of_a_later_one(tmp_path: Path) -> None:
    stands, _ = marked(tmp_path, {"state": "applied", "minute": 2, "closed": True}, {"state": "applying", "minute": 1})
    assert (stands.state, stands.said, stands.closed) == ("applied", "it is applied", True)


def test_a_mark_that_comes_late_is_on_the_trail_all_the_same(tmp_path: Path) -> None:
    _, trail = marked(tmp_path, {"state": "applied", "minute": 2}, {"state": "applying", "minute": 1})
    assert [("applied" in said, "applying" in said) for said in trail] == [(True, False), (False, True)]


def test_of_two_marks_of_one_moment_the_last_one_counts(tmp_path: Path) -> None:
    """The story's clock stands still between two things that it says at once."""
    stands, _ = marked(tmp_path, {"state": "applying", "minute": 1}, {"state": "applied", "minute": 1})
    assert stands.state == "applied"


def test_a_mark_that_is_repeated_is_on_the_trail_once(tmp_path: Path) -> None:
    _, trail = marked(tmp_path, *[{"state": "applied", "minute": 2}] * 3)
    assert len(trail) == 1


def test_two_marks_of_one_moment_that_say_different_things_are_both_on_the_trail(tmp_path: Path) -> None:
    same = {"state": "applied", "minute": 2}
    _, trail = marked(tmp_path, same | {"said": "one thing"}, same | {"said": "another"})
    assert len(trail) == 2


def test_a_due_date_that_is_over_is_taken_away(tmp_path: Path) -> None:
    due = (BEGAN + timedelta(hours=1)).isoformat()
    stands, _ = marked(tmp_path, {"state": AWAITING, "minute": 1, "due": due}, {"state": "rejected", "minute": 2})
    assert stands.due_at is None


def test_a_mark_without_a_plan_keeps_the_plan_of_the_diagnosis(tmp_path: Path) -> None:
    stands, _ = marked(tmp_path, {"state": AWAITING, "minute": 1, "plan": "p" * 64}, {"state": "failed", "minute": 2})
    assert stands.plan_hash == "p" * 64


def test_a_mark_with_a_plan_is_about_that_one(tmp_path: Path) -> None:
    stands, _ = marked(tmp_path, *({"state": AWAITING, "minute": n, "plan": f"plan {n}"} for n in (1, 2)))
    assert stands.plan_hash == "plan 2"


def test_a_mark_leaves_the_offer_as_it_is(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        offer = await ask(one)
        await record(one.tools, mark(one, "applying", 1))
        assert offered(await standing(one)) == offer

    play(tmp_path, story)


def test_there_is_nothing_to_mark_where_the_incident_is_gone(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        with pytest.raises(NoIncidentError):
            await record(one.tools, mark(one, "applied", 1, incident=ELSEWHERE))

    play(tmp_path, story)


# --- people are told


def test_whoever_is_told_leaves_the_incident_as_it_is(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        people = Deaf()
        before = await standing(one)
        await notify(one.with_tools(notifier=people).tools, tell(one))
        assert [news.operation for news in people.heard] == ["op-1"]
        assert (await standing(one), await one.trail("not-told")) == (before, [])

    play(tmp_path, story)


def test_that_somebody_was_not_told_shows_on_the_incident_and_on_the_trail(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await notify(one.with_tools(notifier=Deaf("mail: closed")).tools, tell(one))
        assert (await standing(one)).said.endswith("(not told: mail: closed)")
        assert await one.trail("not-told") == ['{"refused": ["mail: closed"]}']

    play(tmp_path, story)


def test_told_again_in_vain_it_is_said_once(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        deaf = one.with_tools(notifier=Deaf("mail: closed"))
        for _ in range(3):
            await notify(deaf.tools, tell(one))
        assert (await standing(one)).said.count("not told") == 1
        assert len(await one.trail("not-told")) == 1

    play(tmp_path, story)


def test_each_thing_that_was_not_told_is_on_the_trail(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        deaf = one.with_tools(notifier=Deaf("mail: closed"))
        await notify(deaf.tools, tell(one))
        await notify(deaf.tools, tell(one, operation="op-2"))
        assert len(await one.trail("not-told")) == 2

    play(tmp_path, story)


# --- what they are told


def news(folder: Path, *, offering: bool = True, pages: bool = True, keys: bool = True, **changes: Any) -> News:
    """What is told of a plan that waits for a person."""

    async def story(one: Repair) -> News:
        if offering:
            await ask(one)
        over = open_to_people(one) if pages else one
        over = over if keys else over.with_tools(approval_keys=())
        return await news_of(over.tools, tell(one, **changes))

    return play(folder, story)


def test_people_are_led_to_the_page_of_the_incident(tmp_path: Path) -> None:
    told = news(tmp_path)
    assert told.page == f"{SITE}/api/incidents/{told.record.id}"


def test_people_are_led_to_the_container_group_in_the_portal(tmp_path: Path) -> None:
    told = news(tmp_path)
    assert told.portal == f"https://portal.azure.com/#resource{told.record.incident.group}"


def test_the_link_to_decide_is_one_that_may_be_followed(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        await ask(one)
        told = await news_of(open_to_people(one).tools, tell(one))
        assert told.decide is not None
        page, _, text = told.decide.partition("/decision?token=")
        wanted = await pending(one.tools, one.record.id, text)
        assert (page, wanted.plan) == (told.page, one.plan)
        assert wanted.approval.decision == "approve"

    play(tmp_path, story)


@pytest.mark.parametrize(
    "without",
    [{"offering": False}, {"pages": False}, {"keys": False}, {"state": "applied"}, {"plan": None}, {"plan": "0" * 64}],
    ids=["offer", "pages", "keys", "question", "plan", "this-plan"],
)
def test_where_nothing_can_be_decided_nobody_is_given_a_link(tmp_path: Path, without: dict[str, Any]) -> None:
    assert news(tmp_path, **without).decide is None


def test_the_plan_that_is_told_is_the_one_that_was_kept(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        assert (await news_of(one.tools, tell(one))).plan == one.plan

    play(tmp_path, story)


def test_of_a_make_believe_azure_it_is_said_that_it_is_one(tmp_path: Path) -> None:
    assert news(tmp_path).gateway


def test_it_is_told_as_the_incident_stands_now(tmp_path: Path) -> None:
    async def story(one: Repair) -> datetime:
        await record(one.tools, mark(one, "applied", 7))
        return (await news_of(one.tools, tell(one))).record.changed_at

    assert play(tmp_path, story) == BEGAN + timedelta(minutes=7)
