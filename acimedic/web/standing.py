"""The states of an incident as pages show them: each in words, and whether it is good or bad news (pure)."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from acimedic.report.card_states import title as in_words
from acimedic.report.states import STATES

__all__ = ["KNOWN", "Tone", "in_words", "tone"]

Tone: TypeAlias = Literal["good", "wary", "bad", "neutral"]

KNOWN: tuple[str, ...] = ("received", "waiting-for-error", "waiting-for-turn", "applying", "over-ceiling", *STATES)
"""Every state that a list can be narrowed to: those that pass, and those that people are told."""

_TONES: Mapping[str, Tone] = {
    **dict.fromkeys(("in-effect", "proved", "applied"), "good"),
    **dict.fromkeys(("awaiting-decision", "not-yet", "expired", "refused"), "wary"),
    **dict.fromkeys(("failed", "kept", "incomplete", "did-not-help"), "bad"),
}


def tone(state: str) -> Tone:
    """How a state is coloured; what is not known is not coloured."""
    return _TONES.get(state, "neutral")
