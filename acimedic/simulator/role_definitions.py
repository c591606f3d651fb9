"""Role definitions: the built-in ones and the world's own."""

import re

from . import paging
from .access import definition
from .exchange import Json, Request, Response, error
from .ids import last_segment, segment_after
from .roles import BUILT_IN
from .state import State, shown

FILTER = re.compile(r"(roleName|type)\s+eq\s+'([^']*)'", re.IGNORECASE)


def list_at(state: State, request: Request) -> Response:
    """List the roles; ``roleName eq`` and ``type eq`` filters are honoured."""
    roles = [*BUILT_IN.values(), *state.section("roleDefinitions").values()]
    for name, value in FILTER.findall(request.parameter("$filter") or ""):
        wanted = "roleName" if name.lower() == "rolename" else "type"
        roles = [role for role in roles if role["properties"].get(wanted, "").lower() == value.lower()]
    return paging.page(state, request, [_placed(role, request.path) for role in roles])


def get(state: State, request: Request) -> Response:
    """Give one role; its id carries the subscription that was asked (azd__Test_CLI_Up_Down_ContainerApp)."""
    found = definition(state, request.path)
    if found is None:
        name = last_segment(request.path)
        return error(
            404, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{name}' does not exist."
        )
    return Response(body=_placed(found, request.path))


def _placed(role: Json, path: str) -> Json:
    body = shown(role)
    subscription = segment_after(path, "subscriptions")
    if subscription:
        prefix = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions"
        body["id"] = f"{prefix}/{last_segment(role['id'])}"
    return body
