"""The manifest has a form that Azure Container Instances may not resolve.

Cause: an OCI index with attestations, as docker buildx makes by default, an oras artifact, or the old schema 1. Most
images built since 2023 have such an index and are pulled, so this is likely at most, and only where nothing is proven.
Evidence: the media type and the entries of the image's manifest.
Fix: build without attestations: `--provenance=false --sbom=false`.
Source: https://github.com/oras-project/oras/issues/1353
"""

from acimedic.fixes import in_words, q
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, NotKnownError
from acimedic.model.testimony import Manifest
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.testimony import failure

ERRORS = ("InaccessibleImage", "ImageOsTypeNotMatchContainerGroup")
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-image-formats"
ONLY_WHERE_NOTHING_IS_CONFIRMED = True
_OLD = "application/vnd.docker.distribution.manifest.v1"


def check(pull: Pull) -> Verdict:
    """Whether the manifest is of a form that has been refused before."""
    reference = pull.well_formed()
    manifest = pull.evidence.testimony(str(reference))
    if isinstance(manifest, Gap):
        raise NotKnownError(manifest)
    if not isinstance(manifest, Manifest):
        return Skip("the image is not there")
    if manifest.artifact:
        return _fail(pull, manifest, "is no container image but another kind of artifact")
    if manifest.media_type.startswith(_OLD):
        return _fail(pull, manifest, "has a manifest of the old schema 1")
    if not manifest.attestations:
        return Pass(f"the manifest is of a common form: {manifest.media_type}")
    if failure(pull.evidence) is None:
        return Pass("nothing says that the image was refused")
    return _fail(
        pull, manifest, "is an index with attestations, which Azure Container Instances has been seen to refuse"
    )


def _fail(pull: Pull, manifest: Manifest, what: str) -> Fail:
    reference = pull.well_formed()
    return Fail(
        summary=f"The image '{reference}' of {pull.where} {what}.",
        fix=in_words(
            "Build the image again without attestations, and push it.",
            f"docker buildx build --provenance=false --sbom=false --platform linux/amd64 --tag {q(str(reference))} "
            "--push .",
        ),
        evidence=(Fact("media type of the manifest", manifest.media_type, manifest.source),),
        confidence="likely",
    )
