"""An event, or the words of a command line, -> an incident (pure).

Two schemas (Event Grid, CloudEvents 1.0), one event or an array of one, or a dead-lettered event.
Claims, names, addresses and the caller's IP are dropped here: they are never even copied.
Source: https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping

from acimedic.model.incident import DeploymentFailure, Ignored, Incident, Operation, Signal, incident_id
from acimedic.model.moment import moment
from acimedic.model.resource_id import CONTAINER_GROUPS, DEPLOYMENTS, ResourceId

MOST_BYTES = 1024 * 1024  # Event Grid's own limit for an event
_FAILURES = {"microsoft.resources.resourcewritefailure", "microsoft.resources.resourceactionfailure"}
_OPERATIONS: dict[str, Operation] = {
    "microsoft.containerinstance/containergroups/write": "write",
    "microsoft.containerinstance/containergroups/start/action": "start",
    "microsoft.containerinstance/containergroups/restart/action": "restart",
}
_CORRELATION = re.compile(r"[0-9A-Za-z._-]{1,128}")
_DEPLOYMENT_WRITE = "microsoft.resources/deployments/write"
_OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


class BadEventError(ValueError):
    """What was given is no event that we understand; the message says what and what to do."""


def read_event(text: str | bytes, *, hash_key: str = "") -> Signal:
    """Read the text of one event. Raises BadEventError."""
    if len(text) > MOST_BYTES:
        raise BadEventError(f"the event is too long: {len(text)} bytes, an Event Grid event has at most {MOST_BYTES}")
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadEventError("the event is not JSON; give the event as Event Grid delivered it") from error
    return from_event(decoded, hash_key=hash_key)


def from_event(event: object, *, hash_key: str = "") -> Signal:
    """Understand one decoded event. Raises BadEventError where it is no event at all."""
    if isinstance(event, list):
        if len(event) != 1:
            raise BadEventError(f"the file holds {len(event)} events; give one event, or an array of one")
        event = event[0]
    if not isinstance(event, Mapping):
        raise BadEventError("the event is not a JSON object; give the event as Event Grid delivered it")
    kind = event.get("eventType") or event.get("type")
    data = _object(event.get("data"))
    if not isinstance(kind, str) or not data:
        raise BadEventError("this is no event of Event Grid: it has no type (eventType or type) or no data")
    if kind.lower() not in _FAILURES:
        return Ignored(f"events of type {_short(kind)} are none of ours")
    return _failure(event, data, hash_key)


def _failure(event: Mapping[str, object], data: Mapping[str, object], hash_key: str) -> Signal:
    # `data.status` is unreliable (Microsoft's own sample of a failure says Succeeded): the event type decides.
    operation = _text(data.get("operationName")).lower()
    if operation not in _OPERATIONS and operation != _DEPLOYMENT_WRITE:
        return Ignored(f"the operation {_short(operation) or '(none)'} is none of ours")
    resource = _resource(event, data)
    correlation = _correlation(_text(data.get("correlationId")))
    when = moment(event.get("eventTime") or event.get("time"))
    deployer = _deployer(data.get("claims"), hash_key)
    if operation == _DEPLOYMENT_WRITE:
        if not resource.is_a(DEPLOYMENTS):
            raise BadEventError(f"a deployment's event names a {_short(resource.type)}")
        return DeploymentFailure(deployment=resource, correlation_id=correlation, occurred_at=when, deployer=deployer)
    if not resource.is_a(CONTAINER_GROUPS):
        raise BadEventError(f"a container group's event names a {_short(resource.type)}")
    return Incident(
        id=incident_id(correlation, resource),
        group=resource,
        correlation_id=correlation,
        occurred_at=when,
        operation=_OPERATIONS[operation],
        deployer=deployer,
    )


def from_words(resource_id: str, correlation_id: str | None = None) -> Incident:
    """An incident asked for by hand. Raises BadEventError where the id is not a container group's."""
    try:
        resource = ResourceId.parse(resource_id)
    except ValueError as error:
        raise BadEventError(str(error)) from error
    if not resource.is_a(CONTAINER_GROUPS):
        raise BadEventError(f"the resource id is a {_short(resource.type)}'s; give the id of a container group")
    correlation = _correlation(correlation_id or "")
    return Incident(
        id=incident_id(correlation, resource),
        group=resource,
        correlation_id=correlation,
        occurred_at=None,
        operation="unknown",
    )


def of_group(failure: DeploymentFailure, group: ResourceId, *, also: tuple[str, ...] = ()) -> Incident:
    """The incident of one group of a failed deployment; meets the group's own event by its id."""
    return Incident(
        id=incident_id(failure.correlation_id, group),
        group=group,
        correlation_id=failure.correlation_id,
        occurred_at=failure.occurred_at,
        operation="write",
        deployer=failure.deployer,
        also=also,
    )


def _resource(event: Mapping[str, object], data: Mapping[str, object]) -> ResourceId:
    authorization = _object(data.get("authorization"))
    tried = [data.get("resourceUri"), event.get("subject"), authorization.get("scope")]
    problem = "it names no resource"
    for text in tried:
        if not isinstance(text, str) or not text.strip():
            continue
        try:
            found = ResourceId.parse(_without_action(text))
        except ValueError as error:
            problem = str(error)
            continue
        if found.is_a(CONTAINER_GROUPS) or found.is_a(DEPLOYMENTS):
            return found
        problem = f"it names a {_short(found.type)}"
    raise BadEventError(f"the event does not say which resource failed: {problem}")


def _correlation(text: str) -> str | None:
    """A correlation id as written; a text that none could be is refused, before it gets into a filter."""
    correlation = text.strip()
    if correlation and not _CORRELATION.fullmatch(correlation):
        raise BadEventError(f"not a correlation id: '{_short(correlation)}'")
    return correlation or None


def _without_action(resource: str) -> str:
    """`…/containerGroups/x/restart` names the group: an action's subject may end in the action."""
    head, _, tail = resource.rstrip("/").rpartition("/")
    return head if tail.lower() in {"start", "restart", "stop"} and head.count("/") == 8 else resource


def _deployer(claims: object, key: str) -> str | None:
    """A keyed hash of who deployed: enough to refuse self-approval later, nothing of the person."""
    object_id = _object(claims).get(_OBJECT_ID) or _object(claims).get("oid")
    if not key or not isinstance(object_id, str) or not object_id:
        return None
    told = object_id.strip().lower().encode("utf-8", "surrogatepass")  # an event may hold half a character
    return hmac.new(key.encode("utf-8", "surrogatepass"), told, hashlib.sha256).hexdigest()


def _object(value: object) -> Mapping[str, object]:
    """An object, also where it is written as a JSON text, as events of 2017 and the 2018 schema have it."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _short(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:100]
