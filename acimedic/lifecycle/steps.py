"""The words in which the story is told: call an activity, pause, listen, show a state.

Each is a generator that yields tasks of azure-functions-durable, so it has to be deterministic: no clock but the
history's, nothing random, no I/O. See the code constraints of orchestrators:
https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-code-constraints
"""

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from acimedic.lifecycle.messages import Ended, Json, Mark, MessageError, Tell, from_json, to_json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Answer = TypeVar("Answer", bound="DataclassInstance")
Value = TypeVar("Value")
Story: TypeAlias = Generator[Any, Any, Value]

# A timer of the default storage provider lasts six days at most; the library's own longer ones cannot be cancelled and
# do not race an event (azure-functions-durable-extension#1910), so that longer waits go in stages.
LONGEST_TIMER = timedelta(days=3)
ATTEMPTS = 5
PAUSE = timedelta(seconds=30)  # between attempts; the library has no growing interval
_LONGEST_REASON = 300
_EXCEPTION = re.compile(r"^Exception: (.+)$", re.MULTILINE)  # where the worker's own words stand in the host's


class Context(Protocol):
    """What the story uses of `DurableOrchestrationContext`, which has no types of its own."""

    current_utc_datetime: datetime
    deferred_tasks: dict[Any, Any]

    @property
    def instance_id(self) -> str:
        """The incident's id."""
        ...

    def get_input(self) -> object:
        """What the orchestration was started with."""
        ...

    def call_activity_with_retry(self, name: str, retry_options: Any, input_: object) -> Any:
        """A task that completes, or fails for good."""
        ...

    def call_activity(self, name: str, input_: object) -> Any:
        """A task that completes, or fails."""
        ...

    def create_timer(self, fire_at: datetime) -> Any:
        """A task that completes at a moment."""
        ...

    def wait_for_external_event(self, name: str) -> Any:
        """A task that completes when such an event is raised."""
        ...

    def task_any(self, activities: list[Any]) -> Any:
        """A task that completes with the first of these."""
        ...

    def set_custom_status(self, status: object) -> None:
        """Show where the orchestration stands."""
        ...


class StepError(Exception):
    """A step failed for good: every attempt of it failed, or nobody can understand its answer."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason


@dataclass(slots=True)
class Steps:
    """The story's hold on one orchestration. told: how many notifications it has asked for."""

    context: Context
    plan: str | None = None
    told: int = field(default=0, init=False)

    @property
    def incident(self) -> str:
        """The incident's id."""
        return self.context.instance_id

    @property
    def now(self) -> datetime:
        """The moment of the event that is being replayed."""
        return self.context.current_utc_datetime.astimezone(UTC)

    def call(self, name: str, message: "DataclassInstance", kind: type[Answer]) -> Story[Answer]:
        """Have an activity carried out, and read its answer. Raises StepError."""
        said = yield from self._do(name, message)
        try:
            return from_json(kind, said)
        except MessageError as error:
            raise StepError(name, str(error)) from error

    def pause(self, until: datetime) -> Story[None]:
        """Let time pass until this moment, in stages that every storage provider can keep."""
        while self.now < until:
            yield self.context.create_timer(min(until, self.now + LONGEST_TIMER))

    def hear(self, name: str, until: datetime) -> Story[object]:
        """What the event of this name says, or None once the moment has come without it."""
        timer = self.context.create_timer(until)
        event = self.context.wait_for_external_event(name)
        first = yield self.context.task_any([event, timer])
        if first is not event:
            return None
        if not timer.is_completed:
            timer.cancel()  # an orchestration cannot end while a timer of its own is running
        # One that came before anybody listened is set aside, and the library would hand it out to each who listens.
        self.context.deferred_tasks.pop(name, None)
        return event.result if event.result is not None else ""

    def show(
        self, state: str, said: str, *, tell: bool = True, step: str | None = None, due: datetime | None = None
    ) -> Story[None]:
        """Make a state visible: on the orchestration, on the incident, and to people."""
        yield from self._mark(state, said, step=step, due=due)
        if tell:
            yield from self._tell(state, said, step=step)

    def end(self, state: str, said: str, *, step: str | None = None, tell: bool = True) -> Story[Ended]:
        """The last state of an incident, or of a part of its story."""
        yield from self.show(state, said, step=step, tell=tell)
        return Ended(state=state, said=said, step=step)

    def close(self, ended: Ended) -> Story[Ended]:
        """Nothing more is going to happen: retention may count from here."""
        yield from self._mark(ended.state, ended.said, step=ended.step, closed=True)
        return ended

    def _mark(
        self, state: str, said: str, *, step: str | None = None, due: datetime | None = None, closed: bool = False
    ) -> Story[None]:
        self.context.set_custom_status({"state": state, "said": said, "step": step})
        until = None if due is None else due.isoformat()
        mark = Mark(
            incident=self.incident,
            state=state,
            said=said,
            at=self.now.isoformat(),
            step=step,
            plan=self.plan,
            due=until,
            closed=closed,
        )
        yield from self._do("record", mark)

    def _tell(self, state: str, said: str, *, step: str | None) -> Story[None]:
        """Notify, once: whoever tells people tries again by itself, and nothing here waits for that.

        People who cannot be reached stop nothing, but it is written down that they were not.
        """
        self.told += 1
        operation = f"{self.incident}:{self.told}:{state}"
        message = Tell(incident=self.incident, state=state, said=said, operation=operation, step=step, plan=self.plan)
        try:
            yield from self._do("notify", message, again=False)
        except StepError as error:
            yield from self._mark(state, f"{said} (nobody could be told: {error.reason})", step=step)

    def _do(self, name: str, message: "DataclassInstance", *, again: bool = True) -> Story[object]:
        said = to_json(message)
        try:
            if not again:
                return (yield self.context.call_activity(name, said))
            return (yield self.context.call_activity_with_retry(name, _retries(), said))
        except Exception as error:  # the library raises no narrower one for a task that failed
            raise StepError(name, reason(str(error))) from error


def event_nonce(said: object) -> str | None:
    """The pointer in an event that anybody may have raised: a short text, or an object that holds one."""
    nonce = said.get("nonce") if isinstance(said, dict) else said
    return nonce if isinstance(nonce, str) and 0 < len(nonce) <= 128 else None


def reason(told: str) -> str:
    """Why a task failed: one line of what the host tells, which adds its own words and a stack."""
    found = _EXCEPTION.search(told)
    line = found[1] if found else told.strip().partition("\n")[0].rpartition("' failed: ")[2]
    return line.strip()[:_LONGEST_REASON] or "no reason given"


def as_output(ended: Ended) -> Json:
    """What the orchestration returns."""
    return to_json(ended)


def _retries() -> Any:
    """Five attempts, half a minute apart: every activity is idempotent."""
    from azure.durable_functions import RetryOptions  # type: ignore[import-untyped]

    return RetryOptions(int(PAUSE.total_seconds() * 1000), ATTEMPTS)
