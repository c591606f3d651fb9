"""The app registration by which people sign in: it has no secret, one role, and lets in whoever was assigned to it.

It is found again by its client id, which azd keeps: never by its name, which anybody in the tenant may give to theirs.
Sources: https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad
https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
"""

import uuid
from collections.abc import Mapping

from azure_cli import CliError, RefusedError, az, private_file, remember, say, text

ROLE = "Acimedic.Approver"
_ROLE_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "https://acimedic/roles/approver"))
_CREDENTIAL = "acimedic-identity"
_ISSUERS = {
    "AzureCloud": ("https://login.microsoftonline.com", "api://AzureADTokenExchange"),
    "AzureUSGovernment": ("https://login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"),
    "AzureChinaCloud": ("https://login.partner.microsoftonline.cn", "api://AzureADTokenExchangeChina"),
}


def make_registration(name: str, environment: Mapping[str, str]) -> str:
    """Register the app; gives back its client id. Raises RefusedError where one may not, CliError."""
    roles = [
        {
            "id": _ROLE_ID,
            "allowedMemberTypes": ["User"],
            "displayName": "Approver",
            "description": "Approves and rejects changes that ACI Medic proposes.",
            "value": ROLE,
            "isEnabled": True,
        }
    ]
    with private_file(roles) as path:
        try:
            made = az(
                *("ad", "app", "create", "--display-name", f"ACI Medic ({name})"),
                *("--sign-in-audience", "AzureADMyOrg", "--enable-id-token-issuance", "true"),
                *("--app-roles", f"@{path}"),
            )
        except CliError as error:
            raise RefusedError(
                f"no app registration could be made ({error.said}): have somebody make one who may, and "
                "`azd env set ACIMEDIC_AUTH_CLIENT_ID …` (docs/deploy.md), or go without pages: "
                "`azd env set ACIMEDIC_AUTHENTICATION false`"
            ) from error
    client_id = text(made, "appId")
    # Kept at once: a second run would otherwise make a second one.
    remember("ACIMEDIC_AUTH_CLIENT_ID", client_id)
    remember("ACIMEDIC_MADE_REGISTRATION", client_id)
    az("ad", "sp", "create", "--id", client_id)
    if environment.get("ACIMEDIC_SIGN_IN", "").strip().lower() != "everybody":
        az("ad", "sp", "update", "--id", client_id, "--set", "appRoleAssignmentRequired=true")
    say(f"made the app registration {client_id}; assign people to it, and the role {ROLE} to those who decide")
    return client_id


def complete_registration(client_id: str, addresses: list[str], principal: str, tenant: str) -> None:
    """Say where people come back to, and that the identity speaks for the registration. Raises CliError."""
    back = [f"{address.rstrip('/')}/.auth/login/aad/callback" for address in addresses]
    az("ad", "app", "update", "--id", client_id, "--web-redirect-uris", *back)
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
