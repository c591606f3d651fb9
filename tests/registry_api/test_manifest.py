"""Manifests of every form, and bytes that are none."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acimedic.manifest import LARGEST, NoManifest, ParsedManifest, read_config, read_manifest
from acimedic.model.testimony import Platform

from .making import (
    ATTESTATION,
    CONFIG_DIGEST,
    DOCKER,
    DOCKER_LIST,
    LINUX,
    OCI,
    OCI_CONFIG,
    OCI_INDEX,
    Json,
    digest,
    dumped,
    entry,
    image_manifest,
    index,
)

AMD = Platform(os="linux", architecture="amd64")
ARM = Platform(os="linux", architecture="arm64")
V1 = {"schemaVersion": 1, "name": "app/web", "tag": "1", "architecture": "amd64", "fsLayers": [{"blobSum": digest(1)}]}
MANIFEST_KEYS = (  # noqa: SIM905 - a list of words reads better
    "schemaVersion mediaType manifests layers config fsLayers history blobs artifactType platform os architecture "
    "os.version annotations size digest v1Compatibility vnd.docker.reference.type"
).split()


def read(held: object, content_type: str | None = None) -> ParsedManifest:
    found = read_manifest(held if isinstance(held, bytes) else dumped(held), content_type)
    assert isinstance(found, ParsedManifest), found
    return found


def unread(body: bytes) -> str:
    found = read_manifest(body, None)
    assert isinstance(found, NoManifest), found
    return found.reason


def test_an_image_has_the_size_of_all_its_layers() -> None:
    assert read(image_manifest(10, 20, 30)).size == 60


def test_an_image_names_its_platform_in_its_configuration() -> None:
    found = read(image_manifest(1))
    assert found.config is not None
    assert (found.form, found.platforms, found.config.digest) == ("image", (), CONFIG_DIGEST)


@pytest.mark.parametrize("kind", [DOCKER, OCI])
def test_the_media_type_is_the_stated_one(kind: str) -> None:
    assert read(image_manifest(1, mediaType=None), f"{kind}; charset=utf-8").media_type == kind


@pytest.mark.parametrize("lie", ["text/html", "application/json", DOCKER_LIST, "", None])
def test_a_stated_type_that_the_manifest_belies_is_not_repeated(lie: str | None) -> None:
    assert read(image_manifest(1), lie).media_type == DOCKER


def test_a_manifest_that_states_no_type_is_oci() -> None:
    bare = {"config": {"mediaType": OCI_CONFIG, "digest": digest(1)}, "layers": []}
    assert (read(bare).media_type, read({"manifests": []}).media_type) == (OCI, OCI_INDEX)


def test_an_index_names_its_platforms() -> None:
    found = read(index(entry(1, "linux", "amd64"), entry(2, "linux", "arm64")), DOCKER_LIST)
    assert (found.form, found.media_type, found.platforms) == ("index", DOCKER_LIST, (AMD, ARM))


def test_attestations_are_no_platform() -> None:
    found = read(index(entry(1, "linux", "amd64"), ATTESTATION))
    assert (found.attestations, found.platforms, len(found.parts)) == (True, (AMD,), 1)


@pytest.mark.parametrize("mark", [{"annotations": None}, {"annotations": {}}])
def test_an_unknown_platform_is_an_attestation_without_an_annotation_too(mark: Json) -> None:
    assert read(index(ATTESTATION | mark)).attestations


@pytest.mark.parametrize("odd", [None, 7, "text", {"annotations": "text"}, {"platform": None}, {"platform": ["a"]}])
def test_an_index_whose_entries_cannot_be_told_apart_is_none(odd: object) -> None:
    """An attestation that is not seen would be as good as none."""
    found = read_manifest(dumped(index() | {"manifests": [entry(1, "linux", "amd64"), _odd(odd)]}), None)
    assert isinstance(found, NoManifest)


def _odd(odd: object) -> object:
    return entry(2, "linux", "amd64") | odd if isinstance(odd, dict) else odd


def test_an_annotation_marks_an_attestation_of_a_known_platform_too() -> None:
    assert read(index(ATTESTATION | {"platform": {"os": "linux", "architecture": "amd64"}})).attestations


def test_an_index_without_attestations_has_none() -> None:
    assert not read(index(entry(1, "linux", "amd64"))).attestations


def test_a_host_takes_the_image_of_its_platform() -> None:
    found = read(index(entry(1, "windows", "amd64"), entry(2, "linux", "arm64"), entry(3, "linux", "amd64")))
    part = found.part_for(LINUX)
    assert part is not None
    assert part.digest == digest(3)
    assert found.part_for(("windows", "arm64")) is None


def test_a_windows_version_is_kept() -> None:
    windows = entry(1, "windows", "amd64")
    windows["platform"]["os.version"] = "10.0.17763.5458"
    assert str(read(index(windows)).platforms[0]) == "windows/amd64 (10.0.17763.5458)"


def test_the_same_platform_twice_is_one() -> None:
    variants = index(entry(1, "linux", "amd64"), entry(2, "linux", "amd64"))
    assert read(variants).platforms == (AMD,)


def test_another_name_of_an_architecture_is_the_same() -> None:
    assert read(index(entry(1, "Linux", "x86_64"), entry(2, "linux", "aarch64"))).platforms == (AMD, ARM)


@pytest.mark.parametrize(
    "held",
    [
        image_manifest(1, config_type="application/vnd.cncf.helm.config.v1+json"),
        image_manifest(1, config_type="application/vnd.oci.empty.v1+json", artifactType="application/vnd.example"),
        image_manifest(1, config=None),
        {"mediaType": "application/vnd.oci.artifact.manifest.v1+json", "blobs": []},
        {
            "mediaType": "application/vnd.cncf.oras.artifact.manifest.v1+json",
            "artifactType": "application/x",
            "blobs": [],
        },
    ],
    ids=["helm", "empty-config", "no-config", "oci-artifact", "oras"],
)
def test_what_has_no_image_configuration_is_an_artifact(held: Json) -> None:
    found = read(held)
    assert (found.artifact, found.config) == (True, None)


def test_an_image_with_an_artifact_type_is_an_image() -> None:
    assert not read(image_manifest(1, artifactType="application/vnd.example")).artifact


def test_schema_1_is_told_by_its_layers() -> None:
    history = [{"v1Compatibility": json.dumps({"os": "linux", "architecture": "amd64"})}]
    found = read(
        {**V1, "history": history, "signatures": []}, "application/vnd.docker.distribution.manifest.v1+prettyjws"
    )
    assert (found.form, found.media_type, found.platforms, found.size) == (
        "schema1",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        (AMD,),
        None,
    )


@pytest.mark.parametrize("history", [None, [], [None], [{"v1Compatibility": "{"}], [{"v1Compatibility": 1}]])
def test_schema_1_without_history_names_no_platform(history: object) -> None:
    assert read({**V1, "history": history}).platforms == ()


@pytest.mark.parametrize(
    "size", [None, -1, "5", 1.5, True, 2**64, [], {}], ids=lambda size: type(size).__name__ + str(size)
)
def test_a_layer_without_a_size_leaves_the_size_unknown(size: object) -> None:
    held = image_manifest(1)
    held["layers"].append({"size": size})
    assert read(held).size is None


def test_an_image_without_layers_has_no_bytes() -> None:
    assert read(image_manifest()).size == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"{", b"\xff\xfe\x00", b"null", b"[]", b'"x"', b"{}", b'{"errors": []}', b"[" * 200_000],
    ids=["empty", "html", "cut", "bytes", "null", "list", "string", "object", "error", "deep"],
)
def test_what_is_no_manifest_says_why(body: bytes) -> None:
    assert unread(body).startswith("the answer is ")


def test_a_manifest_beyond_the_bound_is_not_read() -> None:
    assert "larger" in unread(b" " * (LARGEST + 1))


@pytest.mark.parametrize("held", [index(*[{}] * 2001), image_manifest(*[1] * 2001)], ids=["index", "layers"])
def test_more_parts_than_any_image_has_are_refused(held: Json) -> None:
    assert "more than 2000" in unread(dumped(held))


@pytest.mark.parametrize("text", ["", "\n", "linux\x1b[31m", "a" * 300, "\ud800", "línux"])
def test_a_platform_of_odd_characters_is_none(text: str) -> None:
    assert read(index(entry(1, text, "amd64"))).platforms == ()


def test_a_configuration_names_the_platform() -> None:
    held = {"os": "windows", "architecture": "amd64", "os.version": "10.0.20348.2340"}
    assert read_config(dumped(held)) == Platform(os="windows", architecture="amd64", os_version="10.0.20348.2340")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"os": 1, "architecture": "amd64"}'])
def test_a_configuration_without_a_platform_names_none(body: bytes) -> None:
    assert read_config(body) is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(MANIFEST_KEYS) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=30,
)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    held=st.dictionaries(st.sampled_from(MANIFEST_KEYS), ANYTHING, max_size=8), kind=st.none() | st.text(max_size=12)
)
def test_no_json_makes_the_reader_raise(held: Json, kind: str | None) -> None:
    found = read_manifest(dumped(held), kind)
    assert isinstance(found, ParsedManifest | NoManifest)
    read_config(dumped(held))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(body=st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise(body: bytes) -> None:
    assert isinstance(read_manifest(body, None), ParsedManifest | NoManifest)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(cut=st.integers(min_value=0, max_value=400), text=st.binary(max_size=3))
def test_a_damaged_manifest_does_not_make_the_reader_raise(cut: int, text: bytes) -> None:
    whole = dumped(index(entry(1, "linux", "amd64"), ATTESTATION))
    read_manifest(whole[:cut] + text + whole[cut:], OCI_INDEX)
