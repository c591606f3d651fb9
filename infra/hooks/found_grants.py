"""policy.json -> which registries may be changed, and which principals may be given a pull role there.

The policy is read by the app's own parser, so that what is deployed is what the app will follow. Principal ids go into
the condition of the role assignment, by which Azure itself refuses everybody else.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from azure_cli import ROOT, CliError, RefusedError, az, flag, say, text

_MOST = 80  # principals of a registry: a condition has at most 8 KB, and names each of them twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """by_registry: registries by resource id, with the principal ids that may be let in; none for anybody.

    assigns: whether pull roles may be given at all. trusted_services: whether the bypass for them may be switched.
    """

    by_registry: Mapping[str, tuple[str, ...]]
    assigns: bool
    trusted_services: bool

    @property
    def registries(self) -> tuple[str, ...]:
        """The registries."""
        return tuple(self.by_registry)

    @property
    def parameter(self) -> str:
        """As main.bicep takes it."""
        return ",".join(f"{registry}={' '.join(ids)}" for registry, ids in self.by_registry.items())


def grants_of(file: Path, environment: Mapping[str, str]) -> Grants:
    """What the policy asks for. Raises RefusedError where it cannot be followed, CliError."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from acimedic.model.resource_id import ResourceId
    from acimedic.policy.document import InvalidPolicy
    from acimedic.policy.parsing import parse_policy

    policy = parse_policy(file.read_bytes())
    if isinstance(policy, InvalidPolicy):
        raise RefusedError(*(f"policy.json: {fault}" for fault in policy.faults))
    assigns = "assign-pull-role" in policy.remedies
    unnamed = not assigns or flag(environment, "ACIMEDIC_ANY_PRINCIPAL", default=False)
    found: dict[str, dict[str, None]] = {}
    names: dict[str, str] = {}
    for pair in policy.pairs:
        registry = names.setdefault(str(pair.registry).lower(), str(pair.registry))
        ids = found.setdefault(registry, {})
        if unnamed:
            continue
        match pair.who:
            case ResourceId():
                ids.update(dict.fromkeys(_principal(str(pair.who))))
            case group:
                ids.update(dict.fromkeys(_principals(group.subscription, group.name)))
    if not unnamed:
        _ensure_lists(found)
    return Grants(
        by_registry={registry: tuple(ids) for registry, ids in found.items()},
        assigns=assigns,
        trusted_services="enable-trusted-services" in policy.remedies,
    )


def _principal(identity: str) -> list[str]:
    try:
        found = text(az("identity", "show", "--ids", identity), "principalId")
    except CliError as error:
        raise RefusedError(f"policy.json names the identity {identity}, which cannot be read: {error.said}") from error
    return [found] if found else []


def _principals(subscription: str, group: str) -> list[str]:
    say(f"policy.json lets in every identity of {group}: those of today are listed; run `azd provision` for later ones")
    answer = az("identity", "list", "--resource-group", group, "--subscription", subscription)
    return [text(each, "principalId") for each in answer] if isinstance(answer, list) else []


def _ensure_lists(found: Mapping[str, Mapping[str, None]]) -> None:
    """An empty list would let everybody in, where the policy lets nobody in who is there."""
    faults = []
    for registry, ids in found.items():
        if not ids:
            faults.append(f"policy.json lets nobody in at {registry} who exists today: make the identity first")
        if len(ids) > _MOST:
            faults.append(
                f"policy.json lets {len(ids)} identities in at {registry}; a condition holds {_MOST}: "
                "name fewer, or set ACIMEDIC_ANY_PRINCIPAL=true, and Azure will check the role alone"
            )
    if faults:
        raise RefusedError(*faults)
