"""What a plan rests on: each fact that moves is named, and what has nothing to do with it changes nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import checks
import remediation
from acimedic.diagnosis import diagnose
from acimedic.drift import moved
from acimedic.model.access import Permission
from acimedic.model.definition import IdentityCredential, PasswordCredential, UnclearCredential, UnreadCredential
from acimedic.model.evidence import Evidence
from acimedic.model.plan import Plan
from acimedic.model.reading import Gap
from acimedic.plan_facts import facts_of
from acimedic.planning import draw_plan
from tests import build

GAP = Gap(reading="x", reason="429")
CLOSED = build.with_registry(bypass="None", on=build.without_role())
ROLE = build.without_role()
SHUT = build.with_registry(bypass="None")
OTHER_IDENTITY = build.IDENTITY_ID.replace("id-pull", "id-other")


def planned(evidence: Evidence, **more: Any) -> Plan:
    plan = draw_plan(diagnose(evidence, checks.ALL), remediation.ALL, **more)
    assert plan is not None
    return plan


RELEVANT: dict[str, tuple[Evidence, Evidence, str]] = {
    "the image": (ROLE, build.with_image(f"{build.HOST}/app/web:2", on=ROLE), "the images of container group"),
    "one more container": (
        ROLE,
        build.with_containers(build.WEB, build.container("job", build.IMAGE, init=True), on=ROLE),
        "init container job",
    ),
    "an image that is not known": (
        ROLE,
        build.with_containers(build.WEB, build.container("job", GAP), on=ROLE),
        "job: not known",
    ),
    "one more credential": (
        ROLE,
        build.with_credentials(
            build.IDENTITY_CREDENTIAL, replace(build.PASSWORD_CREDENTIAL, server="quay.io"), on=ROLE
        ),
        "the registry credentials of container group",
    ),
    "one more identity": (
        ROLE,
        build.with_definition(user_identities=(build.IDENTITY_ID, OTHER_IDENTITY), on=ROLE),
        "the identities of container group",
    ),
    "the mode": (ROLE, build.abac_registry(on=ROLE), "the role assignment mode of registry"),
    "the principal": (ROLE, build.with_identity(principal_id=build.OTHER_PRINCIPAL), "principal"),
    "the identity's tenant": (ROLE, build.with_identity(tenant_id=build.OTHER_TENANT, on=ROLE), "of tenant 1111"),
    "the registry's tenant": (ROLE, replace(ROLE, tenants=((build.PLATFORM, build.OTHER_TENANT),)), "the tenant of"),
    "a role of the other mode": (
        ROLE,
        build.with_roles(build.assignment("b93aa761-3e63-49ed-ac28-beffa264f7ac"), on=ROLE),
        "role assignments at",
    ),
    "roles that cannot be read": (ROLE, build.unread_roles(ROLE), "role assignments at"),
    "denials that cannot be read": (ROLE, build.with_access(denied=GAP, on=ROLE), "deny assignments at"),
    "a denial": (ROLE, build.with_access(denied=(build.denial(),), on=ROLE), "deny assignments at"),
    "public access": (SHUT, build.with_registry(public_access="Enabled", on=SHUT), "publicNetworkAccess of"),
    "the default action": (SHUT, build.with_registry(default_action="Allow", on=SHUT), "defaultAction of"),
    "the addresses": (SHUT, build.with_registry(ip_rules=("198.51.100.0/24",), on=SHUT), "the address rules of"),
    "the bypass": (SHUT, build.with_registry(bypass="AzureServices", on=SHUT), "networkRuleBypassOptions of"),
    "a bypass that is not shown": (SHUT, build.with_registry(bypass=GAP, on=SHUT), "networkRuleBypassOptions of"),
    "the network rules": (
        SHUT,
        replace(SHUT, service_endpoints=((build.REGISTRY_ID.lower(), (build.SUBNET_ID,)),)),
        "the virtual network rules of",
    ),
    "the registry is gone": (SHUT, build.without_registry(on=SHUT), "the network rules of"),
    "the identity is gone": (ROLE, build.without_identity(on=ROLE), "is gone"),
    "the identity cannot be read": (ROLE, build.without_identity(GAP, on=ROLE), "is not known"),
    "the definition is gone": (ROLE, build.without_definition(ROLE), "what was asked for of"),
}


@pytest.mark.parametrize(("first", "second", "named"), RELEVANT.values(), ids=RELEVANT)
def test_a_fact_that_moves_is_named(first: Evidence, second: Evidence, named: str) -> None:
    """The same steps, resting on other facts: the hash is another, and the words say which fact it was."""
    steps = planned(first).steps
    before, after = (
        replace(planned(first), hash=name, facts=facts_of(evidence, steps))
        for name, evidence in (("first", first), ("second", second))
    )
    assert before.facts != after.facts
    assert any(named in each for each in moved(before, after))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ROLE, build.with_image(f"{build.HOST}/app/web:2", on=ROLE)),
        (SHUT, build.with_registry(ip_rules=("1",), on=SHUT)),
    ],
)
def test_a_plan_of_other_facts_has_another_hash(first: Evidence, second: Evidence) -> None:
    """Also where every step stays as it was."""
    before, after = planned(first), planned(second)
    assert before.steps == after.steps
    assert before.hash != after.hash
    assert len(moved(before, after)) == 1


IRRELEVANT: dict[str, tuple[Evidence, Evidence]] = {
    "a tag": (CLOSED, build.with_registry(tags=(("owner", "others"),), on=CLOSED)),
    "the state of the registry's key": (CLOSED, build.with_registry(encryption="enabled", on=CLOSED)),
    "the order of the identities": (
        build.with_definition(user_identities=(build.IDENTITY_ID, OTHER_IDENTITY), on=CLOSED),
        build.with_definition(user_identities=(OTHER_IDENTITY, build.IDENTITY_ID), on=CLOSED),
    ),
    "how an id is written": (CLOSED, build.with_definition(user_identities=(build.IDENTITY_ID.upper(),), on=CLOSED)),
    "a role that pulls nothing": (
        ROLE,
        build.with_custom_role(Permission(actions=("Microsoft.Storage/storageAccounts/read",)), on=ROLE),
    ),
    "an earlier success": (CLOSED, build.worked_before(on=CLOSED)),
    "the firewall, where only a role is given": (ROLE, build.with_registry(ip_rules=("198.51.100.7",), on=ROLE)),
    "why a reading failed": (
        replace(SHUT, service_endpoints=((build.REGISTRY_ID.lower(), GAP),)),
        replace(SHUT, service_endpoints=((build.REGISTRY_ID.lower(), replace(GAP, reason="500")),)),
    ),
    "a denial of somebody else": (
        ROLE,
        build.with_access(
            denied=(
                build.denial(principals=(build.OTHER_PRINCIPAL,), types=((build.OTHER_PRINCIPAL, "ServicePrincipal"),)),
            ),
            on=ROLE,
        ),
    ),
}


@pytest.mark.parametrize(("first", "second"), IRRELEVANT.values(), ids=IRRELEVANT)
def test_what_has_nothing_to_do_with_it_changes_nothing(first: Evidence, second: Evidence) -> None:
    """The same plan, the same hash: nobody is asked twice for a trifle."""
    steps = planned(first).steps
    assert facts_of(first, steps) == facts_of(second, steps)
    if diagnose(second, checks.ALL).root_cause is not None and planned(second).steps == steps:
        assert moved(planned(first), planned(second)) == ()


def test_the_policy_and_the_expiry_are_part_of_the_plan() -> None:
    """Drawn under another policy it is another plan."""
    plain = planned(CLOSED)
    other = planned(CLOSED, policy="f" * 64)
    assert plain.hash != other.hash
    assert moved(plain, other) == ("the policy has changed",)
    brief = planned(CLOSED, policy="f" * 64, expires_after=timedelta(days=1))
    assert brief.hash != other.hash
    assert len(moved(other, brief)) == 2
    assert all("a step is another" in each for each in moved(other, brief))


def test_steps_that_come_and_go_are_named() -> None:
    """By what they would do."""
    both, one = planned(CLOSED), planned(ROLE)
    assert any(each.startswith("a step is gone: let trusted services through") for each in moved(both, one))
    assert any(each.startswith("a step is new: let trusted services through") for each in moved(one, both))
    turned = replace(both, hash="turned", steps=both.steps[::-1])
    assert moved(both, turned) == ("the steps are in another order",)


def test_a_plan_that_is_gone_is_named() -> None:
    """Nothing stands in the way any more, or it could not be read."""
    assert "nothing is proposed any more" in moved(planned(CLOSED), None)[0]


def test_the_same_plan_has_not_moved_and_another_always_has() -> None:
    """Empty where the hash is the same, and nowhere else."""
    plan = planned(CLOSED)
    assert moved(plan, planned(CLOSED)) == ()
    assert moved(plan, planned(build.with_incident(id="another", on=CLOSED))) == (
        "the plan is another one, or of another incident",
    )


def test_the_facts_of_a_step_stay_when_another_step_is_carried_out() -> None:
    """The role does not rest on the firewall that the first step opens."""
    (_, grant) = planned(CLOSED).steps
    assert facts_of(CLOSED, (grant,)) == facts_of(build.with_registry(bypass="AzureServices", on=CLOSED), (grant,))


@pytest.mark.parametrize(
    ("credential", "said"),
    [
        (IdentityCredential(index=0, server=build.HOST, identity=GAP), "an identity that is not known"),
        (PasswordCredential(index=0, server=GAP, username="sp-orders", password=True), "a user name and password"),
        (UnclearCredential(index=0, server=None, both=True), "both a user name and an identity"),
        (UnclearCredential(index=0, server=None, both=False), "neither user name nor identity"),
        (UnreadCredential(index=0, server=build.HOST, gap=GAP), "with not known"),
    ],
)
def test_a_credential_is_told_without_its_secrets(credential: Any, said: str) -> None:
    """Which registry, and how it signs in; no user name."""
    facts = facts_of(build.with_credentials(credential, on=CLOSED), planned(CLOSED).steps)
    (told,) = [fact.value for fact in facts if fact.about.startswith("the registry credentials")]
    assert said in told
    assert "sp-orders" not in told


def test_what_cannot_be_read_is_not_none() -> None:
    """A list that is not known is another fact than an empty one."""
    unread = build.with_definition(containers=GAP, credentials=GAP, user_identities=GAP, on=CLOSED)
    values = [fact.value for fact in facts_of(unread, planned(CLOSED).steps)[:3]]
    assert values == ["not known"] * 3
