"""The activities `take_turn` and `end_turn`: one change at a time to a registry, none in quiet hours, not too many.

A turn is a lease in the store that runs out by itself. Waiting for it is the story's; whoever makes the change asks
for the turn once more, and for all that the policy says. Within an incident as well one works at a time: the turn that
a story has waited for is taken over by whoever works, and given back to the story, or to nobody.
"""

from datetime import datetime, timedelta

from acimedic.lifecycle.keeping import kept_plan
from acimedic.lifecycle.messages import Taken, Turn
from acimedic.lifecycle.tools import Tools
from acimedic.model.plan import Plan
from acimedic.policy import Policy, quiet_until

LEASE = timedelta(minutes=15)
_HOUR = timedelta(hours=1)
_STORY = "story"


def waiting(incident: str) -> str:
    """Who has a turn while the incident's story has it, and nobody works in it."""
    return incident


def working(incident: str, nonce: str = "") -> str:
    """Who has a turn while it is worked in: the story's own activity, or whoever has this nonce."""
    return f"{incident}:{nonce or _STORY}"


async def take_turn(tools: Tools, turn: Turn) -> Taken:
    """Ask for the turn at every registry of a plan; all or none."""
    plan = await kept_plan(tools, turn.incident, turn.plan)
    if plan is None:
        return Taken(granted=True, said="there is no such plan, as whoever makes the change will find")
    now = tools.now()
    if not turn.back:
        wait = await _not_now(tools, plan, now)
        if wait is not None:
            return wait
    story = waiting(turn.incident)
    holder, after = (working(turn.incident, turn.nonce), story) if turn.nonce else (story, None)
    taken: list[str] = []
    for registry in registries(plan):  # in one order everywhere, so that two who want the same two never wait in a ring
        held = await tools.store.take_turn(registry, holder, now=now, until=now + LEASE, after=after)
        if not held.mine:
            for mine in taken:
                await tools.store.end_turn(mine, holder)
            name = registry.rsplit("/", 1)[-1]
            own = ", or the story of this one is" if turn.nonce else ""
            return _wait(f"another incident is changing registry '{name}'{own}", held.until, now)
        taken.append(registry)
    return Taken(granted=True)


async def end_turn(tools: Tools, turn: Turn) -> Taken:
    """Give the turns back: the story's own, worked in or not, or those of whoever has this nonce."""
    plan = await kept_plan(tools, turn.incident, turn.plan)
    work = working(turn.incident, turn.nonce)
    holders = (work,) if turn.nonce else (waiting(turn.incident), work)
    for registry in () if plan is None else registries(plan):
        for holder in holders:
            await tools.store.end_turn(registry, holder)
    return Taken(granted=False)


def registries(plan: Plan) -> tuple[str, ...]:
    """The registries that a plan changes, each once, in a fixed order."""
    return tuple(sorted({step.change.registry_id.lower() for step in plan.steps}))


async def _not_now(tools: Tools, plan: Plan, now: datetime) -> Taken | None:
    """Until when the policy wants nothing changed; what it refuses for good is told by whoever makes the change."""
    policy = tools.consent.policy
    if not isinstance(policy, Policy):
        return None
    quiet = quiet_until(policy.quiet_hours, now)
    if quiet is not None and quiet.until is not None:
        return _wait(f"quiet hours until {quiet.until:%Y-%m-%d %H:%M} UTC", quiet.until, now)
    for registry in registries(plan):
        planned = sum(step.change.registry_id.lower() == registry for step in plan.steps)
        made = await tools.store.changes(registry, since=now - _HOUR)
        over = len(made) + planned - policy.changes_per_hour
        if 0 < over <= len(made):
            name = registry.rsplit("/", 1)[-1]
            said = f"{len(made)} changes were made at registry '{name}' within the hour, and the policy allows "
            return _wait(said + str(policy.changes_per_hour), made[over - 1] + _HOUR, now)
    return None


def _wait(said: str, until: datetime, now: datetime) -> Taken:
    return Taken(granted=False, said=said, wait=max(1, int((until - now).total_seconds()) + 1))
