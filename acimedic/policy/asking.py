"""Who is asked to decide on a plan: the route that the policy names for the pairs which the plan is about."""

from acimedic.ids import same_id
from acimedic.model.plan import BypassSwitch, RoleGrant, Step
from acimedic.model.resource_id import ResourceId
from acimedic.policy.document import Pair, Policy, PolicyReading


def approval_routes(policy: PolicyReading, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The names of the routes that the policy names for these steps, none of them twice; empty where it names none.

    A pair's own route goes before the policy's. More than one means that several owners would have to agree, and one
    link cannot ask them all.
    """
    if not isinstance(policy, Policy):
        return ()
    named: list[str] = []
    for step in steps:
        pairs = [pair for pair in policy.pairs if _about(pair, step)]
        routes = [pair.approval_route or policy.approval_route for pair in pairs] or [policy.approval_route]
        named += [route for route in routes if route is not None]
    return tuple(dict.fromkeys(named))


def _about(pair: Pair, step: Step) -> bool:
    """Whether a pair consents to the step, as far as the step itself tells: a firewall is opened for nobody by name."""
    change = step.change
    match change:
        case RoleGrant():
            return _names(pair, change.registry_id, change.identity_id)
        case BypassSwitch():
            return same_id(str(pair.registry), change.registry_id)


def _names(pair: Pair, registry_id: str, identity_id: str) -> bool:
    try:
        return pair.names(ResourceId.parse(registry_id), ResourceId.parse(identity_id))
    except ValueError:
        return False
