"""Would Azure Container Instances be able to pull? Decided from the world alone.

This is the independent witness: it shares no code with the product that it judges. Rules: Microsoft's articles on
pulling with a managed identity, trusted services and role assignment modes (azure-management-docs 2025-2026).
"""

import re
from typing import Any

from . import definition, ids, images
from .access import may_pull
from .exchange import Json, Response, error
from .state import State, moment


def pull_outcome(world: Json, group_body: Json, api_version: str = "2023-05-01") -> tuple[int, Any]:
    """Tell what a PUT of that container group would be answered: 201 and nothing, or a status and an error body."""
    refused = refusal(State(world), group_body, api_version)
    return (201, None) if refused is None else (refused.status, refused.body)


def refusal(state: State, group: Json, version: str) -> Response | None:
    """Give the control plane's answer where it does not take the group: definition, quota, then image by image."""
    name = str(group.get("name") or ids.last_segment(str(group.get("id", "")))) or "container-group"
    refused = definition.refusal(group, name, version) or _over_quota(state, group)
    if refused:
        return refused
    properties = group["properties"]
    for container in [*(properties.get("initContainers") or []), *properties["containers"]]:
        image = str(container.get("properties", {}).get("image", ""))
        refused = _image_refusal(state, group, image, name)
        if refused:
            return refused
    return None


def _over_quota(state: State, group: Json) -> Response | None:
    """Compare the cores asked for with ``quota`` in the world: ``{"limit", "usage", "name"}``."""
    quota = state.world.get("quota")
    if not quota:
        return None
    containers = group["properties"]["containers"]
    cores = sum(_cores(container) for container in containers)
    if quota["usage"] + cores <= quota["limit"]:
        return None
    return error(
        400,
        "ContainerGroupQuotaReached",
        f"Resource type 'Microsoft.ContainerInstance/containerGroups' container group quota"
        f" '{quota.get('name', 'StandardCores')}' exceeded in region '{group.get('location', 'westeurope')}'."
        f" Limit: '{quota['limit']}', Usage: '{quota['usage']}' Requested: '{cores:g}'.",
    )


def _cores(container: Json) -> float:
    return float(container.get("properties", {}).get("resources", {}).get("requests", {}).get("cpu", 1))


def _image_refusal(state: State, group: Json, image: str, name: str) -> Response | None:
    reference = images.read_reference(image)
    inaccessible = error(
        400,
        "InaccessibleImage",
        f"The image '{image}' in container group '{name}' is not accessible. Please check the image and registry"
        " credential.",
    )
    if reference is None:
        return inaccessible
    credential = credential_for(group, reference.host)
    registry = images.registry_at(state, reference.host)
    host = images.host_at(state, reference.host)
    if registry is None and host is not None and host.get("rateLimited"):
        message = "An error response is received from the docker registry 'index.docker.io'. Please retry later."
        return error(409, "RegistryErrorResponse", message)
    if registry is not None:
        allowed = _registry_lets_in(state, group, registry, credential, reference.repository)
    else:
        allowed = host is not None and _host_lets_in(host, credential)
    found = images.find_image(registry or host or {}, reference) if allowed else None
    return inaccessible if found is None else _platform_refusal(found, group, image, name)


def credential_for(group: Json, host: str) -> Json | None:
    """Give the credential whose server is the image's host; Docker Hub's names are one server."""
    for credential in group["properties"].get("imageRegistryCredentials") or []:
        server = str(credential["server"]).lower()
        if server == host or (server in images.DOCKER_HUB and host == "docker.io"):
            return dict(credential)
    return None


def is_restricted(registry: Json) -> bool:
    """Tell whether the registry turns away the public network."""
    properties = registry["properties"]
    rules = properties.get("networkRuleSet") or {}
    return properties.get("publicNetworkAccess") == "Disabled" or rules.get("defaultAction") == "Deny"


def _registry_lets_in(state: State, group: Json, registry: Json, credential: Json | None, repository: str) -> bool:
    restricted = is_restricted(registry)
    if credential is None:
        return not restricted and bool(registry["properties"].get("anonymousPullEnabled"))
    if not credential.get("identity"):
        return not restricted and accepts_password(state, registry, credential, repository)
    identity = state.find("identities", credential["identity"])
    if identity is None or not _same_tenant(state, registry, identity) or _government_network(state, group):
        return False
    if restricted and not _trusts_azure_services(registry):
        return False
    return may_pull(state, registry, identity["properties"]["principalId"], repository)


def _trusts_azure_services(registry: Json) -> bool:
    """Trusted services do not apply to a registry that is restricted by virtual network rules."""
    rules = registry["properties"].get("networkRuleSet") or {}
    return registry["properties"].get("networkRuleBypassOptions") == "AzureServices" and not rules.get(
        "virtualNetworkRules"
    )


def _government_network(state: State, group: Json) -> bool:
    """Azure Government has no identity pull for a group in a virtual network."""
    return state.world.get("cloud") == "AzureUSGovernment" and bool(group["properties"].get("subnetIds"))


def _same_tenant(state: State, registry: Json, identity: Json) -> bool:
    owner = ids.segment_after(registry["id"], "subscriptions").lower()
    listed = state.section("subscriptions").values()
    tenant = next((body.get("tenantId") for body in listed if body["subscriptionId"].lower() == owner), None)
    own = identity["properties"].get("tenantId")
    return not tenant or not own or str(tenant).lower() == str(own).lower()


def accepts_password(state: State, registry: Json, credential: Json, repository: str) -> bool:
    """Tell whether a registry takes a user name and password: admin account, token, or service principal."""
    username, password = (
        str(credential["username"]),
        str(credential.get("password") or credential.get("passwordReference") or ""),
    )
    if username.lower() == registry["name"].lower():
        enabled = bool(registry["properties"].get("adminUserEnabled"))
        return enabled and bool(password) and registry.get("x-adminPassword", password) == password
    token = registry.get("x-tokens", {}).get(username)
    if token is not None:
        return _token_lets_in(state, registry, token, password, repository)
    principal = state.section("servicePrincipals").get(username)
    if principal is None or principal.get("secret", password) != password or not password:
        return False
    if "expires" in principal and moment(principal["expires"]) < state.now():
        return False
    return may_pull(state, registry, principal["objectId"], repository)


def _token_lets_in(state: State, registry: Json, token: Json, password: str, repository: str) -> bool:
    properties = token["properties"]
    held = properties.get("credentials", {}).get("passwords", [])
    usable = [each for each in held if "expiry" not in each or moment(each["expiry"]) > state.now()]
    right = any(each.get("x-value", password) == password for each in usable) and bool(password)
    maps = registry.get("x-scopeMaps", {}).values()
    scope_map = next((each for each in maps if ids.same(each["id"], properties.get("scopeMapId", ""))), None)
    actions = scope_map["properties"]["actions"] if scope_map else []
    return properties.get("status") != "disabled" and right and any(_reads(action, repository) for action in actions)


def _reads(action: str, repository: str) -> bool:
    found = re.fullmatch(r"repositories/(.+)/content/read", action)
    if not found:
        return False
    pattern = found[1]
    return repository.startswith(pattern[:-1]) if pattern.endswith("*") else repository == pattern


def _host_lets_in(host: Json, credential: Json | None) -> bool:
    """Another registry: anonymous or with its own users; identities mean nothing to it."""
    if host.get("unreachable") or (credential and credential.get("identity")):
        return False
    if credential is None:
        return bool(host.get("auth", "anonymous") != "private")
    users = host.get("x-users")
    return users is None or bool(users.get(credential["username"]) == credential.get("password"))


def _platform_refusal(image: Json, group: Json, name_of_image: str, name: str) -> Response | None:
    system = str(group["properties"].get("osType", "Linux"))
    if str(image.get("osVersion", "")).startswith("10.0.14393"):
        return error(400, "OsVersionNotSupported", f"The OS version of image '{name_of_image}' is not supported.")
    platforms = image.get("platforms", ["linux/amd64"])
    if any(each.lower().split("/")[:2] == [system.lower(), "amd64"] for each in platforms):
        return None
    return error(
        400,
        "ImageOsTypeNotMatchContainerGroup",
        f"The container image '{name_of_image}' doesn't support specified OS '{system}' for container group '{name}'.",
    )
