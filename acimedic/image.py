"""Image references and the registries they name, read from text alone."""

import re
from collections.abc import Iterator

from acimedic.masks import is_masked
from acimedic.model.image import ImageReference, Malformed, RegistryHost, ServerFault

__all__ = [
    "acr_endpoint",
    "cloud_of_acr_host",
    "is_acr",
    "is_docker_hub",
    "parse_image",
    "registry_host",
    "same_registry",
    "server_fault",
]

_LONGEST_NAME = 255
_LONGEST_TEXT = 4096

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:/{1,2}")
# An image may be called `https`, a host of more than one label may not come after a colon: there it is a scheme.
_SCHEME_OF_SERVER = re.compile(rf"{_SCHEME.pattern}|https?:(?=[\w-]{{1,63}}\.)", re.IGNORECASE)
_EXPRESSION = re.compile(r"\[\s*[A-Za-z][\w.]{0,60}\s*\(|\{\{|\}\}")
_VARIABLE = re.compile(r"\$|#\{|\}#|%[^%\s/]{1,80}%|__[A-Za-z][A-Za-z0-9_.]{0,80}__|[{}]|\bvar\.[a-z]\w*$")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,20}}")
_PORT = re.compile(r"[0-9]{1,5}")
_SEGMENT = re.compile(r"[a-z0-9]+(?:(?:[.]|_{1,2}|-{1,64})[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}")


def parse_image(text: str) -> ImageReference | Malformed:
    """The image that a container's `image` names, or why it names none.

    The first segment is a host if it holds a dot or a colon or is `localhost`; nothing else makes it one, so an
    upper-case first segment is a fault and not a host. Without a host Docker Hub is asked.
    """
    fault = next(_faults_of_text(text), None)
    if fault is not None:
        kind, reason = fault
        return Malformed(kind=kind, reason=reason, text=text, masked=kind == "masked")
    rest, at, digest = text.partition("@")
    host, path = _split_host(rest)
    repository, colon, tag = path.rpartition(":") if ":" in path else (path, "", "")
    kind_and_reason = (
        _digest_fault(digest if at else None)
        or _tag_fault(tag if colon else None)
        or _host_fault(host)
        or _repository_fault(repository)
    )
    if kind_and_reason is not None:
        return Malformed(kind=kind_and_reason[0], reason=kind_and_reason[1], text=text)
    where = registry_host(host or "docker.io")
    if where.is_docker_hub and "/" not in repository:
        repository = f"library/{repository}"
        if (too_long := _repository_fault(repository)) is not None:
            return Malformed(kind=too_long[0], reason=too_long[1], text=text)
    return ImageReference(
        text=text,
        registry=host or "docker.io",
        host=where,
        repository=repository,
        tag=tag or None,
        digest=digest or None,
        host_implied=host is None,
    )


def server_fault(server: str) -> ServerFault | None:
    """Why `imageRegistryCredentials[].server` is not the bare host name that the service demands.

    The service answers all of these with `InvalidImageRegistryServer`: "It should be a valid host name without
    protocol" (https://github.com/Azure/aci-deploy/issues/12).
    """
    for kind, reason in _faults_of_server(server):
        return ServerFault(
            kind=kind, reason=reason, server=server, host=_meant(server[:_LONGEST_TEXT]), masked=kind == "masked"
        )
    return None


def registry_host(text: str) -> RegistryHost:
    """A registry's host and port from `host` or `host:port`, compared as hosts are: in lower case."""
    name, _, port = text.strip().rstrip("/").partition(":")
    return RegistryHost(name.lower().rstrip("."), int(port) if _PORT.fullmatch(port) else None)


def same_registry(a: str, b: str) -> bool:
    """Whether two hosts are one registry; the names of Docker Hub are one."""
    return registry_host(a).same_as(registry_host(b))


def is_docker_hub(host: str) -> bool:
    """Whether the host is Docker Hub under one of its names."""
    return registry_host(host).is_docker_hub


def is_acr(host: str) -> bool:
    """Whether the host is an endpoint of an Azure container registry."""
    return registry_host(host).is_acr


def acr_endpoint(host: str) -> str | None:
    """Which endpoint of an Azure container registry: `login`, `data`, `regional`, `private-link`, or none."""
    return registry_host(host).acr_endpoint


def cloud_of_acr_host(host: str) -> str | None:
    """The Azure cloud of an Azure container registry, by its suffix; none for other registries."""
    return registry_host(host).cloud


def _unexpanded(text: str) -> Iterator[tuple[str, str]]:
    if _EXPRESSION.search(text):
        yield "expression", "it holds a template expression that nothing has evaluated"
    if _VARIABLE.search(text):
        yield "variable", "it holds a variable that nothing has replaced"
    if is_masked(text):
        yield "masked", "it is masked or a placeholder, so the real name is not known"


def _faults_of_text(text: str) -> Iterator[tuple[str, str]]:
    if len(text) > _LONGEST_TEXT:
        yield "too-long", f"the image has {len(text)} characters, more than any registry takes"
        return
    if not text.strip():
        yield "empty", "the image is empty"
    yield from _unexpanded(text)
    if text != text.strip():
        yield "whitespace", "the image begins or ends with a blank"
    if re.search(r"\s", text):
        yield "whitespace", "the image has a blank in it"
    if scheme := _SCHEME.match(text):
        yield "scheme", f"the image begins with the scheme {scheme[0]}, but an image is named without one"


def _split_host(text: str) -> tuple[str | None, str]:
    first, slash, rest = text.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return first, rest
    return None, text


def _digest_fault(digest: str | None) -> tuple[str, str] | None:
    if digest is None or _DIGEST.fullmatch(digest):
        return None
    return "digest", "the digest after @ is not sha256: and 64 lower-case hexadecimal digits"


def _tag_fault(tag: str | None) -> tuple[str, str] | None:
    if tag is None or _TAG.fullmatch(tag):
        return None
    if not tag:
        return "blank-tag", "the tag after the colon is blank"
    return "tag", f"the tag {tag!r} is not up to 128 letters, digits, dots, underscores and dashes"


def _host_fault(host: str | None) -> tuple[str, str] | None:
    if host is None:
        return None
    name, colon, port = host.partition(":")
    if not _HOST.fullmatch(name):
        return "host", f"the registry {name!r} is not a host name"
    if colon and not (_PORT.fullmatch(port) and 0 < int(port) < 65536):
        return "host", f"the registry's port {port!r} is not a port number"
    return None


def _repository_fault(repository: str) -> tuple[str, str] | None:
    if len(repository) > _LONGEST_NAME:
        return "too-long", f"the repository's name has {len(repository)} characters; {_LONGEST_NAME} are allowed"
    if repository != repository.lower():
        return "upper-case", f"the repository {repository!r} has upper-case letters, which no registry takes"
    if not repository or not all(_SEGMENT.fullmatch(segment) for segment in repository.split("/")):
        return "character", f"{repository!r} is not a repository's name"
    return None


def _faults_of_server(server: str) -> Iterator[tuple[str, str]]:
    if len(server) > _LONGEST_TEXT:
        yield "character", f"the server has {len(server)} characters, more than any host name"
        return
    if not server.strip():
        yield "empty", "the server is empty"
    yield from _unexpanded(server)
    if re.search(r"\s", server):
        yield "whitespace", "the server has a blank in it"
    if scheme := _SCHEME_OF_SERVER.match(server):
        yield "scheme", f"the server begins with the scheme {scheme[0]}; it must be a bare host name"
    name, slash, path = server.partition("/")
    if slash and path:
        yield "path", f"the server has a path, {f'/{path}'!r}; it must be a bare host name"
    if slash:
        yield "trailing-slash", "the server ends with a slash; it must be a bare host name"
    if ":" in name:
        yield "port", f"the server has a port, {name.partition(':')[2]!r}; it must be a bare host name"
    if not _HOST.fullmatch(name):
        yield "character", f"{server!r} is not a host name"


def _meant(server: str) -> str | None:
    named = _SCHEME_OF_SERVER.sub("", server.strip(), count=1).rpartition("@")[2]  # who signs in is no host
    bare = named.partition("/")[0].partition(":")[0]
    return bare.lower() if _HOST.fullmatch(bare) and not is_masked(bare) else None
