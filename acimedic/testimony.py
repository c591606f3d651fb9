"""What the error and the container events say of a pull (pure)."""

from acimedic.errors import classify, event_tail
from acimedic.freshness import fresh
from acimedic.model.definition import Definition
from acimedic.model.error import Classification, PullFailure, PullTail
from acimedic.model.evidence import Evidence
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap
from acimedic.model.verdict import Fact


def said(evidence: Evidence) -> Classification | None:
    """What the error proves; None where no error text could be had."""
    return None if isinstance(evidence.error, Gap) else classify(evidence.error)


def may_be_hidden(evidence: Evidence) -> bool:
    """Whether a name may be hidden because a person gave the text to be read.

    A template that nobody says has failed is about to be deployed as it stands.
    """
    undeployed = "template" in evidence.supplied and isinstance(evidence.error, Gap)
    return bool(evidence.supplied) and not undeployed


def failure(evidence: Evidence, *families: str) -> PullFailure | None:
    """The pull failure that the error proves, if it is of one of these families (or of any)."""
    classification = said(evidence)
    if isinstance(classification, PullFailure) and (not families or classification.family in families):
        return classification
    return None


def error_fact(evidence: Evidence, found: PullFailure) -> Fact:
    """The line of evidence that quotes the error."""
    code = found.link.code or "no code"
    return Fact(f"Azure's error ({code})", _short(found.link.message), evidence.error_source)


def tails(pull: Pull, *kinds: str) -> tuple[PullTail, ...]:
    """How the registry, or the way to it, refused this pull: from its container's events, the group's and the error."""
    messages: list[str] = []
    if pull.container is not None:
        messages += [event.message for event in fresh(pull.container.events, pull.evidence.began_at)]
    if isinstance(pull.evidence.live, Definition):
        messages += [event.message for event in fresh(pull.evidence.live.events, pull.evidence.began_at)]
    if not isinstance(pull.evidence.error, Gap):
        messages += [link.message for link in pull.evidence.error.live if link.family == "pull-event"]
    found = [tail for message in messages if (tail := event_tail(message)) is not None and _is_about(tail, pull)]
    distinct = tuple(dict.fromkeys(found))
    return tuple(tail for tail in distinct if not kinds or tail.kind in kinds)


def tail_fact(tail: PullTail) -> Fact:
    """The line of evidence that quotes a container event."""
    return Fact("the container's event", _short(tail.text), "container-event")


def pull_proven(evidence: Evidence, pulls: tuple[Pull, ...]) -> bool:
    """Whether an error text or a container event says that a pull failed."""
    return failure(evidence) is not None or any(tails(pull) for pull in pulls)


def _is_about(tail: PullTail, pull: Pull) -> bool:
    """Events carry the image as it was resolved, with a digest; only the repository can be compared."""
    if tail.image is None or isinstance(pull.image, Gap):
        return True
    return _repository(tail.image) == _repository(pull.image)


def _repository(image: str) -> str:
    head = image.split("@", 1)[0]
    path, colon, tag = head.rpartition(":")
    name = path if colon and "/" not in tag else head
    return name.lower().removeprefix("docker.io/").removeprefix("index.docker.io/").removeprefix("library/")


def _short(text: str) -> str:
    return text if len(text) <= 400 else text[:399] + "…"
