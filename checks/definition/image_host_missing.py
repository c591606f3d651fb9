"""The image names no registry, so Docker Hub is asked, though another registry was meant.

Cause: `app:1` means `docker.io/library/app:1`. A credential for another registry, which serves no image
of the group, says where the image was meant to come from.
Evidence: the image, and the credential whose server is no image's registry.
Fix: put the login server before the image.
Not a fault: an image without a host where no such credential exists; Docker Hub may well be meant.
"""

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import need
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.pulls import idle_credentials
from acimedic.testimony import failure

ERRORS = ("InaccessibleImage", "RegistryErrorResponse")
DOCS = "https://learn.microsoft.com/azure/container-instances/container-instances-using-azure-container-registry"


def check(pull: Pull) -> Verdict:
    """Whether a credential tells that another registry than Docker Hub was meant."""
    reference = pull.well_formed()
    if not reference.host_implied:
        return Pass(f"the image names its registry, {reference.host}")
    if need(pull.credential) is not None:
        return Pass("a credential for Docker Hub says that Docker Hub is meant")
    idle = [credential for credential in idle_credentials(pull.evidence) if isinstance(credential.server, str)]
    if not idle:
        return Skip("no credential says that another registry than Docker Hub is meant")
    credential = idle[0]
    server = str(credential.server)
    # Docker Hub limits pulls of official images too, so "retry later" about one says nothing of its name.
    limited = failure(pull.evidence, "registry-error-response") is not None
    official = reference.repository.startswith("library/")
    return Fail(
        summary=f"The image '{reference}' of {pull.where} names no registry, so Docker Hub is asked; the credential "
        "for "
        f"'{server}' says that '{server}/{reference}' was meant.",
        fix=in_words(f"Write the image as '{server}/{reference}'."),
        evidence=(
            Fact("registry that is asked", str(reference.host), pull.definition().source),
            Fact(f"imageRegistryCredentials[{credential.index}].server", server, pull.definition().source),
        ),
        confidence="likely" if limited and official else "confirmed",
    )
