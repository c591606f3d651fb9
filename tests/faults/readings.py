"""Every reading, by the requests that it makes, and the tenants on which it is spoilt."""

import inspect
import re
from dataclasses import dataclass

from acimedic.azure.port import Reader
from acimedic.simulator.exchange import Request

_RG = r"/subscriptions/[^/]+/resourcegroups/[^/]+"
_ACR = rf"{_RG}/providers/microsoft.containerregistry/registries/[^/]+"
_DEPLOYMENTS = r"/subscriptions/[^/]+(/resourcegroups/[^/]+)?/providers/microsoft.resources/deployments"
_GRAPH = r"/providers/microsoft.resourcegraph/resources"
_OPERATIONS = rf"({_RG}/deployments|{_DEPLOYMENTS})/[^/]+/operations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One kind of request that a method of the reader makes.

    worlds: scenarios in which it is made; the first is one whose cause hangs on it, as far as there is one.
    """

    name: str
    method: str
    asks: str
    worlds: tuple[str, ...]

    def is_of(self, request: Request) -> bool:
        """Whether a request is one of these."""
        return re.fullmatch(self.asks, _told(request), re.IGNORECASE) is not None


def _told(request: Request) -> str:
    """`GET management.azure.com/path 2025-11-01`: what tells any two readings apart."""
    about = " about-one" if "assignedTo" in request.query or b" in~ (" in request.body else ""
    return f"{request.method} {request.host}{request.path} {request.api_version}{about}".strip()


def _arm(
    name: str, path: str, *worlds: str, verb: str = "GET", api: str = r"\S+", method: str | None = None
) -> Reading:
    return Reading(name=name, method=method or name, asks=rf"{verb} management\.[^/]+{path} {api}", worlds=worlds)


def _at_registry(name: str, path: str, *worlds: str, verb: str = "GET") -> Reading:
    asks = rf"{verb} (?!management\.)[^/]+{path}"
    return Reading(name=f"image: {name}", method="image", asks=asks, worlds=worlds)


READINGS = (
    _arm("group", rf"{_RG}/providers/microsoft.containerinstance/containergroups/[^/]+", "refused-update", "in-order"),
    _arm("deployments", _DEPLOYMENTS, "role-missing", "in-order"),
    _arm("deployment", rf"{_DEPLOYMENTS}/[^/]+", "nested-deployment"),
    _arm("operations", _OPERATIONS, "nested-deployment", "in-order"),
    _arm("template", rf"{_DEPLOYMENTS}/[^/]+/exporttemplate", "role-missing", "in-order", verb="POST"),
    _arm(
        "activity",
        r"/subscriptions/[^/]+/providers/microsoft.insights/eventtypes/management/values",
        "role-missing",
        "in-order",
    ),
    _arm(
        "registries",
        r"/subscriptions/[^/]+/providers/microsoft.containerregistry/registries",
        "registry-in-group-subscription",
        "in-order",
    ),
    _arm("registry", _ACR, "role-missing", "in-order", api="2025-11-01"),
    _arm("registry_places", _GRAPH, "role-missing", "in-order", verb="POST"),
    _arm(
        "find_registries",
        _GRAPH,
        "more-registries-than-an-answer-holds",
        "more-registries-than-an-answer-holds-in-order",
        verb="POST",
        api=r"\S+ about-one",
    ),
    _arm("subscriptions", r"/subscriptions", "registry-does-not-exist", "registry-not-visible"),
    _arm("tenant", r"/subscriptions/[^/]+", "registry-in-subscription-of-other-tenant", "resource-graph-refused"),
    _arm(
        "identity",
        rf"{_RG}/providers/microsoft.managedidentity/userassignedidentities/[^/]+",
        "role-on-client-id",
        "in-order",
    ),
    _arm(
        "assignments: of one",
        rf"{_ACR}/providers/microsoft.authorization/roleassignments",
        "role-missing",
        "in-order",
        api=r"\S+ about-one",
        method="assignments",
    ),
    _arm(
        "assignments: of all",
        rf"{_ACR}/providers/microsoft.authorization/roleassignments",
        "role-on-client-id",
        "in-order",
        method="assignments",
    ),
    _arm(
        "role",
        r"/subscriptions/[^/]+/providers/microsoft.authorization/roledefinitions/[^/]+",
        "role-of-our-own-without-pull",
        "role-of-our-own-with-wildcard",
    ),
    _arm("denials", rf"{_ACR}/providers/microsoft.authorization/denyassignments", "denied", "in-order"),
    _arm("token", rf"{_ACR}/tokens/[^/]+", "token-expired"),
    _arm(
        "token: scope map", rf"{_ACR}/scopemaps/[^/]+", "token-for-other-repository", "token-in-order", method="token"
    ),
    _arm(
        "endpoint_subnet",
        rf"{_RG}/providers/microsoft.network/privateendpoints/[^/]+",
        "private-endpoint-in-group-subnet",
        "vnet-in-public-cloud",
    ),
    _arm("network_rules", _ACR, "service-endpoint-rules", api="2021-08-01-preview"),
    _at_registry("exchange", "/oauth2/exchange", "tag-not-there-open-registry", "image-with-attestations", verb="POST"),
    _at_registry("token", "/oauth2/token", "tag-not-there-open-registry", "image-with-attestations", verb="POST"),
    _at_registry("manifest", "/v2/.+/manifests/[^/]+", "tag-not-there-open-registry", "image-with-attestations"),
    _at_registry("configuration", "/v2/.+/blobs/[^/]+", "windows-image-in-linux-group-by-manifest", "token-in-order"),
    _at_registry("tags", "/acr/v1/.+/_tags|/v2/.+/tags/list", "tag-not-there-open-registry"),
    _at_registry("repositories", "/acr/v1/_catalog", "repository-not-there-open-registry"),
    _at_registry("realm", "/token", "docker-hub-rate-limit"),
    _at_registry("host", "/v2/", "registry-does-not-exist"),
)


def methods() -> tuple[str, ...]:
    """What a diagnosis may ask, as the reader's protocol has it; entering is the first request of asking an image."""
    asked = tuple(name for name, held in vars(Reader).items() if inspect.iscoroutinefunction(held))
    return tuple(name for name in asked if name != "enter")
