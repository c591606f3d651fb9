"""Changes Azure: gives a role and takes it back, switches a registry's bypass, and nothing else.

Only who holds a Writer can change anything; there is no flag.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from azure.core.exceptions import ResourceNotFoundError

from acimedic.azure.attempt import said_absent
from acimedic.azure.session import Session
from acimedic.azure.standing import DESCRIPTION, AzureStanding, RefusedError, Standing, UnclearError, refusals
from acimedic.model.plan import BypassSwitch, RoleGrant
from acimedic.model.resource_id import ResourceId


class Writer(Standing, Protocol):
    """What may be changed."""

    async def assign(self, grant: RoleGrant) -> None: ...  # noqa: D102
    async def unassign(self, grant: RoleGrant) -> None: ...  # noqa: D102
    async def switch(self, change: BypassSwitch) -> str: ...  # noqa: D102


class AzureWriter(AzureStanding):
    """Changes Azure through its SDKs."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._pipeline = session.writing()

    async def assign(self, grant: RoleGrant) -> None:
        """Make the assignment; the same one again is no error. Raises RefusedError.

        `principalType` spares Azure the look-up of a principal that it may not know yet.
        Source: https://learn.microsoft.com/azure/role-based-access-control/role-assignments-rest
        """
        from azure.mgmt.authorization.v2022_04_01.models import RoleAssignmentCreateParameters

        wanted = RoleAssignmentCreateParameters(
            role_definition_id=grant.role_definition_id,
            principal_id=grant.principal_id,
            principal_type="ServicePrincipal",
            condition=grant.condition,
            condition_version="2.0" if grant.condition else None,
            description=DESCRIPTION,
        )
        with refusals():
            await self.assignments(grant).create_by_id(grant.assignment_id.strip("/"), wanted)

    async def unassign(self, grant: RoleGrant) -> None:
        """Delete the assignment of this very name; where there is none, that is no error. Raises RefusedError."""
        with refusals():
            try:
                await self.assignments(grant).delete_by_id(grant.assignment_id.strip("/"))
            except ResourceNotFoundError as error:
                if not said_absent(error):
                    raise

    async def switch(self, change: BypassSwitch) -> str:
        """Set `networkRuleBypassOptions`, wait for the end, and say what it is then. Raises RefusedError."""
        from azure.mgmt.containerregistry.models import RegistryPropertiesUpdateParameters, RegistryUpdateParameters

        registry = ResourceId.parse(change.registry_id)
        wanted = RegistryUpdateParameters(
            properties=RegistryPropertiesUpdateParameters(network_rule_bypass_options=change.after)
        )
        with refusals():
            registries = self.registries(registry)
            poller = await registries.begin_update(registry.resource_group or "", registry.name, wanted)
        await _ended(poller)
        with _afterwards():
            return await self.bypass(change) or ""


async def _ended(poller: Any) -> None:
    """Wait for the end of what Azure has begun. Raises RefusedError, and UnclearError where it is not told."""
    with _afterwards(), refusals():
        await poller.result()


@contextmanager
def _afterwards() -> Iterator[None]:
    """What is refused in here is a question about the change, and not the change."""
    try:
        yield
    except RefusedError as refusal:
        if refusal.status is None:
            raise
        raise UnclearError(f"Azure has begun it, and does not tell how it ended: {refusal}") from refusal
