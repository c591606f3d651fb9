"""What the error alone proves: the cause, where the service's code or words leave room for no other.

Everything else that a check finds without evidence from Azure is `likely`: a person may have changed, shortened or
masked what was pasted.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from acimedic.explain.features import Features
from acimedic.explain.telling import DOCS, TELLING
from acimedic.masks import is_masked
from acimedic.model.diagnosis import Finding
from acimedic.model.error import PullFailure
from acimedic.model.evidence import Evidence
from acimedic.model.image import DOCKER_HUB
from acimedic.model.verdict import Fail, Fix, Unknown
from acimedic.testimony import error_fact

__all__ = ["Proof", "prove", "settle"]

_COMPARE_NAMES = frozenset(
    {"credential-identity-not-on-group", "credential-server-mismatch", "image-host-missing", "registry-in-other-cloud"}
)
"""Checks whose fault is that two names differ, which two masks always do."""

_BY_FAMILY: Mapping[str, tuple[str, str]] = {
    "identity-not-supported-in-credential": (
        "credential-identity-needs-newer-api",
        "The api-version of the request does not know an identity in imageRegistryCredentials.",
    ),
    "ambiguous-credential": (
        "credential-type-ambiguous",
        "A registry credential has both or neither of 'username' and 'identity'.",
    ),
    "identity-not-in-group": (
        "credential-identity-not-on-group",
        "The identity that a registry credential names is not attached to the container group.",
    ),
    "too-many-credentials": (
        "credential-count-exceeds-containers",
        "The container group has more registry credentials than containers.",
    ),
    "invalid-server": (
        "credential-server-malformed",
        "A 'server' in imageRegistryCredentials is not a bare host name.",
    ),
    "server-missing": ("credential-server-missing", "An entry of imageRegistryCredentials has no 'server'."),
    "image-request-invalid": ("image-reference-malformed", "The 'image' of a container was refused as malformed."),
    "username-invalid": ("credential-rejected", "The user name of a registry credential was refused."),
    "password-invalid": ("credential-rejected", "The password of a registry credential was refused or is empty."),
    "os-version-unsupported": (
        "windows-version-unsupported",
        "The image is built on a version of Windows that Azure Container Instances does not run.",
    ),
    "admin-user-disabled": (
        "admin-user-disabled",
        "The admin password of a registry was asked for, and its admin account is switched off.",
    ),
    "pull-event:rate-limit": ("docker-hub-rate-limit", "Docker Hub refused the pull: too many were made."),
    "pull-event:no-matching-platform": (
        "image-platform-mismatch",
        "The image has no variant for the processor and system that it was pulled for.",
    ),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """A cause that the text proves, in one sentence."""

    check: str
    summary: str


def prove(features: Features, *, seen: Collection[str]) -> Proof | None:
    """The cause that the error alone proves; None where it leaves several. seen: checks that see their fault."""
    if features.family == "registry-error-response":
        # Docker Hub is also asked for an image that was meant to come from the credential's registry; an official
        # image beside such a credential is Docker Hub's all the same.
        elsewhere = "image-host-missing" in seen and "hub:official" not in features.marks
        return None if elsewhere or not _hub_said_so(features) else Proof("docker-hub-rate-limit", _LIMITED)
    if features.family == "identity-not-in-group" and "credential-identity-is-system-assigned" in seen:
        return Proof("credential-identity-is-system-assigned", _SYSTEM)
    if features.family == "os-mismatch":
        # An image for ARM processors is refused in the same words, but only ever for Linux.
        return Proof("image-os-mismatch", _NOT_WINDOWS) if features.specified_os == "windows" else None
    known = _BY_FAMILY.get(features.family)
    return Proof(*known) if known else None


_SYSTEM = "A registry credential counts on the system-assigned identity, with which images cannot be pulled."
_LIMITED = "Docker Hub answered with an error that asks to try again later: too many pulls from Azure's addresses."
_NOT_WINDOWS = "The image is not a Windows image, and the container group's osType is Windows."


def _hub_said_so(features: Features) -> bool:
    if features.registry is not None:
        return features.registry in DOCKER_HUB
    return features.host in {"hub", "hub-implied"}


def settle(
    findings: Iterable[Finding], proof: Proof | None, failure: PullFailure | None, evidence: Evidence
) -> tuple[Finding, ...]:
    """The findings with `confirmed` for nothing but what is proven, and with the proven cause among them."""
    settled = [finding if proof and finding.check == proof.check else _at_most_likely(finding) for finding in findings]
    if proof is None or any(finding.confirmed for finding in settled) or failure is None:
        return tuple(settled)
    verdict = Fail(
        summary=proof.summary,
        fix=Fix(text=TELLING[proof.check]),
        evidence=(error_fact(evidence, failure),),
    )
    own = next((place for place, finding in enumerate(settled) if finding.check == proof.check), None)
    if own is None:
        return (*settled, Finding(check=proof.check, verdict=verdict, docs=DOCS))
    settled[own] = replace(settled[own], verdict=verdict)
    return tuple(settled)


def _at_most_likely(finding: Finding) -> Finding:
    if not isinstance(finding.verdict, Fail):
        return finding
    masked = finding.check in _COMPARE_NAMES and any(
        is_masked(fact.value) for fact in finding.verdict.evidence if not fact.fact.startswith("Azure's error")
    )
    if masked:
        return replace(finding, verdict=Unknown("a name in what was given is masked, so names cannot be compared"))
    return replace(finding, verdict=replace(finding.verdict, confidence="likely"))
