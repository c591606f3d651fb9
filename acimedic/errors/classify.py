"""Whether an error proves a failed pull, proves something else, or proves nothing."""

from acimedic.model.error import Classification, ErrorChain, OtherFailure, PullFailure, Unclear
from acimedic.model.error_codes import is_wrapper

__all__ = ["classify"]


def classify(chain: ErrorChain) -> Classification:
    """Judge the chain by its cause.

    A specific code that is neither of the image family nor a wrapper proves another kind of failure;
    `InternalServerError`, a bare HTTP status and time-outs prove nothing. Of several failures in one deployment a
    container group's failed pull goes before the rest.
    """
    cause = chain.cause
    if cause is None:
        return Unclear("there is no error text")
    if family := cause.family:
        return PullFailure(family, cause)
    if kind := cause.kind:
        return OtherFailure(kind=kind, code=cause.code, message=cause.message)
    if not is_wrapper(cause.code):
        return Unclear(f"{cause.code} says nothing about the cause")
    if "timeout" in cause.message.lower() or "timed out" in cause.message.lower():
        return Unclear("the operation timed out, which says nothing about the cause")
    if cause.code:
        return Unclear(f"{cause.code} says only that something failed")
    return Unclear("the text holds no error that is known")
