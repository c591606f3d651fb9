"""The activities `take_turn` and `end_turn`: one change at a time to a registry, none in quiet hours, not too many.

A turn is a lease in the store that runs out by itself. Waiting for it is the story's; whoever makes the change asks
for the turn once more, and for all that the policy says.
"""

from datetime import datetime, timedelta

from acimedic.lifecycle.keeping import kept_plan
from acimedic.lifecycle.messages import Taken, Turn
from acimedic.lifecycle.tools import Tools
from acimedic.model.plan import Plan
from acimedic.policy import Policy, quiet_until

LEASE = timedelta(minutes=15)
_HOUR = timedelta(hours=1)


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
    taken: list[str] = []
    for registry in registries(plan):  # in one order everywhere, so that two who want the same two never wait in a ring
        held = await tools.store.take_turn(registry, turn.incident, now=now, until=now + LEASE)
        if not held.mine:
            for mine in taken:
                await tools.store.end_turn(mine, turn.incident)
            name = registry.rsplit("/", 1)[-1]
            return _wait(f"another incident is changing registry '{name}'", held.until, now)
        taken.append(registry)
    return Taken(granted=True)


async def end_turn(tools: Tools, turn: Turn) -> Taken:
    """Give the turns back."""
    plan = await kept_plan(tools, turn.incident, turn.plan)
    for registry in () if plan is None else registries(plan):
        await tools.store.end_turn(registry, turn.incident)
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
