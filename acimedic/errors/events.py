"""Container events: the joined ones taken apart, and the tail of a failed pull read.

An asynchronous failure reaches the deployment as all of the containers' events joined with `;`
(https://github.com/MicrosoftDocs/azure-docs/issues/20808).
"""

import re

from acimedic.model.error import PullTail
from acimedic.model.error_sentences import images_in

__all__ = ["event_tail", "split_events"]

_LONGEST = 20_000

_START = r"""(?:\(combined\ from\ similar\ events\):\s{0,3})?
    (?:pulling\ image\ |Successfully\ pulled\ |Failed\ to\ pull\ |Back-?off\ |Created\ container|Started\ container
    |Killing\ container|Stopped\ container|Error:\ |Failed\ to\ mount|Container\ image\ |Successfully\ mounted)"""
_BETWEEN = re.compile(rf"\s{{0,20}};\s{{0,20}}(?={_START})", re.IGNORECASE | re.VERBOSE)
_EVENT = re.compile(rf"\s{{0,20}}{_START}", re.IGNORECASE | re.VERBOSE)

_IP = r"(?P<detail>[0-9a-fA-F.:]{3,45})"
_TAILS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("firewall", rf"client with IP ['\"\\]{{0,3}}{_IP}['\"\\]{{0,3}} is not allowed"),
        ("firewall", r"is not allowed access\.? Refer https?://aka\.ms/acr/firewall"),
        ("token-validation", r"token validation failed"),
        ("throttled", r"too many requests to source registry(?: for cache rule ['\"]?(?P<detail>[\w.-]{1,100}))?"),
        ("rate-limit", r"pull rate limit|docker\.com/increase-rate-limit"),
        ("rate-limit", r"(?:docker\.io|docker\.com)\b.{0,400}(?:toomanyrequests|\b429\b)"),
        ("throttled", r"toomanyrequests|\b429\b|too many requests"),
        ("no-matching-platform", r"no match(?:ing manifest)? for (?:platform in manifest|(?P<detail>[\w/.-]{1,60}))"),
        ("name-unknown", r"name unknown|NAME_UNKNOWN|repository name not known"),
        ("disallowed", r"The operation is disallowed"),
        ("manifest-unknown", r"manifest tagged by ['\"\\]{0,3}(?P<detail>[\w.-]{1,128})"),
        ("manifest-unknown", r"manifest for \S{1,500}:(?P<detail>[\w.-]{1,128}) not found"),
        ("manifest-unknown", r"manifest unknown|MANIFEST_UNKNOWN|:\s{0,3}not found\b"),
        ("denied-or-absent", r"pull access denied for (?P<detail>[^\s,]{1,300})"),
        ("denied-or-absent", r"pull access denied|may require 'docker login'|insufficient_scope"),
        ("dns", r"lookup (?P<detail>[A-Za-z0-9._-]{1,253})[ :]"),
        ("dns", r"no such host|server misbehaving|name resolution|could not resolve"),
        ("unauthorized", r"unauthorized|authentication required|authorization failed|failed to authorize|\b401\b"),
        ("denied-or-absent", r"requested access to the resource is denied|\bdenied\b|\b403\b|forbidden"),
        ("timeout", r"Client\.Timeout|i/o timeout|context deadline exceeded|TLS handshake timeout|timed out"),
        ("unreachable", r"connection refused|no route to host|connection reset|network is unreachable"),
    )
)
_FAILED = re.compile(r"Failed to pull image|Error response from daemon|ErrImagePull|failed to resolve reference")
_REGISTRY = re.compile(
    r"denied: client with IP|unauthorized: |manifest unknown|name unknown:|toomanyrequests:|pull access denied"
    r"|no matching manifest for|unknown: The operation is disallowed|token validation failed",
    re.IGNORECASE,
)


def split_events(message: str) -> tuple[str, ...]:
    """The single events of a message that joins several; empty for any other message."""
    if ";" not in message or not _EVENT.match(message):
        return ()
    return tuple(event.strip() for event in _BETWEEN.split(message) if event.strip())


def event_tail(message: str) -> PullTail | None:
    """Why a pull was refused, by the tail of the event `Failed to pull image …`, or by the registry's bare words.

    None for a message that tells of no refusal, such as `Back-off pulling image …`.
    """
    message = message[:_LONGEST].replace("\\u0027", "'").replace('\\"', '"')
    if not _FAILED.search(message) and not _REGISTRY.search(message):
        return None
    failed = next((event for event in split_events(message) if _FAILED.search(event)), message)
    image = next(iter(images_in(failed)), None)
    for kind, pattern in _TAILS:
        if found := pattern.search(failed):
            detail = found.groupdict().get("detail")
            return PullTail(kind=kind, image=image, detail=detail, text=failed)
    return PullTail(kind="other", image=image, detail=None, text=failed)
