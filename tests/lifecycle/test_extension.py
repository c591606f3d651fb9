"""The story through the real worker library, with the test in the Durable extension's part: as by the local engine."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from acimedic.lifecycle.history import read_moment, written
from acimedic.lifecycle.messages import Begin, to_json
from acimedic.lifecycle.replay import Kind, context_json, event
from tests.lifecycle.lab import ANSWERS, BEGAN, FOUND, Lab, World
from tests.worker.harness import SITE_PACKAGES, copy_app, need_library

APPROVED = {"word": "approve", "approval": "nonce-1"}
NONE = {"word": "none"}
SCRIPTS: dict[str, tuple[str, dict[str, list[Any]], list[timedelta]]] = {
    "observe": ("observe", {}, []),
    "auto": ("auto", {}, []),
    "approved": ("review", {"decision": [NONE, APPROVED]}, [timedelta(hours=5)]),
    "approved on the second day": ("review", {"decision": [NONE, NONE, APPROVED]}, [timedelta(hours=30)]),
    "rejected": ("review", {"decision": [NONE, {"word": "reject", "said": "no"}]}, [timedelta(hours=5)]),
    "forged, then approved": (
        "review",
        {"decision": [NONE, NONE, APPROVED]},
        [timedelta(hours=1), timedelta(hours=2)],
    ),
    "expired": ("review", {}, []),
    "late text": ("observe", {"diagnose": [FOUND | {"error_known": False}] * 2 + [FOUND]}, []),
    "refused": ("auto", {"apply": [{"state": "refused", "said": "drift"}]}, []),
    "taken back": ("auto", {"diagnose": [FOUND | {"grant": 7 * 86_400}]}, []),
    "failing for a while": ("auto", {"apply": ["raise", "raise", ANSWERS["apply"]], "verify": ["raise"]}, []),
    "failing for good": ("auto", {"apply": ["raise"]}, []),
    "nothing can be recorded": ("auto", {"record": ["raise"]}, []),
}


class Extension:
    """What the Durable extension does with one orchestration, event by event, without looking back at its history."""

    def __init__(self, worker: "Worker", incident: str, begin: dict[str, Any]) -> None:
        self.worker, self.incident, self.given = worker, incident, json.dumps(begin)
        self.now = BEGAN
        self.history: list[dict[str, Any]] = []
        self.tasks: dict[int, tuple[dict[str, Any], int]] = {}
        self.timers: dict[int, tuple[datetime, tuple[dict[str, Any], int] | None]] = {}
        self.done: dict[str, Any] | None = None
        self._taken = 0
        self._next = 0
        started = event(Kind.EXECUTION_STARTED, self.now, Name="story", Input=self.given, Version=None)
        self._turn(started)

    def run(self, events: list[timedelta]) -> None:
        """Carry out and fire whatever comes next, until the end."""
        ahead = [BEGAN + span for span in events]
        while self.done is None:
            if self.tasks:
                self._work(min(self.tasks))
                continue
            due, number = min((moment, number) for number, (moment, _) in self.timers.items())
            if ahead and ahead[0] < due:
                self.now = ahead.pop(0)
                self._turn(event(Kind.EVENT_RAISED, self.now, Name="decided", Input=json.dumps("nonce-1")))
                continue
            self.now = max(due, self.now)
            _, again = self.timers.pop(number)
            self._turn(event(Kind.TIMER_FIRED, self.now, TimerId=number, FireAt=written(due)), again=again)

    def _work(self, number: int) -> None:
        action, attempt = self.tasks.pop(number)
        said = self.worker.trigger(action["functionName"], "message", action["input"])
        if said["ok"]:
            come = event(Kind.TASK_COMPLETED, self.now, TaskScheduledId=number, Result=said["returned"])
            self._turn(come)
            return
        told = f"Activity function '{action['functionName']}' failed: Result: Failure\nException: {said['exception']}"
        come = event(Kind.TASK_FAILED, self.now, TaskScheduledId=number, Reason=f"{told}\nStack: …", Details="")
        self._turn(come, failed=(action, attempt))

    def _turn(
        self,
        come: dict[str, Any],
        *,
        failed: tuple[dict[str, Any], int] | None = None,
        again: tuple[dict[str, Any], int] | None = None,
    ) -> None:
        self.history += [event(Kind.ORCHESTRATOR_STARTED, self.now), come]
        said = self.worker.trigger("story", "context", context_json(self.incident, self.given, self.history))
        text = said["returned"] if said["ok"] else said["exception"].partition("$OutOfProcData$:")[2]
        state = json.loads(text) if isinstance(json.loads(text), dict) else json.loads(json.loads(text))
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
        if state["isDone"] or not said["ok"]:
            self.done = {"error": state["error"]} if not said["ok"] else state["output"]
            result = state["error"] if not said["ok"] else json.dumps(state["output"])
            word = "Completed" if said["ok"] else "Failed"
            ended = event(Kind.EXECUTION_COMPLETED, self.now, OrchestrationStatus=word, Result=result)
            self.history.append(ended)
        self.history.append(event(Kind.ORCHESTRATOR_COMPLETED, self.now))

    def _begin(self, action: dict[str, Any]) -> None:
        match action["actionType"]:
            case 11 | 12:
                for one in action["compoundActions"]:
                    self._begin(one)
            case 1:
                self._task(action, 1)
            case 5:
                action["id"] = self._timer(read_moment(action["fireAt"]), None)

    def _cancel(self, actions: list[dict[str, Any]]) -> None:
        """A timer whose moment is of a cancelled one: the story has one at a time."""
        flat = [one for action in actions for one in action.get("compoundActions", [action])]
        gone = {one["fireAt"] for one in flat if one["actionType"] == 5 and one["isCanceled"]}
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

    def _timer(self, due: datetime, again: tuple[dict[str, Any], int] | None) -> int:
        self.history.append(event(Kind.TIMER_CREATED, self.now, number=self._next, FireAt=written(due)))
        self.timers[self._next] = (due, again)
        self._next += 1
        return self._next - 1


class Worker:
    """The worker library with an app of scripted activities."""

    def __init__(self, folder: Path) -> None:
        self.app = folder / "app"
        copy_app(self.app)
        (self.app / "function_app.py").write_text(
            Path(__file__).with_name("worker_app.py").read_text(encoding="utf-8"), encoding="utf-8"
        )
        self._errors = (folder / "stderr.txt").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("worker_host.py")), str(SITE_PACKAGES), self.app],
            env={"PATH": os.defpath, "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
        )
        assert self.ask("init")["ok"]
        self.functions = {item["name"]: item["id"] for item in self.ask("functions")["functions"]}
        for known in self.functions.values():
            assert self.ask("load", function=known)["ok"]

    def ask(self, what: str, **more: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"ask": what} | more) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            pytest.fail(f"the worker ended:\n{self._errors.read()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def trigger(self, name: str, parameter: str, text: str) -> dict[str, Any]:
        return self.ask("trigger", function=self.functions[name], id=str(uuid4()), parameter=parameter, text=text)

    def close(self) -> None:
        self._process.communicate()
        self._errors.close()


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    need_library()
    started = Worker(tmp_path_factory.mktemp("durable"))
    yield started
    started.close()


def by_engine(incident: str, mode: str, script: dict[str, list[Any]], events: list[timedelta]) -> Lab:
    """The same by the local engine."""

    def answering(answers: list[Any]) -> Any:
        def act(message: Any, before: int) -> Any:
            answer = answers[min(before, len(answers) - 1)]
            if answer == "raise":
                raise OSError("Azure is away")
            return answer

        return act

    lab = Lab(World(**{name: answering(answers) for name, answers in script.items()}))
    lab.begin(mode, incident)
    for span in events:
        lab.go(BEGAN + span - lab.now)
        lab.decide(instance=incident)
    lab.advance()
    while (due := lab.engine.next_due()) is not None:
        lab.now = max(due, lab.now)
        lab.advance()
    return lab


def compared(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A history without the host's own words about a failure."""
    return [{key: value for key, value in item.items() if key not in {"Reason", "Details"}} for item in history]


def test_the_app_is_indexed_as_durable_functions_are(worker: Worker) -> None:
    found = {item["name"]: item["bindings"][0]["type"] for item in worker.ask("functions")["functions"]}
    assert found.pop("story") == "orchestrationTrigger"
    assert set(found.values()) == {"activityTrigger"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_same_history_and_the_same_result(worker: Worker, name: str) -> None:
    mode, changed, events = SCRIPTS[name]
    script = {key: [answer] for key, answer in ANSWERS.items()} | changed
    (worker.app / "script.json").write_text(json.dumps(script), encoding="utf-8")
    incident = str(uuid4())
    begin = to_json(Begin(incident=incident, mode="review")) | {"mode": mode}
    extension = Extension(worker, incident, begin)
    extension.run(events)
    lab = by_engine(incident, mode, script, events)
    status = lab.status(incident)
    assert extension.done == (status.output if status.error is None else {"error": status.error})
    assert compared(extension.history) == compared(lab.history.events(incident))
