"""The app registration by which people sign in: it has no secret, one role, and lets in whoever was assigned to it.

It is found again by its client id, which azd keeps: never by its name, which anybody in the tenant may give to theirs.
`az ad app create` is not used for that very reason: it changes whatever it finds under the name.
Sources: https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad
https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
"""

import uuid
from collections.abc import Mapping

from azure_cli import CliError, RefusedError, az, member, private_file, remember, say, text
from patience import settle
from scope import expose, graph

ROLE = "Acimedic.Approver"
_ROLE_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "https://acimedic/roles/approver"))
_CREDENTIAL = "acimedic-identity"
_ISSUERS = {
    "AzureCloud": ("https://login.microsoftonline.com", "api://AzureADTokenExchange"),
    "AzureUSGovernment": ("https://login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"),
    "AzureChinaCloud": ("https://login.partner.microsoftonline.cn", "api://AzureADTokenExchangeChina"),
}


def make_registration(name: str, environment: Mapping[str, str]) -> str:
    """Register the app, or go on where an earlier run broke off; gives back its client id.

    The template hears of it only once it is closed. Raises RefusedError where one may not, CliError.
    """
    client_id = environment.get("ACIMEDIC_MADE_REGISTRATION", "").strip()
    if not client_id:
        client_id = _make(name)
        # Kept at once: a second run would otherwise make a second one.
        remember("ACIMEDIC_MADE_REGISTRATION", client_id)
    ensure_closed(client_id, environment)
    remember("ACIMEDIC_AUTH_CLIENT_ID", client_id)
    say(f"made the app registration {client_id}; assign people to it, and the role {ROLE} to those who decide")
    return client_id


def _make(name: str) -> str:
    role = {
        "id": _ROLE_ID,
        "allowedMemberTypes": ["User"],
        "displayName": "Approver",
        "description": "Approves and rejects changes that ACI Medic proposes.",
        "value": ROLE,
        "isEnabled": True,
    }
    body = {
        "displayName": f"ACI Medic ({name})",
        "signInAudience": "AzureADMyOrg",
        "web": {"implicitGrantSettings": {"enableIdTokenIssuance": True}},
        "appRoles": [role],
    }
    try:
        made = text(graph("post", "applications", body), "appId")
    except CliError as error:
        raise RefusedError(
            f"no app registration could be made ({error.said}): have somebody make one who may, and "
            "`azd env set ACIMEDIC_AUTH_CLIENT_ID …` (docs/deploy.md), or go without pages: "
            "`azd env set ACIMEDIC_AUTHENTICATION false`"
        ) from error
    if not made:
        raise RefusedError("Microsoft Graph did not say which app registration it made: run `azd provision` again")
    return made


def ensure_closed(client_id: str, environment: Mapping[str, str]) -> None:
    """See to it that only who was assigned gets in, and read that back; with ACIMEDIC_SIGN_IN `everybody` that the
    registration can be signed in to at all: what is closed is not opened by that.

    Raises RefusedError where it does not come about, CliError.
    """
    chosen = environment.get("ACIMEDIC_SIGN_IN", "").strip().lower() or "assigned"
    if chosen not in {"assigned", "everybody"}:
        raise RefusedError(f"ACIMEDIC_SIGN_IN is '{chosen}'; it is assigned or everybody")

    def step() -> str:
        found = az("ad", "sp", "list", "--filter", f"appId eq '{client_id}'")
        principal = found[0] if isinstance(found, list) and found else None
        if principal is None:
            az("ad", "sp", "create", "--id", client_id)
            return f"the app registration {client_id} has no service principal yet"
        if chosen == "everybody" or member(principal, "appRoleAssignmentRequired") is True:
            return ""
        az("ad", "sp", "update", "--id", client_id, "--set", "appRoleAssignmentRequired=true")
        return f"the app registration {client_id} still lets in everybody in the tenant"

    advice = (
        "run the same again; if it was deleted, set ACIMEDIC_MADE_REGISTRATION and ACIMEDIC_AUTH_CLIENT_ID to nothing "
        "first (`azd env set NAME ''`)"
    )
    settle(step, environment, advice)


def complete_registration(
    client_id: str, addresses: list[str], principal: str, tenant: str, environment: Mapping[str, str]
) -> None:
    """Close it, as each run does; say where people come back to, and that the identity speaks for the registration.

    Raises RefusedError, CliError.
    """
    ensure_closed(client_id, environment)
    back = [f"{address.rstrip('/')}/.auth/login/aad/callback" for address in addresses]
    az("ad", "app", "update", "--id", client_id, "--web-redirect-uris", *back)
    expose(client_id, environment)
    _prove(client_id, principal, tenant)


def _prove(client_id: str, principal: str, tenant: str) -> None:
    """Have the app's identity stand for a secret, where it does not yet."""
    wanted = credential(principal, tenant, text(az("account", "show"), "environmentName"))
    there = az("ad", "app", "federated-credential", "list", "--id", client_id)
    known = [each for each in there if text(each, "name") == _CREDENTIAL] if isinstance(there, list) else []
    if known and text(known[0], "subject") == principal:
        return
    with private_file(wanted) as path:
        if known:
            place = ("--federated-credential-id", _CREDENTIAL, "--parameters", f"@{path}")
            az("ad", "app", "federated-credential", "update", "--id", client_id, *place)
        else:
            az("ad", "app", "federated-credential", "create", "--id", client_id, "--parameters", f"@{path}")


def credential(principal: str, tenant: str, cloud: str) -> dict[str, object]:
    """The federated credential: a token of the identity stands for a secret of the registration."""
    host, audience = _ISSUERS.get(cloud, _ISSUERS["AzureCloud"])
    return {
        "name": _CREDENTIAL,
        "issuer": f"{host}/{tenant}/v2.0",
        "subject": principal,
        "description": "The identity of ACI Medic",
        "audiences": [audience],
    }
