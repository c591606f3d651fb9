"""The witness: what is refused for the definition or the image itself, in the words of the service."""

from collections.abc import Callable
from typing import Any

import pytest

from acimedic.simulator import pull_outcome

Code = Callable[..., str]


def first(group: Any) -> Any:
    return group["properties"]["imageRegistryCredentials"][0]


def image(group: Any, name: str) -> None:
    group["properties"]["containers"][0]["properties"]["image"] = name


@pytest.mark.parametrize(
    ("change", "version", "expected", "text"),
    [
        (
            {"server": "https://contoso.azurecr.io"},
            "2023-05-01",
            "InvalidImageRegistryServer",
            "It should be a valid host name without protocol.",
        ),
        (
            {"server": "contoso.azurecr.io:443"},
            "2023-05-01",
            "InvalidImageRegistryServer",
            "The server 'contoso.azurecr.io:443' in the",
        ),
        ({"server": ""}, "2023-05-01", "InvalidImageRegistryServer", "The server ''"),
        ({"server": "$(REGISTRY)"}, "2023-05-01", "InvalidImageRegistryServer", "is invalid."),
        ({"server": None}, "2023-05-01", "InvalidRequestContent", "Path 'properties.imageRegistryCredentials[0]'"),
        (
            {"username": "u"},
            "2023-05-01",
            "AmbiguousImageResitryCredentialType",
            "Please set exactly one of username or identity",
        ),
        ({"identity": None}, "2023-05-01", "AmbiguousImageResitryCredentialType", "cannot be detected"),
        (
            {"identity": "/x/other"},
            "2023-05-01",
            "InvalidImageRegistryIdentity",
            "not found in container group identity list.",
        ),
        (
            {},
            "2021-03-01",
            "InvalidImageRegistryCredentialType",
            "Identity in 'imageRegistryCredentials' of container group 'cg-web-01' is not supported.",
        ),
        ({}, "2021-07-01-preview", "InvalidImageRegistryCredentialType", "is not supported."),
    ],
)
def test_a_wrong_credential_is_refused_in_the_words_of_the_service(
    change: Any, version: str, expected: str, text: str, healthy: Any, group: Any
) -> None:
    first(group).update(change)
    status, body = pull_outcome(healthy, group, version)
    assert (status, body["error"]["code"]) == (400, expected)
    assert text in body["error"]["message"]


def test_there_may_be_no_more_credentials_than_containers(healthy: Any, group: Any, code: Code) -> None:
    group["properties"]["imageRegistryCredentials"] *= 2
    assert code(healthy, group) == "MoreImageRegistryCredentialsThanContainers"


def test_identities_are_compared_without_regard_to_case(healthy: Any, group: Any, code: Code) -> None:
    first(group)["identity"] = first(group)["identity"].upper()
    assert code(healthy, group) == "pulled"


@pytest.mark.parametrize(
    "name",
    [
        "contoso.azurecr.io/app/web:9.9.9",
        "contoso.azurecr.io/app/none:1.4.2",
        "contoso.azurecr.io/App/web:1.4.2",
        "https://contoso.azurecr.io/app/web:1.4.2",
        "contoso.azurecr.io/app/web:",
        "contoso.azurecr.io/app/web:$(tag)",
        "nowhere.azurecr.io/app/web:1.4.2",
        "app/web:1.4.2",
        "",
    ],
)
def test_an_image_that_is_not_there_is_inaccessible(name: str, healthy: Any, group: Any) -> None:
    image(group, name)
    status, body = pull_outcome(healthy, group, "2023-05-01")
    assert (status, body["error"]["code"]) == (400, "InaccessibleImage")
    assert body["error"]["message"].startswith(f"The image '{name}' in container group 'cg-web-01' is not accessible.")


def test_an_image_is_found_by_digest(healthy: Any, group: Any, code: Code) -> None:
    digest = healthy["registries"]["contoso"]["x-images"]["app/web"]["tags"]["1.4.1"]["digest"]
    image(group, f"contoso.azurecr.io/app/web@{digest}")
    assert code(healthy, group) == "pulled"
    image(group, f"contoso.azurecr.io/app/web:1.4.2@{digest[:-1]}0")
    assert code(healthy, group) == "InaccessibleImage"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"platforms": ["linux/arm64"]}, "ImageOsTypeNotMatchContainerGroup"),
        ({"platforms": ["windows/amd64"]}, "ImageOsTypeNotMatchContainerGroup"),
        ({"platforms": ["linux/arm64/v8", "linux/amd64"]}, "pulled"),
        ({"osVersion": "10.0.14393.6"}, "OsVersionNotSupported"),
        ({"quarantined": True}, "InaccessibleImage"),
        ({"readEnabled": False}, "InaccessibleImage"),
    ],
)
def test_the_image_must_fit_the_platform(change: Any, expected: str, healthy: Any, group: Any, code: Code) -> None:
    healthy["registries"]["contoso"]["x-images"]["app/web"]["tags"]["1.4.2"].update(change)
    assert code(healthy, group) == expected


def test_init_containers_are_pulled_too(healthy: Any, group: Any, code: Code) -> None:
    group["properties"]["initContainers"] = [{"name": "init", "properties": {"image": "contoso.azurecr.io/app/init:1"}}]
    assert code(healthy, group) == "InaccessibleImage"
