"""The request's api-version is older than identity credentials.

Cause: `identity` in `imageRegistryCredentials` needs api-version 2021-07-01 or newer. An older one
answers `InvalidImageRegistryCredentialType`.
Evidence: the error, or the api-version in the template beside an identity credential. A live group does
not tell which api-version made it.
Fix: a newer api-version.
Source: https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/management/acr-image-pull-failures-managed-identity
"""

import re

from acimedic.fixes import in_words
from acimedic.model.definition import IdentityCredential
from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap, need
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.testimony import error_fact, failure

ABOUT = "group"
ERRORS = ("InvalidImageRegistryCredentialType",)
DOCS = (
    "https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/management/"
    "acr-image-pull-failures-managed-identity"
)
_FIRST = "2021-07-01"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check(evidence: Evidence) -> Verdict:
    """Whether the error says so, or the template shows it."""
    said = failure(evidence, "identity-not-supported-in-credential")
    definition = evidence.definition
    version = None if isinstance(definition, Gap) else definition.api_version
    if said is not None:
        shown = (
            (Fact("apiVersion of the container group", version, definition.source),)
            if isinstance(version, str) and not isinstance(definition, Gap)
            else ()
        )
        return _fail(evidence, version if isinstance(version, str) else None, (error_fact(evidence, said), *shown))
    definition = need(definition)
    if not any(isinstance(entry, IdentityCredential) for entry in need(definition.credentials)):
        return Skip("no credential names an identity")
    if failure(evidence) is not None and definition.origin == "live":
        return Pass("Azure took the identity credential, so the api-version knows it")
    known = need(definition.api_version)
    if known is None:
        return Skip("the definition does not say with which api-version it is deployed")
    if older(known):
        return _fail(evidence, known, (Fact("apiVersion of the container group", known, definition.source),))
    return Pass(f"api-version {known} knows identity credentials")


def older(version: str) -> bool:
    """Whether an api-version came before identity credentials; a preview comes before its own release."""
    if not _DATE.match(version.strip()):
        return False
    date, suffix = version.strip()[:10], version.strip()[10:]
    return date < _FIRST or (date == _FIRST and suffix != "")


def _fail(evidence: Evidence, version: str | None, facts: tuple[Fact, ...]) -> Fail:
    which = f"api-version {version}" if version else "the api-version of the request"
    return Fail(
        summary=f"Container group '{evidence.group.name}' was asked for with {which}, which is too old for an identity "
        "in imageRegistryCredentials.",
        fix=in_words(
            f"Use api-version {_FIRST} or newer for Microsoft.ContainerInstance/containerGroups (2023-05-01)."
        ),
        evidence=facts,
    )
