"""The story through the real worker library, with the test in the Durable extension's part: as by the local engine."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from acimedic.lifecycle.messages import Begin, to_json
from tests.lifecycle.extension import Extension
from tests.lifecycle.lab import ANSWERS, BEGAN, FOUND, Lab, World
from tests.worker.harness import Worker, need_library

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


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    need_library()
    app = Path(__file__).with_name("worker_app.py")
    with Worker(tmp_path_factory.mktemp("durable"), {}, function_app=app) as started:
        yield started


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
    found = {name: item["bindings"][0]["type"] for name, item in worker.functions.items()}
    assert found.pop("story") == "orchestrationTrigger"
    assert set(found.values()) == {"activityTrigger"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_same_history_and_the_same_result(worker: Worker, name: str) -> None:
    mode, changed, events = SCRIPTS[name]
    script = {key: [answer] for key, answer in ANSWERS.items()} | changed
    (worker.app / "script.json").write_text(json.dumps(script), encoding="utf-8")
    incident = str(uuid4())
    begin = to_json(Begin(incident=incident, mode="review")) | {"mode": mode}
    extension = Extension(worker, incident, json.dumps(begin), BEGAN)
    extension.run(events)
    lab = by_engine(incident, mode, script, events)
    status = lab.status(incident)
    assert extension.done == (status.output if status.error is None else {"error": status.error})
    assert compared(extension.history) == compared(lab.history.events(incident))
