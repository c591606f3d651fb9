"""The pages that are only read, by their handlers: who may look, what is found, and every reason why nothing is."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

import checks
from acimedic.approver import ROLE, Reader, reader
from acimedic.bundle import MOST_BYTES, read_bundle
from acimedic.diagnosis import check_id
from acimedic.lifecycle.diagnosing import keep
from acimedic.lifecycle.receipts import intend, receive
from acimedic.lifecycle.tools import Tools
from acimedic.model.record import Decision, IncidentRecord, ReportFile
from acimedic.settings import Settings
from acimedic.store.chain import AuditKeys
from acimedic.web.answers import Answer
from acimedic.web.asked import Asked
from acimedic.web.catalogue import catalogue
from acimedic.web.places import LOOKED_AT
from acimedic.web.reading import Looks, wants_page
from tests import build
from tests.report.hostile import diagnosed
from tests.web.desk import INCIDENT, JANE, NOW, ORIGIN, OTHER, Desk, desk, plan
from tests.web.desk import signed_in as deciding_as

Result = TypeVar("Result")
HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
JSON = {"Accept": "application/json"}
PLACES: dict[str, dict[str, str]] = {
    "incidents": {},
    "incidents/{id}": {"id": INCIDENT},
    "incidents/{id}/audit": {"id": INCIDENT},
    "incidents/{id}/bundle": {"id": INCIDENT},
    "checks": {},
    "checks/{id}": {"id": "pull-role-missing"},
}
EVERY_PLACE = pytest.mark.parametrize("place", PLACES)
OF_ONE = [place for place in PLACES if place.startswith("incidents/")]


def local() -> Reader:
    return Reader(may_decide=True)


async def look(
    tools: Tools,
    place: str,
    *,
    query: dict[str, str] | None = None,
    looks: Looks = local,
    method: str = "GET",
    page: bool = False,
    **names: str,
) -> Answer:
    """Ask for a place. names: in the address, where it is not the usual incident or check."""
    asked = Asked(
        method=method,
        origin=ORIGIN,
        parameters=PLACES[place] | names,
        query=query or {},
        headers=HTML if page else JSON,
    )
    return await LOOKED_AT[place](asked, tools, looks)


def at_desk(folder: Path, work: Callable[[Desk], Awaitable[Result]], **changes: Any) -> Result:
    async def whole() -> Result:
        async with desk(folder, **changes) as sitting:
            return await work(sitting)

    return asyncio.run(whole())


def looked(folder: Path, place: str, **more: Any) -> Answer:
    return at_desk(folder, lambda sitting: look(sitting.tools, place, **more))


def values(answer: Answer) -> Any:
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def signed_in(*roles: str, on: bool = True, headers: dict[str, str] | None = None) -> Looks:
    """Somebody with these roles, as the platform tells of them. on: whether it does."""
    claims = {"claims": [{"typ": "roles", "val": role} for role in roles]}
    given = {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(json.dumps(claims).encode()).decode()}
    return lambda: reader(
        given if headers is None else headers, {"WEBSITE_AUTH_ENABLED": "True"} if on else {}, excluded=False
    )


async def diagnose(sitting: Desk) -> None:
    """Keep what a diagnosis of the incident came to."""
    await keep(sitting.tools, diagnosed(build.with_incident(id=INCIDENT, on=build.without_role())))


async def add(sitting: Desk, number: int, **changes: Any) -> IncidentRecord:
    """Keep another incident, received so many minutes before."""
    first = await sitting.tools.store.incident(INCIDENT)
    assert first is not None
    group = replace(first.incident.group, names=(f"other-{number}",))
    incident = replace(first.incident, id=f"00000000-0000-5000-8000-{number:012}", group=group)
    at = NOW - timedelta(minutes=number)
    record = replace(first, incident=incident, received_at=at, changed_at=at, etag="", **changes)
    await sitting.tools.store.put_incident_if_absent(record)
    return record


# --- every place is there


def test_every_place_is_tried_here() -> None:
    assert PLACES.keys() == LOOKED_AT.keys()


# --- page or JSON


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/html", True),
        ("text/html;q=0.5, application/json;q=0.4", True),
        ("TEXT/HTML; charset=utf-8", True),
        ("application/xhtml+xml", True),
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("application/json, text/html;q=0.9", False),
        ("text/html;q=0", False),
        ("text/html;q=x", False),
        (";;,,q=1", False),
    ],
)
def test_a_page_is_for_whoever_prefers_one(accept: str, page: bool) -> None:
    assert wants_page(Asked(method="GET", origin=ORIGIN, headers={"Accept": accept})) is page


@pytest.mark.parametrize("place", ["incidents", "incidents/{id}", "checks", "checks/{id}"])
@pytest.mark.parametrize(("page", "kind"), [(True, "text/html; charset=utf-8"), (False, "application/json")])
def test_a_place_is_a_page_or_json(tmp_path: Path, place: str, page: bool, kind: str) -> None:
    answer = looked(tmp_path, place, page=page)
    assert (answer.status, answer.headers["Content-Type"], answer.headers["Vary"]) == (200, kind, "Accept")


@pytest.mark.parametrize("page", [True, False])
@EVERY_PLACE
def test_no_answer_is_stored_framed_guessed_at_or_told_to_others(tmp_path: Path, place: str, page: bool) -> None:
    headers = looked(tmp_path, place, page=page).headers
    names = ("Referrer-Policy", "Cache-Control", "X-Content-Type-Options", "X-Frame-Options")
    assert [headers[name] for name in names] == ["no-referrer", "no-store", "nosniff", "DENY"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")


# --- who may look


@EVERY_PLACE
def test_looking_takes_no_role(tmp_path: Path, place: str) -> None:
    async def work(sitting: Desk) -> int:
        await diagnose(sitting)
        return (await look(sitting.tools, place, looks=signed_in())).status

    assert at_desk(tmp_path, work) == 200


@EVERY_PLACE
@pytest.mark.parametrize("headers", [{}, {"X-MS-CLIENT-PRINCIPAL": "no base64 !"}])
def test_whoever_is_not_signed_in_sees_nothing(tmp_path: Path, place: str, headers: dict[str, str]) -> None:
    answer = looked(tmp_path, place, looks=signed_in(headers=headers))
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@EVERY_PLACE
def test_without_authentication_nobody_sees_anything(tmp_path: Path, place: str) -> None:
    assert looked(tmp_path, place, looks=signed_in(ROLE, on=False)).status == 503


@pytest.mark.parametrize(("roles", "shown"), [((ROLE,), True), (("Reader",), False), ((), False)])
def test_the_way_to_decide_is_shown_to_whoever_may(tmp_path: Path, roles: tuple[str, ...], shown: bool) -> None:
    answer = looked(tmp_path, "incidents/{id}", looks=signed_in(*roles), page=True)
    assert (b"decision?token=" in answer.body) is shown


def test_the_way_to_decide_leads_there(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> int:
        page = (await look(sitting.tools, "incidents/{id}", page=True)).body.decode()
        token = page.partition("decision?token=")[2].partition('"')[0]
        return (await sitting.get(token, who=deciding_as())).status

    assert at_desk(tmp_path, work) == 200


@pytest.mark.parametrize("changes", [{"closed": True}, {"state": "rejected"}, {"plan_hash": "sha256:newer"}])
def test_no_way_to_decide_is_shown_where_nothing_waits(tmp_path: Path, changes: dict[str, Any]) -> None:
    async def work(sitting: Desk) -> bytes:
        record = await sitting.tools.store.incident(INCIDENT)
        assert record is not None
        await sitting.tools.store.advance(replace(record, **changes))
        return (await look(sitting.tools, "incidents/{id}", page=True)).body

    assert b"decision?token=" not in at_desk(tmp_path, work)


def test_no_way_to_decide_is_shown_once_its_time_has_passed(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> bytes:
        sitting.now = sitting.offer.expires
        return (await look(sitting.tools, "incidents/{id}", page=True)).body

    assert b"decision?token=" not in at_desk(tmp_path, work)


def test_no_way_to_decide_is_shown_without_keys(tmp_path: Path) -> None:
    page = at_desk(tmp_path, lambda at: look(at.tools, "incidents/{id}", page=True), approval_keys=())
    assert (page.status, b"decision?token=" in page.body) == (200, False)


def test_json_never_holds_the_way_to_decide(tmp_path: Path) -> None:
    assert b"token" not in looked(tmp_path, "incidents/{id}").body


# --- the list


def listed(answer: Answer) -> list[str]:
    return [each["container_group"].rpartition("/")[2] for each in values(answer)["incidents"]]


def test_the_latest_incident_comes_first(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> list[str]:
        await add(sitting, 2)
        await add(sitting, 1)
        return listed(await look(sitting.tools, "incidents"))

    assert at_desk(tmp_path, work) == ["shop", "other-1", "other-2"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "proved"}, ["other-1"]),
        ({"state": ""}, ["shop", "other-1", "other-2"]),
        ({"cause": "image-not-found"}, ["other-2"]),
        ({"subscription": "00000000-0000-0000-0000-000000000001"}, ["shop", "other-1", "other-2"]),
        ({"subscription": "00000000-0000-0000-0000-000000000002"}, []),
        ({"since": "2026-03-14T11:59:00Z"}, ["shop", "other-1"]),
        ({"since": "2026-03-14"}, ["shop", "other-1", "other-2"]),
        ({"since": "2026-03-15"}, []),
        ({"state": "awaiting-decision", "cause": "image-not-found"}, ["other-2"]),
    ],
)
def test_the_list_is_narrowed(tmp_path: Path, asked: dict[str, str], found: list[str]) -> None:
    async def work(sitting: Desk) -> list[str]:
        await add(sitting, 1, state="proved")
        await add(sitting, 2, cause="image-not-found")
        return listed(await look(sitting.tools, "incidents", query=asked))

    assert at_desk(tmp_path, work) == found


def test_page_after_page_shows_every_incident_once(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> list[str]:
        for number in range(1, 8):
            await add(sitting, number, state="proved" if number % 2 else "failed")
        seen: list[str] = []
        more: dict[str, str] = {}
        while True:
            answer = await look(sitting.tools, "incidents", query={"limit": "2"} | more)
            seen += listed(answer)
            if values(answer)["after"] is None:
                return seen
            more = {"after": values(answer)["after"]}

    assert at_desk(tmp_path, work) == ["shop", *(f"other-{number}" for number in range(1, 8))]


def test_the_link_to_older_incidents_keeps_the_form(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> str:
        for number in range(1, 4):
            await add(sitting, number, state="proved")
        return (
            await look(sitting.tools, "incidents", page=True, query={"state": "proved", "limit": "2"})
        ).body.decode()

    assert "/api/incidents?state=proved&amp;after=" in at_desk(tmp_path, work)


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "<script>"},
        {"cause": "../x"},
        {"subscription": "all"},
        {"since": "yesterday"},
        {"since": "2026-13-45"},
        {"after": "nowhere"},
        {"after": "\ud800"},
        {"after": "x" * 5000},
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "-1"},
        {"limit": "٣"},
        {"limit": "1e9"},
    ],
)
@pytest.mark.parametrize("page", [True, False])
def test_what_cannot_be_asked_for_is_refused(tmp_path: Path, asked: dict[str, str], page: bool) -> None:
    assert looked(tmp_path, "incidents", page=page, query=asked).status == 400


# --- one incident


@pytest.mark.parametrize("place", OF_ONE)
@pytest.mark.parametrize("incident", ["", "x", "..", OTHER, INCIDENT.upper(), f"{INCIDENT}\n", f"{{{INCIDENT}}}"])
def test_what_is_no_incident_is_not_found(tmp_path: Path, place: str, incident: str) -> None:
    answer = looked(tmp_path, place, id=incident)
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_an_incident_is_told_with_its_report(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> Any:
        await diagnose(sitting)
        return values(await look(sitting.tools, "incidents/{id}"))

    told = at_desk(tmp_path, work)
    assert (told["state"], told["report"]["root_cause"]) == ("awaiting-decision", "pull-role-missing")


def test_an_incident_that_was_not_diagnosed_has_no_report(tmp_path: Path) -> None:
    assert values(looked(tmp_path, "incidents/{id}"))["report"] is None


def test_it_says_how_the_image_is_pulled_again(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> str:
        await diagnose(sitting)
        return str(values(await look(sitting.tools, "incidents/{id}"))["again"])

    assert at_desk(tmp_path, work).startswith("az deployment group create ")


def test_it_says_who_decided_and_that_it_counts(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> Any:
        await sitting.post(who=deciding_as())
        return values(await look(sitting.tools, "incidents/{id}"))["decisions"]

    (told,) = at_desk(tmp_path, work)
    assert (told["decision"], told["approver"], told["counts"]) == ("approve", JANE, True)


@pytest.mark.parametrize("changed", [{"claim": "forged"}, {"decided": "reject"}, {"approver": None}])
def test_a_decision_that_somebody_wrote_into_the_store_does_not_count(tmp_path: Path, changed: dict[str, Any]) -> None:
    async def work(sitting: Desk) -> Any:
        await sitting.post(who=deciding_as())
        (good,) = await sitting.tools.store.decisions(INCIDENT)
        forged: Decision = replace(good, nonce="another", **changed)
        await sitting.tools.store.use_approval_once(forged)
        return [each["counts"] for each in values(await look(sitting.tools, "incidents/{id}"))["decisions"]]

    assert sorted(at_desk(tmp_path, work)) == [False, True]


def test_a_decision_that_does_not_count_is_shown_as_such(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> str:
        await sitting.post(who=deciding_as())
        (good,) = await sitting.tools.store.decisions(INCIDENT)
        await sitting.tools.store.use_approval_once(replace(good, nonce="another", claim="forged"))
        return (await look(sitting.tools, "incidents/{id}", page=True)).body.decode()

    assert at_desk(tmp_path, work).count("it does not count") == 1


def test_it_says_what_was_done(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> Any:
        (step,) = plan().steps
        await intend(sitting.tools, INCIDENT, "change:x:1", step)
        await receive(sitting.tools, INCIDENT, "change:x:1", "done", "the bypass is on")
        await intend(sitting.tools, INCIDENT, "undo:x:1", step)
        return values(await look(sitting.tools, "incidents/{id}"))["changes"]

    made, back = at_desk(tmp_path, work)
    assert (made["what"], made["state"], made["said"]) == (plan().steps[0].summary, "done", "the bypass is on")
    assert (back["what"], back["state"]) == (f"Take back: {plan().steps[0].summary}", None)


def test_a_spoilt_report_hides_nothing_else(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> tuple[int, int]:
        for name in ("report.json", "evidence.json"):
            await sitting.tools.store.put_report(
                ReportFile(incident_id=INCIDENT, name=name, media_type="x", made_at=NOW, content=b"[" * 5000)
            )
        page = await look(sitting.tools, "incidents/{id}", page=True)
        return page.status, (await look(sitting.tools, "incidents/{id}")).status

    assert at_desk(tmp_path, work) == (200, 200)


# --- the trail and the bundle


def test_the_trail_says_that_it_is_whole(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> Any:
        await diagnose(sitting)
        return values(await look(sitting.tools, "incidents/{id}/audit"))

    told = at_desk(tmp_path, work)
    assert (told["sound"], [each["kind"] for each in told["entries"]]) == (True, ["diagnosed"])


@pytest.mark.parametrize("page", [True, False])
def test_a_trail_that_was_tampered_with_is_told(tmp_path: Path, page: bool) -> None:
    async def work(sitting: Desk) -> bytes:
        await diagnose(sitting)
        other = replace(sitting.tools, audit=AuditKeys(b"another key than the one that sealed it"))
        place = "incidents/{id}" if page else "incidents/{id}/audit"
        return (await look(other, place, page=page)).body

    assert b"BROKEN at entry 1" in at_desk(tmp_path, work)


def test_the_bundle_is_the_one_of_the_diagnosis(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> Answer:
        await diagnose(sitting)
        return await look(sitting.tools, "incidents/{id}/bundle", page=True)

    answer = at_desk(tmp_path, work)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="acimedic-{INCIDENT}.json"'
    assert read_bundle(answer.body).evidence.incident.id == INCIDENT


def test_before_the_first_diagnosis_there_is_no_bundle(tmp_path: Path) -> None:
    assert looked(tmp_path, "incidents/{id}/bundle").status == 404


def test_a_bundle_that_nobody_could_read_back_keeps_nothing_else_from_being_kept(tmp_path: Path) -> None:
    async def work(sitting: Desk) -> tuple[int, int]:
        endless = replace(build.HEALTHY, others=("x" * MOST_BYTES,))
        await keep(sitting.tools, diagnosed(build.with_incident(id=INCIDENT, on=endless)))
        bundle = await look(sitting.tools, "incidents/{id}/bundle")
        return bundle.status, len(values(await look(sitting.tools, "incidents/{id}"))["report"]["findings"])

    status, findings = at_desk(tmp_path, work)
    assert (status, findings > 0) == (404, True)


# --- the catalogue


def test_every_check_is_in_the_catalogue(tmp_path: Path) -> None:
    told = values(looked(tmp_path, "checks"))["checks"]
    assert [each["id"] for each in told] == [check_id(check) for check in checks.ALL]


@pytest.mark.parametrize("check", [check_id(check) for check in checks.ALL])
def test_the_page_of_a_check_says_cause_and_fix(check: str) -> None:
    (entry,) = [each for each in catalogue() if each.id == check]
    labels = [label for label, _ in entry.parts]
    assert {"Cause", "Evidence", "Fix"} <= set(labels)
    assert entry.finds.endswith(".")


@pytest.mark.parametrize("check", ["", "no-such-check", "../x", "pull_role_missing", "PULL-ROLE-MISSING"])
def test_what_is_no_check_is_not_found(tmp_path: Path, check: str) -> None:
    assert looked(tmp_path, "checks/{id}", id=check).status == 404


# --- what is always so


@EVERY_PLACE
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_place_is_only_read(tmp_path: Path, place: str, method: str) -> None:
    answer = looked(tmp_path, place, method=method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


@EVERY_PLACE
def test_looking_changes_nothing(tmp_path: Path, place: str) -> None:
    async def work(sitting: Desk) -> tuple[list[Any], list[Any]]:
        await diagnose(sitting)
        before = sitting.rows()
        await look(sitting.tools, place, page=True)
        return before, sitting.rows()

    before, after = at_desk(tmp_path, work)
    assert before == after


@pytest.mark.parametrize("place", [place for place in PLACES if place.startswith("incidents")])
def test_a_store_that_is_away_is_told_as_such(tmp_path: Path, place: str) -> None:
    async def work(sitting: Desk) -> int:
        await sitting.tools.store.close()
        return (await look(sitting.tools, place)).status

    assert at_desk(tmp_path, work) == 503


def test_a_make_believe_azure_is_named(tmp_path: Path) -> None:
    settings = Settings(gateway="http://127.0.0.1:9")

    async def work(sitting: Desk) -> list[bool]:
        pages = [await look(sitting.tools, place, page=True) for place in ("incidents", "incidents/{id}", "checks")]
        return [b"make-believe Azure" in page.body for page in pages]

    assert at_desk(tmp_path, work, settings=settings) == [True, True, True]
