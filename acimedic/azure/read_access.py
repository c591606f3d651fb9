"""Reads identities, role assignments, role definitions and deny assignments."""

import re
from dataclasses import replace
from typing import Any

from azure.core.exceptions import ResourceNotFoundError

from acimedic.azure.attempt import said_absent
from acimedic.azure.paging import every
from acimedic.azure.session import Session
from acimedic.azure.shapes import due
from acimedic.model.access import Assignment, DenyAssignment, Permission, Role
from acimedic.model.moment import moment
from acimedic.model.reading import Absent
from acimedic.model.registry import Identity
from acimedic.model.resource_id import ResourceId

API_VERSION = "2022-04-01"
IDENTITY_API_VERSION = "2024-11-30"
IDENTITY_PERMISSION = "Microsoft.ManagedIdentity/userAssignedIdentities/read"
ASSIGNMENTS_PERMISSION = "Microsoft.Authorization/roleAssignments/read"
ROLES_PERMISSION = "Microsoft.Authorization/roleDefinitions/read"
DENIALS_PERMISSION = "Microsoft.Authorization/denyAssignments/read"
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_EVERYONE = "00000000-0000-0000-0000-000000000000"


async def read_identity(session: Session, identity: ResourceId) -> Identity | Absent:
    """A user-assigned managed identity: its principal id holds the roles, its client id holds none."""
    from azure.mgmt.msi.aio import ManagedServiceIdentityClient

    source = f"GET {identity}?api-version={IDENTITY_API_VERSION}"
    client = session.reader(ManagedServiceIdentityClient, identity.subscription, api_version=IDENTITY_API_VERSION)
    try:
        item = await client.user_assigned_identities.get(identity.resource_group or "", identity.name)
    except ResourceNotFoundError as error:
        if not said_absent(error):
            raise
        return Absent(what=f"identity {identity.name}", source=source)
    ids = (item.principal_id, item.client_id, item.tenant_id)
    if not all(isinstance(each, str) and _GUID.fullmatch(each) for each in ids):  # the SDK makes a text of a number
        raise ValueError("an identity has a principal id, a client id and a tenant")
    return Identity(
        id=str(identity),
        name=item.name or identity.name,
        principal_id=item.principal_id.lower(),
        client_id=item.client_id.lower(),
        tenant_id=item.tenant_id.lower(),
        source=source,
        created=moment(item.system_data.created_at) if item.system_data else None,
    )


async def list_assignments(session: Session, scope: str, principal: str | None) -> tuple[Assignment, ...]:
    """Role assignments at a scope, inherited ones included.

    With a principal, only those that Azure counts for it, through groups too; without, all.
    Source: https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
    """
    wanted = f"assignedTo('{principal}')" if principal else None
    found = await every(_client(session, scope).role_assignments.list_for_scope, scope.strip("/"), filter=wanted)
    return tuple(_assignment(item) for item in found)


async def read_role(session: Session, role_definition_id: str) -> Role:
    """A role's definition."""
    item = await _client(session, role_definition_id).role_definitions.get_by_id(role_definition_id.strip("/"))
    return Role(
        guid=(item.name or role_definition_id.rsplit("/", 1)[-1]).lower(),
        name=due(item.role_name, "roleName"),
        permissions=tuple(_permission(block) for block in due(item.permissions, "permissions")),
        custom=(item.role_type or "").lower() == "customrole",
        source=f"GET {role_definition_id}?api-version={API_VERSION}",
    )


async def list_denials(session: Session, scope: str) -> tuple[DenyAssignment, ...]:
    """Deny assignments at a scope and above it."""
    found = await every(_client(session, scope).deny_assignments.list_for_scope, scope.strip("/"))
    return tuple(_denial(item) for item in found)


def _client(session: Session, scope: str) -> Any:
    # The module of the one api-version is imported itself: the package's front door imports all seventeen.
    from azure.mgmt.authorization.v2022_04_01.aio import AuthorizationManagementClient

    parts = scope.strip("/").split("/")
    subscription = parts[1] if len(parts) > 1 else ""
    return session.reader(AuthorizationManagementClient, subscription)


def _assignment(item: Any) -> Assignment:
    times = [when for when in (moment(item.created_on), moment(item.updated_on)) if when]
    return Assignment(
        id=item.id or "",
        scope=item.scope or "",
        role_guid=item.role_definition_id.rsplit("/", 1)[-1].lower(),
        role_definition_id=item.role_definition_id,
        principal_id=item.principal_id.lower(),
        principal_type=item.principal_type,
        condition=item.condition or None,
        changed=max(times) if times else None,
    )


def _denial(item: Any) -> DenyAssignment:
    principals = [principal.id.lower() for principal in due(item.principals, "principals") if principal.id]
    excluded = [principal.id.lower() for principal in item.exclude_principals or [] if principal.id]
    return DenyAssignment(
        id=item.id or "",
        name=item.deny_assignment_name or "",
        scope=item.scope or "",
        permissions=tuple(
            replace(_permission(block), condition=block.condition or None)
            for block in due(item.permissions, "permissions")
        ),
        principals=tuple(principals),
        principal_types=_types([*(item.principals or []), *(item.exclude_principals or [])]),
        excluded=tuple(excluded),
        everyone=_EVERYONE in principals,
        exact_scope_only=bool(item.do_not_apply_to_child_scopes),
        condition=item.condition or None,
    )


def _types(principals: list[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((principal.id.lower(), principal.type) for principal in principals if principal.id and principal.type)


def _permission(block: Any) -> Permission:
    return Permission(
        actions=tuple(block.actions or ()),
        not_actions=tuple(block.not_actions or ()),
        data_actions=tuple(block.data_actions or ()),
        not_data_actions=tuple(block.not_data_actions or ()),
    )
