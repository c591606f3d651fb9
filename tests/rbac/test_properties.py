"""What holds for any input."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from acimedic.model.access import Access, Assignment, DenyAssignment, Permission, Role
from acimedic.model.reading import Gap
from acimedic.model.registry import Mode
from acimedic.rbac import Allowed, Propagation, Refused, Undecided, misdirected, propagation, pull_access
from acimedic.rbac.actions import CONTENT_READ, METADATA_READ, PULL
from acimedic.rbac.conditions import for_repository

from .worlds import (
    ACR_PULL,
    CLIENT,
    CUSTOM,
    GROUP,
    IMPORTER,
    ME,
    OTHER,
    REGISTRY,
    REPOSITORY_READER,
    SUBSCRIPTION,
    UNREAD,
    ZERO,
)

ids = st.sampled_from([ME, ME.upper(), CLIENT, OTHER, GROUP, ZERO, ""])
kinds = st.sampled_from(["ServicePrincipal", "Group", "User", None, "Odd"])
scopes = st.one_of(
    st.sampled_from([REGISTRY, REGISTRY.upper(), SUBSCRIPTION, "/", "", f"{REGISTRY}2", f"{REGISTRY}/x/y"]),
    st.text(max_size=20),
)
patterns = st.lists(st.sampled_from([PULL, CONTENT_READ, METADATA_READ, "*", "*/read", "*/write", ""]), max_size=2).map(
    tuple
)
texts = st.one_of(
    st.none(), st.sampled_from(["", for_repository("shop/api"), for_repository("web"), "(("]), st.text(max_size=20)
)
times = st.one_of(st.none(), st.datetimes(), st.datetimes(timezones=st.just(UTC)))
permissions = st.builds(
    Permission,
    actions=patterns,
    not_actions=patterns,
    data_actions=patterns,
    not_data_actions=patterns,
    condition=texts,
)
blocks = st.lists(permissions, max_size=2).map(tuple)
roles = st.builds(
    Role, guid=st.just(CUSTOM), name=st.text(max_size=5), permissions=blocks, custom=st.booleans(), source=st.just("")
)
assignments = st.builds(
    Assignment,
    id=st.text(max_size=3),
    scope=scopes,
    role_guid=st.sampled_from([ACR_PULL, REPOSITORY_READER, IMPORTER, CUSTOM, OTHER, ""]),
    principal_id=ids,
    principal_type=kinds,
    condition=texts,
    changed=times,
)
denials = st.builds(
    DenyAssignment,
    id=st.text(max_size=3),
    name=st.text(max_size=3),
    scope=scopes,
    permissions=blocks,
    principals=st.lists(ids, max_size=2).map(tuple),
    excluded=st.lists(ids, max_size=2).map(tuple),
    everyone=st.booleans(),
    exact_scope_only=st.booleans(),
    condition=texts,
    principal_types=st.lists(st.tuples(ids, st.sampled_from(["Group", "User", ""])), max_size=2).map(tuple),
)
listed = st.lists(assignments, max_size=4).map(tuple)
accesses = st.builds(
    Access,
    principal_id=ids,
    assigned=st.one_of(listed, st.just(UNREAD)),
    denied=st.one_of(st.just(()), st.lists(denials, max_size=2).map(tuple), st.just(UNREAD)),
    everyone=listed,
    roles=st.one_of(st.just(()), roles.map(lambda role: ((CUSTOM, role),))),
    source=st.just(""),
)
modes: st.SearchStrategy[Mode] = st.sampled_from(["legacy", "abac"])


@settings(derandomize=True, max_examples=400, deadline=None)
@given(accesses, modes, st.text(max_size=300), st.one_of(st.just(REGISTRY), st.text(max_size=50)))
def test_any_access_gets_a_decision_with_reasons(access: Access, mode: Mode, repository: str, registry: str) -> None:
    pull = pull_access(access, mode=mode, repository=repository, registry_id=registry)

    assert isinstance(pull.decision, Allowed | Refused | Undecided)
    assert pull.decision.reasons


@settings(derandomize=True, max_examples=400, deadline=None)
@given(accesses, modes)
def test_nothing_undecided_is_called_a_refusal(access: Access, mode: Mode) -> None:
    pull = pull_access(access, mode=mode, repository="shop/api", registry_id=REGISTRY)

    assert not (pull.undecided and isinstance(pull.granted, Refused))
    assert not (isinstance(pull.decision, Allowed) and (pull.denied or pull.undecided_denials))


@settings(derandomize=True, max_examples=300, deadline=None)
@given(accesses, modes, assignments)
def test_one_more_assignment_never_takes_access_away(access: Access, mode: Mode, more: Assignment) -> None:
    def granted(of: Access) -> int:
        answer = pull_access(of, mode=mode, repository="shop/api", registry_id=REGISTRY).granted
        return 2 if isinstance(answer, Allowed) else 1 if isinstance(answer, Undecided) else 0

    if isinstance(access.assigned, Gap):
        return
    wider = Access(
        principal_id=access.principal_id,
        assigned=(*access.assigned, more),
        denied=access.denied,
        everyone=access.everyone,
        roles=access.roles,
        source="",
    )

    assert granted(wider) >= granted(access)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(accesses, modes, times)
def test_any_time_gets_an_answer(access: Access, mode: Mode, failed_at: datetime | None) -> None:
    grants = pull_access(access, mode=mode, repository="shop/api", registry_id=REGISTRY).grants
    found = propagation(grants, failed_at=failed_at)

    assert found is None or isinstance(found, Propagation | Gap)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(accesses, modes)
def test_nothing_misdirected_belongs_to_the_identity(access: Access, mode: Mode) -> None:
    found = misdirected(access, client_id=CLIENT, mode=mode, repository="shop/api", registry_id=REGISTRY)

    assert all(item.assignment.principal_id.lower() != access.principal_id.lower() for item in found)
