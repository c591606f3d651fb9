"""What has to be given before anything is written: mode and policy, a person's word, and the turn."""

from acimedic.approval import ApprovalError
from acimedic.lifecycle.deciding import witnessed
from acimedic.lifecycle.messages import Hint
from acimedic.lifecycle.tools import Tools
from acimedic.lifecycle.turns import LEASE, registries, waiting, working
from acimedic.model.plan import Plan
from acimedic.policy import Consent, InvalidPolicy, NoPolicy, Policy


class NotOurTurnError(Exception):
    """Somebody else is changing the registry: the same may be asked later."""


def closed(consent: Consent) -> str | None:
    """Why nothing is written at all, in words; None where something may be."""
    if consent.mode == "observe":
        return "the mode is observe, in which nothing is changed"
    match consent.policy:
        case NoPolicy():
            return "there is no policy that consents to it"
        case InvalidPolicy(faults=faults):
            return f"the policy is not valid: {'; '.join(faults[:3])}"
        case Policy():
            return None


async def unapproved(tools: Tools, hint: Hint) -> str | None:
    """Why the decision of this nonce is no approval of this plan; None where it is one."""
    if hint.nonce is None:
        return "nobody has approved it, and in the mode review a person has to"
    kept = next((each for each in await tools.store.decisions(hint.incident) if each.nonce == hint.nonce), None)
    if kept is None:
        return "no such approval is known"
    if kept.gateway != tools.gateway:
        return "the approval was given through another Azure than this, where alone it counts"
    if kept.decided != "approve":
        return f"the decision was not to approve it, but to {kept.decided} it"
    try:
        taken = witnessed(tools, kept.claim, hint)
    except ApprovalError as error:
        return f"the approval does not count: {error}"
    if taken.approval.nonce != hint.nonce or taken.approval.decision != "approve":
        return "the approval does not count: what was signed is another decision"
    if tools.now() >= taken.approval.expires:
        return f"the approval was good until {taken.approval.expires:%Y-%m-%d %H:%M} UTC"
    return None


async def hold_turns(tools: Tools, incident: str, plan: Plan, nonce: str = "") -> None:
    """Hold the turn at every registry of a plan, to work in it; taken over from the incident's story where it waits.

    nonce: of whoever works besides the story. Raises NotOurTurnError, LostRaceError.
    """
    now, holder, after = tools.now(), working(incident, nonce), waiting(incident)
    for registry in registries(plan):
        held = await tools.store.take_turn(registry, holder, now=now, until=now + LEASE, after=after)
        if not held.mine:
            name = registry.rsplit("/", 1)[-1]
            raise NotOurTurnError(f"another incident is changing registry '{name}', or somebody else for this one")


async def rest_turns(tools: Tools, incident: str, plan: Plan, nonce: str = "") -> None:
    """Work in the turn no more: the story has what is left of its own; whoever has a nonce ends theirs. LostRaceError.

    Without it whoever wants to take back what was made would wait for the end of a lease in which nobody works.
    """
    if nonce:
        return
    for registry in registries(plan):
        await tools.store.end_turn(registry, working(incident), to=waiting(incident))
