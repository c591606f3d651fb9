"""Hostile words in Markdown: whatever is not an ordinary word stands in a code span or in a block of code.

GitHub, Azure DevOps and Teams look for mentions, references and bare links in what is left after escapes are resolved,
so that a backslash or an entity stops none of them; inside code they look for nothing. Code also keeps a name exact
when it is copied, which a character that breaks it up would not.
Sources: https://github.github.com/gfm/#code-spans https://github.github.com/gfm/#autolinks-extension-
https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
"""

import re

from acimedic.report.links import may_link
from acimedic.report.plain import plain

# Letters joined by hyphens or apostrophes, or a number; with quotes and brackets around, and what ends a clause. Not
# what may be the id of a commit.
_ORDINARY = re.compile(
    r"(?!['\"(]*[0-9a-f]{7,40}\b)['\"(]*(?:[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d{1,6}(?=[^\w.)]*$))['\")]*[,;:.?]*"
)
_BEFORE, _AFTER = "'\"(", "'\"),;:.?"


def prose(text: str) -> str:
    """A text in which each word that is not an ordinary one is code; safe at the start of a line as well."""
    return " ".join(_word(word) for word in plain(text).split())


def code(text: str) -> str:
    """The text as a code span, in one line."""
    line = plain(text).strip() or " "
    runs = {len(run) for run in re.findall("`+", line)}
    fence = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    edge = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{edge}{line}{edge}{fence}"


def fenced(*lines: str, language: str = "") -> str:
    """The lines as a block of code, behind a fence that none of them can close."""
    shown = [plain(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([fence + language, *shown, fence])


def link(label: str, url: str) -> str:
    """A link, where the address may be linked to; else the address as code."""
    return f"[{label}](<{url}>)" if may_link(url) else f"{label}: {code(url)}"


def _word(word: str) -> str:
    if _ORDINARY.fullmatch(word):
        return word
    tail = word.lstrip(_BEFORE)
    bare = tail.rstrip(_AFTER)
    return f"{word[: -len(tail)]}{code(bare)}{tail[len(bare) :]}" if bare else code(word)
