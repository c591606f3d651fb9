"""Docker Hub refused the pull because too many were made.

Cause: Azure Container Instances pulls from addresses that many share, and Docker Hub limits anonymous pulls
from an address. The exemption for Azure's addresses ended on 30 June 2024.
Evidence: `RegistryErrorResponse` naming Docker Hub, or an event that says `toomanyrequests`.
Fix: a Docker Hub credential, or the image in an Azure container registry.
Source: https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/configuration-setup/docker-hub-rate-limit-registryerrorresponse
"""

import re

from acimedic.fixes import in_words, q
from acimedic.image import is_docker_hub
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap
from acimedic.model.verdict import Fail, Pass, Skip, Verdict
from acimedic.testimony import error_fact, failure, tail_fact, tails

ERRORS = ("RegistryErrorResponse", "toomanyrequests: You have reached your pull rate limit")
DOCS = (
    "https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/configuration-setup/"
    "docker-hub-rate-limit-registryerrorresponse"
)
_REGISTRY = re.compile(r"docker registry '([^']{1,255})'", re.IGNORECASE)


def check(pull: Pull) -> Verdict:
    """Whether Docker Hub answered that it takes no more for now."""
    reference = pull.well_formed()
    if not reference.is_docker_hub:
        return Skip(f"the image is not on Docker Hub but on {reference.host}")
    said = failure(pull.evidence, "registry-error-response")
    limited = tails(pull, "rate-limit")
    facts = tuple(tail_fact(tail) for tail in limited)
    if said is not None and _names_docker_hub(said.link.message) and _concerns(pull):
        facts = (error_fact(pull.evidence, said), *facts)
    if not facts:
        return Pass("nothing says that Docker Hub limited the pull")
    mark = "@" if reference.digest else ":"
    return Fail(
        summary=f"Docker Hub refused to serve '{reference}' for {pull.where} for now: too many pulls from addresses "
        "that "
        "Azure shares.",
        fix=in_words(
            "Add a Docker Hub credential (server docker.io), or import the image into an Azure container registry; "
            "trying again later may help.",
            "az acr import --name '<registry>' --source "
            f"{q(f'docker.io/{reference.repository}{mark}{reference.version}')}",
        ),
        evidence=facts,
    )


def _names_docker_hub(message: str) -> bool:
    named = _REGISTRY.search(message)
    return named is None or is_docker_hub(named[1])


def _concerns(pull: Pull) -> bool:
    """Whether the error may be about this image: it names it, or names none."""
    error = pull.evidence.error
    return isinstance(error, Gap) or not error.images or pull.image in error.images
