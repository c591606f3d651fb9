"""How often each cause stood behind an error of each family, before anything else is looked at.

For `InaccessibleImage` the weights count public reports whose cause became known (48 of them: credential missing
12, the image's form 10, tag or repository missing 5, reference wrong 4, the registry's network 4, credential
wrong 3, role 2, admin account 2, right still propagating 2, the rest single). A number below one stands for a
cause that is documented and was in none of these reports. For the other families the service's own
documentation says what they mean:
https://learn.microsoft.com/troubleshoot/azure/azure-container-instances/management/acr-image-pull-failures-managed-identity
"""

from collections.abc import Mapping

__all__ = ["ACR_ONLY", "CATALOGUE", "prior"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CATALOGUE = (
    *("image-reference-malformed", "image-host-missing", "credential-server-missing", "credential-server-malformed"),
    *("credential-type-ambiguous", "credential-count-exceeds-containers", "credential-identity-needs-newer-api"),
    *("credential-identity-is-system-assigned", "credential-identity-not-on-group", "credential-identity-for-non-acr"),
    *("credential-missing", "credential-server-mismatch", "vnet-injected-group", "private-dns-zone"),
    *("private-endpoint-in-group-subnet", "windows-version-unsupported", "private-registry-unreachable"),
    *("registry-not-found", "registry-in-other-cloud", "registry-unhealthy", "trusted-services-disabled"),
    *("username-credential-behind-firewall", "service-endpoint-restricted-registry", "identity-not-found"),
    *("registry-in-other-tenant", "pull-role-on-wrong-principal", "pull-role-wrong-for-registry-mode"),
    *("pull-role-condition-excludes-repository", "pull-role-missing", "pull-denied-by-deny-assignment"),
    *("pull-role-propagating", "registry-refuses-arm-tokens", "admin-user-disabled", "token-disabled-or-expired"),
    *("token-scope-excludes-repository", "credential-rejected", "image-not-found", "image-quarantined"),
    *("image-os-mismatch", "image-platform-mismatch", "image-format-unsupported", "image-too-large"),
    *("docker-hub-rate-limit", "registry-throttled", "platform-transient"),
)
"""Every cause, in the order of the catalogue, which also settles ties."""

ACR_ONLY = _words(
    """
    registry-in-other-cloud registry-unhealthy trusted-services-disabled username-credential-behind-firewall
    service-endpoint-restricted-registry identity-not-found registry-in-other-tenant pull-role-on-wrong-principal
    pull-role-wrong-for-registry-mode pull-role-condition-excludes-repository pull-role-missing
    pull-denied-by-deny-assignment pull-role-propagating registry-refuses-arm-tokens admin-user-disabled
    token-disabled-or-expired token-scope-excludes-repository image-quarantined registry-throttled
    private-dns-zone private-endpoint-in-group-subnet vnet-injected-group credential-identity-is-system-assigned
    credential-identity-needs-newer-api credential-identity-not-on-group
    """
)
"""Causes that only an Azure container registry, or a pull with an identity, can have."""


def _weights(text: str) -> Mapping[str, float]:
    words = text.split()
    return {check: float(weight) for check, weight in zip(words[::2], words[1::2], strict=True)}


_INACCESSIBLE = _weights(
    """
    credential-missing 12  image-format-unsupported 8  image-not-found 5  image-platform-mismatch 2
    username-credential-behind-firewall 3.3  trusted-services-disabled 1.4  credential-rejected 3
    image-reference-malformed 1  image-host-missing 2  pull-role-missing 2.2  admin-user-disabled 2
    pull-role-propagating 2  platform-transient 1.5  private-registry-unreachable 1  docker-hub-rate-limit 1
    credential-server-mismatch 1  pull-role-wrong-for-registry-mode .7  registry-not-found .5
    token-disabled-or-expired .3  token-scope-excludes-repository .2  registry-throttled .2  image-quarantined .1
    registry-in-other-tenant .2  registry-refuses-arm-tokens .1  credential-identity-is-system-assigned .3
    credential-identity-needs-newer-api .2  identity-not-found .1  pull-role-on-wrong-principal .3
    pull-role-condition-excludes-repository .2  pull-denied-by-deny-assignment .05
    service-endpoint-restricted-registry .2  private-endpoint-in-group-subnet .1  registry-unhealthy .1
    credential-identity-for-non-acr .1  private-dns-zone .1  registry-in-other-cloud .05  image-os-mismatch .2
    image-too-large .1  vnet-injected-group .05  windows-version-unsupported .1  credential-server-malformed .1
    credential-identity-not-on-group .2
    """
)

_OF_FAMILY: Mapping[str, Mapping[str, float]] = {
    "registry-error-response": _weights(
        "docker-hub-rate-limit 20 image-host-missing 3 registry-throttled 1 credential-missing .8 platform-transient .7"
    ),
    "identity-not-supported-in-credential": _weights("credential-identity-needs-newer-api 20"),
    "ambiguous-credential": _weights("credential-type-ambiguous 20"),
    "identity-not-in-group": _weights(
        "credential-identity-not-on-group 12 credential-identity-is-system-assigned 4 identity-not-found .5"
    ),
    "too-many-credentials": _weights("credential-count-exceeds-containers 20"),
    "invalid-server": _weights("credential-server-malformed 20"),
    "server-missing": _weights("credential-server-missing 20"),
    "credential-request-invalid": _weights(
        "credential-server-missing 5 credential-type-ambiguous 4 credential-server-malformed 3 credential-rejected 2"
    ),
    "image-request-invalid": _weights("image-reference-malformed 20"),
    "username-invalid": _weights("credential-rejected 20"),
    "password-invalid": _weights("credential-rejected 20"),
    "os-mismatch": _weights("image-platform-mismatch 9 image-os-mismatch 9 image-format-unsupported 2"),
    "os-version-unsupported": _weights("windows-version-unsupported 20"),
    "identity-not-supported-on-windows": _weights(
        "credential-identity-needs-newer-api 6 credential-identity-is-system-assigned 3 vnet-injected-group .5"
    ),
    "admin-user-disabled": _weights("admin-user-disabled 20"),
    "exec-format": _weights("image-platform-mismatch 20 image-os-mismatch .5"),
    "pull-event:firewall": _weights(
        "username-credential-behind-firewall 6 trusted-services-disabled 5 service-endpoint-restricted-registry .7"
    ),
    "pull-event:unauthorized": _weights(
        """
        credential-missing 8 credential-rejected 5 pull-role-missing 4 pull-role-propagating 2 admin-user-disabled 1.5
        pull-role-wrong-for-registry-mode 1 token-disabled-or-expired .5 credential-server-mismatch 1
        registry-refuses-arm-tokens .2 pull-role-on-wrong-principal .4 registry-in-other-tenant .2
        image-host-missing .5 username-credential-behind-firewall .5 pull-role-condition-excludes-repository .3
        token-scope-excludes-repository .4 image-not-found .3
        """
    ),
    "pull-event:token-validation": _weights(
        "registry-refuses-arm-tokens 10 credential-rejected 2 pull-role-propagating 1"
    ),
    "pull-event:manifest-unknown": _weights("image-not-found 20 image-quarantined 1 image-format-unsupported .8"),
    "pull-event:name-unknown": _weights("image-not-found 20 image-host-missing 1 image-reference-malformed .5"),
    "pull-event:disallowed": _weights("image-quarantined 10 image-not-found 3"),
    "pull-event:rate-limit": _weights("docker-hub-rate-limit 20 registry-throttled 1"),
    "pull-event:throttled": _weights("registry-throttled 10 docker-hub-rate-limit 5 platform-transient 1"),
    "pull-event:denied-or-absent": _weights(
        """
        image-not-found 8 credential-missing 7 image-host-missing 4 credential-rejected 2 pull-role-missing 1.5
        pull-role-condition-excludes-repository .5 token-scope-excludes-repository .5 pull-denied-by-deny-assignment .2
        """
    ),
    "pull-event:dns": _weights(
        "registry-not-found 8 private-dns-zone 5 private-registry-unreachable 4 platform-transient 2"
    ),
    "pull-event:timeout": _weights(
        """
        platform-transient 5 username-credential-behind-firewall 3 private-registry-unreachable 3 image-too-large 3
        trusted-services-disabled 1.5
        """
    ),
    "pull-event:unreachable": _weights(
        "private-registry-unreachable 6 platform-transient 4 username-credential-behind-firewall 3 registry-not-found 1"
    ),
    "pull-event:no-matching-platform": _weights("image-platform-mismatch 20 image-os-mismatch 2"),
}


def prior(family: str) -> Mapping[str, float]:
    """The weight of each cause that an error of this family can have."""
    return _OF_FAMILY.get(family, _INACCESSIBLE)
