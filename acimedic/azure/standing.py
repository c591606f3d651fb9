"""What stands in Azure now, of all that we make: roles given by name, and a registry's bypass. It only reads.

Unlike a reading of the evidence, an answer that is missing is an error here: what is done next hangs on it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol, cast

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    ResourceNotFoundError,
)

from acimedic.azure.attempt import error_code, said_absent, status_and_code
from acimedic.azure.backoff import ThrottledError
from acimedic.azure.read_registries import API_VERSION as REGISTRY_API_VERSION
from acimedic.azure.session import Session, first_words
from acimedic.azure.shapes import due, properties_of
from acimedic.model.plan import BypassSwitch, RoleGrant
from acimedic.model.resource_id import ResourceId

DESCRIPTION = "Made by ACI Medic so that a container group can pull its image"
"""Of every assignment that we make; who changes it has taken the assignment over."""
_POLL_SECONDS = 2
_BUSY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class RefusedError(Exception):
    """Azure did not make the change. The message is `403 Code`.

    code: Azure's error code, lower case. status: of the answer; None where a long operation was taken and failed.
    """

    def __init__(self, said: str, code: str = "", status: int | None = None) -> None:
        super().__init__(said)
        self.code = code
        self.status = status

    @property
    def passing(self) -> bool:
        """Whether the same request may be answered otherwise in a while."""
        return self.status is not None and (self.status in _BUSY or self.status >= 500)


class UnclearError(RefusedError):
    """No answer came that says whether the change was made."""

    @property
    def passing(self) -> bool:
        """Always: whoever asks again will know more."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role assignment as Azure shows it. scope: where it was made."""

    principal_id: str
    role_definition_id: str
    condition: str | None
    scope: str
    description: str | None

    def differences(self, grant: RoleGrant) -> tuple[str, ...]:
        """In what it is another than this grant makes, in words; empty where it is the same."""
        compared = (
            ("principal", self.principal_id.lower(), grant.principal_id.lower()),
            ("role", _guid(self.role_definition_id), _guid(grant.role_definition_id)),
            ("condition", self.condition or "none", grant.condition or "none"),
            ("scope", _id(self.scope), _id(grant.registry_id)),
            ("description", self.description or "none", DESCRIPTION),
        )
        return tuple(f"its {what} is {now}, and was {made}" for what, now, made in compared if now != made)


@contextmanager
def refusals() -> Iterator[None]:
    """Whatever goes wrong inside is raised as RefusedError."""
    try:
        yield
    except DecodeError as error:
        raise UnclearError("the answer was not understood, so look whether it was done") from error
    except ClientAuthenticationError as error:
        if error.status_code is None:
            raise UnclearError(f"sign-in failed: {first_words(error)}") from error
        raise _refused(error) from error
    except HttpResponseError as error:
        raise _refused(error) from error
    except (AzureError, ThrottledError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        said = f"no clear answer came, so look whether it was done ({type(error).__name__}: {first_words(error)})"
        raise UnclearError(said) from error


def _refused(error: HttpResponseError) -> RefusedError:
    # A long operation that failed was told by a poll, which itself succeeded.
    status = error.status_code if error.status_code is not None and error.status_code >= 400 else None
    return RefusedError(status_and_code(error), (error_code(error) or "").lower(), status)


class Standing(Protocol):
    """What stands now, of all that may be changed."""

    async def held(self, grant: RoleGrant) -> HeldRole | None: ...  # noqa: D102 - the names say it
    async def bypass(self, change: BypassSwitch) -> str | None: ...  # noqa: D102


class AzureStanding:
    """Looks at what stands through Azure's SDKs, and cannot change it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._pipeline = session.reading

    async def held(self, grant: RoleGrant) -> HeldRole | None:
        """The assignment of this very name; None where there is none. Raises RefusedError."""
        with refusals():
            try:
                item = await self.assignments(grant).get_by_id(grant.assignment_id.strip("/"))
            except ResourceNotFoundError as error:
                if not said_absent(error):
                    raise
                return None
            return HeldRole(
                principal_id=due(item.principal_id, "principalId"),
                role_definition_id=due(item.role_definition_id, "roleDefinitionId"),
                condition=item.condition or None,
                scope=due(item.scope, "scope"),
                description=item.description or None,
            )

    async def bypass(self, change: BypassSwitch) -> str | None:
        """What `networkRuleBypassOptions` is now, blank where not shown; None without the registry.

        Raises RefusedError.
        """
        registry = ResourceId.parse(change.registry_id)
        with refusals():
            try:
                now = await self.registries(registry).get(registry.resource_group or "", registry.name)
            except ResourceNotFoundError as error:
                if not said_absent(error):
                    raise
                return None
            # By its JSON name: as an attribute it is an enumeration, whose text is not its value.
            return str(properties_of(cast(Mapping[str, Any], now)).get("networkRuleBypassOptions") or "")

    def assignments(self, grant: RoleGrant) -> Any:
        """The SDK's role assignments of the subscription in which this grant is made."""
        from azure.mgmt.authorization.v2022_04_01.aio import AuthorizationManagementClient

        registry = ResourceId.parse(grant.registry_id)
        client = AuthorizationManagementClient(
            self._session.credential, registry.subscription, **self._session.options(self._pipeline)
        )
        return client.role_assignments

    def registries(self, registry: ResourceId) -> Any:
        """The SDK's registries of the subscription of this one."""
        from azure.mgmt.containerregistry.aio import ContainerRegistryManagementClient

        client = ContainerRegistryManagementClient(
            self._session.credential,
            registry.subscription,
            api_version=REGISTRY_API_VERSION,
            polling_interval=_POLL_SECONDS,
            **self._session.options(self._pipeline),
        )
        return client.registries


def _guid(role_definition_id: str) -> str:
    return role_definition_id.rstrip("/").rsplit("/", 1)[-1].lower()


def _id(text: str) -> str:
    return text.strip().rstrip("/").lower()
