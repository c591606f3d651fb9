"""What the Durable extension does with one orchestration, event by event, without looking back at its history.

The test has the clock, and carries out nothing: orchestrator and activities are the worker's.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from acimedic.lifecycle.history import read_moment, written
from acimedic.lifecycle.replay import Kind, context_json, event
from tests.worker.harness import Worker

# Actions, as the library numbers them.
_ACTIVITY, _ACTIVITY_WITH_RETRY, _TIMER = 0, 1, 5

_Task: TypeAlias = tuple[dict[str, Any], int]  # the action, and which attempt of it


class Extension:
    """One orchestration. given: its input as JSON text. done: how it ended; shown: its custom status."""

    def __init__(self, worker: Worker, instance: str, given: str, now: datetime) -> None:
        self.worker, self.instance, self.given, self.now = worker, instance, given, now
        self.history: list[dict[str, Any]] = []
        self.tasks: dict[int, _Task] = {}
        self.timers: dict[int, tuple[datetime, _Task | None]] = {}
        self.done: dict[str, Any] | None = None
        self.shown: dict[str, Any] | None = None
        self.logs: list[dict[str, str]] = []
        self._taken = 0
        self._next = 0
        self._turn(event(Kind.EXECUTION_STARTED, self.now, Name="story", Input=self.given, Version=None))

    def run(self, events: Sequence[timedelta] = (), said: str = '"nonce-1"') -> None:
        """Carry out and fire whatever comes next, until the end; events come so long after the beginning."""
        began = self.now
        ahead = [began + span for span in events]
        self.work()
        while self.done is None:
            if ahead and ahead[0] < self.next_due:
                self.now = ahead.pop(0)
                self.tell(said)
            else:
                self.fire()

    def work(self) -> None:
        """Carry out activities until there is nothing but timers to wait for, or the end."""
        while self.done is None and self.tasks:
            self._work(min(self.tasks))

    @property
    def next_due(self) -> datetime:
        """When the next timer fires."""
        return min(due for due, _ in self.timers.values())

    def fire(self) -> None:
        """Let the time pass until the next timer fires, and do what follows."""
        due, number = min((due, number) for number, (due, _) in self.timers.items())
        self.now = max(due, self.now)
        _, again = self.timers.pop(number)
        self._turn(event(Kind.TIMER_FIRED, self.now, TimerId=number, FireAt=written(due)), again=again)
        self.work()

    def tell(self, said: str, name: str = "decided") -> None:
        """Raise an event that says this JSON text, and do what follows."""
        self._turn(event(Kind.EVENT_RAISED, self.now, Name=name, Input=said))
        self.work()

    @property
    def kinds(self) -> list[str]:
        """What happened, in order, each with the name of what it happened to, where it has one."""
        return kinds(self.history)

    def _work(self, number: int) -> None:
        action, attempt = self.tasks.pop(number)
        said = self.worker.trigger(action["functionName"], "message", action["input"])
        self.logs += said.logs
        if said.ok:
            self._turn(event(Kind.TASK_COMPLETED, self.now, TaskScheduledId=number, Result=said.returned))
            return
        told = f"Activity function '{action['functionName']}' failed: Result: Failure\nException: {said.exception}"
        come = event(Kind.TASK_FAILED, self.now, TaskScheduledId=number, Reason=f"{told}\nStack: …", Details="")
        self._turn(come, failed=(action, attempt) if action["actionType"] == _ACTIVITY_WITH_RETRY else None)

    def _turn(self, come: dict[str, Any], *, failed: _Task | None = None, again: _Task | None = None) -> None:
        self.history += [event(Kind.ORCHESTRATOR_STARTED, self.now), come]
        said = self.worker.trigger("story", "context", context_json(self.instance, self.given, self.history))
        text = said.returned if said.ok else said.exception.partition("$OutOfProcData$:")[2]
        if not text:  # the library itself could not go on, and gives no state
            self.done = {"error": said.exception}
            return
        state = json.loads(text) if isinstance(json.loads(text), dict) else json.loads(json.loads(text))
        self.shown = state.get("customStatus", self.shown)
        if failed is not None:
            pause = timedelta(milliseconds=failed[0]["retryOptions"]["firstRetryIntervalInMilliseconds"])
            self._timer(self.now + pause, failed)
        if again is not None and again[1] < again[0]["retryOptions"]["maxNumberOfAttempts"]:
            self._task(again[0], again[1] + 1)
        actions = state["actions"][0]
        self._cancel(actions)
        for action in actions[self._taken :]:
            self._begin(action)
        self._taken = len(actions)
        if state["isDone"] or not said.ok:
            self.done = state["output"] if said.ok else {"error": state["error"]}
            result = json.dumps(state["output"]) if said.ok else state["error"]
            word = "Completed" if said.ok else "Failed"
            ended = event(Kind.EXECUTION_COMPLETED, self.now, OrchestrationStatus=word, Result=result)
            self.history.append(ended)
        self.history.append(event(Kind.ORCHESTRATOR_COMPLETED, self.now))

    def _begin(self, action: dict[str, Any]) -> None:
        for one in action.get("compoundActions", []):
            self._begin(one)
        if action["actionType"] in {_ACTIVITY, _ACTIVITY_WITH_RETRY}:
            self._task(action, 1)
        elif action["actionType"] == _TIMER:
            action["id"] = self._timer(read_moment(action["fireAt"]), None)

    def _cancel(self, actions: list[dict[str, Any]]) -> None:
        """A timer whose moment is of a cancelled one: the story has one at a time."""
        flat = [one for action in actions for one in action.get("compoundActions", [action])]
        gone = {one["fireAt"] for one in flat if one["actionType"] == _TIMER and one["isCanceled"]}
        self.timers = {
            number: (due, again)
            for number, (due, again) in self.timers.items()
            if again is not None or written(due) not in gone
        }

    def _task(self, action: dict[str, Any], attempt: int) -> None:
        more = {"Name": action["functionName"], "Input": action["input"]}
        self.history.append(event(Kind.TASK_SCHEDULED, self.now, number=self._next, **more))
        self.tasks[self._next] = (action, attempt)
        self._next += 1

    def _timer(self, due: datetime, again: _Task | None) -> int:
        self.history.append(event(Kind.TIMER_CREATED, self.now, number=self._next, FireAt=written(due)))
        self.timers[self._next] = (due, again)
        self._next += 1
        return self._next - 1


def kinds(history: Sequence[dict[str, Any]]) -> list[str]:
    """What happened in a history, in order, each with the name of what it happened to, where it has one."""
    return [" ".join([Kind(item["EventType"]).name, item.get("Name") or ""]).strip() for item in history]
