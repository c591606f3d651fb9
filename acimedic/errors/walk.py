"""Decoded JSON taken apart: every shape in which Azure and its tools nest an error.

`error`, flat `code`/`message`, Pascal case, the registry's `errors[]`, `details[]` of any depth, `innererror`,
`statusMessage` as object, JSON text or plain text, deployment operations, activity log entries and their export.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from acimedic.errors.events import split_events
from acimedic.errors.found import Around, Found

__all__ = ["leaves", "walk"]

_NODES = 50_000
_WORDS = """
    error errors details innererror innerexception inner statusmessage properties records value values data
    failedresources operations deploymentoperations events instanceview containers initcontainers currentstate
    previousstate errorentity body response result results content exception msg stderr stdout output
    errordetails errorresponse resourceerror rawmessage exceptionmessage cause text log
"""
_CHILDREN = tuple(_WORDS.split())
"""Keys under which an error may stand, in the order in which their links are told."""
_TEXT = {"msg", "stderr", "stdout", "output", "content", "body", "response", "rawmessage", "exceptionmessage"}
_TEXT |= {"statusmessage", "error", "properties", "details", "errordetails", "text", "log", "errors", "cause"}
_OPERATION = re.compile(r"[A-Za-z.]{3,80}(?:/[A-Za-z]{1,80}){1,8}")
_STATUS = re.compile(r"[1-5]\d\d")
_CORRELATION = re.compile(r"[^\s\"'<>]{1,100}")
_RESOURCE = re.compile(r"/(?:subscriptions|providers)/", re.IGNORECASE)
_QUIET_EVENTS = {"pulling", "pulled", "failed", "backoff", "created", "started", "killing", "back-off"}

Read = Callable[[str, Around, Found], None]


def walk(payload: object, around: Around, found: Found, read_text: Read) -> None:
    """Collect the links of decoded JSON, outermost first. Texts in it go to `read_text`."""
    waiting: list[tuple[object, Around]] = [(payload, around)]
    for _ in range(_NODES):
        if not waiting:
            return
        value, where = waiting.pop()
        match value:
            case str():
                read_text(value, where, found)
            case list() | tuple():
                waiting.extend((each, where) for each in reversed(_in_time(value)))
            case dict():
                waiting.extend(reversed(list(_read_object(_folded(value), where, found, read_text))))
            case _:
                pass


def leaves(payload: object) -> Iterator[str]:
    """Every text in decoded JSON."""
    waiting: list[object] = [payload]
    for _ in range(_NODES):
        if not waiting:
            return
        match waiting.pop():
            case str() as text:
                yield text
            case list() | tuple() as values:
                waiting.extend(reversed(values))
            case dict() as fields:
                waiting.extend(reversed(list(fields.values())))
            case _:
                pass


def _folded(value: dict[Any, Any]) -> dict[str, object]:
    return {key.replace("_", "").replace("-", "").lower(): each for key, each in value.items() if isinstance(key, str)}


def _in_time(values: list[object] | tuple[object, ...]) -> list[object]:
    """Container events in the order in which they last happened; any other list as it is."""
    stamped = [(str(v["lastTimestamp"]), v) for v in values if isinstance(v, dict) and v.get("lastTimestamp")]
    if len(stamped) < len(values):
        return list(values)
    return [value for _, value in sorted(stamped, key=lambda pair: pair[0])]


def _read_object(
    fields: dict[str, object], around: Around, found: Found, read_text: Read
) -> Iterator[tuple[object, Around]]:
    around = _surroundings(fields, around, found)
    if "statusmessage" in fields:
        yield fields["statusmessage"], around
        return
    code, message = _code(fields), _message(fields)
    if code or message:
        inside = around.deeper()
        _add(code, message, around, found, read_text)
    else:
        inside = around
        _add_state(fields, around, found)
    for key in _CHILDREN:
        child = fields.get(key)
        if isinstance(child, (dict, list, tuple)) or (isinstance(child, str) and key in _TEXT and child != message):
            if isinstance(child, str) and key == "error" and code:
                continue
            yield child, inside


def _add(code: str | None, message: str, around: Around, found: Found, read_text: Read) -> None:
    events = split_events(message)
    if events:
        found.add(code, "", around)
        for event in events:
            found.add(None, event, around.deeper() if code else around)
    elif "{" in message and around.level < 12:
        places = len(found.links)
        found.add(code, message.partition("{")[0].strip(" :'\"\r\n"), around)
        told = found.told
        read_text(message, around.deeper(), found)
        if found.told == told:
            del found.links[places:], found.correlations[places:]
            found.add(code, message, around)
    else:
        found.add(code, message, around)


def _code(fields: dict[str, object]) -> str | None:
    """The object's code: of an error by whatever key, or of a container event that is no news of a pull."""
    for key in ("code", "errorcode", "error"):
        code = fields.get(key)
        if not isinstance(code, str) or not re.fullmatch(r"[\w.-]{2,100}", code) or code.isdigit():
            continue
        if key != "error" or "errordescription" in fields or "message" in fields:
            return code.strip(".")
    name = fields.get("name")
    if isinstance(name, str) and "message" in fields and _is_event(fields) and name.lower() not in _QUIET_EVENTS:
        return name.strip(".") if re.fullmatch(r"[A-Za-z.]{3,60}", name) and fields.get("type") != "Normal" else None
    return None


def _is_event(fields: dict[str, object]) -> bool:
    return fields.get("type") in ("Normal", "Warning") or "firsttimestamp" in fields


def _message(fields: dict[str, object]) -> str:
    for key in ("message", "errormessage", "errordescription"):
        message = fields.get(key)
        if isinstance(message, str) and not _OPERATION.fullmatch(message.strip()):
            return message
    return ""


def _add_state(fields: dict[str, object], around: Around, found: Found) -> None:
    """A container's state: `{"state": "Terminated", "exitCode": 1, "detailStatus": "Error"}`."""
    detail, exit_code = fields.get("detailstatus"), fields.get("exitcode")
    if isinstance(exit_code, int) and exit_code != 0:
        found.add(None, f"The container terminated with exit code {exit_code}.", around)
    if isinstance(detail, str) and re.fullmatch(r"[A-Za-z]{6,40}", detail) and detail.lower() != "completed":
        found.add(None, detail, around)


def _surroundings(fields: dict[str, object], around: Around, found: Found) -> Around:
    for key in ("resourceid", "id", "entity", "resourceuri", "target", "scope"):
        found.saw(_text(fields.get(key)))
    correlation = _text(fields.get("correlationid") or fields.get("xmscorrelationrequestid"))
    if _CORRELATION.fullmatch(correlation):
        around = replace(around, correlation_id=correlation)
        found.first_correlation = found.first_correlation or correlation
    status = _text(fields.get("statuscode") or fields.get("httpstatuscode"))
    if _STATUS.fullmatch(status):
        around = replace(around, http_status=int(status))
    if target := _target(fields):
        around = replace(around, target=target)
    return around


def _target(fields: dict[str, object]) -> str | None:
    resource = fields.get("targetresource")
    if isinstance(resource, dict) and (named := _text(resource.get("id"))):
        return named
    if "targetresource" not in fields and "provisioningoperation" not in fields:
        for key in ("target", "entity", "resourceuri", "resourceid", "_resourceid"):
            named = _text(fields.get(key))
            if named and (key == "target" or _RESOURCE.match(named)):
                return named
    named = _text(fields.get("id"))
    plain = _RESOURCE.match(named) and not re.search(r"/(?:operations|operationStatuses|events)/", named, re.IGNORECASE)
    return named if plain else None


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
