"""An identity is to sign in to a registry that is not an Azure container registry.

Cause: managed identities are known to Azure container registries alone; Docker Hub, GitHub's registry and
private ones take a user name and password.
Evidence: the credential that serves the image, and the image's registry.
Fix: a user name and password (or token) for that registry, or the image in an Azure container registry.
Source: https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi
"""

from acimedic.fixes import in_words, q
from acimedic.model.pull import Pull
from acimedic.model.verdict import Fact, Fail, Pass, Verdict

ERRORS = ("InaccessibleImage",)
DOCS = "https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi"


def check(pull: Pull) -> Verdict:
    """Whether the credential that serves this image can mean anything to its registry."""
    reference = pull.well_formed()
    credential = pull.identity_credential()
    if reference.is_acr:
        return Pass(f"{reference.host} is an Azure container registry, which knows managed identities")
    return Fail(
        summary=f"The image '{reference}' of {pull.where} is to be pulled from {reference.host} with a managed "
        "identity, "
        "which only an Azure container registry knows.",
        fix=in_words(
            f"Give a user name and password for {reference.host}, or import the image into an Azure container "
            "registry.",
            f"az acr import --name '<registry>' --source {q(str(reference))}",
        ),
        evidence=(
            Fact("registry of the image", str(reference.host), pull.definition().source),
            Fact(f"imageRegistryCredentials[{credential.index}].identity", "given", pull.definition().source),
        ),
    )
