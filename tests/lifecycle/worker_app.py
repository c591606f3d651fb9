"""An app of orchestrations whose activities answer by a script: a list of answers for each, the last for good."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import azure.durable_functions as df

from acimedic.lifecycle.story import ACTIVITIES, NAME, story

app = df.DFApp()
app.function_name(NAME)(app.orchestration_trigger(context_name="context", orchestration=NAME)(story))
_ASKED: dict[str, int] = {}


def _answering(name: str) -> Callable[[Any], Any]:
    def act(message):  # type: ignore[no-untyped-def]
        script = json.loads(Path("script.json").read_text(encoding="utf-8"))
        key = f"{message['incident']} {name}"
        number = _ASKED[key] = _ASKED.get(key, -1) + 1
        answer = script[name][min(number, len(script[name]) - 1)]
        if answer == "raise":
            raise OSError("Azure is away")
        return answer

    act.__name__ = name
    return act


for _name in ACTIVITIES:
    app.function_name(_name)(app.activity_trigger(input_name="message", activity=_name)(_answering(_name)))
