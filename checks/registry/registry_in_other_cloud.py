"""The image's registry belongs to another Azure cloud than the container group.

Cause: `azurecr.io` is Azure's public cloud, `azurecr.us` Azure Government, `azurecr.cn` Azure China. Identities
and trusted services do not reach from one to the other.
Evidence: the suffix of the image's registry, and the cloud that is deployed to.
Fix: a registry of the same cloud.
Source: https://learn.microsoft.com/azure/container-registry/container-registry-faq
"""

from acimedic.fixes import in_words
from acimedic.image import cloud_of_acr_host
from acimedic.model.definition import IdentityCredential
from acimedic.model.pull import Pull
from acimedic.model.verdict import Fact, Fail, Pass, Verdict

ERRORS = ("InaccessibleImage",)
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-endpoint-reference"


def check(pull: Pull) -> Verdict:
    """Whether the registry's suffix is this cloud's."""
    reference = pull.well_formed()
    host = pull.acr_host()
    cloud = cloud_of_acr_host(str(host))
    if cloud == pull.evidence.cloud:
        return Pass(f"{host} is a registry of {cloud}")
    source = pull.evidence.error_source if pull.container is None else pull.definition().source
    return Fail(
        summary=f"The image '{reference}' of {pull.where} is in a registry of {cloud}, but the container group is in "
        f"{pull.evidence.cloud}.",
        fix=in_words(f"Import the image into a registry of {pull.evidence.cloud} and name that one."),
        evidence=(Fact("registry of the image", str(host), source), Fact("cloud", pull.evidence.cloud, "AZURE_CLOUD")),
        confidence="confirmed" if isinstance(pull.credential, IdentityCredential) else "likely",
    )
