"""Strings as .NET counts them: in UTF-16 code units, of which a character above U+FFFF takes two.

Source: https://learn.microsoft.com/dotnet/standard/base-types/character-encoding-introduction
"""

from __future__ import annotations

from acimedic.template.arguments import WrongArgumentError


def units(text: str) -> str:
    """The text with one character for each code unit."""
    if not text or max(text) <= "\uffff":
        return text
    encoded = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(encoded[at] | encoded[at + 1] << 8) for at in range(0, len(encoded), 2))


def whole(code_units: str) -> str:
    """The text that code units stand for. WrongArgumentError where half a character is left over."""
    if not any("\ud800" <= each <= "\udfff" for each in code_units):
        return code_units
    try:
        return code_units.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise WrongArgumentError("half of a character above U+FFFF") from error


def length(text: str) -> int:
    """How many code units a text has."""
    return len(text) if text.isascii() else len(units(text))
