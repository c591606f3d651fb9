"""What the caller may do: the world's ``permissions``, where it has any."""

import re

from . import ids
from .exchange import Json, Request, Response, error
from .state import State

# everybody may list tenants and subscriptions, and query the graph of what they may read
ALWAYS = re.compile(r"^/(tenants|subscriptions|providers/microsoft\.resourcegraph/resources)/?$", re.IGNORECASE)


def matches(pattern: str, action: str) -> bool:
    """Tell whether an action is covered by a pattern; ``*`` stands for anything, slashes too."""
    expression = ".*".join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(expression, action, re.IGNORECASE) is not None


def allowed(state: State, action: str, scope: str) -> bool:
    """Tell whether the caller may do this at a scope; a world without ``permissions`` allows everything."""
    granted = state.world.get("permissions")
    if granted is None or ALWAYS.match(scope):
        return True
    return any(_grants(each, action) and ids.covers(each.get("scope", "/"), scope) for each in granted)


def refusal(state: State, request: Request) -> Response | None:
    """Give ARM's 403 where the caller may not send this request, else nothing.

    A list is also answered where the caller may read something beneath its scope; it then holds only that.
    """
    action, path = ids.action_of(request.method, request.path), request.path.rstrip("/")
    if allowed(state, action, path):
        return None
    scope = path.rpartition("/providers/")[0]
    granted = state.world["permissions"]
    beneath = any(_grants(each, action) and ids.covers(scope, each.get("scope", "/")) for each in granted)
    if request.method == "GET" and beneath:
        return None
    caller = state.section("caller").get("objectId", "00000000-0000-0000-0000-000000000000")
    return error(
        403,
        "AuthorizationFailed",
        f"The client '{caller}' with object id '{caller}' does not have authorization to perform action '{action}' over"
        f" scope '{path}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
        x_ms_failure_cause="gateway",
    )


def list_at(state: State, request: Request) -> Response:
    """List what the caller may do at a scope: one block for each right that reaches there (sdk-authorization).

    A right given beneath the scope is not among them. As recorded, a page has no ``nextLink``.
    """
    scope = request.path.rpartition("/providers/")[0]
    granted = state.world.get("permissions")
    if granted is None:
        granted = [{"actions": ["*"]}]  # as an owner is shown, who has no data action of his own
    kinds = ("actions", "notActions", "dataActions", "notDataActions")
    here = [each for each in granted if ids.covers(each.get("scope", "/"), scope)]
    return Response(body={"value": [{kind: list(each.get(kind, [])) for kind in kinds} for each in here]})


def _grants(entry: Json, action: str) -> bool:
    granted = any(matches(pattern, action) for pattern in entry.get("actions", []))
    return granted and not any(matches(pattern, action) for pattern in entry.get("notActions", []))
