"""A place among tokens, with what a parser asks of it."""

from typing import NoReturn

from tests.infra.checking.syntax import At, BicepError
from tests.infra.checking.tokens import Token


class Cursor:
    """Goes through tokens from the first to the last. What is not as asked for raises BicepError."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._place = 0

    def peek(self, ahead: int = 0) -> Token:
        """The token at hand, or one further on."""
        return self._tokens[min(self._place + ahead, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The token at hand; goes on to the next."""
        token = self.peek()
        self._place += 1
        return token

    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.peek().kind == "end"

    def sees(self, *signs: str) -> bool:
        """Whether the token at hand is one of these signs."""
        return self.peek().kind == "sign" and self.peek().text in signs

    def sees_word(self, word: str, ahead: int = 0) -> bool:
        """Whether it is this word."""
        return self.peek(ahead).kind == "name" and self.peek(ahead).text == word

    def sees_past_lines(self, *signs: str) -> bool:
        """Whether one of these signs comes next but for line ends, which are then passed."""
        ahead = 0
        while self.peek(ahead).kind == "line":
            ahead += 1
        if self.peek(ahead).kind == "sign" and self.peek(ahead).text in signs:
            self._place += ahead
            return True
        return False

    def sign(self, sign: str) -> Token:
        """This sign, which has to be there."""
        if not self.sees(sign):
            self.refuse(f"{sign!r} is missing before {self._shown()}")
        return self.take()

    def word(self, word: str) -> Token:
        """This word, which has to be there."""
        if not self.sees_word(word):
            self.refuse(f"{word!r} is missing before {self._shown()}")
        return self.take()

    def name(self) -> str:
        """A name, which has to be there."""
        if self.peek().kind != "name":
            self.refuse(f"a name is missing before {self._shown()}")
        return self.take().text

    def line(self) -> None:
        """The end of a line, which has to be there."""
        if self.peek().kind not in {"line", "end"}:
            self.refuse(f"{self._shown()} stands where the line should end")
        self.take()

    def skip_lines(self) -> None:
        """Pass line ends."""
        while self.peek().kind == "line":
            self.take()

    def span(self, start: At) -> At:
        """From there to the last token that was taken."""
        return At(start.start, self._tokens[self._place - 1].at.end, start.line)

    def refuse(self, said: str) -> NoReturn:
        """Raise BicepError at the token at hand."""
        raise BicepError(self.peek().at.line, said)

    def _shown(self) -> str:
        token = self.peek()
        return {"line": "the end of the line", "end": "the end"}.get(token.kind, repr(token.text))
