"""Lists, in as many pages as the world asks for."""

from urllib.parse import quote

from . import ids, permissions
from .exchange import Json, Request, Response
from .state import State


def page(state: State, request: Request, items: list[Json]) -> Response:
    """Answer a list request.

    ``pageSize`` in the world cuts the list; ``emptyPages`` puts an empty page with a nextLink before the last
    one (9 such pages were recorded). A nextLink is absolute, on the host that was asked.
    """
    action = ids.action_of("GET", request.path)
    if not permissions.allowed(state, action, request.path):
        items = [item for item in items if permissions.allowed(state, action, str(item.get("id", "")))]
    pages = _pages(items, int(state.world.get("pageSize", 0)), bool(state.world.get("emptyPages")))
    number = int(request.parameter("$skiptoken") or 0)
    body: Json = {"value": pages[number] if number < len(pages) else []}
    if number + 1 < len(pages):
        body["nextLink"] = _next_link(request, number + 1)
    return Response(body=body)


def _pages(items: list[Json], size: int, empty: bool) -> list[list[Json]]:
    size = size or max(len(items), 1)
    pages = [items[start : start + size] for start in range(0, len(items), size)] or [[]]
    if empty:
        pages.insert(len(pages) - 1, [])
    return pages


def _next_link(request: Request, number: int) -> str:
    kept = [pair for pair in request.query.split("&") if not pair.lower().startswith(("$skiptoken=", "%24skiptoken="))]
    query = "&".join([*filter(None, kept), f"{quote('$skiptoken')}={number}"])
    return f"https://{request.host}{request.path}?{query}"
