"""Pages and API in the Function App: App Service authentication stands before them, or they are closed."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from acimedic.simulator import Simulator
from tests.worker.extension import DurableEndpoint
from tests.worker.harness import Worker
from tests.worker.kept import incidents

JANE = "0b9a7c1e-2f34-4d56-8a78-9c0d1e2f3a4b"
_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


def signed_in(*roles: str) -> str:
    """The principal that the platform puts into the header."""
    claims = [{"typ": _ID, "val": JANE}, *({"typ": "roles", "val": role} for role in roles)]
    return base64.b64encode(json.dumps({"claims": claims}).encode()).decode()


def served(folder: Path, azure: Simulator, **more: str) -> Worker:
    settings = {"ACIMEDIC_GATEWAY": azure.url, "ACIMEDIC_STORE": str(folder / "kept.db")} | more
    return Worker(folder, settings)


@pytest.mark.parametrize("path", ["/api/incidents", "/api/openapi.json", "/api/checks", "/api/nothing", "/"])
def test_where_authentication_is_off_everything_is_closed_and_says_why(
    tmp_path: Path, azure: Simulator, path: str
) -> None:
    with served(tmp_path, azure) as worker:
        outcome = worker.page(path, x_ms_client_principal=signed_in("Acimedic.Approver"))
    assert (outcome.ok, outcome.status) == (True, 503)
    assert b"authentication" in outcome.body


def test_who_is_signed_in_reads_and_who_is_not_does_not(tmp_path: Path, azure: Simulator) -> None:
    with served(tmp_path, azure, WEBSITE_AUTH_ENABLED="True") as worker:
        assert worker.page("/api/incidents").status == 401
        read = worker.page("/api/incidents", x_ms_client_principal=signed_in(), accept="application/json")
    assert (read.status, read.json["incidents"]) == (200, [])
    assert read.headers["Cache-Control"] == "no-store"


def test_what_came_in_is_listed_and_shown(tmp_path: Path, azure: Simulator, event: dict[str, Any]) -> None:
    with DurableEndpoint() as durable:
        settings = {"ACIMEDIC_GATEWAY": azure.url, "ACIMEDIC_STORE": str(tmp_path / "kept.db")}
        with Worker(tmp_path, settings | {"WEBSITE_AUTH_ENABLED": "true"}, durable=durable) as worker:
            assert worker.event(event).ok
            (incident,) = incidents(tmp_path / "kept.db")
            page = worker.page(f"/api/incidents/{incident}", x_ms_client_principal=signed_in(), accept="text/html")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"cg-web-01" in page.body
