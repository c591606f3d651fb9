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


def whom(identity: str | None) -> str:
    """An identity as one word of a command line; None for whoever has run `az login`."""
    return '"$(az ad signed-in-user show --query id --output tsv)"' if identity is None else shlex.quote(identity)


def provision(name: str = "", value: str = "") -> str:
    """The command that deploys again, after a variable of azd was set where one is named.

    What azd deploys, it deploys whole: a setting or a role that was made by hand is gone with the next deployment.
    """
    return f"{command('azd', 'env', 'set', name, value)} && azd provision" if name else "azd provision"


def worst(findings: Iterable[Finding]) -> Word:
    """The word for all of them."""
    words = {finding.word for finding in findings}
    return "wrong" if "wrong" in words else "unknown" if "unknown" in words else "ok"
