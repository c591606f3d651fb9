"""A registry credential's server is not a bare host name.

Cause: `server` with a scheme, a path, a port, a blank, or a variable that nothing has replaced. Azure
answers all of these with `InvalidImageRegistryServer`, whose text speaks of the protocol alone.
Evidence: the error, or the definition.
Fix: the login server and nothing else, such as `contoso.azurecr.io`.
Source: https://github.com/Azure/aci-deploy/issues/12
"""

from acimedic.fixes import in_words
from acimedic.image import server_fault
from acimedic.model.definition import Definition
from acimedic.model.evidence import Evidence
from acimedic.model.image import ServerFault
from acimedic.model.reading import Gap, need
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Unknown, Verdict
from acimedic.testimony import error_fact, failure, may_be_hidden

ABOUT = "group"
ERRORS = ("InvalidImageRegistryServer",)
DOCS = "https://learn.microsoft.com/azure/templates/microsoft.containerinstance/containergroups#imageregistrycredential"


def check(evidence: Evidence) -> Verdict:
    """Whether the error, or the definition, shows a server that is no host name."""
    said = failure(evidence, "invalid-server")
    definition = evidence.definition
    found = None if isinstance(definition, Gap) else _first(definition)
    facts = () if said is None else (error_fact(evidence, said),)
    if found is not None and not isinstance(definition, Gap):
        index, fault = found
        if fault.masked and may_be_hidden(evidence):
            return Unknown("the server is masked in the text that was given")
        where = f"imageRegistryCredentials[{index}].server"
        meant = f" Write '{fault.host}'." if fault.host else ""
        return Fail(
            summary=f"{where} of container group '{evidence.group.name}' is '{fault.server}': {fault.reason}.",
            fix=in_words(f"Give the registry's login server alone, without scheme, port or path.{meant}"),
            evidence=(*facts, Fact(where, fault.server, definition.source)),
        )
    if said is not None:
        return Fail(
            summary=f"A 'server' in imageRegistryCredentials of container group '{evidence.group.name}' is not a bare "
            "host name.",
            fix=in_words("Give the registry's login server alone, without scheme, port or path."),
            evidence=facts,
        )
    credentials = need(need(definition).credentials)
    for credential in credentials:
        need(credential.server)
    return Pass("every credential's server is a bare host name") if credentials else Skip("no registry credential")


def _first(definition: Definition) -> tuple[int, ServerFault] | None:
    for credential in () if isinstance(definition.credentials, Gap) else definition.credentials:
        if isinstance(credential.server, str):
            fault = server_fault(credential.server)
            if fault is not None:
                return credential.index, fault
    return None
