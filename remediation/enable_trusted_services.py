"""Let trusted services through the registry's firewall.

PATCH `networkRuleBypassOptions` to `AzureServices`, and nothing else.
Blast radius: the bypass opens to all trusted services, of any tenant; they still need a role at the registry.
Undo: PATCH it back.
Source: https://learn.microsoft.com/azure/container-registry/allow-access-trusted-services
"""

from acimedic.model.diagnosis import Finding
from acimedic.model.plan import BypassSwitch, Step
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, NotKnownError
from acimedic.model.registry import Registry
from acimedic.model.verdict import DoesNotApplyError
from remediation.whose import is_attached, is_of_same_tenant

ANSWERS = ("trusted-services-disabled",)


def steps(findings: tuple[Finding, ...]) -> tuple[Step, ...]:
    """One switch for each registry; none where what it is set to now is not known."""
    registries = [finding.pull.registry for finding in findings if finding.pull is not None and _ours(finding.pull)]
    known = {item.id.lower(): item for item in registries if isinstance(item, Registry)}
    return tuple(step for registry in known.values() for step in _switch(registry))


def _ours(pull: Pull) -> bool:
    """Whether the group's own identity is to pull, of the registry's tenant: for no other is anything proposed."""
    try:
        registry, identity = pull.acr(), pull.principal()
    except (NotKnownError, DoesNotApplyError):
        return False
    return is_attached(identity, pull.evidence) and is_of_same_tenant(registry, identity, pull.evidence)


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
