"""The activities by name: each takes a message as JSON and gives back one, or nothing."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from acimedic.lifecycle.changing import apply
from acimedic.lifecycle.deciding import decision, expire
from acimedic.lifecycle.diagnosing import diagnose
from acimedic.lifecycle.engine import Activity
from acimedic.lifecycle.messages import Change, Hint, Json, Look, Mark, Prove, TakeBack, Tell, Turn, from_json, to_json
from acimedic.lifecycle.proving import verify
from acimedic.lifecycle.recording import notify, record
from acimedic.lifecycle.taking_back import undo
from acimedic.lifecycle.tools import Tools
from acimedic.lifecycle.turns import end_turn, take_turn

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_BY_NAME: "dict[str, tuple[type[DataclassInstance], Callable[[Tools, Any], Awaitable[DataclassInstance | None]]]]" = {
    "diagnose": (Look, diagnose),
    "record": (Mark, record),
    "notify": (Tell, notify),
    "decision": (Hint, decision),
    "expire": (Hint, expire),
    "take_turn": (Turn, take_turn),
    "end_turn": (Turn, end_turn),
    "apply": (Change, apply),
    "verify": (Prove, verify),
    "undo": (TakeBack, undo),
}


async def act(name: str, said: object, tools: Tools) -> Json | None:
    """Carry out one activity. Raises MessageError for what it cannot read, and whatever went wrong on the way."""
    kind, activity = _BY_NAME[name]
    answer = await activity(tools, from_json(kind, said))
    return None if answer is None else to_json(answer)


def activities(tools: Tools) -> dict[str, Activity]:
    """All of them, over these tools, for an engine."""

    def over(name: str) -> Activity:
        async def acting(said: Any) -> Json | None:
            return await act(name, said, tools)

        return acting

    return {name: over(name) for name in _BY_NAME}
