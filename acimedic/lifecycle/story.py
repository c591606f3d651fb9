"""The story of one incident, as an orchestrator for azure-functions-durable.

Diagnose; tell; wait for a decision or for its expiry; change; look whether it helped; close; take back what was lent.
Whatever waits, waits here; whatever touches the world is an activity, idempotent and retried. Of two stories that
want to change one registry, one waits: `take_turn` is a lease in the store, held by the incident, which runs out by
itself and counts changes against the hourly limit. Not a durable entity: the Python library cannot hold entity locks
(critical sections are for .NET alone), and a lease is the same thing on the laptop and in Azure.

Events wake the story and mean nothing: `decision` asks the store what was decided, and `apply` checks it all again.

How it is told has versions: one that is in use may not change any more, since its histories are replayed by it.
"""

from collections.abc import Callable
from typing import TypeAlias

from acimedic.lifecycle.messages import Begin, Ended, Json, MessageError, from_json
from acimedic.lifecycle.steps import Context, Steps, Story, as_output
from acimedic.lifecycle.story_first import first
from acimedic.lifecycle.story_parts import DECIDED, narrower
from acimedic.lifecycle.story_second import second

__all__ = ["ACTIVITIES", "DECIDED", "NAME", "VERSIONS", "narrower", "story"]

NAME = "story"  # of the orchestration
ACTIVITIES = ("diagnose", "record", "notify", "decision", "expire", "take_turn", "end_turn", "apply", "verify", "undo")

_Telling: TypeAlias = Callable[[Steps, Begin], Story[Ended]]
VERSIONS: dict[int, _Telling] = {1: first, 2: second}
"""Each way in which the story was ever told. What begins now begins under the last (`messages.VERSION`)."""


def story(context: Context) -> Story[Json]:
    """The orchestrator. An input that nobody understands ends it as failed, where the engine shows it."""
    begin = from_json(Begin, context.get_input())
    if begin.incident != context.instance_id:
        raise MessageError("the instance id is not the incident's")
    if begin.version not in VERSIONS:
        raise MessageError(f"there is no version {begin.version} of the story")
    return as_output((yield from VERSIONS[begin.version](Steps(context), begin)))
