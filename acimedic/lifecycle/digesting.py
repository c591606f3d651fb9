"""Telling what was put off: once an hour, by a timer in Azure and by the loop of `acimedic serve`."""

from acimedic.lifecycle.keeping import NoIncidentError
from acimedic.lifecycle.messages import Tell
from acimedic.lifecycle.recording import news_of
from acimedic.lifecycle.tools import Tools
from acimedic.model.news import News
from acimedic.notify.digests import Later


async def digest(tools: Tools) -> int:
    """Tell what was put off before this hour began; gives back how many digests were told.

    It may be done at any time, and by several at once: what was told is not told again. Raises what the store raises.
    """

    async def rebuild(incident: str, later: Later) -> News | None:
        tell = Tell(
            incident=incident,
            state=later.state,
            said=later.said,
            operation=later.operation,
            step=later.step,
            plan=later.plan,
        )
        try:
            return await news_of(tools, tell)
        except NoIncidentError:
            return None

    return await tools.notifier.send_digests(rebuild)
