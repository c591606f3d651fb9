"""The image's registry has no credential, while a credential names a server that no image uses.

Cause: the login server is misspelt, another registry's, or a regional endpoint of the right one.
Evidence: the servers of the credentials against the registries of the images. Docker Hub's names count
as one.
Fix: the same host in the image and in the credential.
Not a fault: a registry that allows anonymous pull, or a public one, beside a credential left over.
Source: https://learn.microsoft.com/azure/container-instances/container-instances-using-azure-container-registry
"""

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import need
from acimedic.model.registry import Registry
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.pulls import idle_credentials
from acimedic.testimony import failure

ERRORS = ("InaccessibleImage",)
DOCS = "https://learn.microsoft.com/azure/container-instances/container-instances-using-azure-container-registry"
_PUBLIC = ("mcr.microsoft.com",)


def check(pull: Pull) -> Verdict:
    """Whether a credential was meant for this image and names another server."""
    reference = pull.well_formed()
    if need(pull.credential) is not None:
        return Pass(f"a credential serves {reference.host}")
    if pull.meant is not None:
        return Skip(f"imageRegistryCredentials[{pull.meant.index}] is meant for {reference.host} but is malformed")
    if reference.host_implied:
        return Skip("the image names no registry, which explains it")
    idle = idle_credentials(pull.evidence)
    if not idle:
        return Skip("no credential names a server that no image uses")
    registry = pull.registry
    if reference.host.name in _PUBLIC or (isinstance(registry, Registry) and registry.anonymous_pull):
        return Pass(f"{reference.host} needs no credential")
    server = str(idle[0].server)
    where = f"imageRegistryCredentials[{idle[0].index}].server"
    facts = (
        Fact(where, server, pull.definition().source),
        Fact(f"registry of the image of {pull.where}", str(reference.host), pull.definition().source),
    )
    return Fail(
        summary=f"{where} is '{server}', but {pull.where} pulls '{reference}' from {reference.host}, for which there "
        "is no credential.",
        fix=in_words(
            f"Write '{reference.host}' in the credential, or '{server}' in the image: whichever holds the image."
        ),
        evidence=facts,
        confidence="confirmed" if reference.is_acr and _surely_wanted(pull) else "likely",
    )


def _surely_wanted(pull: Pull) -> bool:
    """Whether the registry wants a credential: it is seen not to be open to all, or a pull without one has failed."""
    return isinstance(pull.registry, Registry) or failure(pull.evidence) is not None
