"""A parser to be tried: what is given to it, and what must hold of its answer."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz.choices import Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A parser.

    generate: an input from choices. hold: gives it to the parser, and raises where the answer is not as documented.
    seeds: real inputs. pieces: what an input could hold many times, for the question whether work grows with length.
    in_check: how many inputs a check of the project tries. longest: bytes of an input that the parser does not refuse.
    """

    name: str
    generate: Callable[[Choices], bytes]
    hold: Callable[[bytes], None]
    seeds: tuple[bytes, ...] = ()
    pieces: tuple[str, ...] = ()
    in_check: int = 2_000
    longest: int = 65_536

    def input_of(self, data: bytes) -> bytes:
        """The input that bytes stand for: themselves behind a zero byte, what is generated from them otherwise.

        So a fuzzer can begin with real inputs and change them as they are, or change how they are made.
        """
        if data[:1] == b"\0":
            return data[1:]
        return self.generate(Choices(data[1:]))

    @staticmethod
    def as_it_is(content: bytes) -> bytes:
        """The bytes that stand for this very input."""
        return b"\0" + content
