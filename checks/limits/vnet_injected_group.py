"""The container group is injected into a virtual network, in a cloud where an identity cannot pull there.

Cause: in Azure Government, a group in a virtual network cannot pull with a managed identity. Elsewhere this
was a limit in 2023 and has been lifted: a virtual network, a user-assigned identity and a private endpoint
are the documented way today.
Evidence: the cloud, the group's subnets, the credential.
Fix: no virtual network, or a user name and password against an unrestricted registry.
Source: https://learn.microsoft.com/azure/container-instances/container-instances-virtual-network-concepts
"""

from acimedic.fixes import in_words
from acimedic.model.definition import IdentityCredential
from acimedic.model.evidence import Evidence
from acimedic.model.reading import need
from acimedic.model.verdict import Fact, Fail, Pass, Skip, Verdict

ABOUT = "group"
ERRORS = ("InaccessibleImage",)
DOCS = "https://learn.microsoft.com/azure/container-instances/container-instances-virtual-network-concepts"


def check(evidence: Evidence) -> Verdict:
    """Whether the cloud knows identity pulls in a virtual network."""
    definition = need(evidence.definition)
    if not any(isinstance(entry, IdentityCredential) for entry in need(definition.credentials)):
        return Skip("no image is pulled with a managed identity")
    subnets = need(definition.subnets)
    if not subnets:
        return Skip("the group is in no virtual network")
    if evidence.cloud != "AzureUSGovernment":
        return Pass("identity pull in a virtual network is supported here; the limit of 2023 has been lifted")
    return Fail(
        summary=f"Container group '{evidence.group.name}' is in a virtual network and pulls with a managed identity, "
        "which "
        "Azure Government does not support.",
        fix=in_words("Take the group out of the virtual network, or pull with a user name and password."),
        evidence=(
            Fact("cloud", evidence.cloud, "AZURE_CLOUD"),
            Fact("subnetIds of the group", ", ".join(subnets), definition.source),
        ),
    )
