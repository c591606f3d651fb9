"""A container registry's state, as far as it decides whether a pull can succeed.

Source: https://learn.microsoft.com/rest/api/containerregistry/registries/get
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from acimedic.model.reading import Reading
from acimedic.model.resource_id import ResourceId

Mode: TypeAlias = Literal["legacy", "abac"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateEndpoint:
    """A private endpoint connection: the endpoint's id and the connection's state (Approved, …)."""

    endpoint_id: str | None
    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryPlace:
    """Where a registry is, by its login server. tenant: of its subscription, in lower case."""

    id: ResourceId
    login_server: str
    tenant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryPlaces:
    """All registries that we may see, minutes ago. whole: False where there are more than were told of."""

    places: tuple[RegistryPlace, ...]
    whole: bool = True

    def with_login_server(self, host: str) -> RegistryPlace | None:
        """The one with this login server, if it is among them."""
        return next((each for each in self.places if each.login_server == host), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """What ARM says of a registry.

    mode: the role assignment mode; a Gap where the answer does not show it.
    bypass: `networkRuleBypassOptions` as written, a Gap where the property is absent.
    public_access: `publicNetworkAccess`; absent means Enabled.
    default_action: of `networkRuleSet`; absent (Basic, Standard) means Allow.
    """

    id: str
    name: str
    login_server: str
    sku: str | None
    location: str | None
    mode: Reading[Mode]
    public_access: str
    default_action: str
    ip_rules: tuple[str, ...]
    bypass: Reading[str]
    admin_enabled: Reading[bool]
    anonymous_pull: bool
    private_endpoints: tuple[PrivateEndpoint, ...]
    arm_tokens: str | None
    quarantine: str | None
    encryption: str | None
    provisioning_state: str | None
    status: str | None
    tags: tuple[tuple[str, str], ...] = field(repr=False)  # people write their names there
    source: str

    @property
    def restricted(self) -> bool:
        """Whether the registry refuses the public network, wholly or but for listed addresses."""
        return self.public_access.lower() == "disabled" or self.default_action.lower() == "deny"

    @property
    def restriction(self) -> str:
        """The property that restricts it, in Azure's words."""
        if self.public_access.lower() == "disabled":
            return "publicNetworkAccess is Disabled"
        if self.default_action.lower() == "deny":
            return "networkRuleSet.defaultAction is Deny"
        return "publicNetworkAccess is Enabled and networkRuleSet.defaultAction is not Deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A user-assigned managed identity. Roles belong to its principal id, never to its client id.

    created: when it was made, where Azure says so.
    """

    id: str
    name: str
    principal_id: str
    client_id: str
    tenant_id: str
    source: str
    created: datetime | None = None
