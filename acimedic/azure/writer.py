"""Changes Azure: gives a role, switches a registry's bypass, and nothing else.

Only who holds a Writer can change anything; there is no flag. Until a change is approved by policy and person, one is
made by the demonstration alone, against the built-in simulator.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, cast

from azure.core.exceptions import AzureError, DecodeError, HttpResponseError, ResourceNotFoundError

from acimedic.azure.attempt import error_code, status_and_code
from acimedic.azure.read_registries import API_VERSION as REGISTRY_API_VERSION
from acimedic.azure.session import Session, first_words
from acimedic.azure.shapes import properties_of
from acimedic.model.plan import BypassSwitch, RoleGrant
from acimedic.model.resource_id import ResourceId

_POLL_SECONDS = 2


class RefusedError(Exception):
    """Azure did not make the change. code: its error code, lower case; the message is `403 Code`."""

    def __init__(self, said: str, code: str = "") -> None:
        super().__init__(said)
        self.code = code


class UnclearError(RefusedError):
    """No answer came that says whether the change was made."""


@contextmanager
def _refusals() -> Iterator[None]:
    """Whatever goes wrong inside is raised as RefusedError."""
    try:
        yield
    except DecodeError as error:
        raise UnclearError("the answer was not understood, so look whether it was done") from error
    except HttpResponseError as error:
        raise RefusedError(status_and_code(error), (error_code(error) or "").lower()) from error
    except (AzureError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        said = f"no clear answer came, so look whether it was done ({type(error).__name__}: {first_words(error)})"
        raise UnclearError(said) from error


class Writer(Protocol):
    """What may be changed."""

    async def assigned(self, grant: RoleGrant) -> bool: ...  # noqa: D102 - the names say it
    async def assign(self, grant: RoleGrant) -> None: ...  # noqa: D102
    async def switch(self, change: BypassSwitch) -> str: ...  # noqa: D102


class AzureWriter:
    """Changes Azure through its SDKs."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._pipeline = session.writing()

    async def assigned(self, grant: RoleGrant) -> bool:
        """Whether the assignment of this very name is there already. Raises RefusedError."""
        with _refusals():
            try:
                await self._assignments(grant).get_by_id(grant.assignment_id.strip("/"))
            except ResourceNotFoundError:
                return False
            return True

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
            description="Made by ACI Medic so that a container group can pull its image",
        )
        with _refusals():
            await self._assignments(grant).create_by_id(grant.assignment_id.strip("/"), wanted)

    async def switch(self, change: BypassSwitch) -> str:
        """Set `networkRuleBypassOptions`, wait for the end, and say what it is then. Raises RefusedError."""
        from azure.mgmt.containerregistry.aio import ContainerRegistryManagementClient
        from azure.mgmt.containerregistry.models import RegistryPropertiesUpdateParameters, RegistryUpdateParameters

        registry = ResourceId.parse(change.registry_id)
        client = ContainerRegistryManagementClient(
            self._session.credential,
            registry.subscription,
            api_version=REGISTRY_API_VERSION,
            polling_interval=_POLL_SECONDS,
            **self._session.options(self._pipeline),
        )
        wanted = RegistryUpdateParameters(
            properties=RegistryPropertiesUpdateParameters(network_rule_bypass_options=change.after)
        )
        with _refusals():
            poller = await client.registries.begin_update(registry.resource_group or "", registry.name, wanted)
            await poller.result()
            now = await client.registries.get(registry.resource_group or "", registry.name)
            # By its JSON name: as an attribute it is an enumeration, whose text is not its value.
            return str(properties_of(cast(Mapping[str, Any], now)).get("networkRuleBypassOptions") or "")

    def _assignments(self, grant: RoleGrant) -> Any:
        from azure.mgmt.authorization.v2022_04_01.aio import AuthorizationManagementClient

        registry = ResourceId.parse(grant.registry_id)
        client = AuthorizationManagementClient(
            self._session.credential, registry.subscription, **self._session.options(self._pipeline)
        )
        return client.role_assignments
