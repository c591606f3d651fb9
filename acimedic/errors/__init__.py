"""Any wrapping of an Azure error, unwrapped and named: whether an image pull failed, and in which words."""

from acimedic.errors.classify import classify
from acimedic.errors.events import event_tail
from acimedic.errors.parse import parse
from acimedic.masks import is_masked
from acimedic.model.error import (
    Classification,
    ErrorChain,
    ErrorLink,
    OtherFailure,
    PullFailure,
    PullTail,
    Unclear,
)

__all__ = [
    "Classification",
    "ErrorChain",
    "ErrorLink",
    "OtherFailure",
    "PullFailure",
    "PullTail",
    "Unclear",
    "classify",
    "event_tail",
    "is_masked",
    "parse",
]
