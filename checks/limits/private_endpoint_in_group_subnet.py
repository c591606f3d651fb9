"""The registry's private endpoint sits in the subnet that is delegated to the container group.

Cause: a subnet that is delegated to Azure Container Instances can hold nothing else. Azure refuses to make such an
endpoint, so this rarely gets as far as a pull.
Evidence: the subnet of the registry's private endpoint, and the group's.
Fix: the private endpoint in a subnet of its own.
Source: https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi
"""

from acimedic.fixes import in_words
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, NotKnownError, need
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict

ERRORS = ("InaccessibleImage",)
DOCS = "https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi"


def check(pull: Pull) -> Verdict:
    """Whether an endpoint of the registry and the group share a subnet."""
    registry = pull.acr()
    subnets = {subnet.lower(): subnet for subnet in need(pull.definition().subnets)}
    if not subnets:
        return Skip("the group is in no virtual network")
    if not registry.private_endpoints:
        return Pass(f"registry '{registry.name}' has no private endpoint")
    unread: Gap | None = None
    for endpoint in registry.private_endpoints:
        subnet = pull.evidence.endpoint_subnet(endpoint.endpoint_id or "")
        if isinstance(subnet, Gap):
            unread = unread or subnet
        elif subnet.lower() in subnets:
            return Fail(
                summary=f"A private endpoint of registry '{registry.name}' is in subnet "
                f"'{subnet.rsplit('/', 1)[-1]}', which is delegated to the container group.",
                fix=in_words("Move the private endpoint to a subnet of its own."),
                evidence=(
                    Fact("subnet of the private endpoint", subnet, endpoint.endpoint_id or registry.source),
                    Fact("subnetIds of the group", ", ".join(subnets.values()), pull.definition().source),
                ),
            )
    if unread is not None:
        raise NotKnownError(unread)
    return Pass("the registry's private endpoints are in other subnets")
