"""An Azure error, unwrapped: the chain of what it says, from the outermost wrapper to the cause."""

import re
from dataclasses import dataclass, replace

from acimedic.model.error_codes import family_of_code, is_wrapper, kind_of_code, kind_of_unknown_code, proves_nothing
from acimedic.model.error_sentences import family_of_sentence, groups_in, images_in, is_generic, kind_of_sentence

__all__ = ["Classification", "ErrorChain", "ErrorLink", "OtherFailure", "PullFailure", "PullTail", "Unclear"]

_GROUP_ID = re.compile(r"/providers/microsoft\.containerinstance/containergroups/([^/?#\s'\"]+)", re.IGNORECASE)
_FULL_GROUP_ID = re.compile(
    r"/subscriptions/[^/\s'\"]{1,100}/resourceGroups/[^/\s'\"]{1,100}"
    r"/providers/Microsoft\.ContainerInstance/containerGroups/[^/?#\s'\"\\,;:)\]}]{1,100}",
    re.IGNORECASE,
)
_PROVIDER = re.compile(r"/providers/([a-z0-9.]+/[a-z0-9]+)", re.IGNORECASE)
_NAMED_TYPE = re.compile(r"Resource '(Microsoft\.[A-Za-z0-9.]+/[A-Za-z]+)", re.IGNORECASE)
_CONTAINER_GROUPS = "microsoft.containerinstance/containergroups"
_DEPLOYMENTS = "microsoft.resources/deployments"
_ANY_RESOURCE = frozenset({"quota", "capacity", "policy", "provider-not-registered", "template"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorLink:
    """One error of a chain, as one layer of Azure reported it."""

    code: str | None
    message: str
    target: str | None
    """What the layer says it is about: mostly a resource id, its own or that of the layer around it."""
    http_status: int | None
    depth: int

    @property
    def group(self) -> str | None:
        """The container group that the link is about: its id, or the name that the message gives."""
        for text in (self.target or "", self.message):
            if found := _FULL_GROUP_ID.search(text[:20_000]):
                return found[0]
        return next(iter(groups_in(self.message)), None)

    @property
    def is_foreign(self) -> bool:
        """Whether the link is about a resource that is neither a container group nor a deployment."""
        types = [*_NAMED_TYPE.findall(self.message[:2000]), *_PROVIDER.findall(self.target or "")[-1:]]
        telling = [each.lower() for each in types if each.lower() != _DEPLOYMENTS]
        return bool(telling) and telling[-1] != _CONTAINER_GROUPS

    @property
    def family(self) -> str | None:
        """The family of pull failures that the link proves; a specific code goes before the words."""
        if self.code and kind_of_code(self.code) and self.code.lower() not in _JUDGED_BY_WORDS:
            return None
        family = family_of_code(self.code) or family_of_sentence(self.message)
        # The registry itself refuses to tell the admin account's password; all else that it says is no pull of ours.
        return None if self.is_foreign and family != "admin-user-disabled" else family

    @property
    def kind(self) -> str | None:
        """The kind of other failure that the link proves, or none where it proves none."""
        if self.family:
            return None
        known = kind_of_code(self.code) or kind_of_sentence(self.message)
        if known is None and not proves_nothing(self.code):
            known = kind_of_unknown_code(self.code or "", about_group=self.group is not None)
        if known and self.is_foreign and known not in _ANY_RESOURCE:
            return "other-resource"
        return known

    @property
    def weight(self) -> int:
        """How much the link tells, to find the cause: a failed pull before another failure, the group's own failure
        before another resource's, anything before a wrapper."""
        if self.family:
            return 6
        if kind := self.kind:
            return 2 if self.is_foreign or kind == "other-resource" else 5 if self.group else 4
        if self.target and _GROUP_ID.search(self.target):
            return 3 if not is_wrapper(self.code) or not is_generic(self.message) else 0
        return 1 if not is_wrapper(self.code) or not is_generic(self.message) else 0


_JUDGED_BY_WORDS = frozenset({"invalidrequestcontent", "invalidparameter", "invalidtemplate", "invalidresource"})
"""Codes of a refused request; only their words tell whether the image or its credential was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorChain:
    """All that an error says, outermost first."""

    links: tuple[ErrorLink, ...]
    correlation_id: str | None
    container_group: str | None
    """The group's id where known, else its name."""
    image: str | None
    """The image of the cause, as written; may be empty, masked or malformed."""
    images: tuple[str, ...]
    text: str
    """Everything that was said, one line a sentence, without colours and wrapping."""

    @property
    def live(self) -> tuple[ErrorLink, ...]:
        """The links without failed pulls that a later event says have succeeded."""
        pulled: dict[str, int] = {}
        for place, link in enumerate(self.links):
            if "successfully pulled image" in link.message[:200].lower():
                pulled.update(dict.fromkeys(images_in(link.message), place))
        if not pulled:
            return self.links
        return tuple(
            link
            for place, link in enumerate(self.links)
            if not (link.family == "pull-event" and any(pulled.get(i, -1) > place for i in images_in(link.message)))
        )

    @property
    def cause(self) -> ErrorLink | None:
        """The innermost link that says something of its own; of several failures the container group's own."""
        links = self.live
        if not links:
            return None
        weights = [link.weight for link in links]
        best = max(weights)
        first = weights.index(best) if best else len(links) - 1
        cause = links[first]
        for link, weight in zip(links[first + 1 :], weights[first + 1 :], strict=True):
            if link.depth <= links[first].depth:
                break
            if weight == best and link.code is not None:
                cause = link
        return cause

    @property
    def code(self) -> str | None:
        """The innermost specific code; where there is none, the innermost code at all."""
        cause = self.cause
        if cause and cause.code and cause.weight:
            return cause.code
        coded = [link for link in self.live if link.code]
        return max(coded, key=lambda link: link.depth).code if coded else None

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, outermost first, each once."""
        seen: dict[str, str] = {}
        for link in self.links:
            if link.code:
                seen.setdefault(link.code.lower(), link.code)
        return tuple(seen.values())

    def has_code(self, code: str) -> bool:
        """Whether a layer gave this code, whatever the casing."""
        return code.lower() in (known.lower() for known in self.codes)

    def for_group(self, group: str) -> "ErrorChain":
        """The chain without the links that are about something else than this container group (its name or id).

        Where some links name the group, those that name nothing and are no wrappers go too: in a deployment of
        several resources nothing ties them to this one.
        """
        named = [link for link in self.links if _is_same_group(link.group, group)]
        kept = tuple(
            link
            for link in self.links
            if link in named or (link.group is None and not link.is_foreign and not (named and _is_specific(link)))
        )
        images = tuple(dict.fromkeys(image for link in kept for image in images_in(link.message)))
        chain = replace(self, links=kept, container_group=group if named else self.container_group, images=images)
        cause = chain.cause
        of_cause = images_in(cause.message) if cause else ()
        return replace(
            chain,
            image=next(iter(of_cause or images), None),
            text="\n".join(link.message for link in kept),
        )


@dataclass(frozen=True, slots=True)
class PullFailure:
    """The error proves that the image could not be had; the family says in which of the service's ways."""

    family: str
    link: ErrorLink


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherFailure:
    """The error proves something else. `kind` is one of the report's kinds for `not-a-pull-failure`."""

    kind: str
    code: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """The error proves nothing: a wrapper, a bare HTTP status, a time-out, the service's own trouble."""

    reason: str


Classification = PullFailure | OtherFailure | Unclear


@dataclass(frozen=True, slots=True, kw_only=True)
class PullTail:
    """How the registry, or the way to it, refused: the tail of a container event `Failed to pull image …`."""

    kind: str
    """`firewall`, `unauthorized`, `token-validation`, `manifest-unknown`, `name-unknown`, `disallowed`, `rate-limit`,
    `throttled`, `denied-or-absent`, `dns`, `timeout`, `unreachable`, `no-matching-platform` or `other`."""
    image: str | None
    detail: str | None
    """The address, tag, repository, host, cache rule or platform that the text gives."""
    text: str


def _is_specific(link: ErrorLink) -> bool:
    return link.weight > 0


def _is_same_group(known: str | None, group: str) -> bool:
    if known is None:
        return False
    if known.startswith("/") and group.startswith("/"):
        return known.strip("/").lower() == group.strip("/").lower()
    return _name(known) == _name(group)


def _name(group: str) -> str:
    found = _GROUP_ID.search(group)
    return (found[1] if found else group).lower()
