"""What is taken out of the evidence before anything is concluded from it, and what stays."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from acimedic.discretion import discreet, may_see
from acimedic.model.access import Access
from acimedic.model.definition import Definition
from acimedic.model.evidence import Evidence
from acimedic.model.history import Change, History
from acimedic.model.reading import Gap
from acimedic.model.registry import Identity, Registry
from acimedic.model.verdict import Fail
from acimedic.policy import Consent
from checks.access import pull_denied_by_deny_assignment
from tests import build
from tests.policy.written import GROUP, consent, pair

NOBODY = Consent()
ELSEWHERE = build.IDENTITY_ID.replace(build.APP, "5f2d8c6a-5b1e-4a97-8c40-9d1e7b62f0a3")


def access(evidence: Evidence) -> Access:
    found = evidence.access_of(build.REGISTRY_ID, build.PRINCIPAL)
    assert isinstance(found, Access)
    return found


def seen(evidence: Evidence = build.HEALTHY, **policy: Any) -> bool:
    return may_see(build.REGISTRY, evidence, consent(**policy))


def change(about: str) -> Change:
    when = build.FAILED_AT - timedelta(hours=1)
    return Change(about=about, what="a role was assigned", operation="x/write", when=when, source="activity-log")


# --- who may see


def test_a_registry_of_the_groups_own_subscription_is_seen() -> None:
    home = replace(build.REGISTRY, id=build.REGISTRY_ID.replace(build.PLATFORM, build.APP.upper()))
    assert may_see(home, build.HEALTHY, NOBODY)


def test_a_registry_of_another_subscription_is_not() -> None:
    assert not may_see(build.REGISTRY, build.HEALTHY, NOBODY)


def test_a_registry_that_the_policy_pairs_with_an_identity_of_the_group_is_seen() -> None:
    assert seen()


def test_a_registry_that_the_policy_pairs_with_the_resource_group_is_seen() -> None:
    assert seen(pairs=[pair("identity", resource_group=GROUP)])


def test_a_pair_with_somebody_elses_identity_shows_nothing() -> None:
    assert not seen(pairs=[pair(identity=f"{build.IDENTITY_ID}-other")])


def test_a_pair_with_another_registry_shows_nothing() -> None:
    assert not seen(pairs=[pair(registry=f"{build.REGISTRY_ID}2")])


def test_an_identity_that_a_callers_template_names_makes_no_pair() -> None:
    assert not seen(replace(build.HEALTHY, supplied=("template",)))


def test_a_policy_with_a_fault_shows_nothing() -> None:
    assert not may_see(build.REGISTRY, build.HEALTHY, Consent(mode="review"))


# --- what is left


def test_where_everything_may_be_seen_nothing_is_taken_out() -> None:
    assert discreet(build.HEALTHY, consent()) is build.HEALTHY


def test_it_is_taken_out_but_once() -> None:
    once = discreet(build.HEALTHY, NOBODY)
    assert discreet(once, NOBODY) == once


def test_what_the_registry_says_of_an_image_is_taken_out() -> None:
    assert isinstance(discreet(build.HEALTHY, NOBODY).testimony(build.IMAGE), Gap)


def test_what_a_registry_shows_to_anybody_stays() -> None:
    open_to_all = replace(build.REGISTRY, anonymous_pull=True)
    evidence = replace(build.HEALTHY, registries=((build.HOST, open_to_all),))
    assert discreet(evidence, NOBODY).images == evidence.images


def test_the_registrys_own_settings_stay() -> None:
    assert isinstance(discreet(build.HEALTHY, NOBODY).registry(build.HOST), Registry)


def test_the_roles_of_others_are_taken_out() -> None:
    assert isinstance(access(discreet(build.HEALTHY, NOBODY)).everyone, Gap)


def test_the_roles_of_the_own_identity_stay() -> None:
    assert access(discreet(build.HEALTHY, NOBODY)).assigned == access(build.HEALTHY).assigned


def test_a_group_that_the_identity_is_in_is_not_named() -> None:
    through = build.assignment(principal=build.ROLE_GROUP, kind="Group")
    evidence = replace(build.HEALTHY, access=tuple(_with(assigned=(through,))))
    assert build.ROLE_GROUP not in repr(discreet(evidence, NOBODY))


def test_a_denial_to_a_group_that_the_identity_is_in_still_counts() -> None:
    through = build.assignment(principal=build.ROLE_GROUP, kind="Group")
    denied = build.denial(principals=(build.ROLE_GROUP,))
    evidence = replace(build.HEALTHY, access=tuple(_with(assigned=(through,), denied=(denied,))))
    assert isinstance(build.verdict(pull_denied_by_deny_assignment, discreet(evidence, NOBODY)), Fail)


def test_changes_at_the_registry_are_taken_out_of_the_history() -> None:
    told = History(since=build.BEGAN_AT, changes=(change(build.REGISTRY_ID), change(build.IDENTITY_ID)))
    kept = discreet(replace(build.HEALTHY, history=told), NOBODY).history
    assert isinstance(kept, History)
    assert [each.about for each in kept.changes] == [build.IDENTITY_ID]


def test_whether_the_roles_of_others_could_be_read_is_not_told() -> None:
    unread = Gap(reading="role assignments", reason="403 AuthorizationFailed")
    evidence = replace(build.HEALTHY, access=tuple(_with(everyone=unread)), gaps=(unread,))
    assert discreet(evidence, NOBODY) == discreet(build.HEALTHY, NOBODY)


def test_a_gap_that_the_own_roles_have_too_stays() -> None:
    unread = Gap(reading="role assignments", reason="403 AuthorizationFailed")
    evidence = replace(build.HEALTHY, access=tuple(_with(everyone=unread, assigned=unread)), gaps=(unread,))
    assert unread in discreet(evidence, NOBODY).gaps


def test_an_identity_elsewhere_that_is_not_attached_is_taken_out() -> None:
    assert isinstance(discreet(_stranger(), NOBODY).identity(ELSEWHERE), Gap)


def test_what_a_strange_identity_may_do_is_taken_out() -> None:
    assert discreet(_stranger(), NOBODY).access == ()


def test_an_identity_elsewhere_that_is_attached_stays() -> None:
    evidence = _stranger()
    assert isinstance(evidence.definition, Definition)
    attached = replace(evidence, definition=replace(evidence.definition, user_identities=(ELSEWHERE,)))
    assert isinstance(discreet(attached, NOBODY).identity(ELSEWHERE), Identity)


def _with(**changes: Any) -> Any:
    for key, each in build.HEALTHY.access:
        yield key, replace(each, **changes)


def _stranger() -> Evidence:
    """The credential names an identity of another subscription, which is not attached to the group."""
    identity = replace(build.IDENTITY, id=ELSEWHERE)
    return replace(build.HEALTHY, identities=((ELSEWHERE.lower(), identity),))
