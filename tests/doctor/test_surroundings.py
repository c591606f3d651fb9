"""What surrounds the bot: events and dead letters, what is overdue, its pages, its clock, its store, its ways out."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from acimedic.doctor.deliveries import judge_events
from acimedic.doctor.surroundings import judge_clock, judge_letters, judge_overdue, judge_pages
from acimedic.doctor.visiting import overdue, probe
from acimedic.model.reading import Gap
from acimedic.store.embedded import SqliteShelf
from acimedic.store.kept import KeptStore
from acimedic.store.trouble import StoreUnavailableError
from tests.doctor.tenants import COMPLETE, HOME, KINDS, OURS, examined, of, subscription_of, tenant
from tests.lifecycle.test_intake import KEYS
from tests.notify.told import record_of

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
GAP = Gap(reading="it", reason="403 AuthorizationFailed", permission="Microsoft.EventGrid/systemTopics/read")


def events_with(folder: Path, **changes: Any) -> list[tuple[str, str]]:
    world = tenant(COMPLETE)
    world["faults"][-1] = subscription_of(**changes)
    return [(each.word, each.said) for each in of(examined(world, folder, HOME), "events")]


def test_an_event_subscription_that_is_in_order_is_named(tmp_path: Path) -> None:
    ((word, said),) = events_with(tmp_path)
    assert (word, said.startswith("ours delivers the failures")) == ("ok", True)


def test_with_an_identity_of_its_own_it_is_found_as_well(tmp_path: Path) -> None:
    there = subscription_of()["body"]["value"][0]["properties"]["destination"]
    ((word, _),) = events_with(tmp_path, destination=None, deliveryWithResourceIdentity={"destination": there})
    assert word == "ok"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"provisioningState": "Failed"}, "is in state Failed"),
        ({"filter": {"includedEventTypes": KINDS[:1]}}, f"leaves out {KINDS[1]}"),
        ({"deadLetterWithResourceIdentity": None}, "keeps no dead letters"),
        ({"destination": {"endpointType": "WebHook", "properties": {}}}, "no event subscription delivers"),
    ],
)
def test_what_is_wrong_with_an_event_subscription_is_said(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    ((word, told),) = events_with(tmp_path, **changes)
    assert (word, said in told) == ("wrong", True)


def test_a_subscription_that_may_not_be_looked_at_is_unknown_and_the_role_is_named() -> None:
    (found,) = judge_events(HOME, GAP, OURS, NOON)
    assert (found.word, "infra/access-read.bicep" in (found.repair or "")) == ("unknown", True)
    assert "principalId=PRINCIPAL_ID" in (found.repair or "")


def test_an_answer_that_is_none_is_unknown(tmp_path: Path) -> None:
    world = tenant(COMPLETE)
    world["faults"][-1] = {"path": "/eventSubscriptions$", "status": 200, "body": {"value": "no list"}}
    (found,) = of(examined(world, tmp_path, HOME), "events")
    assert (found.word, "was not understood" in found.said) == ("unknown", True)


@pytest.mark.parametrize(("count", "word"), [(0, "ok"), (3, "wrong"), (GAP, "unknown")])
def test_events_that_could_not_be_delivered_are_counted(count: int | Gap, word: str) -> None:
    (found,) = judge_letters("https://account.blob.core.windows.net/letters", count)
    assert found.word == word


def test_that_nobody_says_where_dead_letters_lie_is_unknown() -> None:
    (found,) = judge_letters(None, 0)
    assert (found.word, "ACIMEDIC_DEADLETTERS" in found.said) == ("unknown", True)


def test_what_is_overdue_is_named_with_the_command_that_takes_it_back() -> None:
    (found,) = judge_overdue(("one", "two"), more=False)
    assert (found.word, "acimedic undo one" in (found.repair or "")) == ("wrong", True)


@pytest.mark.parametrize(
    ("status", "word"), [(200, "wrong"), (302, "ok"), (401, "ok"), (403, "ok"), (503, "wrong"), (404, "unknown")]
)
def test_a_page_is_judged_by_what_it_answers_to_whoever_has_not_signed_in(status: int, word: str) -> None:
    (found,) = judge_pages("https://medic.example.test", status)
    assert found.word == word


@pytest.mark.parametrize(("status", "word"), [(200, "wrong"), (401, "ok")])
def test_a_page_is_really_asked_for_without_a_sign_in(status: int, word: str, tmp_path: Path) -> None:
    world = tenant(COMPLETE)
    world["hosts"] = {"medic.example.test": {"auth": "anonymous", "x-images": {}}}
    world["faults"].append({"host": "medic.example.test", "path": "^/api/incidents$", "status": status, "body": {}})
    (found,) = of(examined(world, tmp_path, HOME, url="https://medic.example.test"), "pages")
    assert found.word == word


@pytest.mark.parametrize(("seconds", "word"), [(0, "ok"), (119, "ok"), (121, "wrong"), (-121, "wrong")])
def test_a_clock_may_be_two_minutes_off(seconds: int, word: str) -> None:
    (found,) = judge_clock(NOON, NOON + timedelta(seconds=seconds))
    assert found.word == word


def test_without_azures_time_the_clock_is_unknown() -> None:
    (found,) = judge_clock(None, NOON)
    assert found.word == "unknown"


def test_azures_time_is_taken_from_its_answers(tmp_path: Path) -> None:
    (found,) = of(examined(tenant(COMPLETE), tmp_path, HOME, now=NOON - timedelta(days=3650)), "clock")
    assert (found.word, "behind Azure's" in found.said) == ("wrong", True)


def test_the_store_is_written_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with KeptStore(SqliteShelf(tmp_path / "a.db"), KEYS) as store:
            (found,) = await probe(store, NOON, "repair")
            assert found.word == "ok"
            assert await store.waiting("doctor", before=NOON + timedelta(days=1)) == ()

    asyncio.run(story())


class Full(KeptStore):
    """A store that can be read and not written."""

    async def put_off(self, outbox: str, waiting: object) -> None:
        raise StoreUnavailableError("the disk is full")


def test_a_store_that_cannot_be_written_is_wrong(tmp_path: Path) -> None:
    async def story() -> None:
        async with Full(SqliteShelf(tmp_path / "a.db"), KEYS) as store:
            (found,) = await probe(store, NOON, "repair")
            assert (found.word, "the disk is full" in found.said) == ("wrong", True)

    asyncio.run(story())


def test_open_incidents_are_overdue_half_an_hour_after_their_time(tmp_path: Path) -> None:
    late, soon = NOON - timedelta(minutes=31), NOON - timedelta(minutes=29)

    async def told(**changes: Any) -> int:
        async with KeptStore(SqliteShelf(tmp_path / f"{uuid4()}.db"), KEYS) as store:
            await store.put_incident_if_absent(replace(record_of("in-effect"), **changes))
            found, more = await overdue(store, NOON)
            assert not more
            return len(found)

    assert asyncio.run(told(due_at=late)) == 1
    assert asyncio.run(told(due_at=soon, closed=False)) == 0
    assert asyncio.run(told(due_at=late, closed=True, said="over")) == 0
    assert asyncio.run(told()) == 0


@pytest.mark.parametrize("state", ["received", "applying"])
def test_a_story_that_stands_still_where_it_should_go_on_at_once_is_overdue(state: str, tmp_path: Path) -> None:
    async def told(changed: datetime) -> int:
        async with KeptStore(SqliteShelf(tmp_path / f"{uuid4()}.db"), KEYS) as store:
            stuck = replace(record_of(state), closed=False, due_at=None, received_at=NOON - timedelta(days=1))
            await store.put_incident_if_absent(replace(stuck, changed_at=changed))
            return len((await overdue(store, NOON))[0])

    assert asyncio.run(told(NOON - timedelta(minutes=31))) == 1
    assert asyncio.run(told(NOON - timedelta(minutes=29))) == 0


@pytest.mark.parametrize(
    ("reason", "command"),
    [
        (
            "403 AuthorizationPermissionMismatch",
            "az role assignment create --role 'Storage Blob Data Reader' --assignee",
        ),
        ("404 ContainerNotFound", "az storage blob list --account-name account --container-name letters"),
    ],
)
def test_why_dead_letters_could_not_be_counted_has_its_command(reason: str, command: str) -> None:
    gap = Gap(reading="dead letters", reason=reason)
    (found,) = judge_letters("https://account.blob.core.windows.net/letters", gap)
    assert (found.word, (found.repair or "").startswith(command)) == ("unknown", True)


def test_a_store_that_is_damaged_is_wrong_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "acimedic.db").write_bytes(b"this is no database, whatever its name says" * 100)
    found = examined(tenant(COMPLETE), tmp_path, HOME)
    assert [each.word for each in of(found, "store")] == ["wrong"]
    assert of(found, "rights") != []


def test_nobody_to_tell_is_wrong(tmp_path: Path) -> None:
    (found,) = of(examined(tenant(COMPLETE), tmp_path, HOME, events_topic=None), "telling")
    assert found.said == "nobody is told: there is no webhook, no mail and no topic"


def test_each_way_that_cannot_be_used_is_said_without_its_secret(tmp_path: Path) -> None:
    hook = ("ACIMEDIC_TEAMS_WEBHOOK", "https://outlook.office.com/webhook/very-secret")
    (found,) = of(examined(tenant(COMPLETE), tmp_path, HOME, webhooks=(hook,)), "telling")
    assert found.said.startswith("default/teams cannot be used: the setting ACIMEDIC_TEAMS_WEBHOOK")
    assert "very-secret" not in str(found)


def test_routes_that_are_not_valid_are_wrong(tmp_path: Path) -> None:
    routes = tmp_path / "routes.json"
    routes.write_text("{", encoding="utf-8")
    (found,) = of(examined(tenant(COMPLETE), tmp_path, HOME, routes=str(routes)), "telling")
    assert (found.word, "the routes are not valid" in found.said) == ("wrong", True)


def test_a_test_is_really_told_and_only_if_asked_for(tmp_path: Path) -> None:
    world = tenant(COMPLETE)
    world["hosts"] = {"news.westeurope-1.eventgrid.azure.net": {"auth": "anonymous", "x-images": {}}}
    world["faults"].append({"method": "POST", "path": "^/api/events", "status": 200, "body": {}})
    assert of(examined(world, tmp_path, HOME), "test") == []
    (told,) = of(examined(world, tmp_path, HOME, send_test=True), "test")
    assert (told.word, told.said) == ("ok", "topic was told")


def test_a_test_that_is_refused_is_wrong(tmp_path: Path) -> None:
    world = tenant(COMPLETE)
    world["hosts"] = {"news.westeurope-1.eventgrid.azure.net": {"auth": "anonymous", "x-images": {}}}
    world["faults"].append({"method": "POST", "path": "^/api/events", "status": 403, "body": {}})
    (told,) = of(examined(world, tmp_path, HOME, send_test=True), "test")
    assert (told.word, "answered 403" in told.said) == ("wrong", True)


def test_no_finding_holds_what_nobody_may_print(tmp_path: Path) -> None:
    secret = "k" * 40
    hook = ("ACIMEDIC_TEAMS_WEBHOOK", f"https://prod.logic.azure.com/workflows/1/invoke?sig={secret}")
    settings: dict[str, Any] = {"approval_keys": (secret,), "audit_keys": (secret,), "hash_key": secret}
    found = examined(tenant(COMPLETE), tmp_path, HOME, webhooks=(hook,), mail_to=("jane@example.com",), **settings)
    told = json.dumps([(each.said, each.repair) for each in found.findings])
    assert secret not in told
    assert "jane" not in told
