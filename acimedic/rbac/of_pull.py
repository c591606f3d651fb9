"""What the roles mean for one pull: the question that the checks of access ask."""

from dataclasses import dataclass

from acimedic.model.access import Access
from acimedic.model.evidence import Evidence
from acimedic.model.image import ImageReference
from acimedic.model.pull import Pull
from acimedic.model.reading import Gap, need
from acimedic.model.registry import Identity, Mode, Registry
from acimedic.model.verdict import Fact
from acimedic.rbac.effective import PullAccess, Refused, pull_access
from acimedic.rbac.misdirected import Misdirected, misdirected
from acimedic.rbac.recreated import earlier_principal


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRight:
    """An identity before a registry, and what it may do there.

    mode_known: False where the registry does not show its mode and the answer is the same in both.
    """

    registry: Registry
    identity: Identity
    image: ImageReference
    access: Access
    evidence: Evidence
    mode: Mode
    mode_known: bool
    effective: PullAccess

    @property
    def refused(self) -> bool:
        """Whether the roles surely do not let it pull; deny assignments are another matter."""
        return isinstance(self.effective.granted, Refused)

    @property
    def strayed(self) -> tuple[tuple[Misdirected, str], ...]:
        """Pull roles that were given to the identity's client id, or to an earlier principal of it, each with why.

        Empty where the listing could not be read.
        """
        if isinstance(self.access.everyone, Gap):
            return ()
        found = misdirected(
            self.access,
            client_id=self.identity.client_id,
            mode=self.mode,
            repository=self.image.repository,
            registry_id=self.registry.id,
        )
        client = [(item, "it is the identity's client id") for item in found if item.kind == "client-id"]
        others = [item for item in found if item.kind == "other-principal"]
        told = [
            (item, earlier_principal(item.assignment, self.identity, self.registry, self.evidence)) for item in others
        ]
        return (*client, *((item, why) for item, why in told if why is not None))

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Who asks, and how the registry decides."""
        known = "AbacRepositoryPermissions" if self.mode == "abac" else "LegacyRegistryPermissions"
        shown = known if self.mode_known else "not shown; the answer is the same in both modes"
        return (
            Fact("principal id of the pull identity", self.identity.principal_id, self.identity.source),
            Fact("roleAssignmentMode of the registry", shown, self.registry.source),
        )


def pull_right(pull: Pull) -> PullRight:
    """The pull's right at its registry.

    Raises NotKnownError where a fact is missing, DoesNotApplyError where no identity pulls from ACR. A registry that
    does not show its mode is judged in both, and is unknown where they differ.
    """
    registry, identity, image = pull.acr(), pull.principal(), pull.well_formed()
    access = need(pull.access)
    need(access.assigned)
    known: Mode | None = None if isinstance(registry.mode, Gap) else registry.mode
    mode: Mode = known or "legacy"
    effective = pull_access(access, mode=mode, repository=image.repository, registry_id=registry.id)
    if known is None:
        other = pull_access(access, mode="abac", repository=image.repository, registry_id=registry.id)
        if type(other.granted) is not type(effective.granted) or other.wrong_mode or effective.wrong_mode:
            need(registry.mode)
    return PullRight(
        registry=registry,
        identity=identity,
        image=image,
        access=access,
        evidence=pull.evidence,
        mode=mode,
        mode_known=known is not None,
        effective=effective,
    )
