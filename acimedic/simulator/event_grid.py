"""Event Grid: the system topics of a subscription, and who listens to them.

Shapes follow eventgrid__test_system_topic_identity: a deletion is a 202 whose operation says Succeeded.
"""

from . import paging
from .exchange import Json, Request, Response, error
from .identities import not_found
from .ids import last_segment, segment_after
from .state import State, shown


def list_at(state: State, request: Request) -> Response:
    """List the topics of a subscription or a resource group."""
    scope = request.path.rpartition("/providers/")[0]
    return paging.page(state, request, [shown(body) for body in state.within("systemTopics", scope)])


def get(state: State, request: Request) -> Response:
    """Give one topic."""
    found = state.find("systemTopics", request.path)
    return Response(body=shown(found)) if found else not_found(request)


def delete(state: State, request: Request) -> Response:
    """Take a topic away, and with it all who listen: 202, or 204 where there was none."""
    gone = state.remove("systemTopics", request.path)
    return _accepted(state, request) if gone else Response(status=204)


def list_subscriptions(state: State, request: Request) -> Response:
    """List the event subscriptions of a topic."""
    topic = state.find("systemTopics", request.path.rstrip("/").rpartition("/")[0])
    if topic is None:
        return not_found(request)
    return paging.page(state, request, [shown(body) for body in _listening(topic).values()])


def get_subscription(state: State, request: Request) -> Response:
    """Give one event subscription."""
    listening, handle = _found(state, request)
    return Response(body=shown(listening[handle])) if handle else not_found(request)


def delete_subscription(state: State, request: Request) -> Response:
    """Take one event subscription away: 202, or 204 where there was none."""
    listening, handle = _found(state, request)
    if not handle:
        return Response(status=204)
    del listening[handle]
    return _accepted(state, request)


def operation(state: State, request: Request) -> Response:
    """Tell how far a deletion is: Succeeded at once."""
    name = last_segment(request.path)
    if name not in state.operations:
        return error(404, "OperationNotFound", f"The operation '{name}' could not be found.")
    return Response(body={"id": f"https://{request.host}{request.path}", "name": name, "status": "Succeeded"})


def _found(state: State, request: Request) -> tuple[Json, str]:
    """What listens to the topic, and the one that is asked for; empty where there is none."""
    topic = state.find("systemTopics", "/".join(request.path.rstrip("/").split("/")[:-2]))
    listening = _listening(topic) if topic is not None else {}
    wanted = last_segment(request.path)
    return listening, next((name for name in listening if name.lower() == wanted), "")


def _listening(topic: Json) -> Json:
    """By name, as the world has them under the topic's `x-eventSubscriptions`."""
    found: Json = topic.setdefault("x-eventSubscriptions", {})
    for name, body in found.items():
        body.setdefault("name", name)
        body.setdefault("id", f"{topic['id']}/eventSubscriptions/{name}")
        body.setdefault("type", "Microsoft.EventGrid/systemTopics/eventSubscriptions")
    return found


def _accepted(state: State, request: Request) -> Response:
    name = state.new_id()
    state.operations[name] = {}
    scope = f"/subscriptions/{segment_after(request.path, 'subscriptions')}"
    status = f"https://{request.host}{scope}/providers/Microsoft.EventGrid/operationsStatus/{name}"
    return Response(status=202, headers={"Azure-AsyncOperation": f"{status}?api-version={request.api_version}"})
