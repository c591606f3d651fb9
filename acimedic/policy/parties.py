"""Who gains by a step: the identities that it lets in, and to which repositories."""

from dataclasses import dataclass
from typing import TypeAlias

from acimedic.ids import same_id
from acimedic.model.definition import Definition, IdentityCredential
from acimedic.model.evidence import Evidence
from acimedic.model.image import ImageReference
from acimedic.model.plan import BypassSwitch, RoleGrant, Step
from acimedic.model.reading import Gap
from acimedic.model.registry import Identity, Mode, Registry
from acimedic.pulls import pulls

Unknown: TypeAlias = str
"""Why it cannot be told who gains, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An identity that a step lets pull from a registry.

    everything: the step opens every repository to it, whatever the group asked for.
    """

    registry: Registry
    identity: Identity
    mode: Mode
    repositories: tuple[str, ...]
    everything: bool


def parties(step: Step, evidence: Evidence) -> tuple[Party, ...] | Unknown:
    """Everyone who gains; the reason in words where a fact is missing."""
    registry = registry_of(step.change.registry_id, evidence)
    if registry is None:
        return f"registry {step.change.registry_id} was not read"
    if isinstance(registry.mode, Gap):
        return f"the role assignment mode of registry '{registry.name}' is not known"
    match step.change:
        case RoleGrant() as grant:
            return _granted(grant, registry, registry.mode, evidence)
        case BypassSwitch():
            return _let_through(registry, registry.mode, evidence)


def registry_of(registry_id: str, evidence: Evidence) -> Registry | None:
    """What was read of a registry."""
    found = [item for _, item in evidence.registries if isinstance(item, Registry) and same_id(item.id, registry_id)]
    return found[0] if found else None


def attached(identity: Identity, evidence: Evidence) -> bool:
    """Whether the group has the identity: else whoever names it in a credential would act in its name."""
    definition = evidence.definition
    if not isinstance(definition, Definition) or isinstance(definition.user_identities, Gap):
        return False
    return any(same_id(identity.id, named) for named in definition.user_identities)


def _granted(grant: RoleGrant, registry: Registry, mode: Mode, evidence: Evidence) -> tuple[Party, ...] | Unknown:
    identity = evidence.identity(grant.identity_id)
    if not isinstance(identity, Identity) or identity.principal_id != grant.principal_id:
        return f"principal {grant.principal_id} is not that of identity {grant.identity_id}"
    if mode != grant.mode:
        return f"registry '{registry.name}' is in {mode} mode, and the step is for {grant.mode} mode"
    party = Party(
        registry=registry,
        identity=identity,
        mode=mode,
        repositories=grant.repositories,
        everything=grant.condition is None,
    )
    return (party,)


def _let_through(registry: Registry, mode: Mode, evidence: Evidence) -> tuple[Party, ...] | Unknown:
    """The identities that pull from the registry: for their sake its firewall is opened."""
    asked: dict[str, tuple[Identity, list[str]]] = {}
    for pull in pulls(evidence):
        if pull.registry != registry or not isinstance(pull.credential, IdentityCredential):
            continue
        if not isinstance(pull.identity, Identity) or not isinstance(pull.reference, ImageReference):
            return f"who pulls {pull.image if isinstance(pull.image, str) else 'an image'} is not known"
        asked.setdefault(pull.identity.id.lower(), (pull.identity, []))[1].append(pull.reference.repository)
    if not asked:
        return f"no identity of the container group pulls from registry '{registry.name}'"
    return tuple(
        Party(
            registry=registry,
            identity=identity,
            mode=mode,
            repositories=tuple(dict.fromkeys(repositories)),
            everything=False,
        )
        for identity, repositories in asked.values()
    )
