"""Text as a person pastes it: colours, box drawing, log prefixes and wrapping taken away."""

import html
import re
from collections.abc import Iterator

__all__ = ["LONGEST", "clean", "decode", "rejoin", "unescape", "unwrap"]

LONGEST = 1_000_000
"""Beyond this many characters only lines that could tell something are kept."""

_LONGEST_LINE = 20_000

_COLOUR = re.compile(r"(?:\x1b|\^\[|\\x1b|\\u001b|\\033|\\e)?\[\d{1,3}(?:;\d{1,3}){0,5}m", re.IGNORECASE)
_CONTROL = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]|\x1b\][^\x07\x1b]{0,500}\x07|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "\u2028": "\n", "\u2029": "\n"})
_ENTITY = re.compile(r"&(?:#\d{1,5}|#x[0-9a-f]{1,4}|quot|apos|lt|gt|amp);", re.IGNORECASE)
_PREFIX = re.compile(
    r"^[ \t]{0,40}(?:"  # a log's time first
    r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]{0,12}(?:Z|[+-]\d\d:?\d\d)?\]?[ \t:]{1,3}(?:\d\d[OE][+ ]?)?"
    r"|#{1,2}\[(?:error|warning|section|debug|command)\]"  # Azure Pipelines
    r"|::error[^:\n]{0,200}::"  # GitHub workflow commands
    r"|[│┃║╷╵┌└├─╭╰]{1,3}[ \t]?"  # Terraform's box
    r"|\|(?=[ \t])[ \t]?"  # PowerShell 7
    r"|>{1,3}[ \t]"  # a quotation
    r")",
)
_TELLING = re.compile(
    r"error|fail|code|message|container|image|correlation|denied|unauthorized|manifest|quota|subnet", re.IGNORECASE
)
_ESCAPE = re.compile(r"\\(?:u00([0-9a-fA-F]{2})|([\"'/\\nrt]))")
_ESCAPED = {"n": "\n", "r": "", "t": "\t"}

_BLANK_LINES = re.compile(r"[\r\n]{2,}")


def decode(payload: bytes) -> str:
    """Text of bytes in whatever a shell has written: UTF-8 or, from a PowerShell redirection, UTF-16."""
    if payload[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return payload.decode("utf-16", errors="replace")
    return payload.decode("utf-8-sig", errors="replace")


def clean(text: str) -> str:
    """The text without what terminals, logs and mail programs have added to it."""
    if len(text) > LONGEST:
        text = _telling(_BLANK_LINES.sub("\n", text))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _INVISIBLE.sub("", _CONTROL.sub("", _COLOUR.sub("", text))).translate(_QUOTES)
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return "\n".join(_bare(line) for line in text.split("\n")).strip()


def unescape(text: str) -> str:
    """One level of JSON's escapes taken away, from text that is no whole JSON."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _ESCAPED.get(found[2], found[2]), text)


def unwrap(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def rejoin(text: str) -> str:
    """The text with lines joined that a console has cut at its width, in the middle of a word.

    A full line goes on without a blank; one that is a character short has lost a blank at its end.
    """
    lines = text.split("\n")
    width = max(len(line) for line in lines)
    joined = [
        line + ("" if len(line) == width else " " if len(line) == width - 1 else "\n") for line in lines[:-1] if line
    ]
    return "".join([*joined, lines[-1]]) if width >= 40 else text


def _bare(line: str) -> str:
    for _ in range(4):
        prefix = _PREFIX.match(line)
        if prefix is None or not prefix[0]:
            break
        line = line[prefix.end() :]
    return line.rstrip()


def _telling(text: str) -> str:
    kept: list[str] = []
    room = LONGEST
    for start, end in _lines(text):
        if room <= 0:
            break
        if _TELLING.search(text, start, end):
            kept.append(text[start : min(end, start + room)])
            room -= len(kept[-1]) + 1
    return "\n".join(kept)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends; very long lines in parts."""
    start = 0
    while start < len(text):
        end = text.find("\n", start, start + _LONGEST_LINE)
        end = end if end >= 0 else min(len(text), start + _LONGEST_LINE)
        yield start, end
        start = end + 1
