"""Where both sides sign in, and look principals up: as much of Microsoft Entra and of Graph as they ask for.

One application of one tenant may sign in, with its secret. Sources: RFC 6749, sections 4.4 and 5, and OpenID Connect
Discovery 1.0, section 4; https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow;
https://learn.microsoft.com/graph/api/directoryobject-getbyids and .../serviceprincipal-list.
"""

import asyncio
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SIGN_IN = "login.microsoftonline.com"
GRAPH = "graph.microsoft.com"
_KNOWN = ("login.windows.net", "login.microsoft.com", "sts.windows.net")
_LIFETIME = 3600  # seconds
_NAMED = re.compile(r"servicePrincipalNames/any\(c:c eq '([^']*)'\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Who may sign in."""

    tenant: str
    client_id: str
    secret: str = field(repr=False)


class Authority:
    """Answers for the sign-in host and for Graph.

    principals: application ids by object id, of the service principals of the directory. delay: seconds that each
    answer takes. asked: (host, path, status) of every request so far.
    """

    def __init__(self, application: Application, principals: Mapping[str, str], *, delay: float = 0.0) -> None:
        self._application = application
        self._principals = principals
        self._audiences: dict[str, str] = {}
        self.delay = delay
        self.asked: list[tuple[str, str, int]] = []

    async def handle(self, call: web.BaseRequest) -> web.StreamResponse:
        """Answer a request by the host that it is for."""
        await asyncio.sleep(self.delay)
        host = call.headers.get("Host", "").lower().removesuffix(":443")
        answer = await (self._graph(call) if host == GRAPH else self._sign_in(call))
        self.asked.append((host, call.path, answer.status))
        return answer

    async def _sign_in(self, call: web.BaseRequest) -> web.Response:
        tenant, _, rest = call.path.strip("/").partition("/")
        if (tenant, rest) == ("common", "discovery/instance"):
            return self._instance(call)
        if tenant not in (self._application.tenant, "common", "organizations"):
            return _refused(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
        if (call.method, rest) == ("GET", "v2.0/.well-known/openid-configuration"):
            return web.json_response(_configuration(tenant))
        if (call.method, rest) == ("POST", "oauth2/v2.0/token"):
            return self._token(dict(await call.post()))
        return web.Response(status=404)

    def _instance(self, call: web.BaseRequest) -> web.Response:
        """Which hosts sign in for this cloud, and under which names what they gave is kept."""
        asked = re.match(r"https://([^/]+)/", call.query.get("authorization_endpoint", ""))
        if asked is None or asked[1] not in (SIGN_IN, *_KNOWN):
            return _refused(400, "invalid_instance", 50049, "Unknown or invalid instance.")
        metadata = {"preferred_network": SIGN_IN, "preferred_cache": "login.windows.net", "aliases": [SIGN_IN, *_KNOWN]}
        where = f"https://{SIGN_IN}/{self._application.tenant}/v2.0/.well-known/openid-configuration"
        return web.json_response({"tenant_discovery_endpoint": where, "api-version": "1.1", "metadata": [metadata]})

    def _token(self, form: Mapping[str, Any]) -> web.Response:
        wanted = self._application
        if form.get("grant_type") != "client_credentials":
            return _refused(400, "unsupported_grant_type", 70003, "The grant type is not supported.")
        if form.get("client_id") != wanted.client_id:
            return _refused(400, "unauthorized_client", 700016, "The application was not found in the directory.")
        if not secrets.compare_digest(str(form.get("client_secret", "")), wanted.secret):
            return _refused(401, "invalid_client", 7000215, "Invalid client secret provided.")
        audiences = [one.removesuffix("/.default") for one in str(form.get("scope", "")).split() if "://" in one]
        if len(audiences) != 1 or not str(form["scope"]).endswith("/.default"):
            return _refused(400, "invalid_scope", 1002012, "The provided value for scope is not valid.")
        token = secrets.token_urlsafe(48)
        self._audiences[token] = audiences[0].rstrip("/")
        body = {"token_type": "Bearer", "expires_in": _LIFETIME, "ext_expires_in": _LIFETIME, "access_token": token}
        return web.json_response(body, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})

    async def _graph(self, call: web.BaseRequest) -> web.Response:
        token = call.headers.get("Authorization", "").removeprefix("Bearer ")
        if self._audiences.get(token) != f"https://{GRAPH}":
            return _graph_error(401, "InvalidAuthenticationToken", "Access token validation failure.")
        if (call.method, call.path) == ("GET", "/v1.0/servicePrincipals"):
            named = _NAMED.fullmatch(call.query.get("$filter", ""))
            if named is None:
                return _graph_error(400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause.")
            found = [one for one, name in self._principals.items() if name == named[1]]
        elif (call.method, call.path) == ("POST", "/v1.0/directoryObjects/getByIds"):
            wanted = {str(one).lower() for one in (await call.json())["ids"]}
            found = [one for one in self._principals if one.lower() in wanted]
        else:
            return _graph_error(404, "Request_ResourceNotFound", f"No resource at '{call.path}'.")
        return web.json_response({"value": [self._principal(one) for one in found]})

    def _principal(self, object_id: str) -> dict[str, object]:
        name = self._principals[object_id]
        return {
            "@odata.type": "#microsoft.graph.servicePrincipal",
            "id": object_id,
            "appId": name,
            "displayName": name,
            "servicePrincipalNames": [name],
        }


def _configuration(tenant: str) -> dict[str, object]:
    base = f"https://{SIGN_IN}/{tenant}"
    return {
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_types_supported": ["code", "id_token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "tid"],
    }


def _refused(status: int, error: str, number: int, why: str) -> web.Response:
    body = {"error": error, "error_description": f"AADSTS{number}: {why}", "error_codes": [number]}
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


def _graph_error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
