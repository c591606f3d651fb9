"""The body of `POST /api/diagnose` -> what is asked (pure). Raises RefusedError."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NoReturn

from acimedic.errors import ErrorChain
from acimedic.errors import parse as parse_error
from acimedic.incident import MOST_BYTES as MOST_EVENT_BYTES
from acimedic.incident import BadEventError, from_event, from_words
from acimedic.model.incident import DeploymentFailure, Ignored, Incident
from acimedic.web.answers import RefusedError

MOST_BYTES = 2 * 1024 * 1024
_MOST_CORRELATION = 200
_MEMBERS = ("resourceId", "correlationId", "event", "error", "template", "parameters")
# Also as other tools write them: resource_id, ResourceId.
_BY_PLAIN_NAME = {name.lower(): name for name in _MEMBERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to diagnose, and what the caller gives because Azure may no longer have it."""

    signal: Incident | DeploymentFailure
    error: ErrorChain | None = None
    template: Mapping[str, object] | None = field(default=None, repr=False)
    parameters: Mapping[str, object] = field(default_factory=dict, repr=False)


def read_question(content_type: str, body: bytes, *, hash_key: str = "") -> Question:
    """Read a request. content_type: the header's text, empty where there is none."""
    try:
        return _read(content_type, body, hash_key)
    except RecursionError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is nested too deeply") from error


def _read(content_type: str, body: bytes, hash_key: str) -> Question:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type and media_type != "application/json" and not media_type.endswith("+json"):
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send JSON, with Content-Type: application/json")
    if len(body) > MOST_BYTES:
        raise RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body has {len(body)} bytes; at most {MOST_BYTES} are taken"
        )
    asked = _members(_decoded(body))
    signal = _signal(asked, hash_key)
    if "parameters" in asked and "template" not in asked:
        _bad("'parameters' goes with 'template'")
    return Question(
        signal=signal,
        error=_error(asked["error"]) if "error" in asked else None,
        template=_document(asked, "template") if "template" in asked else None,
        parameters=_document(asked, "parameters") if "parameters" in asked else {},
    )


def _decoded(body: bytes) -> object:
    if not body.strip():
        _bad("the body is empty; send a JSON object with 'resourceId' or 'event'")
    try:
        value: object = json.loads(body, parse_constant=_no_number)
        # Half of a surrogate pair passes for JSON, but can be neither hashed nor sent.
        json.dumps(value, ensure_ascii=False).encode()
    except ValueError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is not JSON in Unicode") from error
    return value


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _members(value: object) -> Mapping[str, object]:
    """The members under their own names; null is as good as left out."""
    if not isinstance(value, Mapping):
        _bad("the body is not a JSON object; send one with 'resourceId' or 'event'")
    asked: dict[str, object] = {}
    for written, given in value.items():
        name = _BY_PLAIN_NAME.get(written.replace("_", "").lower())
        if name is None:
            # A misspelt correlationId would otherwise give the answer to another question.
            _bad(f"{_shown(written)} is not known here; the members are {', '.join(_MEMBERS)}")
        if name in asked:
            _bad(f"'{name}' is given twice")
        if given is not None:
            asked[name] = given
    return asked


def _signal(asked: Mapping[str, object], hash_key: str) -> Incident | DeploymentFailure:
    if ("event" in asked) == ("resourceId" in asked):
        _bad("give either 'resourceId' or 'event'" + (", not both" if "event" in asked else ""))
    try:
        if "event" in asked:
            return _of_event(asked, hash_key)
        correlation = _correlation(asked.get("correlationId"))
        resource = asked["resourceId"]
        if not isinstance(resource, str):
            _bad("'resourceId' is not a text; give the id of a container group")
        return from_words(resource, correlation)
    except BadEventError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from error


def _of_event(asked: Mapping[str, object], hash_key: str) -> Incident | DeploymentFailure:
    if "correlationId" in asked:
        _bad("'correlationId' goes with 'resourceId'; an event brings its own")
    event = asked["event"]
    size = len(json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode())
    if size > MOST_EVENT_BYTES:
        raise RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the event has {size} bytes; an Event Grid event has at most {MOST_EVENT_BYTES}",
        )
    signal = from_event(event, hash_key=hash_key)
    if isinstance(signal, Ignored):
        _bad(f"nothing to diagnose: {signal.reason}")
    return signal


def _correlation(given: object) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str) or len(given) > _MOST_CORRELATION:
        _bad("'correlationId' is not the correlation id of a deployment")
    return given.strip() or None


def _error(given: object) -> ErrorChain:
    chain = parse_error(given)
    if not chain.links:
        _bad("'error' holds no error text; give the text, or the error object, as Azure wrote it")
    return chain


def _document(asked: Mapping[str, object], name: str) -> Mapping[str, object]:
    """A template or its parameters, held to the bounds that the evaluator sets for a file."""
    # Few requests bring a template, and indexing would wait for the whole evaluator.
    from acimedic.template import TemplateError, parse

    given = asked[name]
    if not isinstance(given, Mapping):
        _bad(f"'{name}' is not a JSON object")
    try:
        parsed = parse(json.dumps(given))
    except TemplateError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"'{name}' is not understood: {error}") from error
    return parsed if isinstance(parsed, Mapping) else {}


def _shown(text: str) -> str:
    line = "".join(char if char.isprintable() else "?" for char in text)
    return f"'{line[:60]}…'" if len(line) > 60 else f"'{line}'"


def _bad(detail: str) -> NoReturn:
    raise RefusedError(HTTPStatus.BAD_REQUEST, detail)
