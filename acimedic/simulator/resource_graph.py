"""Azure Resource Graph: as much of its query language as a look-up of resources needs.

Source: learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources. A clause that
is not understood is passed over, so such a query gives every resource of the type that it names.
"""

import re
from typing import Any

from . import permissions, versions
from .exchange import Json, Request, Response, gateway_error
from .ids import last_segment, segment_after
from .state import State

SECTIONS = {
    "microsoft.containerregistry/registries": "registries",
    "microsoft.containerinstance/containergroups": "groups",
    "microsoft.managedidentity/userassignedidentities": "identities",
    "microsoft.network/virtualnetworks": "virtualNetworks",
    "microsoft.network/privateendpoints": "privateEndpoints",
}
_MOST = 1000
FIELD = r"(?:tolower\(|tostring\(|\s)*([\w.]+)[\s)]*"
MANY = re.compile(rf"{FIELD}\s+in~?\s*\(([^)]*)\)", re.IGNORECASE)
ONE = re.compile(rf"{FIELD}\s*(?:=~|==)\s*(?:tolower\()?\s*['\"]([^'\"]*)['\"]\)?", re.IGNORECASE)
QUOTED = re.compile(r"['\"]([^'\"]*)['\"]")


def query(state: State, request: Request) -> Response:
    """Answer a query with ``objectArray`` rows; what the caller may not read is simply not there."""
    body = request.json()
    text = str(body.get("query", ""))
    if not text.strip():
        return gateway_error(
            400, "BadRequest", "Please provide below info when asking for support: the query is empty."
        )
    stages = [stage.strip() for stage in text.split("|")]
    wanted = [name.lower() for name in body.get("subscriptions", [])]
    rows = [row for row in _rows(state) if not wanted or row["subscriptionId"].lower() in wanted]
    for stage in stages[1:]:
        rows = _staged(rows, stage)
    return Response(body=_answered(rows, _most(state, body)))


def _most(state: State, body: Json) -> int:
    """How many rows one answer holds: at most a thousand, as many as are asked for, or ``graphRows`` of the world."""
    wanted = (body.get("options") or {}).get("$top", _MOST)
    return min(_MOST, int(wanted), int(state.world.get("graphRows", _MOST)))


def _answered(rows: list[Json], most: int) -> Json:
    """Source: learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data#paging-results"""
    shown, cut = rows[:most], len(rows) > most
    answer = {"totalRecords": len(rows), "count": len(shown), "data": shown, "facets": []}
    paged = {"$skipToken": str(most)} if cut else {}
    return answer | {"resultTruncated": "true" if cut else "false"} | paged


def _rows(state: State) -> list[Json]:
    rows = []
    for kind, section in SECTIONS.items():
        for body in state.section(section).values():
            if permissions.allowed(state, f"{kind}/read", body["id"]):
                rows.append(_row(state, kind, body))
    return rows


def _row(state: State, kind: str, body: Json) -> Json:
    shown = (
        versions.registry(body, "2025-11-01")
        if kind.endswith("/registries")
        else versions.container_group(body, "2025-09-01")
    )
    subscription = segment_after(body["id"], "subscriptions")
    listed = state.section("subscriptions").values()
    tenant = next((each.get("tenantId", "") for each in listed if each["subscriptionId"] == subscription), "")
    return {
        "id": body["id"],
        "name": body.get("name", last_segment(body["id"])),
        "type": kind,
        "tenantId": tenant,
        "kind": "",
        "location": body.get("location", ""),
        "resourceGroup": segment_after(body["id"], "resourceGroups").lower(),
        "subscriptionId": subscription,
        "managedBy": "",
        "sku": shown.get("sku"),
        "plan": None,
        "properties": shown.get("properties", {}),
        "tags": shown.get("tags"),
        "identity": shown.get("identity"),
        "zones": shown.get("zones"),
        "extendedLocation": None,
    }


def _staged(rows: list[Json], stage: str) -> list[Json]:
    word, _, rest = stage.partition(" ")
    if word.lower() == "where":
        for clause in re.split(r"\band\b", rest, flags=re.IGNORECASE):
            rows = [row for row in rows if _admits(row, clause.strip())]
    elif word.lower() == "project":
        return [_projected(row, rest) for row in rows]
    elif word.lower() in ("take", "limit") and rest.strip().isdigit():
        return rows[: int(rest)]
    return rows


def _admits(row: Json, clause: str) -> bool:
    many, one = MANY.fullmatch(clause), ONE.fullmatch(clause)
    if many:
        return str(_value(row, many[1])).lower() in [value.lower() for value in QUOTED.findall(many[2])]
    if one:
        return str(_value(row, one[1])).lower() == one[2].lower()
    return True


def _projected(row: Json, text: str) -> Json:
    result = {}
    for column in text.split(","):
        name, given, expression = column.partition("=")
        found = re.search(r"[\w.]+(?=[)\s]*$)", expression if given else name)
        if found:
            result[name.strip() if given else found[0].replace(".", "_")] = _value(row, found[0])
    return result


def _value(row: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(row, dict):
            return None
        row = next((value for key, value in row.items() if key.lower() == name.lower()), None)
    return row
