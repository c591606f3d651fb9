"""What a grant comes to where Azure holds one already, or does not know the principal yet."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from acimedic.azure.port import Reader
from acimedic.azure.standing import HeldRole, RefusedError
from acimedic.azure.writer import Writer
from acimedic.carry_out import make
from acimedic.model.access import REPOSITORY_READER, Assignment
from acimedic.model.plan import BypassSwitch, Receipt, RoleGrant, Step
from acimedic.rbac import conditions
from tests import build

BOTH = ("app/api", "app/web")
EXISTS = RefusedError("409 RoleAssignmentExists", "roleassignmentexists", 409)
UNKNOWN = RefusedError("400 PrincipalNotFound", "principalnotfound", 400)
FORBIDDEN = RefusedError("403 AuthorizationFailed", "authorizationfailed", 403)
GRANT = RoleGrant(
    assignment_id=f"{build.REGISTRY_ID}/providers/Microsoft.Authorization/roleAssignments/ours",
    registry_id=build.REGISTRY_ID,
    role_definition_id=build.assignment(REPOSITORY_READER).role_definition_id,
    role_name="Container Registry Repository Reader",
    principal_id=build.PRINCIPAL,
    identity_id=build.IDENTITY_ID,
    condition=conditions.for_repository(*BOTH),
    mode="abac",
    repositories=BOTH,
)
STEP = Step(
    remedy="assign-pull-role",
    target=GRANT.registry_id,
    change=GRANT,
    before=None,
    after="",
    undo="",
    risk="",
    summary="",
)


@dataclass
class Made:
    """A writer to whom Azure answers these, one after the other; None takes what is asked for."""

    answers: Sequence[RefusedError | None]
    asked: int = 0
    waited: list[float] = field(default_factory=list)

    async def held(self, _grant: RoleGrant) -> HeldRole | None:
        return None

    async def bypass(self, _switch: BypassSwitch) -> str | None:
        raise AssertionError("nobody asked for a bypass")

    async def assign(self, _grant: RoleGrant) -> None:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if answer is not None:
            raise answer

    async def unassign(self, _grant: RoleGrant) -> None:
        raise AssertionError("nothing is taken away")

    async def switch(self, _change: BypassSwitch) -> str:
        raise AssertionError("nobody asked for a bypass")

    async def pause(self, seconds: float) -> None:
        self.waited.append(seconds)


class Assigned:
    """A reader of these assignments alone."""

    def __init__(self, *assigned: Assignment) -> None:
        self._assigned = assigned

    async def assignments(self, _scope: str, _principal: str | None) -> tuple[Assignment, ...]:
        return self._assigned


def given(writer: Writer, *assigned: Assignment, step: Step = STEP) -> Receipt:
    reader = cast(Reader, Assigned(*assigned))
    return asyncio.run(make(step, writer, reader, cast(Any, writer).pause))


def reading(*repositories: str) -> Assignment:
    return build.assignment(REPOSITORY_READER, condition=conditions.for_repository(*repositories))


@pytest.mark.parametrize(
    ("assigned", "state"),
    [
        ([reading("app/api")], "did-not-help"),
        ([reading("app/web")], "did-not-help"),
        ([reading(*BOTH)], "already"),
        ([reading("app/api"), reading("app/web")], "already"),
        ([], "did-not-help"),
    ],
    ids=["one", "the-other", "both", "each", "none"],
)
def test_what_exists_already_has_to_let_every_repository_be_pulled(assigned: list[Assignment], state: str) -> None:
    assert given(Made([EXISTS]), *assigned).state == state


def test_a_principal_that_is_not_known_yet_is_waited_for() -> None:
    writer = Made([UNKNOWN, UNKNOWN, None])
    assert given(writer).state == "done"
    assert writer.waited == [2.0, 5.0]


def test_a_principal_that_is_never_known_is_refused_in_the_end() -> None:
    writer = Made([UNKNOWN])
    with pytest.raises(RefusedError, match="PrincipalNotFound"):
        given(writer)
    assert (writer.asked, len(writer.waited)) == (5, 4)


def test_any_other_refusal_is_final_and_is_not_waited_for() -> None:
    writer = Made([FORBIDDEN])
    with pytest.raises(RefusedError, match="AuthorizationFailed"):
        given(writer)
    assert (writer.asked, writer.waited) == (1, [])


def test_what_came_to_exist_while_it_was_waited_for_is_not_ours() -> None:
    writer = Made([UNKNOWN, EXISTS])
    assert given(writer, reading(*BOTH)).state == "already"


def test_in_the_legacy_mode_one_role_lets_every_repository_be_pulled() -> None:
    legacy = replace(STEP, change=replace(GRANT, mode="legacy", condition=None))
    assert given(Made([EXISTS]), build.assignment(), step=legacy).state == "already"
