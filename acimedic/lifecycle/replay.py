"""One turn of an orchestration: the library's own `Orchestrator` replays a history, and its actions become events.

The Durable extension reads the actions as `OutOfProcOrchestrationShim` does: one after the other, each taken up where
the history has it and scheduled where it has not, with ids counted in that order; a retry is a timer, and there is one
more after the last attempt (`RetryInterceptor` in DurableTask.Core). This does the same for the actions that the
story uses, and refuses all others, so that an orchestration gives the same history here and there.
https://github.com/Azure/azure-functions-durable-extension/blob/dev/src/WebJobs.Extensions.DurableTask/Listener/OutOfProcOrchestrationShim.cs
"""

import json
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from acimedic.lifecycle.history import Event, written

_FAILED = "\n\n$OutOfProcData$:"  # what the library puts between an error's message and the state


class Kind(IntEnum):
    """Events of a history, numbered as in DurableTask.Core."""

    EXECUTION_STARTED = 0
    EXECUTION_COMPLETED = 1
    TASK_SCHEDULED = 4
    TASK_COMPLETED = 5
    TASK_FAILED = 6
    TIMER_CREATED = 10
    TIMER_FIRED = 11
    ORCHESTRATOR_STARTED = 12
    ORCHESTRATOR_COMPLETED = 13
    EVENT_RAISED = 15


class _Action(IntEnum):
    CALL_ACTIVITY = 0
    CALL_ACTIVITY_WITH_RETRY = 1
    CREATE_TIMER = 5
    WAIT_FOR_EXTERNAL_EVENT = 6
    WHEN_ANY = 11
    WHEN_ALL = 12


class ReplayError(Exception):
    """The orchestrator asks for what is not known here, or its actions do not agree with its history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """What the orchestrator said at the end of its history. error: it failed, and why."""

    actions: list[dict[str, Any]]
    done: bool
    output: object
    shown: object
    error: str | None = None


@dataclass(slots=True)
class Taken:
    """The events that follow from the actions, and the timers that are not needed any more."""

    new: list[Event] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)


def event(kind: Kind, moment: datetime, *, number: int = -1, **more: object) -> Event:
    """An event as a history holds it."""
    return {"EventType": int(kind), "EventId": number, "IsPlayed": False, "Timestamp": written(moment)} | more


def context_json(instance: str, given: str, history: Sequence[Event]) -> str:
    """The message by which the extension has an orchestrator replayed."""
    last = max(n for n, item in enumerate(history) if item["EventType"] == Kind.ORCHESTRATOR_STARTED)
    return json.dumps(
        {
            "history": [item | {"IsPlayed": n < last} for n, item in enumerate(history)],
            "input": given,
            "instanceId": instance,
            "isReplaying": last > 0,
            "parentInstanceId": None,
            "upperSchemaVersion": 1,
            "upperSchemaVersionNew": 3,
            "longRunningTimerIntervalDuration": "3.00:00:00",
            "maximumShortTimerDuration": "6.00:00:00",
        }
    )


class Live:
    """An orchestrator at the end of its history, in the library's own hands.

    What comes next is processed from there: the library processes a history event by event, so that going on is the
    same as beginning anew with the longer history. After a ReplayError, and once it has ended, it is of no more use.
    Close it then.
    """

    def __init__(self, orchestrator: Callable[[Any], Generator[Any, Any, Any]]) -> None:
        self._orchestrator = orchestrator
        self._generator: Generator[Any, Any, Any] | None = None
        self._executor: Any = None

    def begin(self, context: str) -> Turned:
        """Replay a history. Raises ReplayError."""
        from azure.durable_functions import DurableOrchestrationContext, Orchestrator  # type: ignore[import-untyped]

        def replayed() -> str:
            running = Orchestrator(self._generated)
            self._executor = running.task_orchestration_executor
            return str(running.handle(DurableOrchestrationContext.from_json(context)))

        return _said(replayed)

    def go_on(self, new: Sequence[Event]) -> Turned:
        """Process what has come since. Raises ReplayError."""
        from azure.durable_functions.models.history import HistoryEvent  # type: ignore[import-untyped]

        def processed() -> str:
            for item in new:
                self._executor.process_event(HistoryEvent(**item))
                if self._executor.has_execution_completed:
                    break
            return str(self._executor.get_orchestrator_state_str())

        return _said(processed)

    def close(self) -> None:
        """End the orchestrator where it stands; whatever it makes of that is of no account."""
        if self._generator is not None:
            with suppress(Exception):
                self._generator.close()

    def _generated(self, context: Any) -> Generator[Any, Any, Any]:
        self._generator = self._orchestrator(context)
        return self._generator


def replay(orchestrator: Callable[[Any], Generator[Any, Any, Any]], context: str) -> Turned:
    """Replay a history through the library. Raises ReplayError."""
    with closing(Live(orchestrator)) as live:
        return live.begin(context)


def _said(turn: Callable[[], str]) -> Turned:
    with warnings.catch_warnings():
        # An event that nobody waits for yet: the library sets it aside, and says so each time.
        warnings.filterwarnings("ignore", message="Potential duplicate Task completion")
        # Said once a process: a type for plain JSON would change nothing, since our own messages check what comes.
        warnings.filterwarnings("ignore", message="azure.functions df_loads was called without expected_type")
        try:
            return read_state(turn())
        except Exception as error:
            # The last one: what went wrong may quote a text of Azure's, and the state is JSON in one line.
            message, mark, state = str(error).rpartition(_FAILED)
            if not mark:
                raise ReplayError(f"the library could not replay it: {error}") from error
            return read_state(state, error=message)


def read_state(text: str, error: str | None = None) -> Turned:
    """The state that an orchestrator gives back."""
    state = json.loads(text)
    return Turned(
        actions=[action for actions in state["actions"] for action in actions],
        done=state["isDone"],
        output=state.get("output"),
        shown=state.get("customStatus"),
        error=error,
    )


def take(actions: Sequence[dict[str, Any]], history: Sequence[Event], now: datetime) -> Taken:
    """What is to be scheduled now. Raises ReplayError."""
    walk = _Walk(history, now)
    for action in actions:
        walk.action(action)
    if walk.known:
        raise ReplayError(f"the history holds what the orchestrator did not ask for: tasks {list(walk.known)}")
    return walk.taken


class _Walk:
    def __init__(self, history: Sequence[Event], now: datetime) -> None:
        scheduled = {Kind.TASK_SCHEDULED, Kind.TIMER_CREATED}
        self.known: dict[object, Event] = {item["EventId"]: item for item in history if item["EventType"] in scheduled}
        self.taken = Taken()
        self._now = now
        self._ended: dict[object, object] = {}
        self._next = 0
        for item in history:
            if item["EventType"] in {Kind.TASK_COMPLETED, Kind.TASK_FAILED}:
                self._ended.setdefault(item["TaskScheduledId"], item["EventType"])
            elif item["EventType"] == Kind.TIMER_FIRED:
                self._ended.setdefault(item["TimerId"], item["EventType"])

    def action(self, action: dict[str, Any]) -> None:
        match action["actionType"]:
            case _Action.WHEN_ANY | _Action.WHEN_ALL:
                self._compound(action["compoundActions"])
            case _Action.CALL_ACTIVITY:
                self._task(action)
            case _Action.CALL_ACTIVITY_WITH_RETRY:
                self._retried(action)
            case _Action.CREATE_TIMER:
                number = self._timer(action["fireAt"])
                if action["isCanceled"]:
                    self.taken.cancelled.append(number)
            case _Action.WAIT_FOR_EXTERNAL_EVENT:
                pass
            case other:
                raise ReplayError(f"the local engine knows no action {other}")

    def _compound(self, actions: list[dict[str, Any]]) -> None:
        # The ids of retries would depend on which of several fails first.
        if len(actions) > 1 and any(action["actionType"] == _Action.CALL_ACTIVITY_WITH_RETRY for action in actions):
            raise ReplayError("the local engine takes retried activities one at a time")
        for action in actions:
            self.action(action)

    def _retried(self, action: dict[str, Any]) -> None:
        options = action["retryOptions"]
        interval = timedelta(milliseconds=options["firstRetryIntervalInMilliseconds"])
        for _ in range(options["maxNumberOfAttempts"]):
            if self._ended.get(self._task(action)) != Kind.TASK_FAILED:
                return
            if self._timer(written(self._now + interval)) not in self._ended:
                return

    def _task(self, action: dict[str, Any]) -> int:
        name = action["functionName"]
        return self._schedule(Kind.TASK_SCHEDULED, {"Name": name}, {"Name": name, "Input": action["input"]})

    def _timer(self, due: str) -> int:
        return self._schedule(Kind.TIMER_CREATED, {}, {"FireAt": due})

    def _schedule(self, kind: Kind, same: dict[str, object], said: dict[str, object]) -> int:
        number, self._next = self._next, self._next + 1
        known = self.known.pop(number, None)
        if known is None:
            self.taken.new.append(event(kind, self._now, number=number, **said))
        elif known["EventType"] != kind or any(known[key] != value for key, value in same.items()):
            raise ReplayError(f"task {number} was another one when it was scheduled")
        return number
