"""Role definitions: the built-in ones and the world's own."""

import re

from . import ids, paging
from .access import definition
from .exchange import Json, Request, Response, error
from .ids import last_segment, segment_after
from .roles import BUILT_IN
from .state import State, shown

FILTER = re.compile(r"(roleName|type)\s+eq\s+'([^']*)'", re.IGNORECASE)


def list_at(state: State, request: Request) -> Response:
    """List the roles that may be assigned at a scope, and below it too where ``atScopeAndBelow()`` is asked.

    ``roleName eq`` and ``type eq`` filters are honoured (azure-docs role-definitions-list, REST API).
    """
    scope, wanted_by = request.path.rpartition("/providers/")[0] or "/", request.parameter("$filter") or ""
    below = "atscopeandbelow()" in wanted_by.lower()
    own = [role for role in state.section("roleDefinitions").values() if _is_at(role, scope, below=below)]
    roles = [*BUILT_IN.values(), *own]
    for name, value in FILTER.findall(wanted_by):
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


def delete(state: State, request: Request) -> Response:
    """Take a custom role away: 200 with what it was, 204 where there was none, 400 while anybody has it.

    Codes: azure-docs custom-roles and RBAC troubleshooting.
    """
    name = last_segment(request.path)
    if any(last_segment(each["properties"]["roleDefinitionId"]) == name for each in _assignments(state)):
        return error(
            400, "RoleDefinitionHasAssignments", f"There are existing role assignments referencing role {name}."
        )
    held = state.section("roleDefinitions")
    handle = next((key for key, role in held.items() if last_segment(role["id"]) == name), None)
    return Response(status=204) if handle is None else Response(body=_placed(held.pop(handle), request.path))


def _assignments(state: State) -> list[Json]:
    return list(state.section("roleAssignments").values())


def _is_at(role: Json, scope: str, *, below: bool) -> bool:
    """Whether it may be assigned there; a role of a world that says nothing of it may be assigned everywhere."""
    scopes = role["properties"].get("assignableScopes") or ["/"]
    return any(ids.covers(each, scope) or (below and ids.covers(scope, each)) for each in scopes)


def _placed(role: Json, path: str) -> Json:
    body = shown(role)
    subscription = segment_after(path, "subscriptions")
    if subscription:
        prefix = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions"
        body["id"] = f"{prefix}/{last_segment(role['id'])}"
    return body
