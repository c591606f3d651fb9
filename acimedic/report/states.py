"""The states of an incident that people are told, in the words that stand before everything else.

A state that is not here comes from a newer version, and is shown as it is written.
Source: acimedic/lifecycle/story.py, which says when each is told.
"""

from collections.abc import Mapping

AWAITING = "awaiting-decision"

STATES: Mapping[str, str] = {
    "diagnosed": "Diagnosed",
    AWAITING: "A decision is awaited",
    "rejected": "The change was rejected",
    "expired": "Nobody decided in time",
    "refused": "Nothing was changed",
    "incomplete": "Only a part was changed",
    "applied": "The change was made",
    "in-effect": "The change is in effect",
    "proved": "It helped",
    "not-yet": "Not in effect yet",
    "did-not-help": "It did not help",
    "undone": "The change was taken back",
    "kept": "The change could not be taken back",
    "failed": "It could not be brought to an end",
}


def in_words(state: str) -> str:
    """The state as a title; not yet made plain where it is none of ours."""
    return STATES.get(state, state)
