"""What could be changed in Azure, as values: steps with before, after, risk and undo."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from acimedic.model.registry import Mode

RunMode: TypeAlias = Literal["observe", "review", "auto"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGrant:
    """Give a role to a principal at a registry.

    assignment_id: the whole id that the assignment will have; its name follows from scope, principal and role.
    condition: the ABAC condition that narrows it to the repositories, on an ABAC registry.
    mode, repositories: what the role is to let pull, to judge whether it does.
    """

    assignment_id: str
    registry_id: str
    role_definition_id: str
    role_name: str
    principal_id: str
    identity_id: str
    condition: str | None
    mode: Mode
    repositories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BypassSwitch:
    """Set a registry's `networkRuleBypassOptions`."""

    registry_id: str
    before: str
    after: str


Change: TypeAlias = RoleGrant | BypassSwitch


@dataclass(frozen=True, slots=True)
class PlanFact:
    """A fact that a plan rests on: what it is about, and what was read, in words that can be compared and shown."""

    about: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change: which remedy, what it does to what, who gains what, and how it is taken back.

    expiry: what happens when it is taken back by itself; None where it is not.
    """

    remedy: str
    target: str
    change: Change
    before: str | None
    after: str
    undo: str
    risk: str
    summary: str
    expiry: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Steps that answer the confirmed findings.

    hash: over the incident, the steps, the facts that they rest on, and the policy's hash.
    mode: how it is decided, after what a registry's tag narrows. allowed: whether it may be carried out, and by which
    entries of the policy, or why not; reasons: the same one by one. passing: all of them end by themselves, as quiet
    hours do.
    policy: the hash of the policy; None where there is none that could be followed.
    expires_after: when what the steps give is taken back (ISO 8601); None for never.
    """

    hash: str
    mode: RunMode
    allowed: bool
    reason: str
    steps: tuple[Step, ...]
    reasons: tuple[str, ...] = ()
    passing: bool = False
    policy: str | None = None
    expires_after: str | None = None
    facts: tuple[PlanFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What carrying out one step came to.

    state: `done` (made by us), `already` (it was there, not ours, nothing to undo), `did-not-help`
    (something else stands in its place), `refused` (Azure did not let us), `unclear` (what is there now could not be
    read, so a person has to look).
    said: the same in one sentence, with Azure's code where it refused.
    """

    step: Step
    state: Literal["done", "already", "did-not-help", "refused", "unclear"]
    said: str
