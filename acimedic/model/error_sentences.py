"""What Azure's error messages say: a message decides where the code is missing or only a wrapper.

The sentences are those of the service as recorded in public reports; images are quoted with ' in
control-plane errors and with " in container events.
"""

import re
from functools import lru_cache

__all__ = ["Sentence", "family_of_sentence", "groups_in", "images_in", "is_generic", "kind_of_sentence"]

_LONGEST = 6_000
"""A message is judged by its beginning: no sentence of the service is nearly as long."""

Sentence = tuple[str, "re.Pattern[str]"]


def _table(rows: tuple[tuple[str, str], ...]) -> tuple[Sentence, ...]:
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in rows)


_PATH = r"Path '?\\?'?properties\."
_FAMILIES = _table(
    (
        ("server-missing", rf"Required property 'server' not found.{{0,60}}{_PATH}imageRegistryCredentials"),
        ("credential-request-invalid", rf"{_PATH}imageRegistryCredentials"),
        ("image-request-invalid", rf"{_PATH}(?:initC|c)ontainers\[\d+\]\.properties\.image\b"),
        ("image-request-invalid", rf"Required property 'image' not found.{{0,60}}{_PATH}(?:initC|c)ontainers"),
        (
            "inaccessible-image",
            r"image ?(?:is )?not ?accessible|['\"] in container group ['\"][^'\"]{0,200}['\"] is not acc",
        ),
        ("inaccessible-image", r"\bimage ['\"][^'\"]{0,600}['\"] in container group ['\"]"),
        ("registry-error-response", r"error response is received from the docker registry"),
        ("identity-not-supported-in-credential", r"Identity in 'imageRegistryCredentials'.{0,200}is not supported"),
        ("ambiguous-credential", r"registry credential type in the 'imageRegistryCredentials'"),
        ("ambiguous-credential", r"set exactly one of username or identity"),
        ("identity-not-in-group", r"identity in the 'imageRegistryCredentials'.{0,200}not found"),
        ("too-many-credentials", r"More image registry credentials"),
        ("invalid-server", r"\bserver .{0,400}in the 'imageRegistryCredentials'|valid host name without protocol"),
        ("username-invalid", r"\buser ?name\b.{0,200}in the 'imageRegistryCredentials'"),
        ("password-invalid", r"\bpassword\b.{0,200}in the 'imageRegistryCredentials'"),
        ("os-mismatch", r"container image .{0,600}(?:doesn.{1,6}t|does not) support specified OS"),
        ("os-version-unsupported", r"OS version of image .{0,600}is not supported|Unsupported windows image version"),
        ("identity-not-supported-on-windows", r"identity is not supported for Windows container groups"),
        ("admin-user-disabled", r"credential operations.{0,400}admin user is disabled"),
        ("exec-format", r"exec format error"),
        ("pull-event", r"Failed to pull image|Back-?off pulling image|ErrImagePull|ImagePullBackOff"),
        (
            "pull-event",
            r"denied: client with IP|unauthorized: authentication required|manifest unknown|MANIFEST_UNKNOWN",
        ),
        (
            "pull-event",
            r"pull access denied|toomanyrequests:|no matching manifest for|unknown: The operation is disallowed",
        ),
    )
)

_KINDS = _table(
    (
        ("transitioning", r"is still transitioning"),
        ("provider-not-registered", r"not registered to use namespace|subscription .{0,80}is not registered"),
        ("policy", r"disallowed by (?:policy|Azure)\b"),
        ("quota", r"\bquota\b.{0,120}\bexceed|exceed\w{0,3}\b.{0,120}\bquota\b"),
        (
            "subnet-delegation",
            r"required delegation|must be delegated|(?:not|isn.{1,3}t) delegated|subnet\b.{0,300}\bdelegat",
        ),
        (
            "network-config",
            r"subnet\b.{0,200}does not have enough capacity|network profile\b.{0,400}(?:invalid|not found)",
        ),
        ("network-config", r"virtual network is not supported|IP address type .{0,100}(?:invalid|not supported)"),
        ("network-config", r"(?:subnet|virtual network) .{0,300}(?:does not exist|was not found|could not be found)"),
        (
            "capacity",
            r"requested resource.{0,120}not available in the location|InsufficientCapacity|insufficient capacity",
        ),
        ("dns-label", r"DNS name label"),
        ("volume-mount", r"Failed to mount|MountVolume|CannotAccessStorageAccount|cannot access storage account"),
        ("volume-mount", r"FailedMount\w{0,40}|azure file .{0,200}(?:does not exist|not found|access)|mount error"),
        ("container-crash", r"CrashLoopBackOff|Back-?off restarting failed|OOMKilled|container process caused"),
        ("container-crash", r"(?:exited|terminated|failed) with (?:a )?(?:non-?zero )?(?:exit )?code"),
        ("container-crash", r"executable file not found|(?:Run|Create|Start)ContainerError|container cannot run"),
        (
            "request-invalid",
            r"updates on container group|'osType' for container group|resource requests are not specified",
        ),
        ("request-invalid", r"could not be deserialized|Could not find member|Path '[^']{1,200}', line \d+, position"),
        ("request-invalid", r"\bin contain(?:er)? group '[^']{0,200}' is invalid|is invalid for container"),
        ("request-invalid", r"\blimit\b.{0,120}is greater than the total request|limit value must be greater"),
        ("template", r"template validation failed|template language expression|Unable to process template"),
    )
)

_GENERIC = re.compile(
    r"At least one resource deployment operation failed|terminal provisioning state|resource operation completed"
    r"|is not valid according to the validation procedure|within the allowed timeout period"
    r"|One or more (?:resources|stages)|list deployment operations for details|^Operation failed with status"
    r"|^\(?[45]\d\d\b.{0,40}$|^Long running operation failed|Resource state Failed",
    re.IGNORECASE,
)

_GROUP = re.compile(
    r"\bcontain(?:er)? group(?:s?:? ?\(?Name)? ?['\"]([^'\"\n]{1,200})['\"]"
    r"|\bContainer Group Name: ?\"([^\"\n]{1,200})\""
    r"|Microsoft\.ContainerInstance/containerGroups'? '([^'\n]{1,200})'"
    r"|\bcontainer group[ :]+([a-z0-9][a-z0-9-]{0,62})\b(?= (?:is not|is invalid|has|failed|not found|in\b))",
    re.IGNORECASE,
)
_GROUP_END = re.compile(r"(['\"])\s{1,4}in\s{1,4}container\s{1,4}group\b")
_IMAGE = re.compile(
    r"\b(?:pull(?:ing|ed)?|container|of)\s{1,4}image\s{1,4}(?:\"([^\"]{0,1024})\"|'([^']{0,1024})')",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def family_of_sentence(message: str) -> str | None:
    """The family of pull failures that a message proves by its words."""
    return _first(_FAMILIES, message)


@lru_cache(maxsize=1024)
def kind_of_sentence(message: str) -> str | None:
    """The kind of other failure that a message proves by its words."""
    return _first(_KINDS, message)


def is_generic(message: str) -> bool:
    """Whether a message says no more than that something failed."""
    return not message.strip() or _GENERIC.search(message[:_LONGEST]) is not None


def images_in(message: str) -> tuple[str, ...]:
    """Every image that a message names, as written: with its blanks, its scheme, or empty."""
    message = message[: 20 * _LONGEST]
    found: list[tuple[int, str]] = []
    for end in _GROUP_END.finditer(message):
        start = message.rfind(f"image {end[1]}", max(0, end.start() - 1100), end.start())
        if start >= 0:
            found.append((start, message[start + len("image ") + 1 : end.start()]))
    for match in _IMAGE.finditer(message):
        found.append((match.start(), match[1] if match[1] is not None else match[2]))
    found.sort(key=lambda place: place[0])
    return tuple(dict.fromkeys(re.sub(r"\s*\n\s*", "", image) for _, image in found))


def groups_in(message: str) -> tuple[str, ...]:
    """Every container group that a message names."""
    names = (next(filter(None, match.groups()), "") for match in _GROUP.finditer(message[: 20 * _LONGEST]))
    return tuple(dict.fromkeys(name for name in names if name and name != "<null>"))


def _first(table: tuple[Sentence, ...], message: str) -> str | None:
    head = " ".join(message[:_LONGEST].split())
    return next((name for name, pattern in table if pattern.search(head)), None)
