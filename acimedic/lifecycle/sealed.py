"""What the trail of an incident vouches for, once its seals are verified.

Who can write the store can write intents, receipts and rows of a trail. They cannot seal them, and nothing is made
before its intent is sealed. So a trail that is not as it was written vouches for nothing at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from acimedic.lifecycle.receipts import intent_note, nothing_note, once_more_note, receipt_note
from acimedic.lifecycle.tools import Tools
from acimedic.store.chain import Broken, verify


class BrokenTrailError(Exception):
    """The trail of an incident was tampered with: nobody can tell what was made for it."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """places: at which place of the trail each note stands, by its key."""

    places: Mapping[str, int]

    def meant(self, key: str) -> bool:
        """Whether the step of this key was ever about to be made."""
        return intent_note(key) in self.places

    def next_try(self, key: str) -> int:
        """The number of the try that is under way, or comes next: each before it made nothing, as Azure said."""
        number = 1
        while nothing_note(key, number) in self.places:
            number += 1
        return number

    def made_nothing(self, key: str) -> bool:
        """Whether Azure said of every try that it made nothing: what stands there is somebody else's.

        Where a try has no answer, or a crash came before it, nobody knows, and this is False.
        """
        number = self.next_try(key)
        return number > 1 and intent_note(key, number) not in self.places

    def made_last(self, change: str, undo: str) -> bool:
        """Whether the step of one key was found made after it was taken back under the other, and stayed so."""
        made = self.places.get(receipt_note(change), 0)
        back = max(self.places.get(key, 0) for key in (receipt_note(undo), once_more_note(undo)))
        return made > back > 0


async def sealed(tools: Tools, incident: str) -> Sealed:
    """What the trail says. Raises BrokenTrailError, and whatever the store raises."""
    trail = await tools.store.audit(incident)
    found = verify(trail, tools.audit, incident, gateway=tools.gateway)
    if isinstance(found, Broken):
        raise BrokenTrailError(
            f"the trail of this incident is not as it was written (entry {found.number}: {found.reason})"
        )
    return Sealed({entry.note.key: entry.number for entry in trail.entries})
