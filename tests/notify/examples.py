"""The examples in docs/events.md, as they come out today: `python -m tests.notify.examples` writes them there."""

import json
import re
from pathlib import Path
from typing import Any

from acimedic.model.news import Message
from acimedic.report.event import as_json, to_event
from acimedic.report.states import STATES

from .told import crowd_of, news_of

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
_EXAMPLE = re.compile(r"(?<=^### `)(?P<type>[\w.]+)(?P<prose>`\n(?:(?!#).*\n)*?```json\n)[^`]*(?=```$)", re.MULTILINE)


def event_of(message: Message) -> dict[str, Any]:
    """The event of a message that is one, as it travels."""
    event = to_event(message)
    assert event is not None
    found = json.loads(json.dumps(as_json(event)))
    assert isinstance(found, dict)
    return found


def examples() -> dict[str, dict[str, Any]]:
    """An event of each type, by its type."""
    messages: list[Message] = [*map(news_of, STATES), crowd_of()]
    events = [event_of(message) for message in messages]
    return {event["type"]: event for event in events}


def with_examples(text: str) -> str:
    """The page with the example under each type's heading as it is today."""
    known = examples()

    def example(found: re.Match[str]) -> str:
        return f"{found['type']}{found['prose']}{json.dumps(known[found['type']], indent=2)}\n"

    return _EXAMPLE.sub(example, text)


if __name__ == "__main__":
    PAGE.write_text(with_examples(PAGE.read_text()))
