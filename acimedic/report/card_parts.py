"""The parts of an Adaptive Card, drawn into as much room as there is.

Teams refuses a message of more than 28 KB, counted after it has written the JSON anew; its writer may escape more
than ours. So a card is drawn with less and less until the heaviest way of writing it is light enough.
A fact is a cell of a table, which grows with its longest word and is cut at the card's edge; a text block breaks it.
Sources: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages
https://github.com/MicrosoftDocs/msteams-docs/issues/11274 https://github.com/microsoft/AdaptiveCards/issues/3890
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from acimedic.report.card_words import escaped, may_open
from acimedic.report.plain import plain

Json: TypeAlias = dict[str, object]
Colour: TypeAlias = Literal["Default", "Accent", "Good", "Warning", "Attention"]

LARGEST = 20_000
"""Bytes of a card, in whichever way its JSON is written."""

_SHORTENED = "Shortened to fit."
_LONGEST_WORD = 40  # of a fact: as much as a narrow card shows beside the fact's name
_BREAKS = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much a card may hold: characters of one text, and rows of each list."""

    longest: int
    ruled_out: int
    evidence: int
    listed: int


ROOMS = (
    Room(longest=1200, ruled_out=80, evidence=30, listed=20),
    Room(longest=1200, ruled_out=20, evidence=30, listed=20),
    Room(longest=1200, ruled_out=0, evidence=30, listed=20),
    Room(longest=1200, ruled_out=0, evidence=8, listed=20),
    Room(longest=1200, ruled_out=0, evidence=0, listed=20),
    Room(longest=600, ruled_out=0, evidence=0, listed=20),
    Room(longest=300, ruled_out=0, evidence=0, listed=20),
    Room(longest=150, ruled_out=0, evidence=0, listed=20),
    Room(longest=80, ruled_out=0, evidence=0, listed=20),
    Room(longest=40, ruled_out=0, evidence=0, listed=10),
    Room(longest=20, ruled_out=0, evidence=0, listed=5),
)
"""From the largest: what was ruled out goes first, then evidence, then the ends of long texts."""


class Draft:
    """A card in the making. cut: whether something has been left out so far."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.cut = False
        self._body: list[Json] = []
        self._actions: list[Json] = []
        self._folds: list[Json] = []

    def say(
        self,
        text: str,
        *,
        colour: Colour = "Default",
        title: bool = False,
        subtle: bool = False,
        near: bool = False,
    ) -> None:
        """A sentence, or the title. colour: of the band that it stands on. near: it goes on with the one before."""
        block: Json = {"type": "TextBlock", "text": self.shown(text), "wrap": True}
        if title:
            block |= {"size": "Medium", "weight": "Bolder"}
        if subtle:
            block["isSubtle"] = True
        if near:
            block["spacing"] = "Small"
        # Teams' yellow and green can hardly be read on white: the ground is coloured, and the letters are not.
        band: Json = {"type": "Container", "style": colour.lower(), "bleed": True, "items": [block]}
        self._body.append(block if colour == "Default" else band)

    def facts(self, pairs: Sequence[tuple[str, str]]) -> None:
        """What is known, a line each; nothing where nothing is."""
        self._body += self._rows(pairs)

    def some(self, lines: Sequence[str]) -> None:
        """As many of the lines as there is room for, and how many more there are."""
        shown = lines[: self.room.listed]
        for line in shown:
            self.say(line, near=True)
        self.say_more(len(lines) - len(shown))

    def say_more(self, count: int) -> None:
        """How many more there are; nothing where there are none."""
        if count > 0:
            self.say(f"and {count} more", subtle=True, near=True)

    def fold(self, name: str, title: str, pairs: Sequence[tuple[str, str]], most: int) -> None:
        """What is seen once its button is pressed; at most so many lines."""
        if len(pairs) > most:
            self.cut = True
        if not pairs[:most]:
            return
        if not self._folds:  # a row of their own: one row of all buttons is wider than a card
            self._body.append({"type": "ActionSet", "actions": self._folds})
        self._body.append({"type": "Container", "id": name, "isVisible": False, "items": self._rows(pairs[:most])})
        self._folds.append({"type": "Action.ToggleVisibility", "title": title, "targetElements": [name]})

    def button(self, title: str, url: str | None, *, first: bool = False) -> bool:
        """A button that opens an address; whether there is one, for an address that may not be opened has none.

        first: what people are asked to press.
        """
        if url is None or not may_open(url):
            return False
        style = {"style": "positive"} if first else {}
        self._actions.append({"type": "Action.OpenUrl", "title": title, "url": url, **style})
        return True

    def shown(self, text: str) -> str:
        """The text as it stands in the card, with an ellipsis where it was too long."""
        line = plain(text.strip()[: 2 * self.room.longest + 2]).strip()  # which shortens nothing by more than half
        if len(line) > self.room.longest:
            self.cut = True
            line = f"{line[: self.room.longest - 1]}…"
        return escaped(line)

    def finished(self, page: str | None) -> Json:
        """The card. page: where the whole is to be read, should something have been left out."""
        body = list(self._body)
        if self.cut:
            # The one piece of Markdown of our own; the address is checked as that of a button.
            whole = f" [The whole report]({page})" if page is not None and may_open(page) else ""
            body.append({"type": "TextBlock", "text": _SHORTENED + whole, "wrap": True, "isSubtle": True})
        return {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": body,
            "actions": self._actions,
        }

    def _rows(self, pairs: Sequence[tuple[str, str]]) -> list[Json]:
        """Facts, and text blocks for those with words that would be cut."""
        rows: list[Json] = []
        facts: list[Json] = []
        for name, value in pairs:
            # A fact without a value is none to the renderer, which would leave the line out.
            title, shown = self.shown(name), self.shown(value) or "-"
            if max(map(len, _BREAKS.split(f"{title} {shown}"))) > _LONGEST_WORD:
                rows.append({"type": "TextBlock", "text": self.shown(f"{name}: {value}"), "wrap": True})
                facts = []
                continue
            if not facts:
                rows.append({"type": "FactSet", "facts": facts})
            facts.append({"title": title, "value": shown})
        return rows


def fitted(drawn: Callable[[Draft], None], page: str | None) -> Json:
    """The message with the fullest card that Teams takes. drawn: draws it into a draft."""
    message: Json = {}
    for room in ROOMS:
        draft = Draft(room)
        drawn(draft)
        message = _message(draft.finished(page))
        if weight(message) <= LARGEST:
            break
    return message


def weight(message: Mapping[str, object]) -> int:
    """The bytes of the heaviest way in which the JSON may be written on the way.

    In UTF-8, in ASCII, or as .NET writes it, which escapes what could mean something in HTML as well.
    Source: https://learn.microsoft.com/dotnet/standard/serialization/system-text-json/character-encoding
    """
    utf8 = len(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
    ascii_only = json.dumps(message, separators=(",", ":"))
    careful = len(ascii_only) + 5 * sum(map(ascii_only.count, "<>&'+`")) + 4 * ascii_only.count('\\"')
    return max(utf8, careful)


def _message(card: Json) -> Json:
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}
