"""Which errors prove a failed pull, which prove something else, and which prove nothing."""

# ruff: noqa: E501  (errors are quoted whole)

import json

import pytest

from acimedic.errors import OtherFailure, PullFailure, Unclear, classify, is_masked, parse
from acimedic.model.error import ErrorChain

GROUP = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerInstance/containerGroups/"
STORAGE = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st"


def _error(code: str | None, message: str = "", target: str | None = None, **more: object) -> dict[str, object]:
    return {"code": code, "message": message, "target": target, **more}


def _not_accessible(group: str = "cg") -> str:
    return f"The image 'a.azurecr.io/x:1' in container group '{group}' is not accessible."


def _deployment(*details: dict[str, object]) -> ErrorChain:
    return parse(
        {"error": _error("DeploymentFailed", "At least one resource deployment operation failed.", details=details)}
    )


FAMILIES = [
    ("InaccessibleImage", "", "inaccessible-image"),
    ("inaccessibleimage", "", "inaccessible-image"),
    ("RegistryErrorResponse", "", "registry-error-response"),
    ("InvalidImageRegistryCredentialType", "", "identity-not-supported-in-credential"),
    ("AmbiguousImageResitryCredentialType", "", "ambiguous-credential"),
    ("AmbiguousImageRegistryCredentialType", "", "ambiguous-credential"),
    ("InvalidImageRegistryIdentity", "", "identity-not-in-group"),
    ("MoreImageRegistryCredentialsThanContainers", "", "too-many-credentials"),
    ("InvalidImageRegistryServer", "", "invalid-server"),
    ("InvalidImageRegistryUsername", "", "username-invalid"),
    ("InvalidImageRegistryPassword", "", "password-invalid"),
    ("InvalidImageRegistrySomethingNew", "", "credential-request-invalid"),
    ("ImageOsTypeNotMatchContainerGroup", "", "os-mismatch"),
    ("OsVersionNotSupported", "", "os-version-unsupported"),
    ("UnsupportedWindowsVersion", "", "os-version-unsupported"),
    ("IdentityNotSupportedOnWindows", "", "identity-not-supported-on-windows"),
    ("UnAuthorizedForCredentialOperations", "", "admin-user-disabled"),
    (None, _not_accessible(), "inaccessible-image"),
    ("BadRequest", _not_accessible(), "inaccessible-image"),
    (
        None,
        "An error response is received from the docker registry 'index.docker.io'. Please retry later.",
        "registry-error-response",
    ),
    (
        None,
        "Identity in 'imageRegistryCredentials' of container group 'cg' is not supported.",
        "identity-not-supported-in-credential",
    ),
    (
        None,
        "The identity in the 'imageRegistryCredentials' of container group 'cg' not found in container group identity list.",
        "identity-not-in-group",
    ),
    (
        None,
        "The server '' in the 'imageRegistryCredentials' of container group 'cg' is invalid. It should be a valid host name without protocol.",
        "invalid-server",
    ),
    (None, "The container image 'x' doesn't support specified OS 'Linux' for container group 'cg'.", "os-mismatch"),
    (None, "The OS version of image 'x' is not supported.", "os-version-unsupported"),
    (None, 'Failed to pull image "x": rpc error: code = Unknown', "pull-event"),
    (None, "standard_init_linux.go:228: exec user process caused: exec format error", "exec-format"),
    (
        "InvalidRequestContent",
        "'Required property 'server' not found in JSON. Path 'properties.imageRegistryCredentials[0]', line 1, position 586.'",
        "server-missing",
    ),
    (
        "InvalidRequestContent",
        "'Could not find member 'x'. Path 'properties.imageRegistryCredentials[0].x', line 1, position 5.'",
        "credential-request-invalid",
    ),
    (
        "InvalidRequestContent",
        "'Error converting value. Path 'properties.containers[1].properties.image', line 1, position 5.'",
        "image-request-invalid",
    ),
]

KINDS = [
    ("ContainerGroupQuotaReached", "", "quota"),
    (None, "container group quota 'StandardCores' exceeded in region 'eastus'. Limit: '10'", "quota"),
    (
        "ServiceUnavailable",
        "The requested resource is not available in the location 'westus' at this moment.",
        "capacity",
    ),
    (
        "Failed",
        "The requested resource with '2' CPU is not available in the location 'westus' at this moment.",
        "capacity",
    ),
    ("RequestDisallowedByPolicy", "Resource 'cg' was disallowed by policy.", "policy"),
    ("MissingSubscriptionRegistration", "", "provider-not-registered"),
    (
        None,
        "The subscription is not registered to use namespace 'Microsoft.ContainerInstance'.",
        "provider-not-registered",
    ),
    (None, "The DNS name label 'a' in container group 'cg' not available. Try using a different label.", "dns-label"),
    ("SubnetMissingRequiredDelegation", "", "subnet-delegation"),
    (
        None,
        "Subnet missing required delegation 'Microsoft.ContainerInstance' for container group 'cg'.",
        "subnet-delegation",
    ),
    ("NetworkProfileNotFound", "", "network-config"),
    (
        "SubnetIsFull",
        "Subnet s with address prefix 10.0.0.0/24 does not have enough capacity for 1 IP addresses.",
        "network-config",
    ),
    (None, "Failed to mount Azure File Volume.", "volume-mount"),
    ("CannotAccessStorageAccount", "", "volume-mount"),
    ("InvalidOsType", "The 'osType' for container group '<null>' is invalid.", "request-invalid"),
    (
        "InvalidContainerPorts",
        "The ports '0' are invalid for container 'c' in container group 'cg'.",
        "request-invalid",
    ),
    ("InvalidSomethingNew", "The something in container group 'cg' is wrong.", "request-invalid"),
    (
        "InvalidRequestContent",
        "'Could not find member 'x'. Path 'properties.containers[0].properties.ports', line 1'",
        "request-invalid",
    ),
    ("ContainerGroupTransitioning", "", "transitioning"),
    (None, "Back-off restarting failed container", "container-crash"),
    ("CrashLoopBackOff", "", "container-crash"),
    ("InvalidTemplate", "Deployment template validation failed: 'x'.", "template"),
    ("AuthorizationFailed", "The client does not have authorization to perform action 'x'.", "other"),
    ("LinkedAuthorizationFailed", "", "other"),
    ("NeverSeenBefore", "Something specific.", "other"),
]


@pytest.mark.parametrize(("code", "message", "family"), FAMILIES)
def test_a_failed_pull_is_known_by_code_or_words(code: str | None, message: str, family: str) -> None:
    """A code of the family proves it; where it is missing or only a wrapper, the words do."""
    verdict = classify(parse({"error": _error(code, message or "x")}))
    assert isinstance(verdict, PullFailure)
    assert verdict.family == family


@pytest.mark.parametrize(("code", "message", "kind"), KINDS)
def test_another_failure_has_its_kind(code: str | None, message: str, kind: str) -> None:
    """A specific code that is neither of the family nor a wrapper proves another kind."""
    verdict = classify(parse({"error": _error(code, message or "x")}))
    assert isinstance(verdict, OtherFailure)
    assert verdict.kind == kind


@pytest.mark.parametrize(
    "payload",
    [
        "",
        " \n",
        None,
        {},
        [],
        "BadRequest",
        "Conflict",
        "409 Conflict",
        "ServiceUnavailable",
        "ProviderFailed",
        "(InternalServerError) An unexpected error occurred.\nCode: InternalServerError",
        {"error": {"code": "500", "message": "x"}},
        {"error": _error("DeploymentFailed", "At least one resource deployment operation failed.")},
        {
            "error": _error(
                "ResourceDeploymentFailure",
                "The resource provision operation did not complete within the allowed timeout period.",
            )
        },
        {"error": _error("GatewayTimeout", "The gateway did not receive a response.")},
        {"error": _error("TooManyRequests", "x")},
        "Deployment failed. Correlation ID:[ id ]. Operation failed with status: 200. Details: Resource state Failed.",
    ],
)
def test_wrappers_http_names_and_time_outs_prove_nothing(payload: object) -> None:
    """InternalServerError, a bare HTTP status and time-outs are undetermined."""
    assert isinstance(classify(parse(payload)), Unclear)


def test_of_several_failures_the_groups_pull_wins() -> None:
    """A failed pull goes before another resource's failure and before another failure of a group."""
    chain = _deployment(
        _error("StorageAccountAlreadyTaken", "The storage account is taken.", STORAGE),
        _error("ContainerGroupQuotaReached", "quota exceeded", GROUP + "other"),
        _error("InaccessibleImage", _not_accessible(), GROUP + "cg"),
    )
    verdict = classify(chain)
    assert isinstance(verdict, PullFailure)
    assert verdict.link.target == GROUP + "cg"
    assert chain.code == "InaccessibleImage"
    assert chain.container_group == GROUP + "cg"


def test_another_resources_failure_is_no_pull_failure() -> None:
    """Words about an image that belong to another resource prove nothing about a container group."""
    app = STORAGE.replace("Microsoft.Storage/storageAccounts", "Microsoft.App/containerApps")
    verdict = classify(_deployment(_error("ContainerAppOperationError", "Failed to pull image", app)))
    assert isinstance(verdict, OtherFailure)
    assert verdict.kind == "other-resource"


def test_the_groups_own_internal_error_goes_before_another_resources_failure() -> None:
    """What failed beside the group does not say why the group failed."""
    chain = _deployment(_error("ResourceNotFound", "x", STORAGE), _error("InternalServerError", "x", GROUP + "cg"))
    assert isinstance(classify(chain), Unclear)


def test_a_chain_can_be_limited_to_one_group() -> None:
    """Each group of a deployment gets its own image and its own verdict; the wrapper stays."""
    chain = _deployment(
        _error("InaccessibleImage", "The image 'one' in container group 'a' is not accessible.", GROUP + "a"),
        _error("ContainerGroupQuotaReached", "quota exceeded", GROUP + "b"),
        _error("StorageAccountAlreadyTaken", "taken", STORAGE),
        _error("InaccessibleImage", "The image 'three' in container group 'C' is not accessible."),
    )
    a, b, c = chain.for_group(GROUP.upper() + "A"), chain.for_group("b"), chain.for_group("c")
    assert a.codes == ("DeploymentFailed", "InaccessibleImage")
    assert (a.image, a.images) == ("one", ("one",))
    assert isinstance(classify(b), OtherFailure)
    assert c.image == "three"


def test_a_group_that_nothing_names_keeps_what_names_no_other() -> None:
    """An error without a group's name may be about any."""
    chain = parse({"error": _error("InvalidImageRegistryServer", "x")})
    assert chain.for_group("cg").code == "InvalidImageRegistryServer"


def test_joined_events_are_taken_apart() -> None:
    """A time-out's message joins the containers' events."""
    events = 'pulling image "x:1";Failed to pull image "x:1": rpc error: no; really;Back-off pulling image "x:1"'
    chain = _deployment(_error("ResourceOperationFailure", events))
    assert [link.message for link in chain.links[2:]] == [
        'pulling image "x:1"',
        'Failed to pull image "x:1": rpc error: no; really',
        'Back-off pulling image "x:1"',
    ]
    verdict = classify(chain)
    assert isinstance(verdict, PullFailure)
    assert verdict.family == "pull-event"
    assert verdict.link.message.startswith("Failed to pull")


def test_a_pull_that_succeeded_later_is_not_the_failure() -> None:
    """A crash after a pull that succeeded at the second try is a crash."""
    events = 'Failed to pull image "x:1": no;pulling image "x:1";Successfully pulled image "x:1";Back-off restarting failed container'
    verdict = classify(parse(events))
    assert isinstance(verdict, OtherFailure)
    assert verdict.kind == "container-crash"


def test_events_of_a_shown_group_are_read_in_the_order_in_which_they_happened() -> None:
    """`az container show` lists them in any order."""
    pulled = {"name": "Pulled", "message": 'Successfully pulled image "x"', "type": "Normal", "lastTimestamp": "2"}
    failed = {"name": "Failed", "message": 'Failed to pull image "x": no', "type": "Warning", "lastTimestamp": "1"}
    view = {"events": [pulled, failed], "currentState": {"state": "Terminated", "exitCode": 1, "detailStatus": "Error"}}
    verdict = classify(parse({"id": GROUP + "cg", "containers": [{"instanceView": view}]}))
    assert isinstance(verdict, OtherFailure)
    assert verdict.kind == "container-crash"


def test_a_registrys_own_words_are_a_failed_pull() -> None:
    """`errors[]` with codes in capitals."""
    chain = parse({"errors": [{"code": "UNAUTHORIZED", "message": "authentication required", "detail": None}]})
    assert isinstance(classify(chain), PullFailure)


def test_codes_are_told_once_and_compared_in_any_case() -> None:
    """Outermost first."""
    chain = parse(
        {"error": _error("DeploymentFailed", "x", details=[_error("deploymentfailed", "y"), _error("Abc", "z")])}
    )
    assert chain.codes == ("DeploymentFailed", "Abc")
    assert chain.has_code("ABC")
    assert not chain.has_code("Abcd")


@pytest.mark.parametrize(
    "text", ["<image>", "XXXX", "***.azurecr.io/x", "...", "###obfuscated###.azurecr.io/x", "[REDACTED]"]
)
def test_masks_are_recognised(text: str) -> None:
    """Names that a person has hidden."""
    assert is_masked(text)


@pytest.mark.parametrize("text", ["nginx:1.25", "a.azurecr.io/maxx/xx:1", "my-app", json.dumps("x")])
def test_names_are_no_masks(text: str) -> None:
    """Ordinary names are taken as they are."""
    assert not is_masked(text)
