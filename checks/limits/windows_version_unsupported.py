"""The image is built on a version of Windows that Azure Container Instances does not run.

Cause: Windows Server 2016 and the semi-annual versions 1709 and 1803 are gone. Azure answers
`OsVersionNotSupported`.
Evidence: the error; a tag that names such a version makes it likely.
Fix: rebuild the image on Windows Server 2019 or 2022.
Source: https://learn.microsoft.com/azure/container-instances/container-instances-troubleshooting
"""

import re

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, need
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict
from acimedic.testimony import error_fact, failure

ERRORS = ("OsVersionNotSupported", "UnsupportedWindowsVersion")
DOCS = "https://learn.microsoft.com/azure/container-instances/container-instances-troubleshooting"
_OLD = re.compile(r"(?<![0-9a-z])(?:ltsc2016|sac2016|1607|1709|1803)(?![0-9a-z])", re.IGNORECASE)


def check(pull: Pull) -> Verdict:
    """Whether Azure refused the version, or the tag of a Windows image names a retired one."""
    reference = pull.well_formed()
    said = failure(pull.evidence, "os-version-unsupported")
    if said is not None:
        error = pull.evidence.error
        named = () if isinstance(error, Gap) else error.images
        if named and str(reference) not in named:
            return Pass("the error names another image")
        return _fail(pull, str(reference), (error_fact(pull.evidence, said),), proven=True)
    os_type = need(pull.definition().os_type)
    if (os_type or "Linux").lower() != "windows":
        return Skip("the group does not run Windows")
    old = _OLD.search(reference.tag or "")
    if old is None:
        return Pass("neither the error nor the tag names a retired version of Windows")
    return _fail(pull, str(reference), (Fact("tag of the image", old[0], pull.definition().source),), proven=False)


def _fail(pull: Pull, image: str, facts: tuple[Fact, ...], *, proven: bool) -> Fail:
    return Fail(
        summary=f"The image '{image}' of {pull.where} is built on a version of Windows that Azure Container "
        "Instances does "
        "not run.",
        fix=in_words("Rebuild the image on Windows Server 2019 (ltsc2019) or 2022 (ltsc2022)."),
        evidence=facts,
        confidence="confirmed" if proven else "likely",
    )
