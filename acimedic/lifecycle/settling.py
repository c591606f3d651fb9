"""What is known of an attempt at a plan before it goes on: what was meant, what stands, and what is left of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from acimedic.azure.session import Session
from acimedic.azure.standing import AzureStanding
from acimedic.carry_out import look_at
from acimedic.lifecycle.permit import hold_turns
from acimedic.lifecycle.receipts import IN_PLACE, Past, change_key, note_receipt, past, receive, thing, undo_key
from acimedic.lifecycle.sealed import Sealed, sealed
from acimedic.lifecycle.tools import Tools
from acimedic.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is recorded of an attempt, as far as the trail has it sealed that we meant it."""

    plan: Plan
    past: Past
    sealed: Sealed

    @property
    def undone(self) -> bool:
        """Whether somebody takes it back, or has."""
        return bool(self.past.undone)

    @property
    def goes_on(self) -> bool:
        """Whether a step is left, and none before it came to nothing."""
        states = [self.past.state(number) for number in range(1, len(self.plan.steps) + 1)]
        return None in states and all(state is None or state in IN_PLACE for state in states)

    @property
    def stays(self) -> bool:
        """Whether a step stands although it is taken back: it was made a moment too late to be found."""
        return self.undone and any(self._stands(number) for number in self.past.made)

    def key(self, number: int) -> str:
        """The key under which the making of a step is recorded."""
        return change_key(self.plan.hash, self.past.attempt, number)

    def own(self) -> Iterator[tuple[str, datetime]]:
        """At which registries steps that are still to be done were counted already, and when."""
        for number, each in self.past.made.items():
            if each.receipt is None:
                yield self.plan.steps[number - 1].change.registry_id.lower(), each.intent.at

    def _stands(self, number: int) -> bool:
        if self.past.state(number) != "done":
            return False
        back = undo_key(self.plan.hash, self.past.attempt, number)
        return not self.past.taken_back(number) or self.sealed.made_last(self.key(number), back)


async def known(tools: Tools, incident: str, plan: Plan, attempt: str) -> Known:
    """What is recorded of an attempt. Raises BrokenTrailError."""
    recorded, vouched = await past(tools, incident, plan, attempt), await sealed(tools, incident)
    made = {number: each for number, each in recorded.made.items() if vouched.meant(each.intent.key)}
    return Known(plan=plan, past=replace(recorded, made=made), sealed=vouched)


async def settled(tools: Tools, incident: str, plan: Plan, attempt: str, session: Session) -> Known:
    """What is recorded, after a look at each step that was intended and of which nobody knows what came of it.

    That it was not there before the intent had been seen; so what is there now, and just so, is ours. It is not where
    Azure said that it made nothing, where another incident has made it since, or where it was gone when it was taken
    back. Raises BrokenTrailError, NotOurTurnError, RefusedError.
    """
    recorded = await known(tools, incident, plan, attempt)
    for number, each in recorded.past.made.items():
        step, key = plan.steps[number - 1], recorded.key(number)
        if each.receipt is not None:
            await note_receipt(tools, each.receipt)
            continue
        if recorded.sealed.made_nothing(key) or recorded.past.taken_back(number):
            continue
        await hold_turns(tools, incident, plan)
        seen = await look_at(step, AzureStanding(session))
        if seen.state != "as-made":
            continue
        if await tools.store.made_by_another(step.change.registry_id, thing(step), incident):
            await receive(tools, incident, key, "already", f"{seen.said}, and another incident has made it")
        else:
            await receive(tools, incident, key, "done", f"{seen.said}, as was seen after an interruption")
    return await known(tools, incident, plan, attempt)
