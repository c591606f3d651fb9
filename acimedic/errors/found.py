"""What a payload yields while it is taken apart: links, and the facts that stand around them."""

import re
from dataclasses import dataclass, field, replace

from acimedic.model.error import ErrorLink
from acimedic.model.error_codes import is_wrapper
from acimedic.redact import redact

__all__ = ["Around", "Found", "group_ids"]

_LINKS = 2_000
_GROUP_ID = re.compile(
    r"/subscriptions/[^/\s'\"\\]{1,100}/resourceGroups/[^/\s'\"\\]{1,100}"
    r"/providers/Microsoft\.ContainerInstance/{1,2}containerGroups/[A-Za-z0-9._()<>*-]{1,100}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the layers around a value have said; the value's own words go before it."""

    depth: int = 0
    target: str | None = None
    http_status: int | None = None
    correlation_id: str | None = None
    level: int = 0
    """How many texts within texts have been opened."""

    def deeper(self) -> "Around":
        """The surroundings of what stands inside a link."""
        return replace(self, depth=self.depth + 1)


@dataclass(slots=True)
class Found:
    """The links in order, each with the correlation id of the record it was read from, and every group id seen."""

    links: list[ErrorLink] = field(default_factory=list)
    correlations: list[str | None] = field(default_factory=list)
    group_ids: dict[str, None] = field(default_factory=dict)
    first_correlation: str | None = None
    told: int = 0
    """How many links were read from JSON, those that repeat others included."""

    def add(self, code: str | None, message: str, around: Around, *, prose: bool = False) -> None:
        """A link, unless it repeats one; a wrapper within an equal wrapper is no repetition."""
        self.saw(around.target or "")
        self.told += not prose
        if len(self.links) >= _LINKS or (code is None and not message.strip()):
            return
        message = redact(message.strip())
        link = ErrorLink(
            code=code, message=message, target=around.target, http_status=around.http_status, depth=around.depth
        )
        if message and any(_same(link, known) for known in self.links[-40:]):
            return
        self.links.append(link)
        self.correlations.append(around.correlation_id)

    def saw(self, text: str) -> None:
        """Keep the ids of container groups that a text holds."""
        for group in group_ids(text):
            self.group_ids.setdefault(group)

    def correlation_of(self, link: ErrorLink | None) -> str | None:
        """The correlation id of the record that holds a link, else the first one seen."""
        own = (known for each, known in zip(self.links, self.correlations, strict=True) if each is link and known)
        return next(own, None) or self.first_correlation


def group_ids(text: str) -> tuple[str, ...]:
    """The ids of container groups in a text, as written."""
    return tuple(dict.fromkeys(found[0] for found in _GROUP_ID.finditer(text)))


def _same(link: ErrorLink, known: ErrorLink) -> bool:
    if link.message != known.message or link.target != known.target:
        return False
    if link.code is not None and (known.code or "").lower() != link.code.lower():
        return False
    return link.depth == known.depth or not is_wrapper(link.code) or link.code is None
