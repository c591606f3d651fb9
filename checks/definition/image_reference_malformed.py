"""The image is not written as a registry could be asked for it.

Cause: a scheme (`https://…`) before the image, upper-case letters in the repository, a blank tag, a
blank, or a variable or template expression that nothing has replaced. Azure answers all of these with
`InaccessibleImage`, as if the registry had refused.
Evidence: the image as Azure quotes it, or as the definition has it.
Fix: write `registry/repository:tag`, the registry as a bare host name, the repository in lower case.
Source: https://github.com/Azure/azure-sdk-for-net/issues/36227 (a scheme in the image)
"""

from acimedic.fixes import in_words
from acimedic.model.image import ImageReference, Malformed
from acimedic.model.pull import Pull
from acimedic.model.verdict import Fact, Fail, Pass, Unknown, Verdict
from acimedic.testimony import may_be_hidden

ERRORS = ("InaccessibleImage",)
DOCS = "https://learn.microsoft.com/azure/container-registry/container-registry-concepts"


def check(pull: Pull) -> Verdict:
    """Whether the text names an image at all."""
    reference = pull.parsed()
    match reference:
        case ImageReference():
            return Pass(f"'{reference}' is a well-formed image reference")
        case Malformed(masked=True) if may_be_hidden(pull.evidence):
            return Unknown("the image is masked in the text that was given")
        case Malformed(text=text, reason=reason):
            return Fail(
                summary=f"The image '{text}' of {pull.where} is malformed: {reason}.",
                fix=in_words(
                    "Write the image as registry/repository:tag: no scheme, lower case, every variable replaced."
                ),
                evidence=(Fact(f"image of {pull.where}", text, _source(pull)),),
            )


def _source(pull: Pull) -> str:
    if pull.container is None:
        return pull.evidence.error_source
    return pull.definition().source
