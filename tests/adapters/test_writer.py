"""Carrying out a plan: what is sent, what is made of the answers, and what is left alone."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from acimedic.azure.policies import RefusedRequestError
from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.azure.standing import DESCRIPTION, AzureStanding, HeldRole, RefusedError, UnclearError
from acimedic.azure.writer import AzureWriter
from acimedic.carry_out import look_at, make, take_back, why_refused
from acimedic.model.plan import BypassSwitch, Change, Receipt, RoleGrant, Step
from acimedic.settings import read_settings

from . import bodies as of
from .asking import Waits
from .recordings import Body, all_recordings, exchanges, require_payloads
from .replay import Answer, Replay, Route, error, recorded_routes, route

NAME = "00000000-0000-0000-0000-00000000e777"
ASSIGNMENT_ID = f"{of.REGISTRY_ID}/providers/Microsoft.Authorization/roleAssignments/{NAME}"
OPERATION = f"{of.REGISTRY_ID}/operationStatuses/registries-7"
OPERATION_URL = f"https://management.azure.com{OPERATION}?api-version=2025-11-01"
CONDITION = (
    "((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'})) OR "
    "(@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase 'app/web'))"
)
GRANT = RoleGrant(
    assignment_id=ASSIGNMENT_ID,
    registry_id=of.REGISTRY_ID,
    role_definition_id=of.ROLE_ID,
    role_name="AcrPull",
    principal_id=of.PRINCIPAL,
    identity_id=of.IDENTITY_ID,
    condition=None,
    mode="legacy",
    repositories=("app/web",),
)
ABAC_GRANT = replace(GRANT, condition=CONDITION, mode="abac", role_name="Container Registry Repository Reader")
SWITCH = BypassSwitch(registry_id=of.REGISTRY_ID, before="None", after="AzureServices")

NOT_THERE = error(404, "RoleAssignmentNotFound", f"The role assignment '{NAME}' is not found.")
MADE = Answer(status=201, body=of.assignment_body())
EXISTS = {
    "old": "The role assignment already exists.",
    "new": "The role assignment already exists. "
    "The ID of the existing role assignment is 00000000000000000000000000000e01.",
}
PRINCIPAL_NOT_FOUND = error(
    400,
    "PrincipalNotFound",
    "Principal 00000000000000000000000000c001 does not exist in the directory. Check that you have the correct "
    "principal ID. If you are creating this principal and then immediately assigning a role, this error might be "
    "related to a replication delay. In this case, set the role assignment principalType property.",
)
OPEN = of.registry_body()
SHUT = of.changed(OPEN, "properties/networkRuleBypassOptions", "None")


def step(change: Change) -> Step:
    return Step(
        remedy="r", target=of.REGISTRY_ID, change=change, before=None, after="a", undo="u", risk="r", summary="s"
    )


def carried(replay: Replay, *changes: Change) -> tuple[list[Receipt], Waits]:
    """Carry changes out until Azure refuses one; the waits are noted and not waited."""
    waits = Waits()
    receipts: list[Receipt] = []

    async def run() -> None:
        async with Session(read_settings({"ACIMEDIC_GATEWAY": replay.url}), pause=Waits()) as session:
            for each in map(step, changes):
                try:
                    receipts.append(await make(each, AzureWriter(session), AzureReader(session), waits))
                except UnclearError as silence:
                    receipts.append(Receipt(step=each, state="unclear", said=str(silence)))
                    return
                except RefusedError as refusal:
                    receipts.append(Receipt(step=each, state="refused", said=f"Azure refused it: {refusal}"))
                    return

    asyncio.run(run())
    return receipts, waits


def assigning(*answers: Answer, before: Answer = NOT_THERE, listed: list[Body] | None = None) -> tuple[Route, ...]:
    listing = f"{of.REGISTRY_ID}/providers/Microsoft.Authorization/roleAssignments\\?"
    return (
        route("GET", f"{ASSIGNMENT_ID}\\?", before),
        route("PUT", f"{ASSIGNMENT_ID}\\?", *answers),
        route("GET", listing, Answer(body={"value": listed or []})),
    )


def switching(*answers: Answer, now: Body = OPEN, polls: tuple[Answer, ...] = ()) -> tuple[Route, ...]:
    return (
        route("PATCH", f"{of.REGISTRY_ID}\\?", *answers),
        route("GET", f"{OPERATION}\\?", *polls),
        route("GET", f"{of.REGISTRY_ID}\\?", Answer(body=now)),
    )


def polled(status: str, **more: object) -> Answer:
    return Answer(body={"id": OPERATION, "status": status, **more}, headers={"Retry-After": "0"})


ACCEPTED = Answer(status=201, body=SHUT, headers={"Azure-AsyncOperation": OPERATION_URL, "Retry-After": "0"})


# --- giving a role


def test_a_grant_puts_the_assignment_with_the_kind_of_its_principal() -> None:
    with Replay(*assigning(MADE)) as replay:
        (receipt,), waits = carried(replay, GRANT)
        assert (receipt.state, receipt.said) == ("done", "AcrPull is assigned")
        (put,) = replay.sent("PUT", "PATCH", "POST", "DELETE")
        assert put.target == f"{ASSIGNMENT_ID}?api-version=2022-04-01"
        properties = put.json["properties"]
        assert set(put.json) == {"properties"}
        assert set(properties) == {"roleDefinitionId", "principalId", "principalType", "description"}
        assert properties["roleDefinitionId"] == of.ROLE_ID
        assert properties["principalId"] == of.PRINCIPAL
        assert properties["principalType"] == "ServicePrincipal"
        assert waits == []


def test_a_grant_on_an_abac_registry_carries_its_condition_and_the_version_of_that() -> None:
    with Replay(*assigning(MADE)) as replay:
        carried(replay, ABAC_GRANT)
        properties = replay.sent("PUT")[0].json["properties"]
        assert (properties["condition"], properties["conditionVersion"]) == (CONDITION, "2.0")


@pytest.mark.parametrize("status", [200, 201])
def test_a_grant_that_azure_takes_is_done(status: int) -> None:
    with Replay(*assigning(Answer(status=status, body=of.assignment_body()))) as replay:
        (receipt,), _ = carried(replay, GRANT)
        assert receipt.state == "done"


def test_the_same_assignment_is_not_made_again() -> None:
    with Replay(*assigning(MADE, before=Answer(body=of.assignment_body()), listed=[of.assignment_body()])) as replay:
        (receipt,), _ = carried(replay, GRANT)
        assert receipt.state == "already"
        assert replay.sent("PUT") == []


@pytest.mark.parametrize("message", EXISTS.values(), ids=EXISTS)
def test_an_assignment_under_another_name_that_lets_it_pull_is_there_already(message: str) -> None:
    refusal = error(409, "RoleAssignmentExists", message)
    with Replay(*assigning(refusal, listed=[of.assignment_body()])) as replay:
        (receipt,), _ = carried(replay, GRANT)
        assert receipt.state == "already"
        assert len(replay.sent("PUT")) == 1
        assert "assignedTo" in replay.asked[-1].target


@pytest.mark.parametrize("message", EXISTS.values(), ids=EXISTS)
def test_an_assignment_under_another_name_that_does_not_let_it_pull_did_not_help(message: str) -> None:
    refusal = error(409, "RoleAssignmentExists", message)
    elsewhere = of.changed(
        of.assignment_body(),
        "properties/condition",
        CONDITION.replace("app/web", "app/other"),
    )
    with Replay(*assigning(refusal, listed=[elsewhere])) as replay:
        (receipt,), _ = carried(replay, ABAC_GRANT)
        assert receipt.state == "did-not-help"


def test_a_principal_that_is_not_known_yet_is_waited_for() -> None:
    with Replay(*assigning(PRINCIPAL_NOT_FOUND, PRINCIPAL_NOT_FOUND, MADE)) as replay:
        (receipt,), waits = carried(replay, GRANT)
        assert receipt.state == "done"
        assert waits == [2.0, 5.0]
        assert len(replay.sent("PUT")) == 3


def test_a_principal_that_stays_unknown_is_a_refusal() -> None:
    with Replay(*assigning(PRINCIPAL_NOT_FOUND)) as replay:
        (receipt,), waits = carried(replay, GRANT)
        assert (receipt.state, receipt.said) == ("refused", "Azure refused it: 400 PrincipalNotFound")
        assert waits == [2.0, 5.0, 10.0, 20.0]
        assert len(replay.sent("PUT")) == 5


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "InvalidAuthenticationToken"),
        (403, "AuthorizationFailed"),
        (404, "ResourceNotFound"),
        (409, "ScopeLocked"),
    ],
)
def test_a_refusal_ends_the_plan_and_what_follows_is_left_alone(status: int, code: str) -> None:
    with Replay(*assigning(error(status, code)), *switching(Answer(body=OPEN))) as replay:
        receipts, _ = carried(replay, GRANT, SWITCH)
        assert [(receipt.state, receipt.said) for receipt in receipts] == [
            ("refused", f"Azure refused it: {status} {code}")
        ]
        assert replay.sent("PATCH") == []


def test_a_look_that_is_refused_ends_the_plan_before_anything_is_changed() -> None:
    with Replay(*assigning(MADE, before=error(403, "AuthorizationFailed"))) as replay:
        receipts, _ = carried(replay, GRANT, SWITCH)
        assert [receipt.state for receipt in receipts] == ["refused"]
        assert replay.sent("PUT", "PATCH") == []


def test_what_did_not_help_does_not_end_the_plan() -> None:
    with Replay(*switching(Answer(body=OPEN), now=SHUT), *assigning(MADE)) as replay:
        receipts, _ = carried(replay, SWITCH, GRANT)
        assert [receipt.state for receipt in receipts] == ["did-not-help", "done"]


# --- switching the bypass


def test_a_switch_sends_the_one_property_and_nothing_else() -> None:
    with Replay(*switching(Answer(body=OPEN))) as replay:
        (receipt,), _ = carried(replay, SWITCH)
        assert (receipt.state, receipt.said) == ("done", "networkRuleBypassOptions is AzureServices")
        (patch,) = replay.sent("PUT", "PATCH", "POST", "DELETE")
        assert patch.json == {"properties": {"networkRuleBypassOptions": "AzureServices"}}
        assert patch.target == f"{of.REGISTRY_ID}?api-version=2025-11-01"


def test_a_switch_is_waited_for_to_its_end() -> None:
    polls = (polled("Creating"), polled("Updating"), polled("Succeeded"))
    with Replay(*switching(ACCEPTED, polls=polls)) as replay:
        (receipt,), _ = carried(replay, SWITCH)
        assert receipt.state == "done"
        assert len([asked for asked in replay.asked if "operationStatuses" in asked.target]) == 3


def test_the_wait_that_azure_names_between_two_polls_is_kept() -> None:
    waits = Waits()
    accepted = replace(ACCEPTED, headers={"Azure-AsyncOperation": OPERATION_URL, "Retry-After": "11"})
    slow = replace(polled("Updating"), headers={"Retry-After": "13"})
    with Replay(*switching(accepted, polls=(slow, polled("Succeeded")))) as replay:

        async def run() -> str:
            async with Session(read_settings({"ACIMEDIC_GATEWAY": replay.url}), pause=waits) as session:
                return await AzureWriter(session).switch(SWITCH)

        assert asyncio.run(run()) == "AzureServices"
    assert waits in ([11.0, 13.0], [13.0], [11.0])


@pytest.mark.parametrize("status", ["Failed", "Canceled"])
def test_a_switch_that_fails_in_the_end_is_a_refusal_with_its_code(status: str) -> None:
    failed = polled(status, error={"code": "RegistryUpdateConflict", "message": "another update is going on"})
    with Replay(*switching(ACCEPTED, polls=(polled("Updating"), failed)), *assigning(MADE)) as replay:
        receipts, _ = carried(replay, SWITCH, GRANT)
        assert [receipt.state for receipt in receipts] == ["refused"]
        assert receipts[0].said == "Azure refused it: RegistryUpdateConflict"
        assert replay.sent("PUT") == []


def test_a_switch_whose_end_we_may_not_read_is_unclear() -> None:
    """The poll was refused, and not the change."""
    refused = error(403, "AuthorizationFailed", "The client does not have authorization.")
    with Replay(*switching(ACCEPTED, polls=(refused,)), *assigning(MADE)) as replay:
        receipts, _ = carried(replay, SWITCH, GRANT)
        assert [receipt.state for receipt in receipts] == ["unclear"]
        assert receipts[0].said == "Azure has begun it, and does not tell how it ended: 403 AuthorizationFailed"
        assert replay.sent("PUT") == []


@pytest.mark.parametrize("value", ["None", ...], ids=["none", "not-shown"])
def test_a_switch_that_azure_takes_and_does_not_make_did_not_help(value: object) -> None:
    now = of.changed(OPEN, "properties/networkRuleBypassOptions", value)
    with Replay(*switching(Answer(body=OPEN), now=now)) as replay:
        (receipt,), _ = carried(replay, SWITCH)
        word = "None" if value == "None" else "not shown"
        assert (receipt.state, receipt.said) == ("did-not-help", f"networkRuleBypassOptions is {word} all the same")


def test_a_switch_that_is_refused_is_a_refusal_with_its_code() -> None:
    with Replay(*switching(error(403, "RequestDisallowedByPolicy"))) as replay:
        (receipt,), _ = carried(replay, SWITCH)
        assert (receipt.state, receipt.said) == ("refused", "Azure refused it: 403 RequestDisallowedByPolicy")


def test_a_poll_that_leads_elsewhere_is_not_followed() -> None:
    away = Answer(status=201, body=SHUT, headers={"Azure-AsyncOperation": "https://elsewhere.example/operations/1"})
    with Replay(*switching(away), route("GET", ".*", polled("Succeeded"))) as replay:

        async def run() -> str:
            async with Session(read_settings({"ACIMEDIC_GATEWAY": replay.url}), pause=Waits()) as session:
                return await AzureWriter(session).switch(SWITCH)

        with pytest.raises(UnclearError, match="another host"):
            asyncio.run(run())
        assert replay.hosts == {"management.azure.com"}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(fault="reset"),
        Answer(status=201, body=SHUT, fault="cut"),
        Answer(status=202),
        Answer(status=502, body=b"<html>Bad Gateway</html>"),
        Answer(status=502, body=b"<html>Bad Gateway</html>", headers={"Content-Type": "text/html"}),
        Answer(status=500),
        Answer(status=200, body=b"<html>"),
    ],
    ids=["reset", "cut", "accepted", "html-as-json", "html", "empty", "html-with-200"],
)
def test_whatever_becomes_of_a_change_there_is_a_receipt_and_the_plan_ends(answer: Answer) -> None:
    with Replay(*switching(answer), *assigning(MADE)) as replay:
        receipts, _ = carried(replay, SWITCH, GRANT)
        assert receipts[-1].state in {"refused", "unclear"}
        assert len(receipts) == 1
        assert replay.sent("PUT") == []
    with Replay(*assigning(answer), *switching(Answer(body=OPEN))) as replay:
        receipts, _ = carried(replay, GRANT, SWITCH)
        assert receipts[-1].state in {"refused", "unclear"}
        assert len(receipts) == 1
        assert replay.sent("PATCH") == []


@pytest.mark.parametrize("answer", [Answer(fault="reset"), Answer(status=200, body=b"<html>")], ids=["reset", "html"])
def test_without_a_clear_answer_nobody_claims_to_know_whether_it_was_done(answer: Answer) -> None:
    with Replay(*switching(answer)) as replay:
        (receipt,), _ = carried(replay, SWITCH)
        assert receipt.state == "unclear"
        assert "look" in receipt.said


def test_a_change_is_asked_for_again_when_azure_was_busy() -> None:
    busy = error(429, "TooManyRequests", headers={"Retry-After": "3"})
    with Replay(*switching(busy, Answer(body=OPEN))) as replay:
        (receipt,), _ = carried(replay, SWITCH)
        assert receipt.state == "done"
        assert len(replay.sent("PATCH")) == 2


@pytest.mark.parametrize(
    ("change", "unclear"),
    [
        (GRANT, Answer(fault="reset")),
        (GRANT, error(500, "InternalServerError")),
        (GRANT, error(408, "RequestTimeout")),
        (SWITCH, error(503, "ServerBusy")),
    ],
    ids=["grant-reset", "grant-500", "grant-408", "switch-503"],
)
def test_a_refusal_after_a_try_that_may_have_been_taken_is_unclear(change: Change, unclear: Answer) -> None:
    busy = error(429, "TooManyRequests", headers={"Retry-After": "1"})
    answers = (unclear, unclear, busy)  # the first that has no answer at all is sent again by the connection itself
    with Replay(*(assigning(*answers) if change == GRANT else switching(*answers))) as replay:
        (receipt,), _ = carried(replay, change)
        assert receipt.state == "unclear"
        assert "429, after a try that may have been taken" in receipt.said


@pytest.mark.parametrize("change", [GRANT, SWITCH], ids=["grant", "switch"])
def test_a_change_that_azure_was_too_busy_for_each_time_is_a_refusal(change: Change) -> None:
    busy = error(429, "TooManyRequests", headers={"Retry-After": "1"})
    with Replay(*(assigning(busy) if change == GRANT else switching(busy))) as replay:
        (receipt,), _ = carried(replay, change)
        assert (receipt.state, receipt.said) == ("refused", "Azure refused it: 429 TooManyRequests")


@pytest.mark.parametrize("status", [403, 429])
def test_a_switch_that_was_made_and_cannot_be_looked_at_is_unclear(status: int) -> None:
    """The look was refused, and not the change."""
    with Replay(
        route("PATCH", f"{of.REGISTRY_ID}\\?", Answer(body=OPEN)),
        route("GET", f"{of.REGISTRY_ID}\\?", error(status, "Refused")),
    ) as replay:
        (receipt,), _ = carried(replay, SWITCH)
        assert receipt.state == "unclear"
        assert receipt.said.endswith(f": {status} Refused")


# --- what stands, and taking it back

HELD = of.assignment_body()
DELETED = route("DELETE", f"{ASSIGNMENT_ID}\\?", Answer(body=HELD))


def asked(replay: Replay, question: Callable[[Session], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with Session(read_settings({"ACIMEDIC_GATEWAY": replay.url}), pause=Waits()) as session:
            return await question(session)

    return asyncio.run(run())


def held(answer: Answer) -> Any:
    with Replay(route("GET", f"{ASSIGNMENT_ID}\\?", answer)) as replay:
        return asked(replay, lambda session: AzureStanding(session).held(GRANT))


def test_an_assignment_that_is_held_is_read_with_all_that_makes_it() -> None:
    body = of.changed(HELD, "properties/condition", CONDITION)
    assert held(Answer(body=body)) == HeldRole(
        principal_id=of.PRINCIPAL,
        role_definition_id=of.ROLE_ID,
        condition=CONDITION,
        scope=of.REGISTRY_ID,
        description=None,
    )


def test_an_assignment_that_is_not_there_is_not_held() -> None:
    assert held(NOT_THERE) is None


@pytest.mark.parametrize("name", ["principalId", "roleDefinitionId", "scope"])
def test_an_assignment_that_is_not_shown_whole_is_not_taken_for_anything(name: str) -> None:
    with pytest.raises(UnclearError):
        held(Answer(body=of.changed(HELD, f"properties/{name}", ...)))


def test_a_held_role_that_is_what_was_made_differs_in_nothing() -> None:
    same = HeldRole(
        principal_id=of.PRINCIPAL.upper(),
        role_definition_id=of.ROLE_ID.upper(),
        condition=None,
        scope=of.REGISTRY_ID.upper() + "/",
        description=DESCRIPTION,
    )
    assert same.differences(GRANT) == ()


@pytest.mark.parametrize(
    ("now", "state"), [("AzureServices", "as-made"), ("None", "gone"), ("Other", "different"), (..., "different")]
)
def test_a_bypass_is_told_from_what_it_was_and_from_what_it_was_made(now: object, state: str) -> None:
    body = of.changed(OPEN, "properties/networkRuleBypassOptions", now)
    with Replay(route("GET", f"{of.REGISTRY_ID}\\?", Answer(body=body))) as replay:
        found = asked(replay, lambda session: look_at(step(SWITCH), AzureStanding(session)))
    assert found.state == state


def test_the_bypass_of_a_registry_that_is_gone_is_gone() -> None:
    with Replay(route("GET", f"{of.REGISTRY_ID}\\?", error(404, "ResourceNotFound"))) as replay:
        found = asked(replay, lambda session: look_at(step(SWITCH), AzureStanding(session)))
    assert found.state == "gone"


@pytest.mark.parametrize("change", [GRANT, SWITCH], ids=["assignment", "bypass"])
@pytest.mark.parametrize("answer", [Answer(status=404, body=b"<html>"), error(404, "SubscriptionNotFound")])
def test_only_azures_own_words_say_that_something_is_gone(change: RoleGrant | BypassSwitch, answer: Answer) -> None:
    path = ASSIGNMENT_ID if isinstance(change, RoleGrant) else of.REGISTRY_ID
    with Replay(route("GET", f"{path}\\?", answer)) as replay, pytest.raises(RefusedError):
        asked(replay, lambda session: look_at(step(change), AzureStanding(session)))


def test_what_a_page_answers_is_not_told_as_taken_back() -> None:
    stands = Replay(route("DELETE", f"{ASSIGNMENT_ID}\\?", Answer(status=404, body=b"<html>")))
    with stands as replay, pytest.raises(RefusedError):
        asked(replay, lambda session: take_back(step(GRANT), AzureWriter(session)))


def test_who_only_looks_cannot_write() -> None:
    async def write(session: Session) -> None:
        await AzureStanding(session).assignments(GRANT).delete_by_id(ASSIGNMENT_ID.strip("/"))

    with Replay(DELETED) as replay:
        with pytest.raises(RefusedRequestError, match="a reader does not send DELETE"):
            asked(replay, write)
        assert replay.sent("DELETE") == []


@pytest.mark.parametrize("answer", [Answer(body=HELD), Answer(status=204), NOT_THERE], ids=["200", "204", "404"])
def test_an_assignment_is_deleted_by_its_name_and_where_there_is_none_that_will_do(answer: Answer) -> None:
    with Replay(route("DELETE", f"{ASSIGNMENT_ID}\\?", answer)) as replay:
        said = asked(replay, lambda session: take_back(step(GRANT), AzureWriter(session)))
        assert said == "AcrPull is no longer assigned"
        (sent,) = replay.sent("PUT", "PATCH", "POST", "DELETE")
        assert sent.target == f"{ASSIGNMENT_ID}?api-version=2022-04-01"


def test_a_bypass_is_set_back_to_what_it_was() -> None:
    with Replay(*switching(Answer(body=SHUT), now=SHUT)) as replay:
        said = asked(replay, lambda session: take_back(step(SWITCH), AzureWriter(session)))
        assert said == "networkRuleBypassOptions is None again"
        assert replay.sent("PATCH")[0].json == {"properties": {"networkRuleBypassOptions": "None"}}


def test_a_bypass_that_does_not_go_back_is_not_told_as_taken_back() -> None:
    stays = Replay(*switching(Answer(body=OPEN), now=OPEN))
    with stays as replay, pytest.raises(RefusedError, match="AzureServices all the same"):
        asked(replay, lambda session: take_back(step(SWITCH), AzureWriter(session)))


@pytest.mark.parametrize(
    ("answer", "status", "passing"),
    [
        (error(403, "AuthorizationFailed"), 403, False),
        (error(409, "ScopeLocked"), 409, False),
        (error(400, "PrincipalNotFound"), 400, False),
        (error(408, "RequestTimeout"), 408, True),
        (error(429, "TooManyRequests"), 429, True),
        (error(500, "InternalServerError"), 500, True),
        (error(503, "ServerBusy"), 503, True),
        (Answer(fault="reset"), None, True),
    ],
    ids=["403", "409", "400", "408", "429", "500", "503", "reset"],
)
def test_a_refusal_tells_whether_it_may_pass(answer: Answer, status: int | None, passing: bool) -> None:
    with Replay(route("DELETE", f"{ASSIGNMENT_ID}\\?", answer)) as replay, pytest.raises(RefusedError) as refusal:
        asked(replay, lambda session: AzureWriter(session).unassign(GRANT))
    assert (refusal.value.status, refusal.value.passing) == (status, passing)


def test_a_long_operation_that_failed_is_no_trouble_that_passes() -> None:
    failed = polled("Failed", error={"code": "RegistryUpdateConflict", "message": "no"})
    with Replay(*switching(ACCEPTED, polls=(failed,))) as replay, pytest.raises(RefusedError) as refusal:
        asked(replay, lambda session: AzureWriter(session).switch(SWITCH))
    assert (refusal.value.status, refusal.value.passing) == (None, False)


def test_a_refusal_that_nobody_knows_is_told_as_azure_told_it() -> None:
    assert why_refused(RefusedError("400 Odd", "odd", 400), step(GRANT)) == "Azure refused it (400 Odd)"


# --- as recorded


def updates() -> Iterator[tuple[str, list[Body]]]:
    """Every recorded change of a registry, with what followed it."""
    for name in all_recordings():
        recording = exchanges(name)
        for number, exchange in enumerate(recording):
            if exchange["method"] == "PATCH" and is_registry(exchange["uri"]):
                after = [exchange]
                for later in recording[number + 1 :]:
                    if later["method"] != "GET":
                        break
                    after.append(later)
                yield f"{name}-{number}", after


def is_registry(uri: str) -> bool:
    parts = uri.split("?")[0].lower().split("/providers/microsoft.containerregistry/registries/")
    return len(parts) == 2 and "/" not in parts[1]


def test_every_recorded_change_of_a_registry_is_followed_to_its_end() -> None:
    require_payloads()
    seen = polled_ones = 0
    for name, flow in updates():
        patch = flow[0]
        raw_path = patch["uri"].split("?")[0].removeprefix("https://management.azure.com").removeprefix(":443")
        wanted: Any = "AzureServices"
        last = [each for each in flow if each["uri"].split("?")[0] == patch["uri"].split("?")[0]][-1]["response_body"]
        routes = [*recorded_routes(flow), route("GET", f"{raw_path}\\?", Answer(body=patch["response_body"]))]
        with Replay(*routes) as replay:
            (receipt,), _ = carried(replay, replace(SWITCH, registry_id=raw_path))
            assert replay.unanswered == [], name
        now = last["properties"].get("networkRuleBypassOptions")
        assert receipt.state == ("done" if now == wanted else "did-not-help"), name
        seen += 1
        polled_ones += any("operationStatuses" in asked.target for asked in replay.asked)
    assert seen >= 38
    assert polled_ones >= 5


def test_every_recorded_role_assignment_is_made_as_it_was_made_then() -> None:
    require_payloads()
    made = 0
    for name in all_recordings():
        for exchange in exchanges(name):
            path = exchange["uri"].split("?")[0].removeprefix("https://management.azure.com").removeprefix(":443")
            if exchange["method"] != "PUT" or "/roleassignments/" not in path.lower():
                continue
            grant = replace(GRANT, assignment_id=path)
            answer = Answer(status=exchange["status"], body=exchange["response_body"])
            with Replay(route("GET", path, NOT_THERE), route("PUT", path, answer)) as replay:
                (receipt,), _ = carried(replay, grant)
                assert replay.unanswered == [], name
            assert receipt.state == ("done" if exchange["status"] == 201 else "refused"), name
            made += 1
    assert made >= 10
