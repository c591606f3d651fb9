"""The scope by which Azure CLI gets a person's token for the app: off, unless it was asked for.

With it, whoever signed in with `az login` reaches the API by a bearer token, as the same person and with the same role
as in a browser. Without it no tool gets a token that is taken: the app registration has neither address nor scope.
Sources: https://learn.microsoft.com/graph/api/resources/apiapplication
https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad#authorize-requests
"""

import uuid
from collections.abc import Mapping

from azure_cli import az, flag, member, private_file, text
from patience import settle

AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
"""The client id of Azure CLI, the same in every tenant (azure.cli.core.auth.constants.AZURE_CLI_CLIENT_ID)."""

_SCOPE_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "https://acimedic/scopes/user_impersonation"))
_SCOPE = {
    "id": _SCOPE_ID,
    "value": "user_impersonation",
    "type": "User",
    "isEnabled": True,
    "adminConsentDisplayName": "Use ACI Medic as the signed-in person",
    "adminConsentDescription": "Look at incidents, and decide where the person may decide.",
    "userConsentDisplayName": "Use ACI Medic as you",
    "userConsentDescription": "Look at incidents, and decide where you may decide.",
}
# App Service knows the issuer of version 2 alone; without this Entra gives out tokens of version 1.
_VERSION = "requestedAccessTokenVersion"
_GRAPH = {
    "AzureCloud": "https://graph.microsoft.com",
    "AzureUSGovernment": "https://graph.microsoft.us",
    "AzureChinaCloud": "https://microsoftgraph.chinacloudapi.cn",
}
_Api = dict[str, object]


def graph(method: str, path: str, body: object) -> object:
    """Call Microsoft Graph of this cloud. Raises CliError."""
    cloud = text(az("account", "show"), "environmentName")
    with private_file(body) as file:
        address = f"{_GRAPH.get(cloud, _GRAPH['AzureCloud'])}/v1.0/{path}"
        return az("rest", "--method", method, "--url", address, "--body", f"@{file}")


def expose(client_id: str, environment: Mapping[str, str]) -> None:
    """Let Azure CLI get tokens or not, as ACIMEDIC_AZURE_CLI says; other scopes and clients stay as they are.

    Raises RefusedError where it does not come about, CliError.
    """
    wanted = flag(environment, "ACIMEDIC_AZURE_CLI", default=False)

    def step() -> str:
        found = az("ad", "app", "show", "--id", client_id)
        return _opened(found, client_id) if wanted else _shut(found)

    advice = f"the scope of the app registration {client_id} is not as wanted; run `azd provision` again"
    settle(step, environment, advice)


def _opened(found: object, client_id: str) -> str:
    """Take the next step towards the scope; say what was missing."""
    api, uri = _api(found), f"api://{client_id}"
    uris, scopes, clients = _list(found, "identifierUris"), _list(api, "oauth2PermissionScopes"), _clients(api)
    known = any(text(each, "id") == _SCOPE_ID and member(each, "isEnabled") is True for each in scopes)
    if uri not in uris or not known or api.get(_VERSION) != 2:
        others = [each for each in scopes if text(each, "id") != _SCOPE_ID]
        wider = api | {"oauth2PermissionScopes": [*others, _SCOPE], _VERSION: 2}
        _patch(found, {"identifierUris": list(dict.fromkeys([*uris, uri])), "api": wider})
        return "there is no scope yet"
    if _SCOPE_ID not in clients.get(AZURE_CLI, []):
        # By itself: Graph does not find a scope that came with the same request.
        # https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/1395
        clients[AZURE_CLI] = [*clients.get(AZURE_CLI, []), _SCOPE_ID]
        _patch(found, {"api": api | {"preAuthorizedApplications": _written(clients)}})
        return "Azure CLI is not known yet"
    return ""


def _shut(found: object) -> str:
    """Take Azure CLI away from our scope, where it is; say that it was there."""
    api = _api(found)
    clients = _clients(api)
    if _SCOPE_ID not in clients.get(AZURE_CLI, []):
        return ""
    clients[AZURE_CLI] = [each for each in clients[AZURE_CLI] if each != _SCOPE_ID]
    _patch(found, {"api": api | {"preAuthorizedApplications": _written(clients)}})
    return "Azure CLI still gets tokens"


def _patch(found: object, body: Mapping[str, object]) -> None:
    # By object id: the address with the client id has brackets, which az.cmd does not take.
    graph("patch", f"applications/{text(found, 'id')}", body)


def _api(found: object) -> _Api:
    value = member(found, "api")
    return {str(name): each for name, each in value.items()} if isinstance(value, Mapping) else {}


def _clients(api: _Api) -> dict[str, list[str]]:
    """Who is authorised before anybody consents: client id -> ids of scopes."""
    each = _list(api, "preAuthorizedApplications")
    return {text(one, "appId"): [str(scope) for scope in _list(one, "delegatedPermissionIds")] for one in each}


def _written(clients: Mapping[str, list[str]]) -> list[dict[str, object]]:
    return [{"appId": name, "delegatedPermissionIds": scopes} for name, scopes in clients.items() if scopes]


def _list(value: object, name: str) -> list[object]:
    found = member(value, name)
    return found if isinstance(found, list) else []
