"""From an event, or the words of a command line, to an incident."""

import copy
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acimedic.incident import MOST_BYTES, BadEventError, from_event, from_words, of_group, read_event
from acimedic.model.incident import DeploymentFailure, Ignored, Incident, Signal, incident_id, plain_correlation
from acimedic.model.resource_id import ResourceId
from tests.build import APP, CORRELATION, GROUP_ID

PAYLOADS = Path(__file__).parents[1].parent / "shared" / "payloads" / "c-eventgrid"
DEPLOYMENT_ID = (
    f"/subscriptions/{APP}/resourceGroups/rg-orders-prod/providers/Microsoft.Resources/deployments/deploy-web"
)
OBJECT_ID = "c2f60b18-94ad-4e73-8d5b-3a7e19f6c40d"
CLAIMS = {
    "http://schemas.microsoft.com/identity/claims/objectidentifier": OBJECT_ID,
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "jane.doe@contoso.example",
    "name": "Jane Doe",
    "ipaddr": "203.0.113.24",
    "appid": "d93c5f07-28ba-4e16-b0c4-a7f1e62d8905",
}
AUTHORIZATION = {"scope": GROUP_ID, "action": "Microsoft.ContainerInstance/containerGroups/write", "evidence": {}}
REQUEST = {"clientRequestId": "b04f6c19", "clientIpAddress": "203.0.113.24", "method": "PUT", "url": "https://x"}


def data(**changes: Any) -> dict[str, Any]:
    """The data of a container group's failure; None takes a property out."""
    whole: dict[str, Any] = {
        "authorization": AUTHORIZATION,
        "claims": CLAIMS,
        "correlationId": CORRELATION,
        "httpRequest": REQUEST,
        "resourceProvider": "Microsoft.ContainerInstance",
        "resourceUri": GROUP_ID,
        "operationName": "Microsoft.ContainerInstance/containerGroups/write",
        "status": "Failed",
        "subscriptionId": APP,
        "tenantId": "7c9e6a10-4b3d-4f58-9a2e-d15b80c36f47",
    }
    return {key: value for key, value in (whole | changes).items() if value is not None}


def event_grid(kind: str = "Microsoft.Resources.ResourceWriteFailure", **changes: Any) -> dict[str, Any]:
    """An event in Event Grid's own schema."""
    return {
        "id": "a8d2f600-41c7-4e0b-93fa-d5706b1c2e48",
        "topic": f"/subscriptions/{APP}",
        "subject": GROUP_ID.replace("resourceGroups", "resourcegroups"),
        "eventType": kind,
        "eventTime": "2026-11-20T08:12:29.8812647Z",
        "data": data(**changes),
        "dataVersion": "2",
        "metadataVersion": "1",
    }


def cloud_event(kind: str = "Microsoft.Resources.ResourceWriteFailure", **changes: Any) -> dict[str, Any]:
    """The same in the schema of CloudEvents."""
    return {
        "id": "a8d2f600-41c7-4e0b-93fa-d5706b1c2e48",
        "source": f"/subscriptions/{APP}",
        "subject": GROUP_ID,
        "type": kind,
        "time": "2026-11-20T08:12:29.8812647Z",
        "specversion": "1.0",
        "data": data(**changes),
    }


SCHEMAS = pytest.mark.parametrize("schema", [event_grid, cloud_event])
Schema = Callable[..., dict[str, Any]]


def incident(event: object, **options: Any) -> Incident:
    """The incident of an event that is one."""
    signal = from_event(event, **options)
    assert isinstance(signal, Incident), signal
    return signal


def recorded() -> list[Path]:
    """Microsoft's own samples, where they are at hand."""
    return sorted(path for path in PAYLOADS.rglob("*.json") if path.parent != PAYLOADS)


def test_the_samples_are_at_hand() -> None:
    """Microsoft's samples are read from beside the project; without them, and unless required, this is skipped."""
    if not recorded():
        if os.environ.get("ACIMEDIC_REQUIRE"):
            pytest.fail(f"{PAYLOADS.name} is not there")
        pytest.skip("Microsoft's samples of events are not beside the project")
    assert len(recorded()) > 20


@pytest.mark.parametrize("path", recorded(), ids=lambda path: "/".join(path.parts[-3:]))
def test_every_sample_is_understood_or_ignored(path: Path) -> None:
    """None of Microsoft's samples is about a container group: each is ignored, with a reason, or refused politely."""
    content = json.loads(path.read_text(encoding="utf-8"))
    for event in content if isinstance(content, list) else [content]:
        try:
            signal = from_event(event)
        except BadEventError as error:
            assert str(error)
            continue
        assert isinstance(signal, Ignored)
        assert signal.reason


@SCHEMAS
@pytest.mark.parametrize(
    ("kind", "operation", "meant"),
    [
        ("Microsoft.Resources.ResourceWriteFailure", "write", "write"),
        ("Microsoft.Resources.ResourceActionFailure", "start/action", "start"),
        ("Microsoft.Resources.ResourceActionFailure", "restart/action", "restart"),
        ("MICROSOFT.RESOURCES.RESOURCEWRITEFAILURE", "WRITE", "write"),
    ],
)
def test_a_container_groups_failure_is_an_incident(schema: Schema, kind: str, operation: str, meant: str) -> None:
    """Writes, starts and restarts, in both schemas and in any case."""
    found = incident(schema(kind, operationName=f"Microsoft.ContainerInstance/containerGroups/{operation}"))
    assert found.group == ResourceId.parse(GROUP_ID)
    assert found.operation == meant
    assert found.correlation_id == CORRELATION
    assert found.occurred_at == datetime(2026, 11, 20, 8, 12, 29, 881264, tzinfo=UTC)


def test_both_schemas_give_the_same_incident() -> None:
    """Which schema a subscription asks for makes no difference."""
    assert from_event(event_grid()) == from_event(cloud_event())


@SCHEMAS
def test_an_array_of_one_is_its_event(schema: Schema) -> None:
    """Event Grid delivers arrays, files hold single events."""
    assert from_event([schema()]) == from_event(schema())


@pytest.mark.parametrize("events", [[], [event_grid(), event_grid()], [[event_grid()]]])
def test_another_number_of_events_is_refused(events: list[object]) -> None:
    """One event, or an array of one: everything else is bad input."""
    with pytest.raises(BadEventError):
        from_event(events)


@SCHEMAS
def test_a_deployments_failure_is_yet_to_be_resolved(schema: Schema) -> None:
    """Which groups it concerns its operations tell."""
    event = schema(operationName="Microsoft.Resources/deployments/write", resourceUri=DEPLOYMENT_ID)
    signal = from_event(event)
    assert isinstance(signal, DeploymentFailure)
    assert signal.deployment == ResourceId.parse(DEPLOYMENT_ID)
    assert signal.correlation_id == CORRELATION


def test_a_deployment_of_a_whole_subscription_is_one_too() -> None:
    """Its id names no resource group."""
    whole = f"/subscriptions/{APP}/providers/Microsoft.Resources/deployments/landing"
    signal = from_event(event_grid(operationName="Microsoft.Resources/deployments/write", resourceUri=whole))
    assert isinstance(signal, DeploymentFailure)
    assert signal.deployment.resource_group is None


@SCHEMAS
@pytest.mark.parametrize(
    ("kind", "operation"),
    [
        ("Microsoft.Resources.ResourceWriteSuccess", "Microsoft.ContainerInstance/containerGroups/write"),
        ("Microsoft.Resources.ResourceWriteCancel", "Microsoft.ContainerInstance/containerGroups/write"),
        ("Microsoft.Resources.ResourceDeleteFailure", "Microsoft.ContainerInstance/containerGroups/delete"),
        ("Microsoft.Resources.ResourceActionFailure", "Microsoft.ContainerInstance/containerGroups/stop/action"),
        ("Microsoft.Resources.ResourceWriteFailure", "Microsoft.Storage/storageAccounts/write"),
        ("Microsoft.Resources.ResourceWriteFailure", "Microsoft.ContainerRegistry/registries/write"),
        ("Microsoft.Resources.ResourceWriteFailure", "Microsoft.ContainerInstance/containerScaleSets/write"),
        ("Microsoft.Resources.ResourceWriteFailure", ""),
        ("Microsoft.EventGrid.SubscriptionValidationEvent", "x"),
    ],
)
def test_everything_else_is_ignored(schema: Schema, kind: str, operation: str) -> None:
    """Successes, deletions, stops and other providers are acknowledged and dropped."""
    assert isinstance(from_event(schema(kind, operationName=operation)), Ignored)


@pytest.mark.parametrize("status", ["Succeeded", "Failed", "", None, 200])
def test_the_status_within_does_not_count(status: object) -> None:
    """Microsoft's own sample of a failure says Succeeded: the type of the event decides."""
    assert isinstance(from_event(event_grid(status=status)), Incident)
    success = event_grid("Microsoft.Resources.ResourceWriteSuccess", status="Failed")
    assert isinstance(from_event(success), Ignored)


@pytest.mark.parametrize("field", ["authorization", "claims", "httpRequest"])
@pytest.mark.parametrize("form", ["object", "text", "empty", "blank", "null", "absent", "nonsense"])
def test_the_parts_come_in_every_form(field: str, form: str) -> None:
    """As objects, as JSON texts, empty, as null, or not at all: the incident is the same."""
    whole = data()[field]
    forms: dict[str, Any] = {"text": json.dumps(whole), "empty": {}, "blank": "", "null": None, "nonsense": "{not json"}
    event = event_grid()
    event["data"][field] = forms.get(form, whole)
    if form == "absent":
        del event["data"][field]
    assert from_event(event) == from_event(event_grid())


def test_the_data_itself_may_be_a_text() -> None:
    """A queue in between may have written it as JSON within JSON."""
    event = event_grid()
    event["data"] = json.dumps(event["data"])
    assert from_event(event) == from_event(event_grid())


@pytest.mark.parametrize(
    "correlation",
    [CORRELATION, CORRELATION.upper(), CORRELATION.replace("-", ""), f" {CORRELATION} "],
)
def test_the_same_correlation_id_in_any_writing_gives_the_same_id(correlation: str) -> None:
    """66 of 275 recorded ones have no dashes; the incident keeps what was written."""
    found = incident(event_grid(correlationId=correlation))
    assert found.id == incident(event_grid()).id
    assert found.correlation_id == correlation.strip()


@pytest.mark.parametrize(
    "group", [GROUP_ID, GROUP_ID.replace("resourceGroups", "RESOURCEGROUPS"), GROUP_ID.replace("cg-web", "CG-Web")]
)
def test_the_same_group_in_any_case_gives_the_same_id(group: str) -> None:
    """Azure compares ids without regard to case."""
    assert incident(event_grid(resourceUri=group)).id == incident(event_grid()).id


def test_another_group_or_deployment_gives_another_id() -> None:
    """Two groups of one deployment are two incidents, and two deployments of one group too."""
    first = incident(event_grid())
    group = incident(event_grid(resourceUri=GROUP_ID.replace("web-01", "web-02")))
    deployment = incident(event_grid(correlationId=OBJECT_ID))
    assert len({first.id, group.id, deployment.id}) == 3


def test_the_deployments_event_meets_the_groups_own() -> None:
    """The incident of a group that a deployment's event leads to is the group's own."""
    whole = from_event(event_grid(operationName="Microsoft.Resources/deployments/write", resourceUri=DEPLOYMENT_ID))
    assert isinstance(whole, DeploymentFailure)
    group = of_group(whole, ResourceId.parse(GROUP_ID.lower()), also=("other",))
    assert group.id == incident(event_grid()).id
    assert group.also == ("other",)


def test_an_id_without_a_correlation_id_is_the_groups_alone() -> None:
    """By hand and without a correlation id the group is all that is known."""
    assert from_words(GROUP_ID).id == incident_id(None, ResourceId.parse(GROUP_ID))
    assert plain_correlation(None) == ""


@pytest.mark.parametrize("field", ["claims", "httpRequest", "authorization"])
@pytest.mark.parametrize("as_text", [False, True])
def test_nothing_of_a_person_is_kept(field: str, as_text: bool) -> None:
    """Claims, names, addresses and the caller's IP are dropped at the door."""
    event = event_grid()
    if as_text:
        event["data"][field] = json.dumps(event["data"][field])
    for key in ("", "a key"):
        shown = repr(incident(event, hash_key=key))
        assert not any(value in shown for value in CLAIMS.values())
        assert REQUEST["clientIpAddress"] not in shown


def test_the_deployer_is_a_keyed_hash() -> None:
    """The same person with the same key is the same hash; with another key another; without a key there is none."""
    one = incident(event_grid(), hash_key="k1").deployer
    assert one == incident(cloud_event(), hash_key="k1").deployer
    assert one != incident(event_grid(), hash_key="k2").deployer
    assert one is not None
    assert len(one) == 64
    assert incident(event_grid()).deployer is None
    assert incident(event_grid(claims={"name": "Jane Doe"}), hash_key="k1").deployer is None


def test_the_object_id_counts_in_any_case_and_under_its_short_name() -> None:
    """Tokens call it oid; a GUID has no case."""
    short = incident(event_grid(claims={"oid": OBJECT_ID.upper()}), hash_key="k1")
    assert short.deployer == incident(event_grid(), hash_key="k1").deployer


@pytest.mark.parametrize("action", ["start", "restart"])
def test_an_actions_subject_may_end_in_the_action(action: str) -> None:
    """The group is meant."""
    event = event_grid(
        "Microsoft.Resources.ResourceActionFailure",
        operationName=f"Microsoft.ContainerInstance/containerGroups/{action}/action",
        resourceUri=f"{GROUP_ID}/{action}",
    )
    assert incident(event).group == ResourceId.parse(GROUP_ID)


@pytest.mark.parametrize("uri", [None, "", "not an id"])
def test_the_subject_stands_in_for_the_resource(uri: str | None) -> None:
    """Where the data does not name the resource, the event's subject does."""
    assert incident(event_grid(resourceUri=uri)).group == ResourceId.parse(GROUP_ID)


def test_the_scope_of_the_authorization_stands_in_last() -> None:
    """Where neither names it, the scope that was acted on does."""
    event = event_grid(resourceUri=None)
    del event["subject"]
    assert incident(event).group == ResourceId.parse(GROUP_ID)


@pytest.mark.parametrize("when", [None, "", "yesterday", 5, "0001-01-01T00:00:00Z"])
def test_a_time_that_says_nothing_is_none(when: object) -> None:
    """The failure is known, its time is not."""
    event = event_grid()
    event["eventTime"] = when
    assert incident(event).occurred_at is None


@pytest.mark.parametrize(
    "event",
    [
        None,
        "text",
        5,
        {},
        {"eventType": "Microsoft.Resources.ResourceWriteFailure"},
        {"eventType": "Microsoft.Resources.ResourceWriteFailure", "data": {}},
        {"data": data()},
        {"eventType": 5, "data": data()},
        {"eventType": "Microsoft.Resources.ResourceWriteFailure", "data": data(resourceUri="/x", authorization=None)},
        {"eventType": "Microsoft.Resources.ResourceWriteFailure", "data": data(resourceUri=DEPLOYMENT_ID)},
        event_grid(operationName="Microsoft.Resources/deployments/write"),
    ],
)
def test_what_is_no_event_is_refused_with_a_reason(event: object) -> None:
    """The message is one line that says what is wrong."""
    with pytest.raises(BadEventError) as refused:
        from_event(event)
    assert len(str(refused.value)) > 10
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "nothing", b"\xff\xfe", "[" * 100_000])
def test_a_text_that_is_no_json_is_refused(text: str | bytes) -> None:
    """Cut, empty, binary or endlessly nested: one clear error."""
    with pytest.raises(BadEventError):
        read_event(text)


def test_a_text_that_is_too_long_is_refused_before_it_is_read() -> None:
    """Event Grid's events have a limit of their own."""
    with pytest.raises(BadEventError, match="too long"):
        read_event(b" " * (MOST_BYTES + 1))


def test_a_dead_lettered_event_is_read_as_the_event_it_was() -> None:
    """Event Grid adds why it was not delivered."""
    dead = event_grid() | {"deadLetterReason": "MaxDeliveryAttemptsExceeded", "deliveryAttempts": 30}
    assert read_event(json.dumps([dead])) == from_event(event_grid())


@pytest.mark.parametrize("wrong", ["", "cg-web-01", DEPLOYMENT_ID, "/subscriptions/x", GROUP_ID + "/x", "\x1b[31m"])
def test_words_that_name_no_container_group_are_refused(wrong: str) -> None:
    """By hand only a container group's whole id will do; what is shown of it is safe to print."""
    with pytest.raises(BadEventError) as refused:
        from_words(wrong)
    assert "\x1b" not in str(refused.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)
_FIELDS = st.sampled_from(["authorization", "claims", "correlationId", "httpRequest", "resourceUri", "operationName"])
_OUTER = st.sampled_from(["eventType", "type", "data", "subject", "eventTime", "time", "id"])


def understood(event: object) -> Signal | None:
    """What comes of an event; None where it is refused as it should be."""
    try:
        return from_event(event, hash_key="k")
    except BadEventError:
        return None


@settings(derandomize=True, deadline=None, max_examples=300)
@given(_JSON)
def test_no_value_at_all_makes_it_crash(event: object) -> None:
    """Whatever JSON is posted: understood, ignored or refused."""
    understood(event)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(_FIELDS, _OUTER, _JSON, _JSON)
def test_no_field_can_make_it_crash(inner: str, outer: str, one: object, other: object) -> None:
    """An event of ours with any two fields replaced by anything."""
    event = copy.deepcopy(event_grid())
    event["data"][inner] = one
    understood(event)
    event[outer] = other
    understood(event)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.binary(max_size=200))
def test_no_bytes_can_make_it_crash(text: bytes) -> None:
    """Whatever is posted: understood, ignored or refused."""
    try:
        read_event(text)
    except BadEventError as error:
        assert str(error)


def test_half_a_character_in_a_claim_or_a_key_is_hashed_all_the_same() -> None:
    """JSON allows it, and an environment may hold any bytes."""
    found = incident(event_grid(claims={"oid": "\ud800"}), hash_key="k\udcff")
    assert found.deployer is not None
