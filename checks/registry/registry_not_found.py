"""There is no registry of this name.

Cause: the login server is misspelt, or the registry was deleted.
Evidence: the registry's name does not resolve. That we cannot see it in any subscription proves nothing: it may be
somebody else's.
Fix: the login server of a registry that exists.
Source: https://learn.microsoft.com/azure/container-registry/container-registry-troubleshoot-access
"""

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import Absent, Gap, NotKnownError
from acimedic.model.registry import Registry
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict

ERRORS = ("InaccessibleImage", "no such host")
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-troubleshoot-access"


def check(pull: Pull) -> Verdict:
    """Whether the registry's name resolves to nothing."""
    reference = pull.well_formed()
    host = pull.acr_host()
    if isinstance(pull.registry, Registry):
        return Pass(f"registry '{pull.registry.name}' exists")
    gone = pull.registry if isinstance(pull.registry, Absent) else pull.evidence.testimony(str(reference))
    if isinstance(gone, Absent):
        return Fail(
            summary=f"There is no registry '{host}', from which {pull.where} is to pull '{reference}'.",
            fix=in_words("Name the login server of a registry that exists ('az acr list --query [].loginServer')."),
            evidence=(Fact("name of the registry", "does not resolve", gone.source),),
        )
    if not isinstance(gone, Gap):
        return Pass(f"{host} answers")
    if isinstance(pull.registry, Gap):
        raise NotKnownError(pull.registry)
    return Skip("nothing was looked for")
