"""The image has nothing for the processor on which Azure Container Instances runs.

Cause: Azure Container Instances runs linux/amd64 and windows/amd64. An image built on a computer with an ARM processor
alone fails to be created (`ImageOsTypeNotMatchContainerGroup`, `no matching manifest`) or to start (`exec format
error`).
Evidence: the platforms that the image's manifest lists, or what the events say.
Fix: build for linux/amd64.
Source: https://learn.microsoft.com/azure/container-instances/container-instances-faq
"""

import re

from acimedic.fixes import in_words, q
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, NotKnownError
from acimedic.model.testimony import Manifest
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.testimony import error_fact, failure, tail_fact, tails

ERRORS = ("ImageOsTypeNotMatchContainerGroup", "no matching manifest", "exec format error")
DOCS = "https://learn.microsoft.com/azure/container-instances/container-instances-faq"
_ARM = re.compile(r"arm64|aarch64|armv[678]|arm32", re.IGNORECASE)
_WINDOWS = re.compile(r"windows|nanoserver|servercore|ltsc20", re.IGNORECASE)


def check(pull: Pull) -> Verdict:
    """Whether the image has something for amd64."""
    reference = pull.well_formed()
    said = failure(pull.evidence, "os-mismatch", "exec-format")
    error = pull.evidence.error
    named = () if isinstance(error, Gap) else error.images
    about = said is not None and (not named or str(reference) in named)
    facts = (error_fact(pull.evidence, said),) if said is not None and about else ()
    unmatched = tuple(tail_fact(tail) for tail in tails(pull, "no-matching-platform"))
    manifest = pull.evidence.testimony(str(reference))
    if isinstance(manifest, Manifest) and manifest.platforms:
        listed = ", ".join(str(platform) for platform in manifest.platforms)
        seen = Fact("platforms of the image", listed, manifest.source)
        if not any(platform.architecture.lower() in {"amd64", "x86_64"} for platform in manifest.platforms):
            return _fail(pull, f"is made for {listed}", (*facts, *unmatched, seen), sure=True)
        if said is None or said.family != "exec-format":
            return Pass(f"the image has something for amd64: {listed}")
    if unmatched or (said is not None and about and said.family == "exec-format"):
        return _fail(pull, "has nothing for amd64", (*facts, *unmatched), sure=True)
    if facts:
        return _by_words(pull, facts)
    if isinstance(manifest, Gap):
        raise NotKnownError(manifest)
    return Pass("nothing says that the image is made for another processor")


def _by_words(pull: Pull, facts: tuple[Fact, ...]) -> Verdict:
    """Azure's answer for another system is its answer for another processor too."""
    text = str(pull.well_formed())
    os_type = None if pull.container is None else pull.definition().os_type
    if _WINDOWS.search(text) or (isinstance(os_type, str) and os_type.lower() == "windows"):
        return Skip("the operating system explains the error")
    return _fail(pull, "may be made for another processor", facts, sure=False)


def _fail(pull: Pull, what: str, facts: tuple[Fact, ...], *, sure: bool) -> Fail:
    reference = pull.well_formed()
    return Fail(
        summary=f"The image '{reference}' of {pull.where} {what}; Azure Container Instances runs amd64 alone.",
        fix=in_words(
            "Build the image for linux/amd64 and push it again.",
            f"docker buildx build --platform linux/amd64 --tag {q(str(reference))} --push .",
        ),
        evidence=facts,
        confidence="confirmed" if sure else "likely",
    )
