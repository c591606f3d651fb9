"""The image is larger than Azure Container Instances documents.

Cause: images of up to 15 GB are documented; beyond that nothing is promised, and the pull may take longer than Azure
waits.
Evidence: the sizes of the image's layers, compressed, as the manifest states them.
Fix: a smaller image.
Source: https://learn.microsoft.com/azure/container-instances/container-instances-faq
"""

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, NotKnownError
from acimedic.model.testimony import Manifest
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Unknown, Verdict

ERRORS = ("The resource provision operation did not complete within the allowed timeout period.",)
DOCS = "https://learn.microsoft.com/azure/container-instances/container-instances-faq"
LARGEST = 15 * 1024**3  # bytes


def check(pull: Pull) -> Verdict:
    """Whether the layers add up to more than is documented."""
    manifest = pull.evidence.testimony(str(pull.well_formed()))
    if isinstance(manifest, Gap):
        raise NotKnownError(manifest)
    if not isinstance(manifest, Manifest):
        return Skip("the image is not there")
    if manifest.size is None:
        return Unknown("the manifest does not state the size of its layers")
    gigabytes = manifest.size / 1024**3
    if manifest.size <= LARGEST:
        return Pass(f"the image has {gigabytes:.1f} GB, compressed")
    return Fail(
        summary=f"The image '{pull.well_formed()}' of {pull.where} has {gigabytes:.1f} GB, more than the 15 GB that "
        "are "
        "documented.",
        fix=in_words("Make the image smaller, for example by leaving data out of it and mounting it instead."),
        evidence=(Fact("compressed layers", f"{manifest.size} bytes", manifest.source),),
        confidence="likely",
    )
