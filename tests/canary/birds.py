"""Canaries: one random secret for each way in, and the search for all of them in whatever goes out.

A secret does not have to come out as it came in. So it is looked for by its halves, without regard to case, with
percent signs and JSON's escapes taken away, with lines joined, and in base64, wherever in the encoded text it begins.
"""

import base64
import re
import secrets
import string
import uuid
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

_SIGNS = string.ascii_letters + string.digits
_HALF = 12
_ESCAPE = re.compile(r"\\u00([0-9a-fA-F]{2})|\\x([0-9a-fA-F]{2})")
_BETWEEN = re.compile(r"(?:\\r|\\n|\s|[│|>])+")


class Cage:
    """Canaries by the names of the ways in, made when they are first asked for."""

    def __init__(self) -> None:
        self.birds: dict[str, str] = {}

    def __call__(self, way: str) -> str:
        """A secret of letters and digits, of which there are some in either half."""
        return self.put(way, f"{_half()}{_half()}")

    def person(self, way: str) -> str:
        """An id of a person."""
        return self.put(way, str(uuid.uuid4()))

    def address(self, way: str) -> str:
        """An address of the net, of the range for documentation."""
        return self.put(way, "2001:db8:" + ":".join(f"{secrets.randbelow(0xEFFF) + 0x1000:x}" for _ in range(6)))

    def put(self, way: str, text: str) -> str:
        """This one, unless there is one already."""
        return self.birds.setdefault(way, text)

    def found(self, gone_out: Mapping[str, str], *, but: frozenset[tuple[str, str]] = frozenset()) -> list[str]:
        """`way in -> way out`, for each secret that has come out. but: pairs in which it has to."""
        return sorted(
            f"{way} -> {out}" for out, text in gone_out.items() for way in self.within(text) if (way, out) not in but
        )

    def within(self, text: str) -> list[str]:
        """The ways in whose secrets are in a text, whatever its form."""
        exact = "\n".join(_readings(text))
        folded = exact.lower()
        return [
            way
            for way, bird in self.birds.items()
            if any(part in folded for part in _parts(bird)) or any(part in exact for part in _encoded(bird))
        ]


def _half() -> str:
    signs = [secrets.choice(_SIGNS) for _ in range(_HALF - 1)]
    signs.insert(secrets.randbelow(_HALF - 1), secrets.choice(string.digits))
    return "".join(signs)


def _readings(text: str) -> Iterator[str]:
    """A text as whoever finds it might read it."""
    plain = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), unquote(text))
    yield text
    yield plain
    yield _BETWEEN.sub("", plain)


def _parts(bird: str) -> Iterator[str]:
    folded = bird.lower()
    middle = max(_HALF, len(folded) // 2)
    yield from (folded[:middle], folded[middle:] or folded)
    if "-" in folded:
        yield folded.replace("-", "")


def _encoded(bird: str) -> Iterator[str]:
    """The signs of base64 that depend on the secret alone, for each of the three places where it may begin."""
    for ahead in range(3):
        whole = base64.b64encode(b"\0" * ahead + bird.encode()).decode()
        yield whole[(ahead * 8 + 5) // 6 : (ahead + len(bird)) * 8 // 6]
