"""The log as a way of telling: one JSON line for each state and each crowd, for alerts and queries."""

import json
import logging

from acimedic.model.news import Crowd, Digest, Message, News
from acimedic.redact import redact

_LOG = logging.getLogger("acimedic.notify")
_LONGEST = 300


class LogSink:
    """Writes each state of each incident to the log."""

    name = "log"
    once = True

    async def send(self, message: Message) -> None:
        """Write the line."""
        match message:
            case News():
                failed = message.state in {"failed", "incomplete", "kept"}
                _LOG.log(logging.ERROR if failed else logging.INFO, json.dumps(_state(message)))
            case Crowd():
                _LOG.warning(json.dumps(_crowd(message)))
            case Digest():
                pass  # each state in it has had its line


def _state(news: News) -> dict[str, object]:
    return {
        "line": "state",
        "id": news.record.id,
        "correlation_id": _short(news.record.incident.correlation_id),
        "state": news.state,
        "outcome": news.record.outcome,
        "cause": news.record.cause,
        "said": _short(news.said),
        "step": news.step,
        "operation": news.operation,
    }


def _crowd(crowd: Crowd) -> dict[str, object]:
    return {
        "line": "crowd",
        "cause": crowd.cause,
        "culprit": crowd.culprit,
        "count": crowd.count,
        "since": crowd.since.isoformat(),
        "baffling": crowd.baffling,
        "operation": crowd.operation,
    }


def _short(text: str | None) -> str | None:
    return None if text is None else redact(text)[:_LONGEST]
