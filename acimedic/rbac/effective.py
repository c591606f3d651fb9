"""Whether a principal may pull a repository, and by which assignments.

Sources: https://learn.microsoft.com/azure/container-registry/container-registry-rbac-built-in-roles-overview
https://learn.microsoft.com/azure/container-registry/container-registry-rbac-custom-roles
https://learn.microsoft.com/azure/role-based-access-control/overview
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from acimedic.model.access import Access, Assignment, DenyAssignment, Role
from acimedic.model.reading import Gap
from acimedic.model.registry import Mode
from acimedic.rbac.actions import METADATA_READ, needed
from acimedic.rbac.denials import denies
from acimedic.rbac.grants import Given, Grant, given, gives_pull, role_of
from acimedic.rbac.scopes import covers


@dataclass(frozen=True, slots=True)
class Allowed:
    """The principal may pull. `certain` is False where every grant is one that may not count."""

    reasons: tuple[str, ...]
    certain: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The principal may not pull, and nothing that could not be read would change that."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """It hangs on what could not be read or evaluated."""

    gaps: tuple[Gap, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it could not be decided."""
        return tuple(f"{gap.reading}: {gap.reason}" for gap in self.gaps)


Decision: TypeAlias = Allowed | Refused | Undecided


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that may count or not. `about` is None where a whole listing could not be read."""

    about: Assignment | DenyAssignment | None
    gap: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class PullAccess:
    """Everything that bears on whether a principal may pull one repository.

    grants: assignments that let it pull (together, where custom roles split the actions up).
    excluded: grants whose condition leaves this repository out.
    wrong_mode: assignments of roles that would let it pull in the other role assignment mode only.
    undecided: assignments that may let it pull, or the listing that could not be read.
    denied: deny assignments that refuse the pull to it.
    undecided_denials: deny assignments that may do so, or the listing that could not be read.
    """

    mode: Mode
    grants: tuple[Grant, ...]
    excluded: tuple[Grant, ...]
    wrong_mode: tuple[tuple[Assignment, Role], ...]
    undecided: tuple[Doubt, ...]
    denied: tuple[DenyAssignment, ...]
    undecided_denials: tuple[Doubt, ...]

    @property
    def granted(self) -> Decision:
        """Whether the role assignments let it pull, deny assignments aside."""
        if self.grants:
            reasons = tuple(f"{grant.role.name} at {grant.assignment.scope}" for grant in self.grants)
            sure = {action for grant in self.grants if grant.certain for action in grant.actions}
            return Allowed(reasons, certain=sure.issuperset(needed(self.mode)))
        if self.undecided:
            return Undecided(tuple(doubt.gap for doubt in self.undecided))
        out = tuple(f"the condition of {grant.role.name} leaves this repository out" for grant in self.excluded)
        wrong = tuple(f"{role.name} gives no pull in {self.mode} mode" for _, role in self.wrong_mode)
        return Refused(out + wrong or ("no role assignment gives the pull",))

    @property
    def decision(self) -> Decision:
        """Whether it may pull. A deny assignment that surely applies refuses whatever the roles say."""
        if self.denied:
            return Refused(tuple(f"deny assignment '{deny.name or deny.id}' refuses it" for deny in self.denied))
        granted = self.granted
        if isinstance(granted, Allowed) and self.undecided_denials:
            return Undecided(tuple(doubt.gap for doubt in self.undecided_denials))
        return granted


def pull_access(access: Access, *, mode: Mode, repository: str, registry_id: str) -> PullAccess:
    """What the assignments in `access` mean for a pull of one repository. Never raises."""
    walk = _Walk(access, mode=mode, repository=repository, registry_id=registry_id)
    walk.assignments()
    denied, undecided_denials = walk.denials()
    grants, halves = _complete(walk.grants, mode)
    # Without a chance of the content nothing else would help, so no doubt about the rest counts.
    doubts = tuple(walk.undecided) if needed(mode)[0] in walk.possible else ()
    return PullAccess(
        mode=mode,
        grants=grants,
        excluded=tuple(walk.excluded),
        wrong_mode=tuple(walk.wrong_mode),
        undecided=(*doubts, *halves),
        denied=denied,
        undecided_denials=undecided_denials,
    )


class _Walk:
    """One pass over the assignments, each put where it belongs."""

    def __init__(self, access: Access, *, mode: Mode, repository: str, registry_id: str) -> None:
        self._access, self._mode, self._repository, self._registry = access, mode, repository, registry_id
        self.grants: list[Grant] = []
        self.excluded: list[Grant] = []
        self.wrong_mode: list[tuple[Assignment, Role]] = []
        self.undecided: list[Doubt] = []
        self.possible: set[str] = set()

    def assignments(self) -> None:
        assigned = self._access.assigned
        if isinstance(assigned, Gap):
            self._doubt(None, assigned, needed(self._mode))
            return
        for assignment in distinct(assigned):
            if counts(assignment, self._access.principal_id):
                self._sort(assignment)

    def denials(self) -> tuple[tuple[DenyAssignment, ...], tuple[Doubt, ...]]:
        listed = self._access.denied
        if isinstance(listed, Gap):
            return (), (Doubt(None, listed),)
        answers = [(deny, self._denies(deny)) for deny in dict.fromkeys(listed)]
        doubts = tuple(Doubt(deny, answer) for deny, answer in answers if isinstance(answer, Gap))
        return tuple(deny for deny, answer in answers if answer is True), doubts

    def _denies(self, deny: DenyAssignment) -> bool | Gap:
        assigned = () if isinstance(self._access.assigned, Gap) else self._access.assigned
        principal = self._access.principal_id.lower()
        groups = {item.principal_id.lower() for item in assigned if counts(item, principal)}
        return denies(deny, principal_id=principal, groups=groups, mode=self._mode, registry_id=self._registry)

    def _sort(self, assignment: Assignment) -> None:
        reached = covers(assignment.scope, self._registry)
        if reached is False:
            return
        role = role_of(self._access, assignment)
        if isinstance(role, Gap):
            self._doubt(assignment, role, needed(self._mode))
            return
        found = given(role, assignment, mode=self._mode, repository=self._repository)
        if reached is None and found:
            gap = Gap(reading="scope of a role assignment", reason="it is blank")
            self._doubt(assignment, gap, tuple(item.action for item in found))
            return
        if not found and gives_pull(role, "abac" if self._mode == "legacy" else "legacy"):
            self.wrong_mode.append((assignment, role))
        self._grade(assignment, role, found)

    def _grade(self, assignment: Assignment, role: Role, found: tuple[Given, ...]) -> None:
        allowed = tuple(item for item in found if item.allowed is True)
        left_out = tuple(item for item in found if item.allowed is False)
        for item in found:
            if isinstance(item.allowed, Gap):
                self._doubt(assignment, item.allowed, (item.action,))
        if left_out:
            self.excluded.append(self._grant(assignment, role, left_out))
        if allowed:
            self.possible.update(item.action for item in allowed)
            self.grants.append(self._grant(assignment, role, allowed))

    def _doubt(self, about: Assignment | None, gap: Gap, actions: Iterable[str]) -> None:
        self.possible.update(actions)
        if all(doubt.about is not about or about is None for doubt in self.undecided):
            self.undecided.append(Doubt(about, gap))

    def _grant(self, assignment: Assignment, role: Role, found: tuple[Given, ...]) -> Grant:
        conditioned = bool(assignment.condition and assignment.condition.strip())
        wild = role.custom and any(all("*" in pattern for pattern in item.patterns) for item in found)
        return Grant(
            assignment=assignment,
            role=role,
            actions=tuple(item.action for item in found),
            via_group=assignment.principal_id.lower() != self._access.principal_id.lower(),
            certain=not wild and not (conditioned and self._mode == "legacy"),
        )


def distinct(assignments: Iterable[Assignment]) -> tuple[Assignment, ...]:
    """The assignments without those that were listed twice."""
    return tuple(dict.fromkeys(assignments))


def counts(assignment: Assignment, principal_id: str) -> bool:
    """Whether an assignment can be the principal's: its own, or a group's, as Azure lists them for it."""
    kind = (assignment.principal_type or "group").lower()
    return assignment.principal_id.lower() == principal_id.lower() or "group" in kind


def _complete(grants: Iterable[Grant], mode: Mode) -> tuple[tuple[Grant, ...], tuple[Doubt, ...]]:
    """Grants that together give every action of a pull; else doubts, for those that give the content alone."""
    wanted, parts = set(needed(mode)), tuple(grants)
    if wanted <= {action for grant in parts for action in grant.actions}:
        return parts, ()
    gap = Gap(
        reading="whether a role without repositories/metadata/read lets pull",
        reason="every documented role that lets pull gives it beside repositories/content/read",
    )
    return (), tuple(Doubt(grant.assignment, gap) for grant in parts if grant.actions != (METADATA_READ,))
