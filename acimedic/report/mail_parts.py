"""What a mail is made of, written once as plain text and once as HTML, so that both say the same.

Everything but an address goes through `plain`, and in HTML through escaping as well. An address is ours, and is left
out where it holds anything that could end a link. The HTML sets no colour, so that each reader's own theme holds; it
loads nothing, and holds no script, picture or form.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

from acimedic.report.plain import plain, wrapped

WIDTH = 72
_LONGEST = 2000  # characters of one text
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&()*+,;=%\[\]-]{1,2000}", re.ASCII)
_STYLE = """
body { font: 16px/1.5 "Segoe UI", system-ui, Roboto, Arial, sans-serif; max-width: 46em; margin: 1em auto;
  padding: 0 1em; overflow-wrap: anywhere; }
h2 { font-size: 1.15em; margin: 1.75em 0 .5em; }
table { border-spacing: 0; margin: .5em 0 1em; }
th { text-align: left; vertical-align: top; padding: 0 1.25em 0 0; font-weight: 600; white-space: nowrap; }
td { vertical-align: top; padding: 0; }
pre { white-space: pre-wrap; font: 14px/1.5 ui-monospace, Consolas, monospace; border: 1px solid; border-radius: 4px;
  padding: .6em .8em; }
"""


@dataclass(frozen=True, slots=True)
class Heading:
    """What comes next."""

    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A paragraph. strong: it has to be seen."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is what."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Items:
    """Several of a kind."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commands:
    """Lines to be copied, which are never broken."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A page that can be opened. strong: it has to be seen."""

    label: str
    address: str
    strong: bool = False


Part: TypeAlias = Heading | Sentence | Facts | Items | Commands | Link


def link(label: str, address: str | None, *, strong: bool = False) -> Iterator[Link]:
    """A link, where there is an address, and it is one."""
    if address is not None and _ADDRESS.fullmatch(address):
        yield Link(label=label, address=address, strong=strong)


def as_text(parts: Sequence[Part]) -> str:
    """The parts for a client that shows no HTML: 72 columns, but for commands, ids and addresses."""
    lines: list[str] = []
    for number, part in enumerate(parts):
        if number and not isinstance(parts[number - 1], Heading):
            lines.append("")
        lines += (line.rstrip() for line in _lines(part))
    return "\n".join(lines) + "\n"


def _lines(part: Part) -> Iterator[str]:
    match part:
        case Heading(text=text):
            yield f"== {plain(text)} =="
        case Sentence(text=text):
            yield from wrapped(_short(text), width=WIDTH)
        case Facts(rows=rows):
            column = max((len(label) for label, _ in rows), default=0) + 2
            for label, value in rows:
                yield from wrapped(_short(value), width=WIDTH, indent=" " * column, first=plain(label).ljust(column))
        case Items(items=items):
            for item in items:
                yield from wrapped(_short(item), width=WIDTH, indent="  ", first="- ")
        case Commands(lines=lines):
            yield from (f"  {plain(line)}" for line in lines)
        case Link(label=label, address=address):
            yield from wrapped(f"{label}:", width=WIDTH)
            yield f"  {address}"


def as_html(title: str, parts: Sequence[Part]) -> str:
    """The parts as a page that mail clients show."""
    body = "\n".join(_element(part) for part in parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_safe(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _element(part: Part) -> str:
    match part:
        case Heading(text=text):
            return f"<h2>{_safe(text)}</h2>"
        case Sentence(text=text, strong=strong):
            return f"<p><strong>{_safe(text)}</strong></p>" if strong else f"<p>{_safe(text)}</p>"
        case Facts(rows=rows):
            told = "".join(
                f'<tr><th scope="row">{_safe(label)}</th><td>{_safe(value)}</td></tr>' for label, value in rows
            )
            return f"<table>{told}</table>"
        case Items(items=items):
            return f"<ul>{''.join(f'<li>{_safe(item)}</li>' for item in items)}</ul>"
        case Commands(lines=lines):
            told = "\n".join(escape(plain(line)) for line in lines)
            return f"<pre>{told}</pre>"
        case Link(label=label, address=address, strong=strong):
            anchor = f'<a href="{escape(address)}">{_safe(label)}</a>'
            return f"<p><strong>{anchor}</strong></p>" if strong else f"<p>{anchor}</p>"


def _safe(text: str) -> str:
    return escape(plain(_short(text)))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
