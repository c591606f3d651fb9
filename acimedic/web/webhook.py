"""`POST /api/events`: the webhook that Event Grid delivers to, in either schema, with both handshakes.

Only what was sent is answered: the address that a validation event also holds is never asked.
Sources: https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TypeAlias

from acimedic.connection import NoAzureError
from acimedic.store.trouble import StoreError
from acimedic.web import lines
from acimedic.web.answers import Answer, RefusedError, nothing, problem, said
from acimedic.web.asked import Asked

TakeIn: TypeAlias = Callable[[Mapping[str, object]], Awaitable[None]]

MOST_BYTES = 1024 * 1024  # Event Grid's own limit for what it delivers at once
_VALIDATION = "microsoft.eventgrid.subscriptionvalidationevent"
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_CODE = 512  # characters of a validation code; Azure's have 36


async def on_events(asked: Asked, take_in: TakeIn) -> Answer:
    """Answer a handshake, or take in each event.

    take_in: raises NoAzureError or StoreError for an event that is to come again; it knows again what comes twice.
    """
    if asked.method == "OPTIONS":
        return _agreed(asked)
    if asked.method != "POST":
        allow = {"Allow": "POST, OPTIONS"}
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, "events are sent with POST", headers=allow)
    try:
        events = _events(asked)
    except RefusedError as error:
        return problem(error.status, str(error))
    code = next(filter(None, map(_code, events)), None)
    if code is not None:
        return said({"validationResponse": code})
    for event in events:
        if not isinstance(event, Mapping):
            lines.bad_event(None, "the event is not a JSON object")
            continue
        try:
            await take_in(event)
        except (NoAzureError, StoreError) as error:
            lines.comes_again(event.get("id"), str(error))
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, f"the event has to come again: {error}")
    return nothing(HTTPStatus.OK, {})


def _agreed(asked: Asked) -> Answer:
    """The handshake of CloudEvents: whoever names itself may deliver.

    Source: https://github.com/cloudevents/spec/blob/v1.0/http-webhook.md#4-abuse-protection
    """
    origin, allow = asked.header("webhook-request-origin"), {"Allow": "POST, OPTIONS"}
    if not origin:
        return nothing(HTTPStatus.OK, allow)
    if not _HOST.fullmatch(origin):
        return problem(HTTPStatus.BAD_REQUEST, "WebHook-Request-Origin is not the name of a host")
    return nothing(HTTPStatus.OK, allow | {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "120"})


def _events(asked: Asked) -> list[object]:
    if asked.media_type != "application/json" and not asked.media_type.endswith("+json"):
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send events as JSON, one or an array of them")
    if len(asked.body) > MOST_BYTES:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MOST_BYTES} bytes are taken at once")
    try:
        value: object = json.loads(asked.body)
    except (ValueError, RecursionError) as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is not JSON") from error
    return value if isinstance(value, list) else [value]


def _code(event: object) -> str | None:
    """The code of a validation event, which is to be sent back."""
    if not isinstance(event, Mapping):
        return None
    kind, data = event.get("eventType"), event.get("data")
    if not isinstance(kind, str) or kind.lower() != _VALIDATION or not isinstance(data, Mapping):
        return None
    code = data.get("validationCode")
    return code if isinstance(code, str) and 0 < len(code) <= _CODE else None
