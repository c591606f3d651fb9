"""The image is made for another operating system than the container group's.

Cause: a Windows image in a Linux group, or the reverse. Azure answers `ImageOsTypeNotMatchContainerGroup`, but gives
the same answer for an image of another processor.
Evidence: the platforms that the image's manifest lists; without them, the error and what the image's name says.
Fix: the other `osType`, or an image of the right system.
Source: https://learn.microsoft.com/azure/container-instances/container-instances-faq
"""

import re

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, NotKnownError
from acimedic.model.testimony import Manifest
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.testimony import error_fact, failure

ERRORS = ("ImageOsTypeNotMatchContainerGroup",)
DOCS = "https://learn.microsoft.com/azure/container-instances/container-instances-faq"
_WINDOWS = re.compile(r"windows|nanoserver|servercore|ltsc20|(?<![0-9a-z])win(?![0-9a-z])", re.IGNORECASE)
_ARM = re.compile(r"arm64|aarch64|armv[678]|arm32", re.IGNORECASE)


def check(pull: Pull) -> Verdict:
    """Whether the image has nothing for the group's system."""
    reference = pull.well_formed()
    said = failure(pull.evidence, "os-mismatch")
    error = pull.evidence.error
    named = () if isinstance(error, Gap) else error.images
    facts = () if said is None or (named and str(reference) not in named) else (error_fact(pull.evidence, said),)
    wanted = _wanted(pull, needed=not facts)
    manifest = pull.evidence.testimony(str(reference))
    if isinstance(manifest, Manifest) and manifest.platforms:
        systems = {platform.os.lower() for platform in manifest.platforms}
        listed = ", ".join(str(platform) for platform in manifest.platforms)
        if wanted and wanted not in systems:
            seen = Fact("platforms of the image", listed, manifest.source)
            return _fail(pull, wanted, f"is made for {listed}", (*facts, seen), sure=True)
        if wanted:
            return Pass(f"the image has something for {wanted}: {listed}")
    if not facts:
        if isinstance(manifest, Gap):
            raise NotKnownError(manifest)
        if isinstance(manifest, Manifest) and not (manifest.platforms or manifest.artifact):
            raise NotKnownError(Gap(reading=f"platform of {reference}", reason="the registry did not show it"))
        return Pass("nothing says that the image is made for another system")
    return _by_words(pull, wanted, facts)


def _wanted(pull: Pull, *, needed: bool) -> str:
    """The system that the group asks for, lower case; it is Linux where nothing is said."""
    if pull.container is None:
        return ""
    os_type = pull.definition().os_type
    if isinstance(os_type, Gap):
        if needed:
            raise NotKnownError(os_type)
        return ""
    return (os_type or "Linux").lower()


def _by_words(pull: Pull, wanted: str, facts: tuple[Fact, ...]) -> Verdict:
    """Without the manifest, the error may as well mean the processor."""
    text = str(pull.well_formed())
    if _ARM.search(text):
        return Skip("the image's name speaks of another processor, which explains the error")
    suits = wanted == "linux" and _WINDOWS.search(text)
    sure = bool(suits) or wanted == "windows"
    return _fail(pull, wanted or "the group's system", "is made for another operating system", facts, sure=sure)


def _fail(pull: Pull, wanted: str, what: str, facts: tuple[Fact, ...], *, sure: bool) -> Fail:
    return Fail(
        summary=f"The image '{pull.well_formed()}' of {pull.where} {what}, but the container group runs {wanted}.",
        fix=in_words("Set osType of the container group to the image's system, or use an image of the group's."),
        evidence=facts,
        confidence="confirmed" if sure else "likely",
    )
