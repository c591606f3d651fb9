"""Hostile words in an Adaptive Card: nothing in them is a link, a mention, an emphasis, a list or a function.

Teams renders a part of Markdown in text blocks and facts, and not the same part everywhere: desktop and web follow
CommonMark, the mobile clients have a parser of their own, which knows escapes of emphasis alone. So an escape must
also part what that parser looks for: a link is `](` there, which `]\\(` is not. Code spans, which would keep a name
exact, are not rendered in cards. Addresses are shown as `hxxps`, since a client may link what looks like one.
Sources: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format
https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features
https://github.com/microsoft/AdaptiveCards/issues/5590 https://spec.commonmark.org/0.31.2/#backslash-escapes
"""

import re
from urllib.parse import urlsplit

from acimedic.report.links import may_link
from acimedic.report.plain import plain

_ADDRESS = re.compile(r"https?(?=://)\S*", re.IGNORECASE)
_SCHEME = re.compile("^http", re.IGNORECASE)

_ACTIVE = re.compile(
    r"[\\`*~\[\]<>]|(?<=\])\(|&(?=#?\w{1,32};)"  # escapes, code, emphasis, links, HTML and its entities
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis; inside a word it is none, and names stay as they are
    r"|(?<=[{$])\{"  # {{DATE(…)}}, ${…}
    r"|(?<=/)/|(?<=mailto):|(?<=www)\."  # addresses
    # a host that is named without a scheme, but for registries of Azure, at which there is no page to see
    r"|(?<!\.azurecr)(?<!\.microsoft)(?<=\w)\.(?=(?:[^\W\d_]{2,6}|xn--[\w-]+)(?!\w))"
    r"|^[#+=-]|(?<=[\[\])])[+-]|(?:(?<=^\d)|(?<=^\d\d)|(?<=^\d\d\d))\.",  # headings and lists
    re.IGNORECASE,
)

_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:[/?#][A-Za-z0-9/._~?#@=&%:+,;!$*'-]*)?", re.ASCII)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_LONGEST_URL = 1200
_WRITTEN_LONG = re.compile("[&'+]")  # six bytes each in the JSON of a careful writer


def escaped(text: str) -> str:
    """The text as it is to be read, in one line, for a text block or a fact."""
    line = _ADDRESS.sub(lambda found: _unlinked(found[0]), plain(text).strip())
    return _ACTIVE.sub(lambda found: f"\\{found[0]}", line)


def may_open(url: str | None) -> bool:
    """Whether a button may lead there: an https address without credentials, of plain characters and fit length.

    http is right on the loopback address alone, where `acimedic serve` listens.
    """
    if url is None or len(_WRITTEN_LONG.sub("......", url)) > _LONGEST_URL or _URL.fullmatch(url) is None:
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port that is none raises
    except ValueError:
        return False
    if not host or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or host in _LOOPBACK


def _unlinked(address: str) -> str:
    return address if may_link(address) else _SCHEME.sub("hxxp", address)
