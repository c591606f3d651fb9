"""Version 1 of the story: what began with it is told as ever, call by call."""

from typing import Any

import pytest

from tests.lifecycle.lab import FOUND, Lab, World, failing

LENT = FOUND | {"grant": 86_400}
QUIET = {"granted": False, "said": "quiet hours", "wait": 3600}
CHANGED = [
    *("diagnose", "record diagnosed", "notify diagnosed", "take_turn", "record applying", "apply", "end_turn"),
    *("record applied", "notify applied", *["verify"] * 6, "record in-effect", "notify in-effect"),
]
TOLD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "for good": ({}, [*CHANGED, *["verify"] * 3, "record in-effect closed"]),
    "for a time": (
        {"diagnose": LENT},
        [
            *(*CHANGED, *["verify"] * 2, "record in-effect", "take_turn", "undo", "end_turn"),
            *("record undone", "notify undone", "record undone closed"),
        ],
    ),
    "never taken back": (
        {"diagnose": LENT, "undo": failing(99, None)},
        [
            *(*CHANGED, *["verify"] * 2, "record in-effect", "take_turn", *["undo"] * 5, "end_turn"),
            *("record failed", "notify failed", "record failed closed"),
        ],
    ),
    "after a wait": (
        {"diagnose": FOUND | {"grant": 60}, "take_turn": lambda _, before: {"granted": True} if before else QUIET},
        [
            *("diagnose", "record diagnosed", "notify diagnosed", "take_turn", "record waiting-for-turn", "take_turn"),
            *("record applying", "apply", "end_turn", "record applied", "notify applied", *["verify"] * 6),
            *("record in-effect", "notify in-effect", "record in-effect", "take_turn", "undo", "end_turn"),
            *("record undone", "notify undone", "record undone closed"),
        ],
    ),
}


def call(name: str, message: dict[str, Any]) -> str:
    state = f" {message['state']}" if name in {"record", "notify"} else ""
    return name + state + (" closed" if message.get("closed") else "")


@pytest.mark.parametrize("name", TOLD)
def test_it_asks_for_what_it_always_asked_for(name: str) -> None:
    answers, calls = TOLD[name]
    lab = Lab(World(**answers))
    lab.begin("auto", version=1)
    lab.finish()
    assert [call(*each) for each in lab.world.calls] == calls
