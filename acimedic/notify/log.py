"""The log as a way of telling: one JSON line for each state, for alerts and queries."""

import json
import logging

from acimedic.model.news import News
from acimedic.redact import redact

_LOG = logging.getLogger("acimedic.notify")
_LONGEST = 300


class LogSink:
    """Writes each state of each incident to the log."""

    name = "log"
    once = True

    async def send(self, news: News) -> None:
        """Write the line."""
        line = {
            "line": "state",
            "id": news.record.id,
            "state": news.state,
            "cause": news.record.cause,
            "said": redact(news.said)[:_LONGEST],
            "step": news.step,
            "operation": news.operation,
        }
        failed = news.state in {"failed", "incomplete", "kept"}
        _LOG.log(logging.ERROR if failed else logging.INFO, json.dumps(line))
