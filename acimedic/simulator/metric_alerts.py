"""Metric alerts, as far as somebody looks for one and takes it away.

Source: https://learn.microsoft.com/rest/api/monitor/metric-alerts
"""

from .exchange import Request, Response
from .identities import not_found
from .state import State, shown


def get(state: State, request: Request) -> Response:
    """Give one alert."""
    found = state.find("metricAlerts", request.path)
    return Response(body=shown(found)) if found else not_found(request)


def delete(state: State, request: Request) -> Response:
    """Take one away: 200, or 204 where there was none."""
    return Response(status=200 if state.remove("metricAlerts", request.path) else 204)
