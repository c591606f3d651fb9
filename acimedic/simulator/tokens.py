"""Sign-in and the tokens of registries: three parts, readable, signed by nobody."""

import base64
import json

from .exchange import Json, Request, Response, error, registry_error
from .state import State

LOGIN_HOSTS = {
    "AzureCloud": "login.microsoftonline.com",
    "AzureUSGovernment": "login.microsoftonline.us",
    "AzureChinaCloud": "login.partner.microsoftonline.cn",
}


def make(state: State, **claims: object) -> str:
    """Make a token that holds these claims and runs out three hours from the world's now."""
    issued = int(state.now().timestamp())
    parts = ({"alg": "none", "typ": "JWT"}, {"iat": issued, "nbf": issued, "exp": issued + 10800, **claims})
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*coded, "c2ltdWxhdG9y"])


def read(token: str) -> Json:
    """Read the claims of a token; one that was not made here holds none."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


def sign_in(state: State, request: Request) -> Response:
    """Answer the sign-in host: tokens for anyone, and the two discovery documents."""
    host, path = request.host, request.path.rstrip("/").lower()
    tenant = path.split("/")[1] if "/" in path else "common"
    if path.endswith(("/oauth2/v2.0/token", "/oauth2/token")) and request.method == "POST":
        form = request.form()
        audience = form.get("scope", form.get("resource", "")).removesuffix("/.default")
        token = make(state, aud=audience, tid=tenant, oid=state.section("caller").get("objectId", ""))
        lasting = {"expires_in": 10800, "ext_expires_in": 10800}
        return Response(body={"token_type": "Bearer", "access_token": token} | lasting)  # nosec B105  # a kind of token
    if path == "/common/discovery/instance":
        metadata = [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}]
        endpoint = f"https://{host}/{{tenant}}/v2.0/.well-known/openid-configuration"
        return Response(body={"tenant_discovery_endpoint": endpoint, "api-version": "1.1", "metadata": metadata})
    if path.endswith("/.well-known/openid-configuration"):
        base = f"https://{host}/{tenant}"
        return Response(
            body={
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            }
        )
    return error(404, "NotFound", "No such page at the sign-in host.")


def bearer(request: Request) -> Json | None:
    """Give the claims of the bearer token that came with a request, or nothing where none came."""
    sent = str(request.headers.get("authorization", ""))
    return read(sent[7:].strip()) if sent.lower().startswith("bearer ") else None


def basic(request: Request) -> tuple[str, str] | None:
    """Give the user name and password that came with a request, or nothing."""
    sent = str(request.headers.get("authorization", ""))
    if not sent.lower().startswith("basic "):
        return None
    user, _, password = base64.b64decode(sent[6:].strip()).decode("utf-8", "replace").partition(":")
    return user, password


def challenge(host: str, realm: str, scope: str = "") -> Response:
    """Give a registry's 401, which says where tokens are made."""
    extra = f',scope="{scope}"' if scope else ""
    message = "authentication required, visit https://aka.ms/acr/authorization for more information."
    header = f'Bearer realm="{realm}",service="{host}"{extra}'
    return registry_error(401, "UNAUTHORIZED", message, WWW_Authenticate=header)
