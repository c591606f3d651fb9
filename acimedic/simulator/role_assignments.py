"""Role assignments and deny assignments, at any scope."""

import re

from . import ids, paging, versions
from .access import EVERYONE, definition, principals_of
from .exchange import Json, Request, Response, error
from .state import State, shown

ASSIGNED_TO = re.compile(r"assignedTo\('([^']+)'\)", re.IGNORECASE)
PRINCIPAL_ID = re.compile(r"principalId\s+eq\s+'([^']+)'", re.IGNORECASE)
AT_SCOPE = re.compile(r"atScope\(\)", re.IGNORECASE)


def list_at(state: State, request: Request) -> Response:
    """List the assignments that bear on a scope: inherited, at it, and below it unless ``atScope()`` is asked.

    Inherited ones are in the list (role__test_role_assignment_create_update); ``assignedTo()`` expands groups,
    ``principalId eq`` does not (azure-docs role-assignments-list-rest).
    """
    scope, wanted = _scope(request.path), request.parameter("$filter") or ""
    rest = wanted
    for known in (ASSIGNED_TO, PRINCIPAL_ID, AT_SCOPE):
        rest = known.sub("", rest)
    if re.sub(r"\band\b", "", rest, flags=re.IGNORECASE).strip():
        return error(400, "UnsupportedQueryOption", f"The filter '{wanted}' is not supported for role assignments.")
    bodies = [
        body
        for body in state.section("roleAssignments").values()
        if _in_scope(body, scope, exact=bool(AT_SCOPE.search(wanted))) and _is_for(state, body, wanted)
    ]
    return paging.page(state, request, [versions.role_assignment(body, request.api_version) for body in bodies])


def get(state: State, request: Request) -> Response:
    """Give one assignment by the scope it was made at and its name."""
    found = state.find("roleAssignments", request.path)
    if found:
        return Response(body=versions.role_assignment(found, request.api_version))
    name = ids.last_segment(request.path)
    return error(404, "RoleAssignmentNotFound", f"The role assignment '{name}' is not found.")


def put(state: State, request: Request) -> Response:
    """Make an assignment: 201 when it is new or changed, 200 when it was there just so.

    201 also for a change: role__test_role_assignment_create_update. Errors: azure-docs RBAC troubleshooting.
    """
    properties = request.json().get("properties", {})
    refused = _refusal(state, request, properties)
    if refused:
        return refused
    held = state.find("roleAssignments", request.path)
    if held and _same_settings(held["properties"], properties):
        return Response(body=versions.role_assignment(held, request.api_version))
    made = _made(state, request, properties)
    handle = next((name for name, body in state.section("roleAssignments").items() if body is held), None)
    state.section("roleAssignments")[handle or made["name"]] = made
    return Response(status=201, body=versions.role_assignment(made, request.api_version))


def delete(state: State, request: Request) -> Response:
    """Take an assignment away: 200 with what it was, 204 where there was none."""
    gone = state.remove("roleAssignments", request.path)
    return Response(body=versions.role_assignment(gone, request.api_version)) if gone else Response(status=204)


def list_denials(state: State, request: Request) -> Response:
    """List the deny assignments at or above a scope (below it too unless ``atScope()`` is asked)."""
    scope, wanted = _scope(request.path), request.parameter("$filter") or ""
    exact = bool(AT_SCOPE.search(wanted))
    bodies = [body for body in state.section("denyAssignments").values() if _in_scope(body, scope, exact=exact)]
    named = ASSIGNED_TO.search(wanted) or PRINCIPAL_ID.search(wanted)
    if named:
        principals = {*principals_of(state, named[1]), EVERYONE}
        bodies = [
            body for body in bodies if principals & {each["id"].lower() for each in body["properties"]["principals"]}
        ]
    return paging.page(state, request, [shown(body) for body in bodies])


def _scope(path: str) -> str:
    return path.rpartition("/providers/")[0]


def _in_scope(body: Json, scope: str, *, exact: bool) -> bool:
    own = body["properties"]["scope"]
    return ids.covers(own, scope or "/") or (not exact and ids.covers(scope or "/", own))


def _is_for(state: State, body: Json, wanted: str) -> bool:
    principal = body["properties"]["principalId"].lower()
    assigned, exactly = ASSIGNED_TO.search(wanted), PRINCIPAL_ID.search(wanted)
    if assigned and principal not in principals_of(state, assigned[1]):
        return False
    return not exactly or principal == exactly[1].lower()


def _refusal(state: State, request: Request, properties: Json) -> Response | None:
    role, principal = properties.get("roleDefinitionId"), properties.get("principalId")
    if not role or not principal:
        return error(
            400,
            "InvalidRequestContent",
            "The request content was invalid: roleDefinitionId and principalId are required.",
        )
    if definition(state, role) is None:
        name = ids.last_segment(role)
        return error(
            400, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{name}' does not exist."
        )
    if int(state.world.get("x-principalNotFound", 0)) > 0:
        state.world["x-principalNotFound"] -= 1
        return _principal_not_found(state, principal)
    held = state.find("roleAssignments", request.path)
    if held and not _same_grant(held["properties"], properties, _scope(request.path)):
        return error(
            400,
            "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        )
    return None if held else _exists(state, request, properties)


def _exists(state: State, request: Request, properties: Json) -> Response | None:
    """Give 409 where the same grant is there under another name, in the wording since August 2025."""
    for body in state.section("roleAssignments").values():
        if _same_grant(body["properties"], properties, _scope(request.path)):
            name = ids.last_segment(body["id"]).replace("-", "")
            message = f"The role assignment already exists. The ID of the existing role assignment is {name}."
            return error(409, "RoleAssignmentExists", message)
    return None


def _principal_not_found(state: State, principal: str) -> Response:
    tenants = [body.get("tenantId", "") for body in state.section("subscriptions").values()]
    return error(
        400,
        "PrincipalNotFound",
        f"Principal {principal.replace('-', '')} does not exist in the directory {next(iter(tenants), '')}. Check that"
        " you have the correct principal ID. If you are creating this principal and then immediately assigning a role,"
        " this error might be related to a replication delay. In this case, set the role assignment principalType"
        " property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
    )


def _same_grant(held: Json, wanted: Json, scope: str) -> bool:
    return (
        held["principalId"].lower() == wanted["principalId"].lower()
        and ids.last_segment(held["roleDefinitionId"]) == ids.last_segment(wanted["roleDefinitionId"])
        and ids.same(held["scope"], scope)
    )


def _same_settings(held: Json, wanted: Json) -> bool:
    return all(held.get(name) == wanted.get(name) for name in ("condition", "conditionVersion", "description"))


def _made(state: State, request: Request, properties: Json) -> Json:
    path = request.path.rstrip("/")
    return {
        "properties": {
            "roleDefinitionId": properties["roleDefinitionId"],
            "principalId": properties["principalId"],
            "principalType": properties.get("principalType", "ServicePrincipal"),
            "scope": _scope(path) or "/",
            "condition": properties.get("condition"),
            "conditionVersion": properties.get("conditionVersion"),
            "createdOn": state.stamp(),
            "updatedOn": state.stamp(),
            "createdBy": None,
            "updatedBy": state.section("caller").get("objectId", "8f1c2a54-0a55-4d6e-9c63-5b0f2c1d7e90"),
            "delegatedManagedIdentityResourceId": None,
            "description": properties.get("description"),
        },
        "id": path,
        "type": "Microsoft.Authorization/roleAssignments",
        "name": path.rsplit("/", 1)[-1],
    }
