"""What a person writes around an error, as far as it tells of the cause.

The service's own sentences are taken out first: "Please check the image and registry credential" stands in
every report and tells nothing.
"""

import re

__all__ = ["marks_of_words"]

_LONGEST = 60_000
_OWN_WORDS = re.compile(r"Please check the image and registry credential|imageRegistryCredentials'", re.IGNORECASE)

_WORDS = tuple(
    (mark, re.compile(pattern, re.IGNORECASE))
    for mark, pattern in (
        (
            "said:network",
            r"private[ -]?(?:endpoint|link|network)|public ?network ?access|selected networks|firewall|"
            r"\bv-?net\b|virtual network|\bsubnet|service endpoint|--vnet|--subnet|allowed access",
        ),
        ("said:private-zone", r"private dns|privatelink\.azurecr|dns zone"),
        (
            "said:identity",
            r"managed[ -]?identit|user[ -]?assigned|--acr-identity|--assign-identity|acrpull|\bUAMI\b|\bMSI\b",
        ),
        ("said:system-identity", r"system[ -]?assigned"),
        ("said:abac", r"\bABAC\b|AbacRepositoryPermissions|repository reader|role assignment mode"),
        ("said:role", r"role assignment|\bRBAC\b|acrpull|\b(?:owner|contributor|reader) role"),
        (
            "said:new-right",
            r"just (?:assigned|created|granted|added)|right after|seconds (?:ago|later)|same (?:template|script|run)"
            r"|(?:second|next) (?:run|try|attempt|time).{0,20}work|work.{0,30}(?:second|next) (?:run|try|attempt|time)"
            r"|re-?run|propagat",
        ),
        (
            "said:pulls-elsewhere",
            r"docker (?:pull|run)\b.{0,60}(?:work|fine|succe)|(?:can|able to) (?:be )?pull"
            r"|pulls? (?:it )?(?:fine|locally)|works? (?:fine )?(?:locally|with docker)",
        ),
        (
            "said:build-form",
            r"buildx|buildkit|provenance|attestation|\bsbom\b|oci[. ](?:image[. ])?(?:index|manifest|artifact)"
            r"|manifest list|build-push-action|\boras\b|\bkaniko\b|\bpodman\b|\bbuildah\b|image\.index\.v1",
        ),
        (
            "said:other-processor",
            r"\barm64\b|\baarch64\b|apple (?:silicon|m[1-4])|\bm[1-4] (?:mac|chip)|raspberry|macbook"
            r"|linux/arm|--platform",
        ),
        (
            "said:sudden",
            r"yesterday|\btoday\b|this morning|last night|overnight|suddenly|all of a sudden|since (?:today|last|this)"
            r"|without (?:any )?change|nothing (?:has )?changed|(?:used to|was|were) work"
            r"|worked (?:fine )?(?:before|until)|many deployments|intermittent|sometimes"
            r"|all (?:our |my |the )?(?:pipelines|deployments|groups|containers)",
        ),
        ("said:admin", r"admin[ _-]?user|adminUserEnabled|admin account|--admin-enabled|admin_enabled"),
        (
            "said:own-registry",
            r"on-?prem|self-?hosted registry|artifactory|\bjfrog\b|\bnexus\b|\bharbor\b|own registry"
            r"|registry (?:on|in) (?:a |our |my )?(?:vm|virtual machine)|gitlab registry",
        ),
        (
            "said:kubernetes",
            r"imagePullSecrets|virtual[ -]?kubelet|virtual[ -]?node|\baks\b|ImagePullBackOff|ErrImagePull|\bkubelet\b"
            r"|helm\b|kubectl",
        ),
        (
            "said:docker-context",
            r"docker compose (?:up|run)|docker context|compose-cli|automatically login|aci context|docker login azure",
        ),
        (
            "said:machine-learning",
            r"azure ?ml\b|azureml|machine learning|ACI Service request failed|AciWebservice|model deployment",
        ),
        (
            "said:credential",
            r"--registry-(?:username|password|login-server)|image_registry_credential|registry_login|docker login"
            r"|registryPassword|password",
        ),
        ("said:expiry", r"service principal|client secret|\bexpired?\b|\bexpir(?:y|ation)|rotat|appId|spn\b"),
        (
            "said:restart",
            r"restart(?:ing)? the container group|failed to (?:re)?start the container|containers? restart",
        ),
        (
            "said:gone",
            r"no longer (?:exist|available)|was (?:removed|deleted|renamed)|empty registry|not (?:been )?pushed",
        ),
        ("said:other-tenant", r"(?:other|another|different|cross)[ -]?tenant|tenant b\b"),
        ("said:limits", r"rate limit|toomanyrequests|too many requests|\b429\b|docker hub limit"),
        ("said:token", r"scope[- ]?map|repository[- ]scoped|acr token"),
        ("said:big", r"\b(?:1[5-9]|[2-9]\d) ?GB\b|image size|too large|large image"),
        ("said:windows", r"windows (?:container|server|image)|nanoserver|ltsc20\d\d"),
    )
)


def marks_of_words(text: str) -> frozenset[str]:
    """What the words around an error suggest, each as a mark that the rules weigh."""
    around = _OWN_WORDS.sub(" ", text[:_LONGEST])
    return frozenset(mark for mark, pattern in _WORDS if pattern.search(around))
