"""User-assigned identities, and the network resources that are only ever read by id."""

from . import paging
from .exchange import Request, Response, gateway_error
from .ids import same, segment_after
from .state import State, shown


def not_found(request: Request) -> Response:
    """Give ARM's 404 for a resource (message as in container__test_container_create_with_vnet)."""
    kind = request.path.rstrip("/").rpartition("/providers/")[2].split("/")
    # ARM names a nested resource by its outermost parent when that is what is missing
    name = "/".join(kind[:3])
    return gateway_error(
        404,
        "ResourceNotFound",
        f"The Resource '{name}' under resource group '{segment_after(request.path, 'resourceGroups')}' was not found."
        " For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def list_at(state: State, request: Request) -> Response:
    """List the identities of a subscription or a resource group."""
    scope = request.path.rpartition("/providers/")[0]
    return paging.page(state, request, [shown(body) for body in state.within("identities", scope)])


def get(state: State, request: Request) -> Response:
    """Give one identity."""
    found = state.find("identities", request.path)
    return Response(body=shown(found)) if found else not_found(request)


def network(state: State, request: Request) -> Response:
    """Give a virtual network, a subnet or a private endpoint; a subnet may also lie within its network's body."""
    for section in ("subnets", "privateEndpoints", "virtualNetworks"):
        found = state.find(section, request.path)
        if found:
            return Response(body=shown(found))
    for whole in state.section("virtualNetworks").values():
        for subnet in whole.get("properties", {}).get("subnets", []):
            if same(subnet.get("id", ""), request.path):
                return Response(body=shown(subnet))
    return not_found(request)
