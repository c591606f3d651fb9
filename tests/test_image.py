"""Image references, registries, and the servers of credentials."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acimedic.image import (
    acr_endpoint,
    cloud_of_acr_host,
    is_acr,
    is_docker_hub,
    parse_image,
    same_registry,
    server_fault,
)
from acimedic.model.image import ImageReference, Malformed

DIGEST = "sha256:" + "0123456789abcdef" * 4

REFERENCES = [
    ("nginx", "docker.io", None, "library/nginx", None, None),
    ("nginx:1.25", "docker.io", None, "library/nginx", "1.25", None),
    ("contoso/app:1", "docker.io", None, "contoso/app", "1", None),
    ("docker.io/nginx", "docker.io", None, "library/nginx", None, None),
    ("index.docker.io/contoso/app", "index.docker.io", None, "contoso/app", None, None),
    ("Contoso.AzureCR.io/app:1", "contoso.azurecr.io", None, "app", "1", None),
    ("contoso.azurecr.io/team/app/web:1.4.2-rc_1", "contoso.azurecr.io", None, "team/app/web", "1.4.2-rc_1", None),
    (f"contoso.azurecr.io/app@{DIGEST}", "contoso.azurecr.io", None, "app", None, DIGEST),
    (f"contoso.azurecr.io/app:1@{DIGEST}", "contoso.azurecr.io", None, "app", "1", DIGEST),
    ("localhost/app", "localhost", None, "app", None, None),
    ("localhost:5000/app:1", "localhost", 5000, "app", "1", None),
    ("10.0.0.4:5000/a/b", "10.0.0.4", 5000, "a/b", None, None),
    ("registry:5000/app", "registry", 5000, "app", None, None),
    ("a__b-c--d.e:1", "docker.io", None, "library/a__b-c--d.e", "1", None),
]


@pytest.mark.parametrize(("text", "host", "port", "repository", "tag", "digest"), REFERENCES)
def test_a_reference_is_taken_apart(
    text: str, host: str, port: int | None, repository: str, tag: str | None, digest: str | None
) -> None:
    """Host, port, repository, tag and digest, with what a registry client fills in."""
    image = parse_image(text)
    assert isinstance(image, ImageReference)
    assert (image.host.name, image.port, image.repository, image.tag, image.digest) == (
        host,
        port,
        repository,
        tag,
        digest,
    )
    assert str(image) == text
    assert image.name == repository


MALFORMED = [
    ("", "empty"),
    ("  ", "empty"),
    ("https://contoso.azurecr.io/app:1", "scheme"),
    ("http://contoso.azurecr.io/app", "scheme"),
    ("docker://contoso/app", "scheme"),
    ("contoso.azurecr.io/App:1", "upper-case"),
    ("Contoso/app", "upper-case"),
    ("contoso.azurecr.io/app:", "blank-tag"),
    ("nginx:", "blank-tag"),
    ("nginx ", "whitespace"),
    ("my app:1", "whitespace"),
    ("$REGISTRY/app", "variable"),
    ("${REGISTRY}/app:1", "variable"),
    ("$(acr.name).azurecr.io/app", "variable"),
    ("${{ secrets.REGISTRY }}/app", "expression"),
    ("#{Registry}#/app:1", "variable"),
    ("%REGISTRY%/app", "variable"),
    ("__REGISTRY__/app", "variable"),
    ("{{ .Values.image }}", "expression"),
    ("[parameters('image')]", "expression"),
    ("[concat(parameters('acr'), '/app')]", "expression"),
    ("app@sha256:abc", "digest"),
    ("app@", "digest"),
    ("a:b:c", "character"),
    ("app:-x", "tag"),
    ("contoso.azurecr.io/", "character"),
    ("/app", "character"),
    ("a//b", "character"),
    ("a_-b", "character"),
    ("app:latest/web", "host"),
    ("host:99999/app", "host"),
    ("a" * 300, "too-long"),
    ("a" * 10_000_000, "too-long"),
]


@pytest.mark.parametrize(("text", "kind"), MALFORMED, ids=[text[:40] for text, _ in MALFORMED])
def test_a_malformed_reference_says_what_is_wrong(text: str, kind: str) -> None:
    """Each fault has its kind and a sentence."""
    image = parse_image(text)
    assert isinstance(image, Malformed)
    assert image.kind == kind
    assert image.reason
    assert not image.masked


@pytest.mark.parametrize(
    "text", ["<acr>.azurecr.io/<image>", "XXXX", "***.azurecr.io/app:1", "...", "xxxxx.azurecr.io/app"]
)
def test_a_masked_name_is_marked_as_such(text: str) -> None:
    """A person has hidden it: in a pasted text that is no fault of the image."""
    image = parse_image(text)
    assert isinstance(image, Malformed)
    assert image.masked


def test_the_names_of_docker_hub_are_one_registry() -> None:
    """The documentation says docker.io, the service index.docker.io."""
    names = ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "Docker.IO"]
    assert all(same_registry(one, other) for one in names for other in names)
    assert all(is_docker_hub(name) for name in names)
    assert not same_registry("docker.io", "contoso.azurecr.io")


def test_hosts_are_compared_in_any_case_and_with_their_port() -> None:
    """443 is the port that is not written."""
    assert same_registry("Contoso.azurecr.io", "contoso.azurecr.io:443")
    assert not same_registry("registry:5000", "registry:5001")


@pytest.mark.parametrize(
    ("host", "endpoint", "cloud"),
    [
        ("contoso.azurecr.io", "login", "AzureCloud"),
        ("contoso-a1b2c3.azurecr.io", "login", "AzureCloud"),
        ("Contoso.azurecr.us", "login", "AzureUSGovernment"),
        ("contoso.azurecr.cn", "login", "AzureChinaCloud"),
        ("contoso.westeurope.data.azurecr.io", "data", "AzureCloud"),
        ("contoso.westeurope.geo.azurecr.io", "regional", "AzureCloud"),
        ("contoso.privatelink.azurecr.io", "private-link", "AzureCloud"),
        ("azurecr.io", None, None),
        ("evilazurecr.io", None, None),
        ("contoso.azurecr.io.example.com", None, None),
        ("ghcr.io", None, None),
    ],
)
def test_an_acr_host_is_told_by_whole_labels(host: str, endpoint: str | None, cloud: str | None) -> None:
    """Each endpoint is its own kind, and the suffix tells the cloud."""
    assert (acr_endpoint(host), cloud_of_acr_host(host), is_acr(host)) == (endpoint, cloud, endpoint is not None)


@pytest.mark.parametrize(
    ("server", "kind", "host"),
    [
        ("https://contoso.azurecr.io", "scheme", "contoso.azurecr.io"),
        ("https://index.docker.io/v1/", "scheme", "index.docker.io"),
        ("https:contoso.azurecr.io", "scheme", "contoso.azurecr.io"),
        ("https://user:word@contoso.azurecr.io", "scheme", "contoso.azurecr.io"),
        ("contoso.azurecr.io/", "trailing-slash", "contoso.azurecr.io"),
        ("contoso.azurecr.io/team", "path", "contoso.azurecr.io"),
        ("172.30.182.251:5000", "port", "172.30.182.251"),
        ("", "empty", None),
        (" ", "empty", None),
        ("$IMAGE_SERVER", "variable", None),
        ("[parameters('server')]", "expression", None),
        ("contoso.azurecr.io ", "whitespace", "contoso.azurecr.io"),
        ("<registry-name>", "masked", None),
        ("contoso_reg", "character", None),
    ],
)
def test_a_server_must_be_a_bare_host(server: str, kind: str, host: str | None) -> None:
    """The fault, and the host that was probably meant."""
    fault = server_fault(server)
    assert fault is not None
    assert (fault.kind, fault.host, fault.masked) == (kind, host, kind == "masked")


@pytest.mark.parametrize("server", ["contoso.azurecr.io", "docker.io", "Contoso-a1b2.azurecr.io", "localhost"])
def test_a_bare_host_is_a_good_server(server: str) -> None:
    """Nothing to find."""
    assert server_fault(server) is None


@settings(derandomize=True, deadline=None)
@given(st.one_of(st.text(), st.text(alphabet="aA0.:/@-_$[]{}<>% ", max_size=40)))
def test_any_text_is_a_reference_or_malformed(text: str) -> None:
    """Nothing raises, and what is written is kept."""
    assert str(parse_image(text)) == text
    server_fault(text)
