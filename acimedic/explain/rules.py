"""By how much each mark of a text or definition makes a cause likelier (above 1) or less likely (below 1).

The facts behind the factors: an identity that no credential names is not used for pulls; pulls come from the
platform and not from the group's subnet; a user name and password never pass a registry's firewall; Docker Hub is
asked for an image without a host; container registries of Azure hold mostly images that their owner has built.
Sources: https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi and
https://learn.microsoft.com/azure/container-registry/allow-access-trusted-services
"""

from collections.abc import Mapping

__all__ = ["RULES"]


def _factors(text: str) -> Mapping[str, float]:
    words = text.split()
    return {check: float(factor) for check, factor in zip(words[::2], words[1::2], strict=True)}


_NETWORK = """
    username-credential-behind-firewall 3 trusted-services-disabled 3 private-endpoint-in-group-subnet 4
    service-endpoint-restricted-registry 4 private-registry-unreachable 1.5 private-dns-zone 2
"""
_NEVER_BY_IDENTITY = """
    username-credential-behind-firewall 0 credential-rejected .05 admin-user-disabled 0 token-disabled-or-expired 0
    token-scope-excludes-repository 0
"""
_HARDLY_BY_USER_NAME = """
    trusted-services-disabled .15 identity-not-found 0 pull-role-on-wrong-principal .1 vnet-injected-group 0
    pull-role-wrong-for-registry-mode .3 registry-refuses-arm-tokens 0 credential-identity-is-system-assigned 0
    credential-identity-needs-newer-api 0 credential-identity-not-on-group 0 credential-identity-for-non-acr 0
"""

RULES: Mapping[str, Mapping[str, float]] = {
    mark: _factors(text)
    for mark, text in {
        # the registry
        "host:acr": """
            image-format-unsupported .1 image-platform-mismatch .4 image-host-missing 0 docker-hub-rate-limit 0
            private-registry-unreachable 0 credential-identity-for-non-acr 0 image-not-found .6
        """,
        "host:hub-implied": """
            image-format-unsupported 1.6 image-not-found 1.6 image-host-missing 3 docker-hub-rate-limit 4
            credential-missing .25 credential-rejected .6 credential-server-mismatch .1
            private-registry-unreachable 0 registry-not-found 0
        """,
        "host:hub": """
            image-format-unsupported 1.6 image-not-found 1.6 image-host-missing 0 docker-hub-rate-limit 5
            credential-missing .4 private-registry-unreachable 0 registry-not-found 0
        """,
        "host:mcr": """
            credential-missing 0 credential-rejected .05 credential-server-mismatch 0 image-host-missing 0
            docker-hub-rate-limit 0 private-registry-unreachable 0 image-not-found 2 platform-transient 3
            image-format-unsupported .6 image-os-mismatch 3 registry-not-found 0
        """,
        "host:public": """
            image-format-unsupported 1.5 credential-missing .7 image-host-missing 0 docker-hub-rate-limit .05
            private-registry-unreachable .3 registry-not-found .3
        """,
        "host:private": """
            private-registry-unreachable 14 credential-missing .6 image-host-missing 0 docker-hub-rate-limit 0
            image-format-unsupported .6 credential-identity-for-non-acr 3 registry-not-found 2
        """,
        # the image's name
        "image:moved": "image-not-found 20",
        "image:windows": "image-os-mismatch 6 windows-version-unsupported 6",
        "image:other-processor": "image-platform-mismatch 12",
        "by:digest": "image-not-found 1.6 docker-hub-rate-limit .8",
        "by:latest": "image-format-unsupported 1.2 image-not-found .8",
        "hub:like-a-registry": "image-host-missing 5 image-format-unsupported .5 docker-hub-rate-limit .4",
        "hub:official": """
            image-host-missing .3 image-not-found .5 credential-missing .3 docker-hub-rate-limit 2
            platform-transient 2.5 credential-rejected 1.8
        """,
        "hub:nobody's": "image-host-missing 4 image-not-found 1.2 image-format-unsupported .3 docker-hub-rate-limit .4",
        "malformed:scheme": "image-reference-malformed 80",
        "malformed:braces": "image-reference-malformed 4",
        "malformed:variable": "image-reference-malformed 40",
        "malformed:expression": "image-reference-malformed 40",
        "malformed:blank-tag": "image-reference-malformed 60",
        "malformed:whitespace": "image-reference-malformed 30",
        "malformed:upper-case": "image-reference-malformed 20",
        "malformed:empty": "image-reference-malformed 60",
        "malformed:character": "image-reference-malformed 20",
        "malformed:host": "image-reference-malformed 20",
        "malformed:tag": "image-reference-malformed 30",
        "malformed:digest": "image-reference-malformed 30",
        "malformed:too-long": "image-reference-malformed 30",
        # the credential; people take theirs out before they paste, so its absence rules nothing out
        "credential:none": """
            credential-rejected .6 admin-user-disabled .6 credential-server-mismatch 0 credential-server-malformed 0
        """,
        "credential:none-though-private": "credential-missing 3",
        "credential:elsewhere": "credential-server-mismatch 25 image-host-missing 15 credential-missing 1.5",
        "credential:unclear": "credential-type-ambiguous 20 credential-rejected 3",
        "credential:password": f"""
            credential-missing .02 credential-server-mismatch .1 username-credential-behind-firewall 3.5
            credential-rejected 3.5 admin-user-disabled 3 pull-role-missing .7 pull-role-propagating .7
            token-disabled-or-expired 2 token-scope-excludes-repository 2 {_HARDLY_BY_USER_NAME}
        """,
        "credential:identity": f"""
            credential-missing .02 credential-server-mismatch .1 pull-role-missing 7 trusted-services-disabled 6
            pull-role-propagating 4 pull-role-wrong-for-registry-mode 5 pull-role-on-wrong-principal 4
            pull-role-condition-excludes-repository 4 identity-not-found 5 registry-refuses-arm-tokens 4
            registry-in-other-tenant 4 credential-identity-not-on-group 2 {_NEVER_BY_IDENTITY}
        """,
        "username:admin": "admin-user-disabled 2 username-credential-behind-firewall 1.3 pull-role-missing .2",
        "username:principal": """
            admin-user-disabled 0 credential-rejected 1.6 pull-role-missing 4 registry-in-other-tenant 2
            pull-role-propagating 2
        """,
        "username:short-lived": "credential-rejected 6 token-disabled-or-expired 4 admin-user-disabled 0",
        "username:other": "token-disabled-or-expired 5 token-scope-excludes-repository 5 admin-user-disabled .5",
        "password:empty": "credential-rejected 15",
        "identity:attached": "credential-missing 1.5 pull-role-missing 1.5 trusted-services-disabled 1.5",
        "identity:system": "credential-identity-is-system-assigned 6 credential-missing 1.3",
        "api:old": "credential-identity-needs-newer-api 60",
        # the rest of the definition
        "os:windows": "image-os-mismatch 4 windows-version-unsupported 8 image-platform-mismatch .3",
        "subnet": _NETWORK + "vnet-injected-group 2",
        # words around the error
        "said:network": _NETWORK,
        "said:private-zone": "private-dns-zone 15 username-credential-behind-firewall 2 trusted-services-disabled 2",
        "said:identity": """
            pull-role-missing 2.5 pull-role-propagating 1.6 trusted-services-disabled 2 credential-missing 1.2
            pull-role-wrong-for-registry-mode 2 admin-user-disabled .5 credential-rejected .6
            credential-identity-needs-newer-api 2
        """,
        "said:system-identity": "credential-identity-is-system-assigned 25",
        "said:abac": "pull-role-wrong-for-registry-mode 12 pull-role-condition-excludes-repository 6",
        "said:role": "pull-role-missing 2.5 pull-role-propagating 2 pull-role-wrong-for-registry-mode 1.5",
        "said:new-right": "pull-role-propagating 8 platform-transient 2.5",
        "said:pulls-elsewhere": "image-format-unsupported 2.5 image-platform-mismatch 2 image-not-found .3",
        "said:build-form": "image-format-unsupported 12 image-platform-mismatch 5",
        "said:other-processor": "image-platform-mismatch 12 image-format-unsupported 1.5 image-os-mismatch .4",
        "said:sudden": """
            platform-transient 7 docker-hub-rate-limit 2 image-format-unsupported 1.4 credential-rejected 1.4
        """,
        "said:admin": "admin-user-disabled 4 username-credential-behind-firewall 1.2",
        "said:own-registry": "private-registry-unreachable 20",
        # a virtual node is always in a virtual network, and hands on no more than imagePullSecrets
        "said:kubernetes": "credential-missing 1.6 username-credential-behind-firewall 2 trusted-services-disabled 2",
        "said:docker-context": "credential-missing 2 credential-rejected 1.5",
        "said:machine-learning": "admin-user-disabled 6 credential-rejected 1.5 image-not-found 1.3",
        "said:credential": "credential-rejected 1.6 credential-missing .8",
        "said:expiry": "credential-rejected 4 pull-role-missing 1.3 token-disabled-or-expired 3",
        "said:restart": "credential-rejected 3 image-not-found 1.3 token-disabled-or-expired 2",
        "said:gone": "image-not-found 5",
        "said:other-tenant": "registry-in-other-tenant 25",
        "said:limits": "docker-hub-rate-limit 6 registry-throttled 6",
        "said:token": "token-disabled-or-expired 8 token-scope-excludes-repository 8",
        "said:big": "image-too-large 20",
        "said:windows": "image-os-mismatch 4 windows-version-unsupported 6 image-platform-mismatch .3",
        "error:timeout": "platform-transient 4 image-too-large 10 image-not-found .5",
    }.items()
}
