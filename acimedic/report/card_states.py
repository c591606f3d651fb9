"""What a card says of each state of an incident, beside its title: what follows from it, and how it looks."""

from dataclasses import dataclass

from acimedic.report.card_parts import Colour
from acimedic.report.states import AWAITING, STATES

__all__ = ["AWAITING", "Words", "title", "words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How a state is told.

    meaning: what follows from it, in a sentence or two. early: nothing has been decided yet, so cause and fix come
    first. fix: whether a person may still have to carry the fix out.
    """

    meaning: str = ""
    colour: Colour = "Default"
    early: bool = False
    fix: bool = True


_LOOK = "A person has to look."
_NOTHING = "Nothing was changed."

_UNTOLD = {
    "received": "Failure received",
    "waiting-for-error": "Waiting for the error's text",
    "waiting-for-turn": "Waiting for its turn",
    "applying": "The change is being made",
    "over-ceiling": "Counted, and not looked into",
}
"""States that the story shows without telling anybody."""

_WORDS = {
    "received": Words(meaning="It is being diagnosed.", early=True),
    "waiting-for-error": Words(meaning="Azure tells it some minutes late.", early=True),
    "diagnosed": Words(colour="Warning", early=True),
    AWAITING: Words(meaning="Nothing is changed before somebody decides.", colour="Warning", early=True),
    "rejected": Words(meaning=_NOTHING),
    "expired": Words(meaning=_NOTHING, colour="Warning"),
    "waiting-for-turn": Words(meaning="It has been approved and is not made yet.", fix=False),
    "applying": Words(meaning="Whether it helps is not known yet.", fix=False),
    "applied": Words(
        meaning="Whether it is in effect is looked at until Azure must have noticed it.", colour="Accent", fix=False
    ),
    "refused": Words(meaning="The change that was planned was refused.", colour="Attention"),
    "incomplete": Words(meaning=f"Something was changed, and not all. {_LOOK}", colour="Attention"),
    "in-effect": Words(
        meaning="Only a new pull of this container group proves that it helped.", colour="Good", fix=False
    ),
    "proved": Words(meaning="This container group has pulled its image since.", colour="Good", fix=False),
    "not-yet": Words(meaning="It is looked at again.", colour="Warning", fix=False),
    "did-not-help": Words(meaning=_LOOK, colour="Attention"),
    "undone": Words(meaning="It is no longer there."),
    "kept": Words(meaning=f"It stays until somebody takes it back. {_LOOK}", colour="Attention"),
    "failed": Words(meaning=_LOOK, colour="Attention"),
}


def title(state: str) -> str:
    """The state as a title; a newer version may bring one that is not known here."""
    return STATES.get(state) or _UNTOLD.get(state) or f"State {state}"


def words(state: str) -> Words:
    """What else is said of the state."""
    return _WORDS.get(state) or Words()
