"""After the resources are there: keys, which no template ever sees, the rest of the app registration, and rights that
are no longer wanted.

A key is put into the vault through Azure Resource Manager, which takes the right to deploy and no role in the vault:
whoever deploys can write secrets in this way, and read none.
Source: https://learn.microsoft.com/rest/api/keyvault/keyvault/secrets/create-or-update
"""

import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from azure_cli import CliError, RefusedError, ask, flag, needed, run, say
from registration import complete_registration
from withdrawal import withdraw

_VAULTS = "2024-11-01"
_SITES = "2024-11-01"
_KEYS = ("audit-key", "approval-key", "hash-key")
_WEBHOOK = "teams-webhook"


def postprovision(environment: Mapping[str, str]) -> None:
    """Make what is missing; what is there stays. Raises RefusedError, CliError."""
    vault = environment.get("ACIMEDIC_VAULT", "").strip()
    if vault and _fill(_vault_id(environment, vault), environment):
        _refresh(needed(environment, "ACIMEDIC_APP_ID"))
    if flag(environment, "ACIMEDIC_GUARDED", default=False):
        _registration(environment)
    faults = withdraw(environment)
    if faults:
        raise RefusedError(*faults, "the app still has rights that are no longer wanted: run `azd provision` again")


def _fill(vault: str, environment: Mapping[str, str]) -> bool:
    """Whether anything was put into the vault."""
    changed = False
    for name in _KEYS:
        if not _there(vault, name):
            _put(vault, name, secrets.token_urlsafe(48))
            say(f"made the key {name}")
            changed = True
    if flag(environment, "ACIMEDIC_TEAMS", default=False):
        changed = _webhook(vault, environment.get("ACIMEDIC_TEAMS_WEBHOOK", "").strip()) or changed
    return changed


def _webhook(vault: str, address: str) -> bool:
    if not address and _there(vault, _WEBHOOK):
        return False
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise RefusedError(
            "ACIMEDIC_TEAMS is true, and the address of the workflow is not known: run "
            "`ACIMEDIC_TEAMS_WEBHOOK='https://…' azd provision` once; it is kept in the vault and nowhere else"
        )
    _put(vault, _WEBHOOK, address)
    say("the address of the Teams workflow is in the vault")
    return True


def _there(vault: str, name: str) -> bool:
    try:
        ask("get", f"{vault}/secrets/{name}", _VAULTS)
    except CliError as error:
        if error.tells("SecretNotFound", "NotFound", "not found"):
            return False
        raise
    return True


def _put(vault: str, name: str, value: str) -> None:
    ask("put", f"{vault}/secrets/{name}", _VAULTS, body={"properties": {"value": value}})


def _refresh(app: str) -> None:
    """Have the app read its references again now. A restart, such as that of a deployment, does so as well."""
    try:
        ask("post", f"{app}/config/configreferences/appsettings/refresh", _SITES)
    except CliError as error:
        say(f"the references to the vault are read at the next start ({error.said})")


def _vault_id(environment: Mapping[str, str], vault: str) -> str:
    subscription, group = needed(environment, "AZURE_SUBSCRIPTION_ID"), needed(environment, "AZURE_RESOURCE_GROUP")
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}"


def _registration(environment: Mapping[str, str]) -> None:
    client_id = needed(environment, "ACIMEDIC_AUTH_CLIENT_ID")
    principal, tenant = needed(environment, "ACIMEDIC_PRINCIPAL_ID"), needed(environment, "AZURE_TENANT_ID")
    addresses = [needed(environment, "ACIMEDIC_ADDRESS"), environment.get("ACIMEDIC_URL", "").strip()]
    known = list(dict.fromkeys(address for address in addresses if address))
    if client_id == environment.get("ACIMEDIC_MADE_REGISTRATION", "").strip():
        complete_registration(client_id, known, principal, tenant, environment)
        return
    say(
        f"the app registration {client_id} is yours and stays as it is; it needs the redirect address "
        f"{known[0]}/.auth/login/aad/callback and a federated credential with subject {principal} (docs/deploy.md)"
    )


if __name__ == "__main__":
    run(postprovision)
