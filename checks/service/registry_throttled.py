"""The registry answered that it takes no more requests for now.

Cause: an Azure container registry limits reads by its tier, and an artifact cache passes on the limits of the registry
behind it.
Evidence: a container event or error with 429 or `TOOMANYREQUESTS`.
Fix: wait and deploy again; a higher tier, or a credential for the cache rule.
Source: https://learn.microsoft.com/azure/container-registry/container-registry-skus
"""

import re

from acimedic.fixes import in_words
from acimedic.image import is_docker_hub
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.testimony import error_fact, failure, tail_fact, tails

ERRORS = ("TOOMANYREQUESTS: too many requests to source registry for cache rule", "RegistryErrorResponse")
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-skus"
_REGISTRY = re.compile(r"docker registry '([^']{1,255})'", re.IGNORECASE)


def check(pull: Pull) -> Verdict:
    """Whether a registry other than Docker Hub limited the pull."""
    reference = pull.well_formed()
    if reference.is_docker_hub:
        return Skip("the image is on Docker Hub")
    facts = tuple(tail_fact(tail) for tail in tails(pull, "throttled", "rate-limit"))
    said = failure(pull.evidence, "registry-error-response")
    if said is not None and _is_own(said.link.message) and _concerns(pull):
        facts = (error_fact(pull.evidence, said), *facts)
    if not facts:
        return Pass("nothing says that the registry limited the pull")
    return _fail(pull, facts)


def _is_own(message: str) -> bool:
    """Whether the error names a registry, and that is not Docker Hub."""
    named = _REGISTRY.search(message)
    return named is not None and not is_docker_hub(named[1])


def _concerns(pull: Pull) -> bool:
    error = pull.evidence.error
    return isinstance(error, Gap) or not error.images or pull.image in error.images


def _fail(pull: Pull, facts: tuple[Fact, ...]) -> Fail:
    return Fail(
        summary=f"Registry {pull.well_formed().host} limited the pull of '{pull.well_formed()}' for {pull.where}: "
        "too many "
        "requests.",
        fix=in_words(
            "Wait some minutes and change nothing; if it comes back, use a higher tier or a cache credential."
        ),
        evidence=facts,
        confidence="likely",
    )
