"""What belongs to a registry: tokens, scope maps, cache rules, replications, private endpoint connections."""

from . import paging
from .exchange import Json, Request, Response, registry_provider_error
from .identities import not_found
from .ids import last_segment
from .state import State, shown

PARTS = {
    "tokens": "x-tokens",
    "scopemaps": "x-scopeMaps",
    "cacherules": "x-cacheRules",
    "replications": "x-replications",
    "credentialsets": "x-credentialSets",
    "listusages": "x-usages",
}


def list_at(state: State, request: Request) -> Response:
    """List one kind of part; a registry that has none gives an empty list."""
    registry, kind, _ = _taken_apart(request.path, named=False)
    found = state.find("registries", registry)
    if not found or not _known(kind):
        return not_found(request)
    parts = [shown(part) for part in _parts(found, kind)]
    for part in parts:
        _hide_passwords(part)
    if kind == "listusages":
        return Response(body={"value": parts})
    return paging.page(state, request, parts)


def get(state: State, request: Request) -> Response:
    """Give one part by name; 404 in the registry provider's own shape (acr__test_repository_token_create)."""
    registry, kind, name = _taken_apart(request.path, named=True)
    found = state.find("registries", registry)
    if not found or not _known(kind):
        return not_found(request)
    for part in _parts(found, kind):
        if last_segment(part["id"]) == name.lower():
            answer = shown(part)
            _hide_passwords(answer)
            return Response(body=answer)
    return registry_provider_error(404, "ResourceNotFound", f"The resource {name} could not be found.")


def _taken_apart(path: str, *, named: bool) -> tuple[str, str, str]:
    parts = path.rstrip("/").split("/")
    name = parts.pop() if named else ""
    return "/".join(parts[:-1]), parts[-1].lower(), name


def _known(kind: str) -> bool:
    return kind in PARTS or kind == "privateendpointconnections"


def _parts(registry: Json, kind: str) -> list[Json]:
    held = (
        registry["properties"].get("privateEndpointConnections", [])
        if kind not in PARTS
        else registry.get(PARTS[kind], {})
    )
    return list(held.values()) if isinstance(held, dict) else list(held)


def _hide_passwords(part: Json) -> None:
    for password in part.get("properties", {}).get("credentials", {}).get("passwords", []):
        password.pop("value", None)
        password.pop("x-value", None)
