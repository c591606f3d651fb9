"""Small values for the tests of effective access: start from these, change one thing."""

from datetime import datetime

from acimedic.model.access import Access, Assignment, DenyAssignment, Permission, Role
from acimedic.model.reading import Gap
from acimedic.model.registry import Mode
from acimedic.rbac import PullAccess, pull_access
from acimedic.rbac.actions import CONTENT_READ, METADATA_READ, PULL

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
REGISTRY = f"{SUBSCRIPTION}/resourceGroups/rg-app/providers/Microsoft.ContainerRegistry/registries/shop"
ME = "aaaaaaaa-0000-0000-0000-000000000001"
CLIENT = "cccccccc-0000-0000-0000-000000000001"
OTHER = "bbbbbbbb-0000-0000-0000-000000000002"
GROUP = "dddddddd-0000-0000-0000-000000000003"
ZERO = "00000000-0000-0000-0000-000000000000"
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
REPOSITORY_READER = "b93aa761-3e63-49ed-ac28-beffa264f7ac"
IMPORTER = "577a9874-89fd-4f24-9dbd-b5034d0ad23a"
CUSTOM = "99999999-0000-0000-0000-000000000009"
UNREAD = Gap(reading="role assignments", reason="403 AuthorizationFailed")


def assignment(
    role: str = ACR_PULL,
    *,
    scope: str = REGISTRY,
    principal: str = ME,
    kind: str | None = "ServicePrincipal",
    condition: str | None = None,
    changed: datetime | None = None,
    name: str = "a1",
) -> Assignment:
    return Assignment(
        id=f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        scope=scope,
        role_guid=role,
        principal_id=principal,
        principal_type=kind,
        condition=condition,
        changed=changed,
    )


def role(*blocks: Permission, custom: bool = True) -> Role:
    return Role(guid=CUSTOM, name="Our own role", permissions=blocks, custom=custom, source="test")


def deny(
    *,
    permission: Permission | None = None,
    principals: tuple[str, ...] = (),
    excluded: tuple[str, ...] = (),
    everyone: bool = False,
    scope: str = SUBSCRIPTION,
    exact: bool = False,
    condition: str | None = None,
    types: tuple[tuple[str, str], ...] = (),
) -> DenyAssignment:
    return DenyAssignment(
        id="deny-1",
        name="managed application",
        scope=scope,
        permissions=(permission or Permission(actions=("*",), data_actions=("*",)),),
        principals=principals,
        excluded=excluded,
        everyone=everyone,
        exact_scope_only=exact,
        condition=condition,
        principal_types=types,
    )


def access(
    *assigned: Assignment,
    roles: tuple[Role, ...] = (),
    denied: tuple[DenyAssignment, ...] | Gap = (),
    everyone: tuple[Assignment, ...] | Gap = (),
    unread: bool = False,
) -> Access:
    return Access(
        principal_id=ME,
        assigned=UNREAD if unread else assigned,
        denied=denied,
        everyone=everyone,
        roles=tuple((item.guid, item) for item in roles),
        source="test",
    )


def pulling(known: Access, mode: Mode = "legacy", repository: str = "shop/api") -> PullAccess:
    return pull_access(known, mode=mode, repository=repository, registry_id=REGISTRY)


LEGACY_BLOCK = Permission(actions=(PULL,))
ABAC_BLOCK = Permission(data_actions=(CONTENT_READ, METADATA_READ))
