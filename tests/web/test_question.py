"""Reading the body of `POST /api/diagnose`."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acimedic.incident import MOST_BYTES as MOST_EVENT_BYTES
from acimedic.model.incident import DeploymentFailure, Incident
from acimedic.web.answers import RefusedError
from acimedic.web.question import MOST_BYTES, Question, read_question

GROUP = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerInstance/containerGroups/cg"
EVENT = {
    "id": "e",
    "eventType": "Microsoft.Resources.ResourceWriteFailure",
    "subject": GROUP,
    "data": {"operationName": "Microsoft.ContainerInstance/containerGroups/write", "correlationId": "c"},
}


def read(body: object, content_type: str = "application/json") -> Question:
    return read_question(content_type, json.dumps(body).encode())


def refused(body: object, content_type: str = "application/json") -> tuple[int, str]:
    with pytest.raises(RefusedError) as raised:
        read(body, content_type)
    return raised.value.status, str(raised.value)


def test_a_resource_id_is_an_incident() -> None:
    question = read({"resourceId": GROUP, "correlationId": " c "})
    assert isinstance(question.signal, Incident)
    assert str(question.signal.group) == GROUP
    assert question.signal.correlation_id == "c"
    assert (question.error, question.template, question.parameters) == (None, None, {})


@pytest.mark.parametrize("name", ["resourceId", "resource_id", "ResourceId", "RESOURCE_ID"])
def test_names_may_be_written_in_other_ways(name: str) -> None:
    assert isinstance(read({name: GROUP}).signal, Incident)


def test_an_event_is_an_incident_with_its_own_correlation_id() -> None:
    signal = read({"event": EVENT}).signal
    assert isinstance(signal, Incident)
    assert signal.correlation_id == "c"


def test_an_array_of_one_event_is_that_event() -> None:
    assert read({"event": [EVENT]}) == read({"event": EVENT})


def test_a_deployments_event_is_yet_to_be_resolved() -> None:
    deployment = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Resources/deployments/d"
    data = {"operationName": "Microsoft.Resources/deployments/write", "resourceUri": deployment}
    assert isinstance(read({"event": EVENT | {"data": data}}).signal, DeploymentFailure)


@pytest.mark.parametrize(
    "error", ["ERROR: (InaccessibleImage) The image 'a' in container group 'cg' is not accessible."]
)
def test_an_error_may_be_a_text_or_an_object(error: str) -> None:
    as_text = read({"resourceId": GROUP, "error": error}).error
    as_object = read({"resourceId": GROUP, "error": {"code": "InaccessibleImage", "message": "not accessible"}}).error
    assert as_text is not None
    assert as_object is not None
    assert {as_text.code, as_object.code} == {"InaccessibleImage"}


def test_a_template_comes_with_its_parameters() -> None:
    question = read({"resourceId": GROUP, "template": {"resources": []}, "parameters": {"a": {"value": 1}}})
    assert question.template == {"resources": []}
    assert question.parameters == {"a": {"value": 1}}


def test_a_template_is_not_printed_with_the_question() -> None:
    assert "s3cret" not in repr(read({"resourceId": GROUP, "template": {"parameters": {"key": "s3cret"}}}))


def test_null_is_as_good_as_left_out() -> None:
    assert read({"resourceId": GROUP, "event": None, "template": None, "error": None}) == read({"resourceId": GROUP})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"resourceId": GROUP, "event": EVENT}, "not both"),
        ({"resourceId": GROUP, "correlationID ": "c"}, "'correlationID ' is not known here"),
        ({"resourceId": GROUP, "resource_id": GROUP}, "'resourceId' is given twice"),
        ({"resourceId": 7}, "'resourceId' is not a text"),
        ({"resourceId": GROUP, "correlationId": 7}, "'correlationId' is not"),
        ({"resourceId": GROUP, "correlationId": "c" * 201}, "'correlationId' is not"),
        ({"event": EVENT, "correlationId": "c"}, "an event brings its own"),
        ({"event": EVENT | {"eventType": "Other"}}, "nothing to diagnose: events of type Other"),
        ({"resourceId": GROUP, "error": ""}, "'error' holds no error text"),
        ({"resourceId": GROUP, "error": 7}, "'error' holds no error text"),
        ({"resourceId": GROUP, "template": "text"}, "'template' is not a JSON object"),
        ({"resourceId": GROUP, "template": {}, "parameters": []}, "'parameters' is not a JSON object"),
        ({"resourceId": GROUP, "parameters": {}}, "'parameters' goes with 'template'"),
        ({"resourceId": GROUP + "\ud800"}, "not JSON in Unicode"),
        (EVENT, "'id' is not known here"),
    ],
)
def test_what_cannot_be_meant_is_refused(body: dict[str, Any], said: str) -> None:
    status, detail = refused(body)
    assert status == HTTPStatus.BAD_REQUEST
    assert said in detail


def test_a_template_nested_beyond_what_is_evaluated_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(400):
        deep = {"a": deep}
    status, detail = refused({"resourceId": GROUP, "template": deep})
    assert status == HTTPStatus.BAD_REQUEST
    assert detail.startswith("'template' is not understood")


@pytest.mark.parametrize("word", [b"NaN", b"-Infinity"])
def test_a_number_that_json_does_not_know_is_refused(word: bytes) -> None:
    with pytest.raises(RefusedError, match="not JSON"):
        read_question("application/json", b'{"error": ' + word + b"}")


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json; charset=utf-8", "Application/JSON", "application/cloudevents+json", "text/json+json"],
)
def test_json_by_any_of_its_names_is_taken(content_type: str) -> None:
    assert read({"resourceId": GROUP}, content_type) == read({"resourceId": GROUP})


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data", "application/xml", "json"])
def test_another_content_type_is_refused(content_type: str) -> None:
    assert refused({"resourceId": GROUP}, content_type)[0] == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(RefusedError) as raised:
        read_question("application/json", b"{" * (MOST_BYTES + 1))
    assert raised.value.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_an_event_that_is_too_large_is_refused_though_its_body_is_not() -> None:
    event = EVENT | {"padding": "x" * MOST_EVENT_BYTES}
    assert refused({"event": event})[0] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_MEMBER = st.sampled_from(["resourceId", "correlationId", "event", "error", "template", "parameters"])


@given(
    body=st.binary() | st.builds(json.dumps, _JSON | st.dictionaries(_MEMBER, _JSON | st.just(GROUP))).map(str.encode)
)
def test_whatever_is_sent_is_a_question_or_is_refused(body: bytes) -> None:
    try:
        assert isinstance(read_question("application/json", body), Question)
    except RefusedError as error:
        assert error.status == HTTPStatus.BAD_REQUEST
