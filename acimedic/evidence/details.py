"""Reads what only some incidents need: tokens, private endpoints beside the group, service endpoint rules."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass

from acimedic.azure.port import Reader
from acimedic.image import same_registry
from acimedic.model.definition import Definition, PasswordCredential
from acimedic.model.reading import Absent, Gap, Reading
from acimedic.model.registry import Registry
from acimedic.model.resource_id import ResourceId
from acimedic.model.token import Token

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_TOKEN_NAME = re.compile(r"[A-Za-z0-9-]{5,50}")
_MOST_ENDPOINTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The fields are those of Evidence."""

    tokens: tuple[tuple[tuple[str, str], Reading[Token | Absent]], ...]
    endpoint_subnets: tuple[tuple[str, Reading[str]], ...]
    service_endpoints: tuple[tuple[str, Reading[tuple[str, ...]]], ...]

    @property
    def gaps(self) -> list[Gap]:
        """What could not be read."""
        unread: list[object] = [reading for _, reading in (*self.tokens, *self.endpoint_subnets)]
        unread += [reading for _, reading in self.service_endpoints]
        return [reading for reading in unread if isinstance(reading, Gap)]


async def read(
    reader: Reader, definition: Reading[Definition], registries: Iterable[tuple[str, Reading[Registry | Absent]]]
) -> Details:
    """Read the details that the credentials, the subnets and the registries' rules ask for."""
    found = [(host, item) for host, item in registries if isinstance(item, Registry)]
    tokens, subnets, rules = await asyncio.gather(
        _tokens(reader, definition, found),
        _endpoint_subnets(reader, definition, [item for _, item in found]),
        _service_endpoints(reader, [item for _, item in found]),
    )
    return Details(tokens=tokens, endpoint_subnets=subnets, service_endpoints=rules)


async def _tokens(
    reader: Reader, definition: Reading[Definition], registries: list[tuple[str, Registry]]
) -> tuple[tuple[tuple[str, str], Reading[Token | Absent]], ...]:
    """Tokens by the credentials' user names, but for the admin account's and those of service principals."""
    credentials = (
        () if isinstance(definition, Gap) or isinstance(definition.credentials, Gap) else definition.credentials
    )
    wanted: dict[tuple[str, str], tuple[Registry, str]] = {}
    for credential in credentials:
        if not isinstance(credential, PasswordCredential) or not isinstance(credential.server, str):
            continue
        name = credential.username if isinstance(credential.username, str) else ""
        for host, registry in registries:
            if same_registry(credential.server, host) and _may_be_token(name, registry):
                wanted[(registry.id.lower(), name.lower())] = (registry, name)
    read = await asyncio.gather(
        *(reader.token(ResourceId.parse(registry.id), name) for registry, name in wanted.values())
    )
    return tuple(zip(wanted, read, strict=True))


def _may_be_token(name: str, registry: Registry) -> bool:
    is_admin = name.lower() == registry.name.lower()
    return bool(_TOKEN_NAME.fullmatch(name)) and not is_admin and not _GUID.fullmatch(name)


async def _endpoint_subnets(
    reader: Reader, definition: Reading[Definition], registries: list[Registry]
) -> tuple[tuple[str, Reading[str]], ...]:
    """Subnets of the registries' private endpoints, where the group has a subnet of its own."""
    if isinstance(definition, Gap) or isinstance(definition.subnets, Gap) or not definition.subnets:
        return ()
    ids: dict[str, ResourceId] = {}
    for registry in registries:
        for endpoint in registry.private_endpoints:
            try:
                ids.setdefault((endpoint.endpoint_id or "").lower(), ResourceId.parse(endpoint.endpoint_id or ""))
            except ValueError:
                continue
    wanted = list(ids.items())[:_MOST_ENDPOINTS]
    read = await asyncio.gather(*(reader.endpoint_subnet(endpoint) for _, endpoint in wanted))
    return tuple((key, reading) for (key, _), reading in zip(wanted, read, strict=True))


async def _service_endpoints(
    reader: Reader, registries: list[Registry]
) -> tuple[tuple[str, Reading[tuple[str, ...]]], ...]:
    """Virtual network rules, where a registry denies by default and no other rule says why."""
    suspects = [registry for registry in registries if may_have_network_rules(registry)]
    read = await asyncio.gather(*(reader.network_rules(ResourceId.parse(item.id)) for item in suspects))
    return tuple((item.id.lower(), reading) for item, reading in zip(suspects, read, strict=True))


def may_have_network_rules(registry: Registry) -> bool:
    """Whether hidden virtual network rules would explain the registry's settings."""
    denies = registry.public_access.lower() != "disabled" and registry.default_action.lower() == "deny"
    return denies and not registry.ip_rules and not registry.private_endpoints
