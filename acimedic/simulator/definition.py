"""What the control plane of Azure Container Instances refuses before it looks at any registry.

Codes and texts: Microsoft's article "acr-image-pull-failures-managed-identity" (09/2026) and real reports;
``AmbiguousImageResitryCredentialType`` is misspelt by the service.
"""

import re

from . import ids
from .exchange import Json, Response, error
from .versions import rank

HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+", re.IGNORECASE)


def refusal(group: Json, name: str, version: str) -> Response | None:
    """Give the 400 for the first thing wrong with the definition itself, or nothing."""
    properties = group.get("properties") or {}
    credentials = properties.get("imageRegistryCredentials") or []
    return (
        _incomplete(properties, credentials)
        or _too_many(properties, credentials, name)
        or next(filter(None, (_credential(each, group, name, version) for each in credentials)), None)
    )


def _incomplete(properties: Json, credentials: list[Json]) -> Response | None:
    """Required properties, in the words of the deserialiser; the position is made up."""
    missing = [
        ("server", f"properties.imageRegistryCredentials[{place}]")
        for place, each in enumerate(credentials)
        if each.get("server") is None
    ]
    containers = properties.get("containers") or []
    missing += [
        ("image", f"properties.containers[{place}].properties")
        for place, each in enumerate(containers)
        if each.get("properties", {}).get("image") is None
    ]
    if not containers:
        missing.append(("containers", "properties"))
    if not missing:
        return None
    what, path = missing[0]
    return error(
        400,
        "InvalidRequestContent",
        "The request content was invalid and could not be deserialized: 'Required property"
        f" '{what}' not found in JSON. Path '{path}', line 1, position 586.'.",
    )


def _too_many(properties: Json, credentials: list[Json], name: str) -> Response | None:
    if len(credentials) <= len(properties.get("containers") or []):
        return None
    return error(
        400,
        "MoreImageRegistryCredentialsThanContainers",
        f"More image registry credentials provided than containers in container group '{name}'.",
    )


def _credential(credential: Json, group: Json, name: str, version: str) -> Response | None:
    server, identity = str(credential["server"]), credential.get("identity")
    if identity and rank(version) < rank("2021-07-01"):
        return error(
            400,
            "InvalidImageRegistryCredentialType",
            f"Identity in 'imageRegistryCredentials' of container group '{name}' is not supported.",
        )
    if not HOST.fullmatch(server):
        return error(
            400,
            "InvalidImageRegistryServer",
            f"The server '{server}' in the 'imageRegistryCredentials' of container group '{name}' is invalid."
            " It should be a valid host name without protocol.",
        )
    if bool(credential.get("username")) == bool(identity):
        return error(
            400,
            "AmbiguousImageResitryCredentialType",
            f"The registry credential type in the 'imageRegistryCredentials' of container group '{name}' cannot be"
            " detected. Please set exactly one of username or identity",
        )
    if identity and not any(ids.same(each, identity) for each in _identities(group)):
        return error(
            400,
            "InvalidImageRegistryIdentity",
            f"The identity in the 'imageRegistryCredentials' of container group '{name}' not found in container group"
            " identity list.",
        )
    return None


def _identities(group: Json) -> list[str]:
    return list((group.get("identity") or {}).get("userAssignedIdentities") or {})
