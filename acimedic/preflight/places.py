"""Which property of a container group a finding is about (pure)."""

import re
from typing import TypeAlias

from acimedic.model.definition import Container, Definition
from acimedic.model.diagnosis import Finding
from acimedic.model.reading import Gap
from acimedic.model.verdict import Fail

Steps: TypeAlias = tuple[str | int, ...]
"""The way from the resource to one of its properties."""

_CREDENTIALS: Steps = ("properties", "imageRegistryCredentials")
_CREDENTIAL = re.compile(r"imageRegistryCredentials\[(\d{1,4})\](?:\.(\w{1,30}))?")
_FIXED: dict[str, Steps] = {
    "credential-count-exceeds-containers": _CREDENTIALS,
    "credential-identity-needs-newer-api": ("apiVersion",),
    "vnet-injected-group": ("properties", "subnetIds"),
    "private-dns-zone": ("properties", "subnetIds"),
    "private-endpoint-in-group-subnet": ("properties", "subnetIds"),
    "windows-version-unsupported": ("properties", "osType"),
}
_OF_THE_CREDENTIAL: dict[str, str] = {
    "admin-user-disabled": "username",
    "credential-identity-for-non-acr": "identity",
    "credential-rejected": "username",
    "identity-not-found": "identity",
    "pull-denied-by-deny-assignment": "identity",
    "pull-role-condition-excludes-repository": "identity",
    "pull-role-missing": "identity",
    "pull-role-on-wrong-principal": "identity",
    "pull-role-propagating": "identity",
    "pull-role-wrong-for-registry-mode": "identity",
    "registry-in-other-tenant": "identity",
    "registry-refuses-arm-tokens": "identity",
    "token-disabled-or-expired": "username",
    "token-scope-excludes-repository": "username",
    "username-credential-behind-firewall": "username",
}


def culprit(finding: Finding, definition: Definition) -> Steps:
    """The property that the finding blames; what it is about where it blames nothing."""
    if finding.check in _FIXED:
        return _FIXED[finding.check]
    credential = _named_credential(finding) or _served_credential(finding)
    if credential is not None:
        return credential
    if finding.pull is not None and finding.pull.container is not None:
        return _image(finding.pull.container, definition)
    return ("properties",)


def _named_credential(finding: Finding) -> Steps | None:
    """The first entry of imageRegistryCredentials that the evidence names, where the check is about entries."""
    if not finding.check.startswith("credential-") or not isinstance(finding.verdict, Fail):
        return None
    for fact in finding.verdict.evidence:
        found = _CREDENTIAL.match(fact.fact)
        if found is not None:
            return (*_CREDENTIALS, int(found[1]), *((found[2],) if found[2] else ()))
    return None


def _served_credential(finding: Finding) -> Steps | None:
    """The property of the entry that serves the image, where the check is about that entry."""
    name = _OF_THE_CREDENTIAL.get(finding.check)
    if name is None or finding.pull is None:
        return None
    credential = finding.pull.credential
    return None if credential is None or isinstance(credential, Gap) else (*_CREDENTIALS, credential.index, name)


def _image(container: Container, definition: Definition) -> Steps:
    known = () if isinstance(definition.containers, Gap) else definition.containers
    alike = [item for item in known if item.init == container.init]
    kind = "initContainers" if container.init else "containers"
    at = next((at for at, item in enumerate(alike) if item is container), None)
    return ("properties", kind) if at is None else ("properties", kind, at, "properties", "image")
