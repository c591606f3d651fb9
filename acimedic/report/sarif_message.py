"""Texts for a SARIF log: no name in them is a link, a placeholder or a command (pure)."""

import re

from acimedic.report.plain import plain

_LONGEST = 4_000
_SPECIAL = re.compile(r"[\\\[\]]")
_PLACEHOLDER = re.compile(r"\{(\d+)\}", re.ASCII)
_ENDS = (".", "!", "?")


def message(*paragraphs: str) -> dict[str, object]:
    """A plain text message. A paragraph that is too long for a reader is cut."""
    return {"text": "\n\n".join(map(_said, paragraphs))}


def sentence(text: str) -> str:
    """With a full stop: where there is little room, viewers show the first sentence alone."""
    return text if text.rstrip().endswith(_ENDS) else f"{text}."


def name_of(text: str) -> str:
    """A name, which no viewer looks into for links."""
    return _short(plain(text))


def _said(text: str) -> str:
    """Brackets are escaped as CodeQL does it, and links are broken for viewers that know of no escapes.

    Braces are doubled around a number alone: viewers replace nothing else, and many show doubled ones as they are.
    Source: SARIF 2.1.0, 3.11.5 and 3.11.6
    """
    escaped = _SPECIAL.sub(r"\\\g<0>", _short(plain(text))).replace("](", "] (")
    return _PLACEHOLDER.sub(r"{{\1}}", escaped)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
