"""The pull could not resolve the registry's name.

Cause: the name that the registry has in a private DNS zone was asked for where nobody answers it. Azure
Container Instances pulls from the platform, not from the group's virtual network, and inherits no DNS
settings from it: a private zone neither helps nor hurts, unless a container event says that the name was
not resolved.
Evidence: a container event with the failed look-up.
Fix: let the platform reach the registry: trusted services and a managed identity.
Source: https://learn.microsoft.com/azure/container-instances/container-instances-virtual-network-concepts
"""

from acimedic.fixes import use_identity
from acimedic.model.pull import Pull
from acimedic.model.verdict import Fail, Pass, Verdict
from acimedic.testimony import tail_fact, tails

ERRORS = ("dial tcp: lookup", "no such host")
DOCS = "https://learn.microsoft.com/azure/container-instances/container-instances-virtual-network-concepts"


def check(pull: Pull) -> Verdict:
    """Whether an event says that the registry's name was not resolved."""
    registry = pull.acr()
    lookups = tails(pull, "dns")
    if not lookups:
        return Pass("no event says that a name was not resolved; a private DNS zone plays no part in these pulls")
    return Fail(
        summary=f"The name of registry '{registry.name}' ({registry.login_server}) was not resolved while pulling for "
        f"{pull.where}.",
        fix=use_identity(registry.login_server, pull.evidence.group.name),
        evidence=tuple(tail_fact(tail) for tail in lookups),
        confidence="likely",
    )
