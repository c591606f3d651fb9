"""The registry's admin account is used, and it is switched off.

Cause: the user name of the admin account is the registry's name. A template that reads the password with
`listCredentials()` fails earlier, with `UnAuthorizedForCredentialOperations`.
Evidence: the credential's user name, and `adminUserEnabled` of the registry; or the error.
Fix: pull with a managed identity. The admin account is switched on only by a person who wants it.
Source: https://learn.microsoft.com/azure/container-registry/container-registry-authentication
"""

from acimedic.fixes import use_identity
from acimedic.model.pull import Pull
from acimedic.model.reading import need
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.testimony import error_fact, failure

ERRORS = ("InaccessibleImage", "UnAuthorizedForCredentialOperations")
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-authentication"
CHANGES = ("microsoft.containerregistry/registries/write",)


def check(pull: Pull) -> Verdict:
    """Whether the credential is the admin account's, and that account is off."""
    said = failure(pull.evidence, "admin-user-disabled")
    if said is not None:
        host = str(pull.acr_host())
        return Fail(
            summary=f"The deployment reads the admin password of a registry ({host}) whose admin account is switched "
            "off.",
            fix=use_identity(host, pull.evidence.group.name),
            evidence=(error_fact(pull.evidence, said),),
        )
    credential = pull.password_credential()
    registry = pull.acr()
    username = need(credential.username)
    if username.strip().lower() != registry.name.lower():
        return Skip("the user name is not the admin account's")
    if need(registry.admin_enabled):
        return Pass(f"the admin account of registry '{registry.name}' is enabled")
    return Fail(
        summary=f"{pull.where.capitalize()} signs in with the admin account of registry '{registry.name}', which is "
        "switched "
        "off.",
        fix=use_identity(registry.login_server, pull.evidence.group.name),
        evidence=(
            Fact(f"imageRegistryCredentials[{credential.index}].username", username, pull.definition().source),
            Fact("adminUserEnabled of the registry", "false", registry.source),
        ),
    )
