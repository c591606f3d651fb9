"""Where a code stands in running text, and on which side of it its message stands.

az and the Python SDK print `(Code) message` and `Code: … Message: …`, Go `Code="…" Message="…"`, Terraform
`with error: Code: message`, PowerShell `message (Code: X)` or `Error: Code=X; Message=…`, .NET `message …
ErrorCode: X`, pipelines `##[error]Code: message`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from acimedic.model.error_codes import is_known

__all__ = ["CODE", "MESSAGE_LABEL", "Marker", "markers"]

CODE = r"[A-Za-z][A-Za-z0-9_]{2,99}"
_QUOTE = r"(?:\\{0,8}[\"'])?"
MESSAGE_LABEL = re.compile(
    rf"(?:[\s,;)\"'*]|\\[rnt]?){{0,120}}(?:error )?message{_QUOTE}[ \t]{{0,8}}[:=][\s*]{{0,20}}", re.IGNORECASE
)

_LABELLED = re.compile(
    rf"(?P<open>\()?(?<![A-Za-z])(?<!status )(?<!exit )(?<!rpc error: )(?:Azure Error|error[ _]?code|code){_QUOTE}"
    rf"(?:[ \t]{{0,8}}[:=][\s*]{{0,40}}{_QUOTE}|[ ]\\{{0,8}}[\"'])(?P<code>{CODE})\b{_QUOTE}(?P<close>\))?",
    re.IGNORECASE,
)
_COLON_FOLLOWS = re.compile(r"\\{0,8}[\"']?: ?\S")
_BRACKETED = re.compile(rf"\((?P<code>{CODE})\)|\[(?P<square>{CODE})\](?=\s{{0,4}}:\s)")
_SENTENCE_FOLLOWS = re.compile(r"\s{1,4}:?\s{0,4}['\"A-Z{]")
_COLON = re.compile(
    rf"(?:^[ \t]{{0,40}}|(?:error|failed|exception|reason)\]?:[ \t]{{0,8}}|[\]>'-][ \t:]{{0,4}})"
    rf"'?(?P<code>{CODE})'?:[ \t]{{0,4}}(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)
_ERROR_ID = re.compile(rf"FullyQualifiedErrorId[ ]{{0,4}}:[ ]{{0,4}}(?P<code>{CODE}),")

_NOT_CODES = re.compile(r"(?:Error|Exception|Client|Warning|Id|Name|Info)$|^(?:Traceback|Microsoft|Azure|System)")
_HUMPS = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*){1,20}|[A-Z]{2,8}[a-z]+(?:[A-Z][a-z0-9]*){1,20}")
_PLAIN_WORDS = frozenset({"error", "accepted", "created", "gone", "ok", "unknown", "timeout", "failed", "failure"})
_EXCEPTIONS = frozenset({"httpresponseerror", "requestfailedexception", "clouderror", "cloudexception", "resterror"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A code in a text; `before` says that its message stands before it."""

    start: int
    end: int
    code: str
    before: bool


def markers(text: str) -> Iterator[Marker]:
    """Every place where a code is marked as one, in no order."""
    yield from _labelled(text)
    for found in _BRACKETED.finditer(text):
        code = found["code"] or found["square"]
        if _is_code(code):
            after = _SENTENCE_FOLLOWS.match(text, found.end())
            yield Marker(start=found.start(), end=found.end(), code=code, before=after is None)
    for found in _COLON.finditer(text):
        code, rest = found["code"], text[found.end() : found.end() + 300].partition("\n")[0]
        if _is_code(code) and (is_known(code) or len(rest.split()) >= 5):
            yield Marker(start=found.start("code"), end=found.end(), code=code, before=False)
    for found in _ERROR_ID.finditer(text):
        if is_known(found["code"]):
            yield Marker(start=found.start(), end=found.end(), code=found["code"], before=True)


def _labelled(text: str) -> Iterator[Marker]:
    for found in _LABELLED.finditer(text):
        code = found["code"]
        if not _is_code(code) and not (is_known(code) and code[0].isupper()):
            continue
        after = MESSAGE_LABEL.match(text, found.end()) or _COLON_FOLLOWS.match(text, found.end())
        yield Marker(start=found.start(), end=found.end(), code=code, before=bool(found["open"]) or after is None)


def _is_code(word: str) -> bool:
    """Whether a word that is not labelled as a code can be one: in camel case, and no name of an exception."""
    lower = word.lower()
    if lower in _PLAIN_WORDS or lower in _EXCEPTIONS or lower == "validationerror":
        return False
    if is_known(word) and word[0].isupper():
        return True
    return _HUMPS.fullmatch(word) is not None and not _NOT_CODES.search(word)
