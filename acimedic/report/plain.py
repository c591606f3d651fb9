"""Text that is safe to print: names and error texts come from Azure and are hostile.

A control character could rewrite the terminal's screen, a bidirectional one could turn a name round, and in the log of
a pipeline a name could be a command to the pipeline's agent, which sets variables and fails or passes a job.
"""

import re
import textwrap
import unicodedata

_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}

# Azure Pipelines obeys `##vso[…]` anywhere in a line, GitHub `##[…]` too, and `::word …::` at the start of a line,
# which any word may come to when lines are broken.
# Sources: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
# https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
_COMMAND = re.compile(r"#(?=#(?:vso)?\[)|(?<!\S):(?=:[a-z])", re.IGNORECASE)


def plain(text: str) -> str:
    """The text in one line, with everything that is not seen shown as an escape."""
    line = text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    if not (line.isascii() and line.isprintable()):  # as most are; then nothing in it is hidden
        line = "".join(map(_shown, line))
    return _COMMAND.sub(lambda found: _escape(found[0]), line) if "##" in line or "::" in line else line


def wrapped(text: str, *, width: int, indent: str = "", first: str | None = None) -> list[str]:
    """The text in lines of a terminal; words that are too long, such as ids and commands, stay whole."""
    line, begins, room = plain(text), indent if first is None else first, max(width, 40)
    if len(begins) + len(line) <= room and line.isascii() and (told := line.rstrip(" ")):
        return [begins + told]  # as `wrap` would, which takes every line apart
    return textwrap.wrap(
        line,
        width=room,
        initial_indent=begins,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [begins]


def _shown(char: str) -> str:
    return _escape(char) if unicodedata.category(char) in _HIDDEN else char


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
