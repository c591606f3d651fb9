"""What else is to be known before deploying: what of the same template comes too late for a group, or may (pure).

A new role assignment takes up to 10 minutes to be in effect, and resources that do not depend on each other are made
at the same time.
Sources: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting and
https://learn.microsoft.com/azure/azure-resource-manager/templates/resource-dependency
"""

from collections.abc import Iterator
from dataclasses import dataclass

from acimedic.duration import in_words
from acimedic.model.definition import Definition, IdentityCredential
from acimedic.model.evidence import Evidence
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, NotKnownError
from acimedic.model.registry import Identity, Registry
from acimedic.model.resource_id import ResourceId
from acimedic.model.verdict import DoesNotApplyError
from acimedic.preflight.planned.made import Made, Planned
from acimedic.preflight.planned.order import Order
from acimedic.preflight.planned.registry import CHANGED
from acimedic.preflight.planned.roles import PlannedRole
from acimedic.pulls import pulls
from acimedic.rbac import Grant
from acimedic.rbac.of_pull import PullRight, pull_right
from acimedic.rbac.propagation import documented_wait

_MOST_NAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """The notes on one container group. name: its name. at: its place among the resources of the evaluation."""

    name: str
    at: int
    planned: Planned
    order: Order

    @property
    def _group(self) -> str:
        return f"'{_short(self.name)}'"

    def on(self, evidence: Evidence) -> Iterator[str]:
        """Everything that is to be noted about the group and what serves it."""
        yield from self._identities(evidence)
        for pull in pulls(evidence):
            yield from self._registry(pull)
            yield from self._roles(pull)

    def _identities(self, evidence: Evidence) -> Iterator[str]:
        for key in dict.fromkeys(_attached(evidence.definition)):
            made, read = self.planned.identities.get(key), evidence.identity(key)
            there = isinstance(read, Identity) and not _is_new(read)
            if made is not None and not there:
                yield from self._waits(made, "identity", "makes")

    def _registry(self, pull: Pull) -> Iterator[str]:
        registry = pull.registry
        made = self.planned.registries.get(registry.id.lower()) if isinstance(registry, Registry) else None
        if made is None or not isinstance(registry, Registry):
            return
        if not _is_new(registry):
            if registry.source.endswith(CHANGED.format(made.path)):
                yield from self._waits(made, "registry", "changes")
            return
        yield from self._waits(made, "registry", "makes")
        pushers = ", ".join(f"'{_short(name)}'" for name in self.planned.pushers[:_MOST_NAMES])
        but = f", unless {pushers} of the template puts it there first" if pushers else ""
        yield (
            f"The template makes registry '{registry.name}', which is empty until an image is pushed to it: "
            f"container group {self._group} cannot pull '{_short(str(pull.image))}' in the same deployment{but}."
        )

    def _roles(self, pull: Pull) -> Iterator[str]:
        right = _right(pull)
        if right is None:
            return
        for role, grant in _planned_grants(right, self.planned):
            yield _takes_time(grant, right)
            if self.order.waits(self.at, role.at) is False:
                yield (
                    f"Container group {self._group} does not depend on role assignment '{_short(role.name)}' "
                    f"({role.path}), which lets it pull: it may be made before the role is given. Name it in dependsOn."
                )

    def _waits(self, made: Made, what: str, does: str) -> Iterator[str]:
        if self.order.waits(self.at, made.at) is False:
            yield (
                f"Container group {self._group} does not depend on {what} '{made.id.name}' ({made.path}), which the "
                f"same template {does}: it may be made before that. Name it in dependsOn."
            )


def only_planned(pull: Pull, planned: Planned) -> bool:
    """Whether nothing but the template's own role assignments lets the pull's identity pull."""
    return bool(_planned_grants(_right(pull), planned))


def _planned_grants(right: PullRight | None, planned: Planned) -> list[tuple[PlannedRole, Grant]]:
    """The template's own assignments that let pull; none where one that is there already does, though stated again."""
    own = {(role.id or role.path).lower(): role for role in planned.roles}
    grants = () if right is None else right.effective.grants
    found = [(own.get(grant.assignment.id.lower()), grant) for grant in grants if grant.assignment.changed is None]
    new = [(role, grant) for role, grant in found if role is not None]
    return new if len(new) == len(grants) else []


def _takes_time(grant: Grant, right: PullRight) -> str:
    return (
        f"The template gives {grant.role.name} at registry '{right.registry.name}' to identity "
        f"'{right.identity.name}' itself. A new role assignment takes up to {in_words(documented_wait(grant))} to be "
        "in effect, and until then the pull may be refused: deploy again then."
    )


def _is_new(resource: Identity | Registry) -> bool:
    """Whether nobody but the template knows of it."""
    return resource.source.startswith("the template")


def _short(name: str) -> str:
    """A name as a template has it, which nobody has bounded."""
    return name if len(name) <= 120 else name[:119] + "…"


def _right(pull: Pull) -> PullRight | None:
    try:
        return pull_right(pull)
    except (NotKnownError, DoesNotApplyError):
        return None


def _attached(definition: Definition | Gap) -> Iterator[str]:
    """Comparable ids of the identities that are on the group, or named by a credential."""
    if isinstance(definition, Gap):
        return
    listed = () if isinstance(definition.user_identities, Gap) else definition.user_identities
    credentials = () if isinstance(definition.credentials, Gap) else definition.credentials
    named = [item.identity for item in credentials if isinstance(item, IdentityCredential)]
    for text in (*listed, *(each for each in named if isinstance(each, str))):
        try:
            yield ResourceId.parse(text.rstrip("/")).key
        except ValueError:
            continue
