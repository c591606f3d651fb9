"""One request to the make-believe cloud and one answer from it."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a caller sent; header names are lower case."""

    method: str
    host: str
    path: str
    query: str = ""
    headers: Json = field(default_factory=dict)
    body: bytes = b""

    def parameter(self, name: str) -> str | None:
        """Give a query parameter by name, whatever its casing, as ARM reads it."""
        wanted = name.lower()
        pairs = parse_qsl(self.query, keep_blank_values=True)
        return next((value for key, value in pairs if key.lower() == wanted), None)

    @property
    def api_version(self) -> str:
        """The api-version asked for, empty where none was."""
        return self.parameter("api-version") or ""

    def json(self) -> Json:
        """Read the body as a JSON object; an empty or unreadable body is an empty object."""
        try:
            body = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    def form(self) -> dict[str, str]:
        """Read the body as a form, as sign-in and token endpoints take it."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the cloud answered. A status of 0 means that the connection is cut without an answer."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def payload(self) -> bytes:
        """Give the bytes on the wire."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


def error(status: int, code: str, message: str, **headers: str) -> Response:
    """Give an error in ARM's shape: ``{"error": {"code", "message"}}``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, body={"error": {"code": code, "message": message}}, headers=named)


def gateway_error(status: int, code: str, message: str) -> Response:
    """Give an error that ARM itself makes before a provider is asked (``x-ms-failure-cause: gateway``)."""
    return error(status, code, message, x_ms_failure_cause="gateway")


def registry_provider_error(status: int, code: str, message: str) -> Response:
    """Give an error of Microsoft.ContainerRegistry, which adds ``status`` (acr__test_repository_token_create)."""
    return Response(status=status, body={"error": {"code": code, "message": message}, "status": "Failed"})


def registry_error(status: int, code: str, message: str, **headers: str) -> Response:
    """Give an error of a registry's data plane: ``{"errors": [..]}`` (acr__test_acr_create_abac.2025)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"errors": [{"code": code, "message": message, "detail": None}]}
    return Response(status=status, body=body, headers=named)
