"""Who may do what at a registry: role assignments, role definitions, deny assignments.

Source: https://learn.microsoft.com/azure/role-based-access-control/overview
"""

from dataclasses import dataclass
from datetime import datetime

from acimedic.model.reading import Gap, Reading

ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
REPOSITORY_READER = "b93aa761-3e63-49ed-ac28-beffa264f7ac"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One block of a role: what it allows and what it leaves out of that.

    condition: the ABAC condition of the block itself, which some built-in roles carry.
    """

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    condition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role definition. `guid` is the last part of its id, lower case."""

    guid: str
    name: str
    permissions: tuple[Permission, ...]
    custom: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A role given to a principal at a scope.

    principal_type: `ServicePrincipal`, `Group`, `User`, … as Azure says it; None where it does not.
    condition: the ABAC condition as written; None where the assignment has none.
    changed: when it was made or last changed, whichever is later.
    """

    id: str
    scope: str
    role_guid: str
    role_definition_id: str = ""
    principal_id: str
    principal_type: str | None
    condition: str | None
    changed: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyAssignment:
    """Actions that are refused to some principals, whatever roles they hold.

    everyone: it names the zero GUID, Azure's word for all principals.
    exact_scope_only: it does not reach down to the resources below its scope.
    principal_types: `Group`, `ServicePrincipal`, … of the principals named or excluded, by id, as far as
    Azure says it: a group may hold the identity, and who is in it cannot be seen here.
    """

    id: str
    name: str
    scope: str
    permissions: tuple[Permission, ...]
    principals: tuple[str, ...]
    excluded: tuple[str, ...]
    everyone: bool
    exact_scope_only: bool
    condition: str | None
    principal_types: tuple[tuple[str, str], ...] = ()

    def principal_type(self, principal_id: str) -> str | None:
        """What kind of principal an id is; None where Azure does not say."""
        wanted = principal_id.lower()
        return next((kind for key, kind in self.principal_types if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What counts at one registry for one principal.

    assigned: assignments that Azure counts for the principal (`assignedTo`), groups and scopes above included.
    denied: deny assignments at the registry and above.
    everyone: the unfiltered listing at the registry, in which a role on a wrong principal shows.
    roles: definitions by guid; a custom role that could not be read is a Gap.
    """

    principal_id: str
    assigned: Reading[tuple[Assignment, ...]]
    denied: Reading[tuple[DenyAssignment, ...]]
    everyone: Reading[tuple[Assignment, ...]]
    roles: tuple[tuple[str, Role | Gap], ...]
    source: str

    def role(self, guid: str) -> Role | Gap:
        """The definition of a role that one of the assignments names."""
        for key, role in self.roles:
            if key == guid:
                return role
        return Gap(reading=f"role definition {guid}", reason="not among the definitions that were read")
