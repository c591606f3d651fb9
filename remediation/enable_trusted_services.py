"""Let trusted services through the registry's firewall.

PATCH `networkRuleBypassOptions` to `AzureServices`, and nothing else.
Blast radius: the bypass opens to all trusted services, of any tenant; they still need a role at the registry.
Undo: PATCH it back.
Source: https://learn.microsoft.com/azure/container-registry/allow-access-trusted-services
"""

from acimedic.model.diagnosis import Finding
from acimedic.model.plan import BypassSwitch, Step
from acimedic.model.reading import Gap
from acimedic.model.registry import Registry

ANSWERS = ("trusted-services-disabled",)


def steps(findings: tuple[Finding, ...]) -> tuple[Step, ...]:
    """One switch for each registry; none where what it is set to now is not known."""
    registries = [finding.pull.registry for finding in findings if finding.pull is not None]
    known = {item.id.lower(): item for item in registries if isinstance(item, Registry)}
    return tuple(step for registry in known.values() for step in _switch(registry))


def _switch(registry: Registry) -> tuple[Step, ...]:
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
