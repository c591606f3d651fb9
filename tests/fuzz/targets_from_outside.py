"""What Azure, a registry or anybody on the network sends: events, errors, manifests, requests."""

import json
from collections.abc import Coroutine, Mapping
from typing import Any

from acimedic.errors import classify, event_tail, parse
from acimedic.incident import BadEventError, from_event, read_event
from acimedic.manifest import NoManifest, ParsedManifest, read_config, read_manifest
from acimedic.model.incident import DeploymentFailure, Ignored, Incident
from acimedic.model.resource_id import ResourceId
from acimedic.web.answers import Answer, RefusedError
from acimedic.web.asked import Asked, fields
from acimedic.web.question import read_question
from acimedic.web.webhook import on_events
from tests import build
from tests.fuzz import samples
from tests.fuzz.choices import Choices
from tests.fuzz.holding import in_one_line, sendable
from tests.fuzz.mutating import as_bytes, as_text, changed_json, changed_text
from tests.fuzz.nasty import words
from tests.fuzz.target import Target
from tests.fuzz.writing import either, resource_id

_KEY = "a key of the hash, in a test"
_EVENT_WORDS = words(
    "eventType type data subject eventTime time operationName correlationId claims authorization scope resourceUri "
    "Microsoft.Resources.ResourceWriteFailure Microsoft.Resources/deployments/write oid "
    "9b7e2f41-0c3d-4a58-b6e9-71d4f8a2c035"
)
_QUESTION_WORDS = (
    "resourceId",
    "correlationId",
    "event",
    "error",
    "template",
    "parameters",
    "resource_id",
    "resources",
)
_HTTP = ("https://a.example", "POST")


def _json_of(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _event(choices: Choices) -> bytes:
    if choices.once_in(20):
        renamed = json.dumps(samples.EVENTS[0]).replace(build.GROUP_ID, json.dumps(resource_id(choices))[1:-1])
        return renamed.encode()
    return changed_json(choices, samples.EVENTS, _EVENT_WORDS)


def hold_event(data: bytes) -> None:
    """An incident, a deployment, nothing of ours, or BadEventError in one line; never a word of a person."""
    try:
        signal = read_event(data, hash_key=_KEY)
    except BadEventError as error:
        in_one_line(str(error))
        return
    match signal:
        case Ignored(reason=reason):
            in_one_line(reason)
            return
        case Incident(group=resource, id=incident):
            sendable(incident)
            assert ResourceId.parse(str(resource)) == resource, "an id that does not read back"
        case DeploymentFailure(deployment=resource):
            assert ResourceId.parse(str(resource)) == resource, "an id that does not read back"
    sendable(f"{resource}{signal.correlation_id}{signal.occurred_at}{signal.deployer}")
    if _names_a_person_in_its_place(json.loads(data)):
        assert samples.PERSON not in repr(signal), "a person is named"


def _names_a_person_in_its_place(event: Any) -> bool:
    """Whether persons are named in the claims and the request alone, and not in an id that was changed."""
    whole = event[0] if isinstance(event, list) else event
    inner = whole["data"]
    if not isinstance(inner, dict):
        return False
    rest = {key: value for key, value in inner.items() if key not in {"claims", "httpRequest"}}
    return samples.PERSON not in json.dumps([whole | {"data": None}, rest])


def _error(choices: Choices) -> bytes:
    if choices.below(2):
        return changed_json(choices, samples.ERRORS, samples.ERROR_WORDS)
    return as_bytes(either(choices, _ERROR_PIECES, _error_text))


def _error_text(choices: Choices) -> str:
    return changed_text(choices, samples.ERROR_TEXTS, _ERROR_PIECES)


_ERROR_PIECES = (
    *('Code="', "(InaccessibleImage) ", "Message=", "The image '", "' in container group '", "##[error]", "\\", '"'),
    *(
        "{",
        "}",
        "[",
        "\n",
        '{"error":{"code":"A","message":"',
        'pulling image "',
        ";",
        "│ ",
        "denied: client with IP '",
    ),
    *(
        "Path 'properties.",
        "a",
        " ",
        "AbCd",
        "\x1b[",
        "%",
        "a@b.c",
        "://a:",
        "--password ",
        "Bearer ",
        "eyJ",
        "=",
        "a:a@",
    ),
    *("mysql ", " -p", "curl ", "sig=", 'password\\\\": "', "client '", "::", "(", "'", ",", "/subscriptions/"),
)


def hold_error(data: bytes) -> None:
    """A chain that can be classified: of JSON decoded, of anything else as text or, every other length, as bytes."""
    decoded = _json_of(data)
    payload = (data if len(data) % 2 else as_text(data)) if decoded is None or len(data) % 5 == 0 else decoded
    chain = parse(payload)
    classify(chain)
    event_tail(chain.text)
    chain.for_group("cg-web-01")


def _manifest(choices: Choices) -> bytes:
    return changed_json(choices, samples.MANIFESTS, samples.MANIFEST_WORDS)


def hold_manifest(data: bytes) -> None:
    """A manifest or the reason why it is none; sizes and platforms as documented."""
    for content_type in (None, "application/vnd.oci.image.index.v1+json; charset=utf-8"):
        found = read_manifest(data, content_type)
        match found:
            case NoManifest(reason=reason):
                in_one_line(reason)
            case ParsedManifest():
                assert found.size is None or found.size >= 0
                in_one_line(found.media_type)
                sendable(repr(found))
                assert repr(found).isprintable()
                found.part_for(("linux", "amd64"))
    platform = read_config(data)
    if platform is not None:
        in_one_line(platform.os + platform.architecture)


def _webhook(choices: Choices) -> bytes:
    return changed_json(choices, ([*samples.EVENTS[:1], samples.VALIDATION], samples.VALIDATION), _EVENT_WORDS)


async def _take_in(event: Mapping[str, object]) -> None:
    try:
        from_event(event, hash_key=_KEY)
    except BadEventError as error:
        in_one_line(str(error))


def _finished(answering: Coroutine[Any, Any, Answer]) -> Answer:
    """What a coroutine gives that waits for nothing; an event loop for each input would take longer than all else."""
    try:
        answering.send(None)
    except StopIteration as done:
        answer: Answer = done.value
        return answer
    raise AssertionError("it waits for something")


def hold_webhook(data: bytes) -> None:
    """An answer for whatever is posted, and for whatever stands in a header; no server error."""
    origin, method = _HTTP
    headers = {"Content-Type": "application/json", "WebHook-Request-Origin": as_text(data[:400])}
    for asked_with in (method, "OPTIONS"):
        asked = Asked(method=asked_with, origin=origin, headers=headers, body=data)
        answer = _finished(on_events(asked, _take_in))
        assert answer.status in {200, 400, 413, 415}, answer.status
        assert all(value.isprintable() and value.isascii() for value in answer.headers.values())


def _request(choices: Choices) -> bytes:
    if choices.once_in(4):
        form = ("decision=approve&token=abc.def", "a=%ff", '{"decision": "approve", "token": "abc"}')
        return as_bytes(changed_text(choices, form, ("&", "=", "%ed%a0%80", "%", "+", "token=")))
    return changed_json(choices, _QUESTIONS, _QUESTION_WORDS)


_QUESTIONS: tuple[Any, ...] = (
    {"resourceId": build.GROUP_ID, "correlationId": build.CORRELATION, "error": samples.ERRORS[1]},
    {"event": samples.EVENTS[0], "error": samples.ERROR_TEXTS[0]},
    {"event": samples.EVENTS[2], "template": {"resources": [], "parameters": {}}, "parameters": {"p": {"value": 1}}},
)


def hold_request(data: bytes) -> None:
    """What is asked, or RefusedError in one line, whether it comes as JSON or as a form."""
    try:
        read_question("application/json", data, hash_key=_KEY)
    except RefusedError as error:
        in_one_line(str(error))
    for media_type in ("application/json", "application/x-www-form-urlencoded"):
        asked = Asked(method="POST", origin=_HTTP[0], headers={"content-type": media_type}, body=data)
        try:
            found = fields(asked, most=65_536)
        except RefusedError as error:
            in_one_line(str(error))
        else:
            assert all(type(text) is str for text in (*found, *found.values())), "no texts by name"


_JSON_PIECES = ("[", "{", '{"a":', "[[],", '"', "\\", "\\u0041", " ", "0", "1e", '{"data":"', "\x00", ",")
TARGETS = (
    Target(
        name="event",
        generate=_event,
        hold=hold_event,
        seeds=tuple(json.dumps(each).encode() for each in samples.EVENTS)
        + samples.recorded("payloads/c-eventgrid", ".json", largest=20_000),
        pieces=_JSON_PIECES,
        longest=1024 * 1024,
    ),
    Target(
        name="error",
        generate=_error,
        hold=hold_error,
        seeds=tuple(json.dumps(each).encode() for each in samples.ERRORS)
        + tuple(map(as_bytes, samples.ERROR_TEXTS))
        + samples.recorded("payloads/e-errors", ".txt", largest=20_000)
        + samples.recorded("payloads/e-errors/azd-testdata", ".json", largest=20_000),
        pieces=_ERROR_PIECES,
        in_check=1_000,
        longest=200_000,
    ),
    Target(
        name="manifest",
        generate=_manifest,
        hold=hold_manifest,
        seeds=tuple(json.dumps(each).encode() for each in samples.MANIFESTS),
        pieces=_JSON_PIECES,
        longest=4 * 1024 * 1024,
    ),
    Target(
        name="webhook",
        generate=_webhook,
        hold=hold_webhook,
        seeds=(json.dumps([samples.EVENTS[0]]).encode(), json.dumps(samples.VALIDATION).encode()),
        pieces=_JSON_PIECES,
        longest=1024 * 1024,
    ),
    Target(
        name="request",
        generate=_request,
        hold=hold_request,
        seeds=tuple(json.dumps(each).encode() for each in _QUESTIONS),
        pieces=(*_JSON_PIECES, "a=b&", "%41", "&"),
        longest=2 * 1024 * 1024,
    ),
)
