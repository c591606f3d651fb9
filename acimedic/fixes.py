"""Fixes that more than one check proposes, with the real names filled in (pure).

Names come from Azure and are hostile: every one that stands in a command is quoted for a POSIX shell,
every one in Bicep is escaped. What a person has to fill in is quoted too: to a shell `<` is no bracket.
"""

import shlex

from acimedic.model.access import ACR_PULL, REPOSITORY_READER
from acimedic.model.registry import Identity, Mode, Registry
from acimedic.model.verdict import Fix
from acimedic.rbac import conditions

ROLE_NAMES = {ACR_PULL: "AcrPull", REPOSITORY_READER: "Container Registry Repository Reader"}
AGAIN = "Then deploy again: a refused deployment is not repeated by Azure."
"""The end of every fix in words; of no use where nothing has been deployed yet."""


def q(text: str) -> str:
    """A text as one word of a POSIX shell."""
    return shlex.quote(text)


def bicep(text: str) -> str:
    """A text as a Bicep string literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${").replace("\n", "\\n")
    return "'" + "".join(char if char.isprintable() else f"\\u{{{ord(char):x}}}" for char in escaped) + "'"


def role_for(mode: Mode) -> str:
    """The guid of the least role that lets pull in this role assignment mode."""
    return ACR_PULL if mode == "legacy" else REPOSITORY_READER


def give_role(registry: Registry, identity: Identity, mode: Mode, repository: str) -> Fix:
    """Give the pull identity the role that this registry honours."""
    guid = role_for(mode)
    name = ROLE_NAMES[guid]
    condition = _condition(mode, repository)
    if mode == "abac" and condition is None:
        where = f"identity '{identity.name}' at registry '{registry.name}'"
        text = f"Assign {name} to {where} by hand, narrowed to the repository: no condition can hold its name. {AGAIN}"
        return Fix(text=text)
    command = (
        f"az role assignment create --assignee-object-id {q(identity.principal_id)} "
        f"--assignee-principal-type ServicePrincipal --role {guid} --scope {q(registry.id)}"
    )
    if condition:
        command += f" --condition {q(condition)} --condition-version 2.0"
    return Fix(
        text=f"Assign {name} to the principal id {identity.principal_id} of identity '{identity.name}' at registry "
        f"'{registry.name}'. It takes up to 10 minutes to be in effect. {AGAIN}",
        az=(command,),
        bicep=_role_bicep(registry, identity, guid, condition),
    )


def enable_trusted_services(registry: Registry) -> Fix:
    """Let trusted services through the registry's firewall."""
    return Fix(
        text=f"Allow trusted Microsoft services to reach registry '{registry.name}' (portal: Networking, 'Allow "
        "trusted "
        f"Microsoft services'). It takes a few minutes to be in effect. {AGAIN}",
        az=(f"az acr update --name {q(registry.name)} --allow-trusted-services true",),
        bicep=f"resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {{\n"
        f"  name: {bicep(registry.name)}\n"
        "  // … what the registry has now …\n"
        "  properties: {\n    networkRuleBypassOptions: 'AzureServices'\n  }\n}",
    )


def use_identity(server: str, group: str) -> Fix:
    """Pull with a user-assigned managed identity instead of a user name and password."""
    return Fix(
        text="Pull with a user-assigned managed identity: name it in imageRegistryCredentials, attach it to the "
        f"container group, give it a pull role at the registry. {AGAIN}",
        az=(
            f"az container create --name {q(group)} --resource-group '<group>' --image {q(server + '/<image>')} "
            "--assign-identity '<identity id>' --acr-identity '<identity id>'",
        ),
        bicep=credential_bicep(server),
    )


def credential_bicep(server: str, identity: str = "<identity id>") -> str:
    """An identity credential of a container group, and the identity on the group."""
    return (
        "identity: {\n  type: 'UserAssigned'\n  userAssignedIdentities: {\n"
        f"    {bicep(identity)}: {{}}\n  }}\n}}\n"
        "properties: {\n  imageRegistryCredentials: [\n    {\n"
        f"      server: {bicep(server)}\n      identity: {bicep(identity)}\n    }}\n  ]\n}}"
    )


def in_words(text: str, *az: str, bicep: str | None = None) -> Fix:
    """A fix that is particular to one check."""
    return Fix(text=f"{text} {AGAIN}", az=az, bicep=bicep)


def _condition(mode: Mode, repository: str) -> str | None:
    if mode == "legacy":
        return None
    try:
        return conditions.for_repository(repository)
    except ValueError:
        return None


def _role_bicep(registry: Registry, identity: Identity, guid: str, condition: str | None) -> str:
    lines = [
        "resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {",
        f"  name: {bicep(registry.name)}",
        "}",
        "",
        "resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {",
        f"  name: guid(registry.id, {bicep(identity.principal_id)}, '{guid}')",
        "  scope: registry",
        "  properties: {",
        f"    principalId: {bicep(identity.principal_id)} // of identity {_comment(identity.name)}",
        "    principalType: 'ServicePrincipal'",
        f"    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{guid}')",
    ]
    if condition:
        lines += [f"    condition: {bicep(condition)}", "    conditionVersion: '2.0'"]
    return "\n".join([*lines, "  }", "}"])


def _comment(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)
