"""Let trusted services through the registry's firewall.

PATCH `networkRuleBypassOptions` to `AzureServices`, and nothing else.
Blast radius: the bypass opens to all trusted services, of any tenant; they still need a role at the registry.
Undo: PATCH it back.
Source: https://learn.microsoft.com/azure/container-registry/allow-access-trusted-services
"""

from acimedic.model.diagnosis import Finding
from acimedic.model.plan import BypassSwitch, Step
from acimedic.model.reading import Gap

ANSWERS = ("trusted-services-disabled",)


def steps(finding: Finding) -> tuple[Step, ...]:
    """The switch that answers the finding; none where what it is set to now is not known."""
    if finding.pull is None:
        return ()
    registry = finding.pull.acr()
    if isinstance(registry.bypass, Gap):
        return ()
    switch = BypassSwitch(registry_id=registry.id, before=registry.bypass, after="AzureServices")
    return (
        Step(
            remedy="enable-trusted-services",
            target=registry.id,
            change=switch,
            before=f"networkRuleBypassOptions: {switch.before}",
            after=f"networkRuleBypassOptions: {switch.after}",
            undo=f"PATCH {registry.id} networkRuleBypassOptions={switch.before}",
            risk=f"the firewall of registry '{registry.name}' lets every trusted Azure service through, not only "
            "Container Instances; each still needs a role there",
            summary=f"let trusted services through the firewall of registry '{registry.name}'",
        ),
    )
