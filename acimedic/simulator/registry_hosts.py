"""Who is let in at a registry's door: Azure registries with their firewall, and the other hosts that exist."""

import ipaddress

from . import registry_api, tokens
from .access import may_pull
from .exchange import Json, Request, Response, registry_error
from .images import DOCKER_HUB, host_at, registry_at
from .pull import accepts_password, is_restricted
from .state import State

CLIENT_IP = "20.50.12.7"


def answer(state: State, request: Request) -> Response | None:
    """Answer a request to a registry's host, or nothing where no such host exists."""
    registry = registry_at(state, request.host)
    if registry is not None:
        return _azure(state, registry, request)
    host = host_at(state, request.host)
    if host is None or host.get("unreachable"):
        return None
    return _other(state, host, request)


def _azure(state: State, registry: Json, request: Request) -> Response:
    address = str(state.world.get("clientIp", CLIENT_IP))
    if is_restricted(registry) and not _listed(registry, address):
        message = (
            f"client with IP '{address}' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."
        )
        return registry_error(403, "DENIED", message)
    path = request.path.rstrip("/").lower()
    if path == "/oauth2/exchange":
        subject = state.section("caller").get("objectId", "")
        return Response(
            body={"refresh_token": tokens.make(state, sub=subject, aud=request.host, grant_type="refresh_token")}
        )
    if path == "/oauth2/token":
        return _token(state, registry, request)
    return _data(state, registry, request)


def _listed(registry: Json, address: str) -> bool:
    """IP rules count only where public access is on."""
    properties = registry["properties"]
    rules = (properties.get("networkRuleSet") or {}).get("ipRules", [])
    here = ipaddress.ip_address(address)
    listed = any(here in ipaddress.ip_network(rule["value"], strict=False) for rule in rules)
    return listed and properties.get("publicNetworkAccess") != "Disabled"


def _token(state: State, registry: Json, request: Request) -> Response:
    """Make an access token: for a refresh token, for a user name and password, or for nobody in particular."""
    form = request.form()
    scope = form.get("scope") or request.parameter("scope") or ""
    refresh, credential = form.get("refresh_token"), tokens.basic(request)
    if refresh and tokens.read(refresh):
        subject = tokens.read(refresh).get("sub", "")
        return Response(body={"access_token": tokens.make(state, sub=subject, scope=scope)})
    if credential:
        repository = scope.split(":")[1] if scope.count(":") >= 2 else ""
        sent = {"username": credential[0], "password": credential[1]}
        if accepts_password(state, registry, sent, repository):
            return Response(body={"access_token": tokens.make(state, sub=credential[0], scope=scope, password=True)})
    elif registry["properties"].get("anonymousPullEnabled"):
        return Response(body={"access_token": tokens.make(state, sub="anonymous", scope=scope, password=True)})
    return registry_error(401, "UNAUTHORIZED", "authentication required, visit https://aka.ms/acr/authorization")


def _data(state: State, registry: Json, request: Request) -> Response:
    """Let a bearer in. In a world with a ``caller`` the caller needs a role to read a repository."""
    claims = tokens.bearer(request)
    repository = registry_api.repository_of(request.path.rstrip("/"))
    scope = f"repository:{repository}:pull" if repository else ""
    realm = f"https://{request.host}/oauth2/token"
    if claims is None:
        return tokens.challenge(request.host, realm, scope)
    caller = str(state.section("caller").get("objectId", ""))
    trusted = claims.get("password") or not caller or not repository
    if not trusted and not may_pull(state, registry, caller, repository):
        return tokens.challenge(request.host, realm, scope)
    return registry_api.answer(registry, request)


def _other(state: State, host: Json, request: Request) -> Response:
    """Answer for Docker Hub, MCR and their like: ``auth`` is anonymous, token or private."""
    hub = request.host in DOCKER_HUB
    if request.path.rstrip("/") == "/token":
        scope = request.parameter("scope") or ""
        token = tokens.make(state, sub="anonymous", scope=scope)
        return Response(body={"token": token, "access_token": token, "expires_in": 300, "issued_at": state.stamp()})
    if host.get("rateLimited") and "/manifests/" in request.path:
        message = "You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit"
        return registry_error(429, "TOOMANYREQUESTS", message, Retry_After="60")
    open_to_all = host.get("auth", "token" if hub else "anonymous") == "anonymous"
    repository = registry_api.repository_of(request.path.rstrip("/"))
    if not open_to_all and (tokens.bearer(request) is None or _hidden(host, repository)):
        realm = "https://auth.docker.io/token" if hub else f"https://{request.host}/token"
        service = "registry.docker.io" if hub else request.host
        return tokens.challenge(service, realm, f"repository:{repository}:pull" if repository else "")
    return registry_api.answer(host, request)


def _hidden(host: Json, repository: str) -> bool:
    """A private host shows nothing to strangers; Docker Hub does not tell absent from private."""
    return host.get("auth") == "private" or (bool(repository) and repository not in host.get("x-images", {}))
