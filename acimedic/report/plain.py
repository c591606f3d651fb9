"""Text that is safe to print: names and error texts come from Azure and are hostile.

A control character could rewrite the terminal's screen, a bidirectional one could turn a name round.
"""

import textwrap
import unicodedata

_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def plain(text: str) -> str:
    """The text in one line, with everything that is not seen shown as an escape."""
    return "".join(_shown(char) for char in text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))


def wrapped(text: str, *, width: int, indent: str = "", first: str | None = None) -> list[str]:
    """The text in lines of a terminal; words that are too long, such as ids and commands, stay whole."""
    return textwrap.wrap(
        plain(text),
        width=max(width, 40),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [indent if first is None else first]


def _shown(char: str) -> str:
    if unicodedata.category(char) not in _HIDDEN:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
