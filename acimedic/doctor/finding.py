"""One thing that was looked at (pure)."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Word: TypeAlias = Literal["ok", "wrong", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found.

    about: what was looked at, in one word. said: one sentence. repair: the command, or the step, that puts it right;
    None where nothing has to be done.
    """

    about: str
    word: Word
    said: str
    repair: str | None = None


def ok(about: str, said: str) -> Finding:
    """It is as it should be."""
    return Finding(about=about, word="ok", said=said)


def wrong(about: str, said: str, repair: str) -> Finding:
    """It is not as it should be."""
    return Finding(about=about, word="wrong", said=said, repair=repair)


def unknown(about: str, said: str, repair: str | None = None) -> Finding:
    """Nobody could tell."""
    return Finding(about=about, word="unknown", said=said, repair=repair)


def command(*words: str) -> str:
    """A command line in which no word, whatever Azure or a setting calls it, can be another command."""
    return shlex.join(words)


def worst(findings: Iterable[Finding]) -> Word:
    """The word for all of them."""
    words = {finding.word for finding in findings}
    return "wrong" if "wrong" in words else "unknown" if "unknown" in words else "ok"
