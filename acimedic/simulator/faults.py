"""Answers that a world wants given instead of the true ones: ``faults``."""

import re

from .exchange import Request, Response
from .state import State


def planned(state: State, request: Request) -> Response | None:
    """Give the answer of the first fault that fits the request, or nothing.

    A fault fits by ``method``, by regular expressions on ``path`` and ``host`` (case does not matter), and while its
    ``times`` last (null: always). ``"disconnect": true`` cuts the connection.
    """
    for fault in state.world.get("faults", []):
        if fault.get("times", None) == 0 or not _fits(fault, request):
            continue
        if fault.get("times") is not None:
            fault["times"] -= 1
        if fault.get("disconnect"):
            return Response(status=0)
        return Response(status=fault.get("status", 500), body=fault.get("body"), headers=dict(fault.get("headers", {})))
    return None


def _fits(fault: dict[str, str], request: Request) -> bool:
    whole = request.path + (f"?{request.query}" if request.query else "")
    return (
        fault.get("method", request.method).upper() == request.method
        and re.search(fault.get("path", ""), request.path, re.IGNORECASE) is not None
        and re.search(fault.get("query", ""), whole, re.IGNORECASE) is not None
        and re.search(fault.get("host", ""), request.host, re.IGNORECASE) is not None
    )
