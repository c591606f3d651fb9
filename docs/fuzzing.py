"""The section of docs/reliability.md on hostile input, from what `make fuzz` has written."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_FIGURES = Path(__file__).parents[1] / "tests" / "fuzz" / "figures.json"
_WHOLE = 100_000
_HEAD = """\
## Hostile input

Every parser is tried with inputs that are made from real ones (values, keys and depth of JSON, characters of texts) and
by grammar (image references, expressions, conditions), and with what libFuzzer makes of those that reached new
branches. Only the documented errors may come out, in one printable line where a person reads them; what is read has to
be written and read back equal; no person of an event may be named. `make check` tries 500 to 2,000 of each from a
fixed seed, and first every input that was a fault once (`tests/fuzz/corpus`); it also counts that an input four times
as long takes about four times as many lines of Python. The figures are those of `make fuzz`, in processor time under
the instruments of the fuzzer, which make it two to three times as slow.

*Longest*: the slowest of the inputs as long as the parser takes them, which are one piece many times, without the
instruments.
"""


def section() -> Iterator[str]:
    """Lines of Markdown."""
    parsers: Mapping[str, Mapping[str, Any]] = json.loads(_FIGURES.read_text("utf-8"))
    yield _HEAD
    yield f"On {' and '.join(dict.fromkeys(each['machine'] for each in parsers.values()))}:"
    yield ""
    yield "| parser | inputs | branches | raised | slowest | longest | on |"
    yield "|---|---|---|---|---|---|---|"
    for name, each in parsers.items():
        yield (
            f"| {name} | {each['inputs']:,} | {each['edges']:,} | {sum(each['faults'].values())} |"
            f" {each['slowest_ms']:.0f} ms | {each['longest_ms']:.0f} ms | {each['when']} |"
        )
    yield ""
    short = [name for name, each in parsers.items() if each["inputs"] < _WHOLE]
    if short:
        yield f"Not yet through a whole run of {_WHOLE:,} inputs: {', '.join(short)}."
        yield ""
