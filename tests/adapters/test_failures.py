"""Whatever Azure does, each reading is the right facts or a Gap: never an exception, never an empty list."""

import asyncio
import json
from typing import Any

import pytest

from acimedic.model.reading import Absent, Gap

from . import bodies as of
from .asking import Waits, ask, ask_of
from .questions import BY_NAME, LISTS, QUESTIONS, Question
from .replay import Answer, Replay, error, route

TRIES = 4  # one, and three again
every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
every_list = pytest.mark.parametrize("question", LISTS, ids=lambda question: question.name)


def answered(question: Question, *answers: Answer) -> Any:
    return ask_of(question.ask, route(question.method, question.pattern, *answers))


def well(question: Question) -> Any:
    """What is read when all is well."""
    reading = answered(question, Answer(body=question.body))
    assert not isinstance(reading, Gap | Absent)
    return reading


def check_gap(question: Question, reading: object) -> Gap:
    """A gap that says what would close it."""
    assert isinstance(reading, Gap), reading
    assert (reading.permission, reading.scope) == (question.permission, question.scope)
    assert reading.reading
    assert reading.reason
    assert "\n" not in reading.reason
    return reading


# --- refusals


@every_question
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "BadRequest"),
        (401, "InvalidAuthenticationToken"),
        (403, "AuthorizationFailed"),
        (409, "Conflict"),
        (410, "Gone"),
        (412, "PreconditionFailed"),
    ],
)
def test_a_refusal_is_a_gap_with_its_code_the_permission_and_the_scope(
    question: Question, status: int, code: str
) -> None:
    with Replay(route(question.method, question.pattern, error(status, code))) as replay:
        gap = check_gap(question, ask(replay, question.ask))
        assert gap.reason == f"{status} {code}"
        assert len(replay.asked) == 1  # asking again would not help


@every_question
@pytest.mark.parametrize("code", ["ResourceNotFound", "ContainerGroupNotFound", "ResourceGroupNotFound", "NotFound"])
def test_what_is_not_there_is_a_fact_where_it_can_be_one(question: Question, code: str) -> None:
    reading = answered(question, error(404, code))
    if question.absent:
        assert isinstance(reading, Absent)
        assert reading.source.startswith("GET /subscriptions/")
    else:
        assert check_gap(question, reading).reason == f"404 {code}"


@every_question
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>not here</html>", {}, {"error": None}, {"error": {"code": "SubscriptionNotFound", "message": "no"}}],
    ids=["empty", "html", "object", "null-error", "subscription"],
)
def test_a_404_that_does_not_say_what_is_not_there_is_no_fact(question: Question, body: object) -> None:
    """By something that stands before Azure; and a subscription that we may not see may hold it all the same."""
    gap = check_gap(question, answered(question, Answer(status=404, body=body)))
    assert gap.reason.startswith("404")


@every_question
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>gone</html>", None, [], {"error": None}, {"error": "Forbidden"}, {"error": {"code": None}}, "no"],
    ids=["empty", "html", "none", "list", "null-error", "text-error", "null-code", "text"],
)
def test_a_refusal_in_another_shape_is_still_a_refusal(question: Question, body: object) -> None:
    gap = check_gap(question, answered(question, Answer(status=403, body=body)))
    assert gap.reason.startswith("403")


@every_question
@pytest.mark.parametrize("status", [401, 403, 409, 502])
@pytest.mark.parametrize("body", [b"", b"<html><body>Bad Gateway</body></html>"], ids=["empty", "html"])
def test_a_refusal_by_something_before_azure_keeps_its_status(question: Question, status: int, body: bytes) -> None:
    answer = Answer(status=status, body=body, headers={"Content-Type": "text/html"})
    assert check_gap(question, answered(question, answer)).reason == str(status)


@every_question
def test_a_refusal_with_its_code_in_other_casing_is_named(question: Question) -> None:
    gap = check_gap(question, answered(question, Answer(status=403, body={"code": "Flat", "message": "m"})))
    assert gap.reason == "403 Flat"


# --- too much, too busy, not there


@every_question
def test_a_busy_azure_is_asked_again_after_the_time_it_names(question: Question) -> None:
    busy = error(429, "TooManyRequests", headers={"Retry-After": "7"})
    with Replay(route(question.method, question.pattern, busy, Answer(body=question.body))) as replay:
        waits = Waits()
        assert ask(replay, question.ask, pause=waits) == well(question)
        assert [round(wait) for wait in waits] == [7]
        assert len(replay.asked) == 2


@every_question
@pytest.mark.parametrize("headers", [{"Retry-After": "7"}, {}], ids=["retry-after", "plain"])
def test_an_azure_that_stays_busy_is_a_gap(question: Question, headers: dict[str, str]) -> None:
    with Replay(route(question.method, question.pattern, error(429, "TooManyRequests", headers=headers))) as replay:
        gap = check_gap(question, ask(replay, question.ask))
        assert gap.reason == "429 TooManyRequests"
        assert 1 <= len(replay.asked) <= TRIES


@every_question
def test_a_wait_that_is_longer_than_the_time_limit_is_a_gap(question: Question) -> None:
    busy = error(429, "TooManyRequests", headers={"Retry-After": "3600"})
    with Replay(route(question.method, question.pattern, busy)) as replay:
        waits = Waits()
        gap = check_gap(question, ask(replay, question.ask, pause=waits))
        assert gap.reason == "429 TooManyRequests"
        assert (waits, len(replay.asked)) == ([], 1)


@every_question
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failing_azure_is_asked_again_and_then_a_gap(question: Question, status: int) -> None:
    with Replay(route(question.method, question.pattern, error(status, "Broken"))) as replay:
        gap = check_gap(question, ask(replay, question.ask))
        assert gap.reason == f"{status} Broken"
        assert 1 <= len(replay.asked) <= TRIES


@every_question
def test_a_failure_that_passes_is_none(question: Question) -> None:
    with Replay(route(question.method, question.pattern, error(503, "Broken"), Answer(body=question.body))) as replay:
        assert ask(replay, question.ask) == well(question)


@every_question
def test_a_connection_that_is_cut_off_is_a_gap(question: Question) -> None:
    with Replay(route(question.method, question.pattern, Answer(fault="reset"))) as replay:
        gap = check_gap(question, ask(replay, question.ask))
        assert gap.reason.startswith("Azure could not be reached")
        assert 1 <= len(replay.asked) <= 2 * TRIES  # aiohttp tries a request that may be repeated twice itself


def test_a_host_that_does_not_listen_is_a_gap() -> None:
    with Replay() as replay:
        pass
    for question in QUESTIONS:
        gap = check_gap(question, ask(replay, question.ask))
        assert gap.reason.startswith("Azure could not be reached")


@every_question
def test_an_azure_that_never_answers_is_a_gap_within_the_time_limit(question: Question) -> None:
    with Replay(route(question.method, question.pattern, Answer(fault="silence"))) as replay:
        gap = check_gap(question, ask(replay, question.ask, time_limit=0.25))
        assert gap.reason.startswith("no answer within")


# --- answers that are not what they should be


@every_question
def test_half_an_answer_is_a_gap(question: Question) -> None:
    check_gap(question, answered(question, Answer(body=question.body, fault="cut")))


JUNK: dict[str, Answer] = {
    "nothing": Answer(),
    "html": Answer(body=b"<html><body>Sign in</body></html>", headers={"Content-Type": "text/html"}),
    "html-said-to-be-json": Answer(body=b"<html><body>Sign in</body></html>"),
    "xml": Answer(body=b"<a/>", headers={"Content-Type": "application/xml"}),
    "half-a-json": Answer(body=b'{"value": [{"id": "/subscr'),
    "null": Answer(body=b"null"),
    "a-text": Answer(body=b'"text"'),
    "a-number": Answer(body=b"7"),
    "true": Answer(body=b"true"),
    "an-empty-list": Answer(body=b"[]"),
    "a-list": Answer(body=b'[{"id": "x"}]'),
    "an-empty-object": Answer(body=b"{}"),
    "not-utf-8": Answer(body=b'{"value": ["\xff\xfe"]}'),
    "an-unknown-charset": Answer(body=b"{}", headers={"Content-Type": "application/json; charset=klingon"}),
    "too-deep": Answer(body=b'{"value":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "an-error-with-200": Answer(body={"error": {"code": "AuthorizationFailed", "message": "no"}}),
    "no-content": Answer(status=204),
    "accepted": Answer(status=202),
    "not-modified": Answer(status=304),
}


@every_question
@pytest.mark.parametrize("junk", JUNK)
def test_an_answer_that_is_not_azures_is_a_gap(question: Question, junk: str) -> None:
    gap = check_gap(question, answered(question, JUNK[junk]))
    assert not gap.reason[:1].isdigit()  # a status of success is no reason


@every_question
def test_an_answer_in_an_unknown_charset_never_ends_in_an_exception(question: Question) -> None:
    strange = {"Content-Type": "application/json; charset=klingon"}
    reading = answered(question, Answer(body=question.body, headers=strange))
    assert isinstance(reading, Gap) or reading == well(question)


INSIDE = {
    "subscriptions": "subscriptionId",
    "tenant": "tenantId",
    "find-registries": "data",
    "registry-places": "data",
    "template": "template",
}
RIGHT = {("subscriptions", "text"), ("tenant", "text"), ("find-registries", "[]"), ("registry-places", "[]")}
"""What is due there and so no fault; an entry of the activity log need not have properties."""


@pytest.mark.parametrize(
    ("question", "value"),
    [
        pytest.param(question, value, id=f"{question.name}-{value!r}")
        for question in QUESTIONS
        for value in (None, [], "text", 7, True)
        if question.name != "activity" and (question.name, str(value)) not in RIGHT
    ],
)
def test_a_thing_without_its_properties_is_a_gap(question: Question, value: object) -> None:
    """Read with defaults in their place, it would look healthy."""
    key = INSIDE.get(question.name, "properties")
    item = of.changed(question.item, key, value)
    check_gap(question, answered(question, Answer(body={"value": [item]} if question.listed else item)))


@pytest.mark.parametrize(
    "question", [each for each in QUESTIONS if each.name != "activity"], ids=lambda each: each.name
)
def test_a_thing_without_any_property_is_a_gap(question: Question) -> None:
    item = of.changed(question.item, INSIDE.get(question.name, "properties"), ...)
    check_gap(question, answered(question, Answer(body={"value": [item]} if question.listed else item)))


@every_list
@pytest.mark.parametrize("value", [None, {}, "text", 7, True, [None], [[]], ["text"], [7]], ids=repr)
def test_a_list_that_is_none_is_a_gap(question: Question, value: object) -> None:
    check_gap(question, answered(question, Answer(body={"value": value})))


@every_list
@pytest.mark.parametrize("value", [None, 7, ["x"], {"a": 1}], ids=repr)
def test_a_next_link_that_is_no_address_never_ends_in_an_exception(question: Question, value: object) -> None:
    reading = answered(question, Answer(body={"value": [question.item], "nextLink": value}))
    if value is None:
        assert reading == well(question)
    else:
        check_gap(question, reading)


WRONG = [
    ("registry", "properties/publicNetworkAccess", 7),
    ("registry", "properties/publicNetworkAccess", {}),
    ("registry", "properties/publicNetworkAccess", False),
    ("registry", "properties/networkRuleSet", "Deny"),
    ("registry", "properties/networkRuleSet", ["Deny"]),
    ("registry", "properties/networkRuleSet/defaultAction", {"a": 1}),
    ("registry", "properties/networkRuleSet/ipRules", "192.0.2.0/24"),
    ("registry", "properties/networkRuleSet/ipRules", [None]),
    ("registry", "properties/networkRuleBypassOptions", ["None"]),
    ("registry", "properties/adminUserEnabled", "yes"),
    ("registry", "properties/anonymousPullEnabled", "no"),
    ("registry", "properties/loginServer", 7),
    ("registry", "properties/loginServer", None),
    ("registry", "properties/privateEndpointConnections", {"a": 1}),
    ("registry", "properties/privateEndpointConnections", [None]),
    ("registry", "properties/policies", "strict"),
    ("registry", "sku", "Premium"),
    ("registry", "tags", ["a"]),
    ("registry", "id", 7),
    ("registry", "id", "not an id"),
    ("registry", "name", None),
    ("group", "properties/containers", None),
    ("group", "properties/containers", {}),
    ("group", "properties/containers", "web"),
    ("group", "properties/containers", ...),
    ("group", "properties/imageRegistryCredentials", "secret"),
    ("group", "properties/imageRegistryCredentials", {"server": "x"}),
    ("group", "properties/initContainers", {"a": 1}),
    ("group", "properties/subnetIds", "/subnet"),
    ("identity", "properties/principalId", None),
    ("identity", "properties/clientId", ...),
    ("identity", "properties/tenantId", None),
    ("assignments", "properties/principalId", None),
    ("assignments", "properties/principalId", ...),
    ("assignments", "properties/roleDefinitionId", None),
    ("assignments", "properties/createdOn", "yesterday"),
    ("role", "properties/permissions", "*"),
    ("role", "properties/permissions", None),
    ("role", "properties/permissions", ...),
    ("role", "properties/permissions", [None]),
    ("role", "properties/permissions/0/actions", "*"),
    ("role", "properties/permissions/0/actions", {"a": 1}),
    ("denials", "properties/permissions", None),
    ("denials", "properties/permissions", ...),
    ("denials", "properties/principals", None),
    ("denials", "properties/principals", ...),
    ("denials", "properties/principals", "everyone"),
    ("denials", "properties/principals", [None]),
    ("deployment", "id", None),
    ("deployment", "id", ...),
    ("deployment", "properties/parameters", ["a"]),
    ("operations", "properties/targetResource", "text"),
    ("tenant", "tenantId", ["a"]),
    ("registry-places", "data", {"columns": [], "rows": []}),
    ("registry-places", "data", ["text"]),
    ("registry-places", "data", [{"loginServer": "contoso.azurecr.io"}]),
    ("registry-places", "data", [{"id": 7, "loginServer": "contoso.azurecr.io"}]),
    ("registry-places", "data", [{"id": of.REGISTRY_ID, "loginServer": 7}]),
    ("registry-places", "data", [{"id": of.REGISTRY_ID, "loginServer": "contoso.azurecr.io", "tenantId": 7}]),
    ("find-registries", "data", {"columns": [], "rows": []}),
    ("find-registries", "data", ["text"]),
    ("find-registries", "data", [{"loginServer": "contoso.azurecr.io"}]),
    ("find-registries", "data", [{"id": 7}]),
    ("token", "properties/credentials/passwords/0/expiry", "soon"),
    ("token", "properties/credentials", ["a"]),
    ("token", "properties/status", 7),
    ("endpoint-subnet", "properties/subnet", None),
    ("endpoint-subnet", "properties/subnet", "a"),
    ("endpoint-subnet", "properties/subnet/id", None),
    ("network-rules", "properties/networkRuleSet", "Deny"),
    ("network-rules", "properties/networkRuleSet", None),
    ("identity", "properties/tenantId", 7),
    ("identity", "properties/principalId", "nobody"),
    ("identity", "properties/clientId", 7),
    ("network-rules", "properties/networkRuleSet/virtualNetworkRules", [{}]),
    ("network-rules", "properties/networkRuleSet/virtualNetworkRules", "all"),
    ("template", "template", "text"),
    ("template", "template", ["a"]),
]


@pytest.mark.parametrize(("name", "path", "value"), WRONG, ids=lambda each: repr(each)[:60])
def test_a_property_of_another_kind_is_a_gap(name: str, path: str, value: object) -> None:
    question = BY_NAME[name]
    item = of.changed(question.item, path, value)
    check_gap(question, answered(question, Answer(body={"value": [item]} if question.listed else item)))


@every_question
def test_a_mark_before_the_text_does_no_harm(question: Question) -> None:
    """A byte order mark, as some proxies put before JSON: azure-core reads it, and so do we."""
    reading = answered(question, Answer(body=b"\xef\xbb\xbf" + json.dumps(question.body).encode()))
    assert reading == well(question)


# --- where an answer leads


@every_question
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_token_stays(question: Question, status: int) -> None:
    moved = Answer(status=status, headers={"Location": f"https://elsewhere.example{of.SCOPE}"})
    with Replay(route(question.method, question.pattern, moved), route("GET", ".*", Answer(body=question.body))) as to:
        check_gap(question, ask(to, question.ask))
        assert to.hosts == {"management.azure.com"}
        assert len(to.asked) == 1


def paged(question: Question, *links: str | None) -> tuple[Answer, ...]:
    return tuple(
        Answer(body={"value": [question.item]} | ({} if link is None else {"nextLink": link})) for link in links
    )


def next_page(question: Question, host: str = "https://management.azure.com") -> str:
    return f"{host}{question.path.replace('(/providers/Microsoft.Resources)?', '')}?api-version=1&$skiptoken=2"


@every_list
def test_a_list_goes_on_over_its_pages(question: Question) -> None:
    reading = answered(question, *paged(question, next_page(question), next_page(question), None))
    assert reading == well(question) * 3


@every_list
def test_an_empty_page_does_not_end_a_list(question: Question) -> None:
    empty = Answer(body={"value": [], "nextLink": next_page(question)})
    assert answered(question, empty, empty, *paged(question, None)) == well(question)


@every_list
def test_an_empty_list_is_a_fact(question: Question) -> None:
    assert answered(question, Answer(body={"value": []})) == ()


@every_list
@pytest.mark.parametrize("failing", [error(403, "AuthorizationFailed"), Answer(body={}), Answer(fault="reset")])
def test_a_list_whose_second_page_cannot_be_read_is_a_gap(question: Question, failing: Answer) -> None:
    check_gap(question, answered(question, *paged(question, next_page(question)), failing))


@every_list
def test_a_list_that_goes_in_a_circle_is_a_gap(question: Question) -> None:
    with Replay(route(question.method, question.pattern, *paged(question, next_page(question)))) as replay:
        check_gap(question, ask(replay, question.ask))
        assert len(replay.asked) <= 201


@every_list
@pytest.mark.parametrize(
    "host",
    [
        "https://elsewhere.example",
        "https://management.azure.com.elsewhere.example",
        "https://management.azure.com@elsewhere.example",
        "https://elsewhere.example:443",
        "https://management.azure.com:8443",
        "http://management.azure.com",
        "https://management.usgovcloudapi.net",
        "ftp://management.azure.com",
    ],
)
def test_a_next_page_elsewhere_is_refused_and_the_token_stays(question: Question, host: str) -> None:
    answers = paged(question, next_page(question, host), None)
    with Replay(route(question.method, question.pattern, *answers), route("GET", ".*", *paged(question, None))) as to:
        check_gap(question, ask(to, question.ask))
        assert to.hosts == {"management.azure.com"}
        assert len(to.asked) == 1


@every_list
def test_a_next_link_without_a_scheme_leads_nowhere_else(question: Question) -> None:
    answers = paged(question, next_page(question, "//elsewhere.example"), None)
    with Replay(route(question.method, question.pattern, *answers), route("GET", ".*", *paged(question, None))) as to:
        ask(to, question.ask)
        assert to.hosts == {"management.azure.com"}


@every_list
@pytest.mark.parametrize("host", ["https://management.azure.com:443", "https://Management.Azure.com"])
def test_a_next_page_at_the_same_host_in_other_words_is_followed(question: Question, host: str) -> None:
    """Recorded: Azure repeats the port that a caller put into the Host header."""
    assert answered(question, *paged(question, next_page(question, host), None)) == well(question) * 2


# --- one run


def test_one_thing_is_asked_for_once() -> None:
    question = BY_NAME["registry"]

    async def twice(reader: Any) -> list[Any]:
        return [*await asyncio.gather(question.ask(reader), question.ask(reader)), await question.ask(reader)]

    with Replay(route("GET", question.pattern, Answer(body=question.body))) as replay:
        first, second, third = ask(replay, twice)
        assert first == second == third
        assert len(replay.asked) == 1


def test_readings_at_the_same_time_do_not_mix() -> None:
    async def all_at_once(reader: Any) -> list[Any]:
        return await asyncio.gather(*(question.ask(reader) for question in QUESTIONS))

    # The longest address first: that of a list is the beginning of others.
    ordered = sorted(QUESTIONS, key=lambda question: -len(question.path))
    with Replay(*(route(each.method, each.pattern, Answer(body=each.body)) for each in ordered)) as replay:
        assert ask(replay, all_at_once) == [well(question) for question in QUESTIONS]


def test_after_the_time_limit_each_reading_is_a_gap_that_names_the_limit() -> None:
    slow, other = BY_NAME["registry"], BY_NAME["identity"]

    async def one_after_the_other(reader: Any) -> list[Any]:
        return [await slow.ask(reader), await other.ask(reader)]

    with Replay(
        route("GET", slow.pattern, Answer(fault="silence")), route("GET", other.pattern, Answer(fault="silence"))
    ) as replay:
        first, second = ask(replay, one_after_the_other, time_limit=0.25)
    check_gap(slow, first)
    check_gap(other, second)
    assert "within 0 s" not in f"{first.reason} {second.reason}"


@pytest.mark.parametrize("value", [1, 1.5, True, ["a"], {"a": "b"}])
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("deployment", "properties/correlationId"),
        ("deployment", "properties/provisioningState"),
        ("deployment", "properties/duration"),
        ("operations", "properties/provisioningState"),
        ("operations", "properties/targetResource/id"),
        ("operations", "properties/targetResource/resourceType"),
        ("registry", "properties/provisioningState"),
        ("registry", "properties/policies/quarantinePolicy/status"),
    ],
)
def test_a_text_that_is_none_is_a_gap(name: str, path: str, value: object) -> None:
    question = BY_NAME[name]
    item = {"deployment": of.deployment_body, "operations": of.operation_body, "registry": of.registry_body}[name]()
    body = of.changed(item, path, value)
    whole: Any = {"value": [body]} if question.listed else body
    check_gap(question, answered(question, Answer(body=whole)))
