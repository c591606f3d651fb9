"""May it be carried out? Everything that stands against it is named, and a tag never widens anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import checks
import remediation
from acimedic.diagnosis import diagnose
from acimedic.model.definition import IdentityCredential
from acimedic.model.evidence import Evidence
from acimedic.model.plan import BypassSwitch, Plan, RoleGrant, Step
from acimedic.model.reading import Gap
from acimedic.planning import draw_plan
from acimedic.policy import TAG, Allowed, Consent, InvalidPolicy, Refused, decided, judge
from tests import build
from tests.policy.written import GROUP, PAIR, consent, pair

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday, ten o'clock in Berlin
CLOSED = build.with_registry(bypass="None", on=build.without_role())
ABAC = build.abac_registry(on=build.without_role())
SHUT = build.with_registry(bypass="None")
FREEZE = {"time_zone": "UTC", "windows": [{"days": ["friday"], "from": "08:00", "to": "12:30"}]}


def plan_of(evidence: Evidence) -> Plan:
    plan = draw_plan(diagnose(evidence, checks.ALL), remediation.ALL)
    assert plan is not None
    return plan


def judged(
    given: Consent, evidence: Evidence = CLOSED, *, steps: tuple[Step, ...] | None = None, made: int = 0
) -> Allowed | Refused:
    return judge(
        given,
        plan_of(evidence).steps if steps is None else steps,
        evidence=evidence,
        now=NOW,
        changes_last_hour={build.REGISTRY_ID.upper(): made},
    )


def kinds(found: Allowed | Refused) -> list[str]:
    assert isinstance(found, Refused), found
    assert all(reason.said for reason in found.reasons)
    return [reason.kind for reason in found.reasons]


def tagged(value: str, key: str = TAG, on: Evidence = CLOSED) -> Evidence:
    return build.with_registry(tags=(("owner", "platform"), (key, value)), on=on)


@pytest.mark.parametrize("mode", ["review", "auto"])
@pytest.mark.parametrize("evidence", [CLOSED, SHUT, build.without_role()], ids=["both", "firewall", "role"])
def test_a_pair_that_is_named_is_allowed(mode: Any, evidence: Evidence) -> None:
    """By an entry of the policy, which the answer names."""
    found = judged(consent(mode=mode, expires_after="P30D"), evidence)
    assert isinstance(found, Allowed)
    assert (found.mode, found.rules, found.expires_after) == (mode, ("pairs[0]",), timedelta(days=30))
    assert ("once a person has approved it" in found.said) is (mode == "review")


def test_without_a_policy_there_is_one_reason() -> None:
    """The words that the catalogue promises."""
    for mode in ("observe", "review", "auto"):
        found = judged(Consent(mode=mode))
        assert kinds(found) == ["no-policy"]
        assert isinstance(found, Refused)
        assert found.said == "no policy"


def test_a_policy_that_is_not_valid_closes_everything_and_says_so() -> None:
    """With the first faults, and how many more there are."""
    found = judged(Consent(mode="auto", policy=InvalidPolicy(tuple(f"fault {n}" for n in range(5)))))
    assert kinds(found) == ["policy-invalid"]
    assert isinstance(found, Refused)
    assert found.said == "the policy is not valid: fault 0; fault 1; fault 2, and 2 more"


def test_who_observes_changes_nothing() -> None:
    """Whatever the policy says."""
    assert kinds(judged(consent(mode="observe"))) == ["mode-observe"]


def test_every_reason_is_given() -> None:
    """Not only the first."""
    found = judged(
        consent(
            mode="observe",
            served=(build.PLATFORM,),
            remedies=["assign-pull-role"],
            pairs=[pair(identity=f"{build.IDENTITY_ID}-evil")],
            quiet_hours=FREEZE,
            changes_per_hour=1,
        ),
        tagged("off"),
    )
    assert kinds(found) == [
        "mode-observe",
        "tag",
        "remedy-not-listed",
        "subscription-not-served",
        "quiet-hours",
        "hourly-limit",
        "pair-not-listed",
    ]


@pytest.mark.parametrize(
    "other",
    [
        pair(identity=f"{build.IDENTITY_ID}-evil"),
        pair(identity=build.IDENTITY_ID.replace("rg-orders-prod", "rg-orders-prod-evil")),
        pair(registry=f"{build.REGISTRY_ID}2"),
        pair("identity", resource_group=f"{GROUP}-evil"),
        pair("identity", resource_group=GROUP.replace("rg-orders-prod", "rg-orders")),
    ],
)
@pytest.mark.parametrize("evidence", [SHUT, build.without_role()], ids=["firewall", "role"])
def test_what_is_not_named_is_refused(other: dict[str, Any], evidence: Evidence) -> None:
    """For either remedy: another identity, another registry, another group."""
    assert kinds(judged(consent(pairs=[other]), evidence)) == ["pair-not-listed"]


def test_a_remedy_that_is_not_listed_is_refused() -> None:
    """The plan as a whole, since half of it would not help."""
    assert kinds(judged(consent(remedies=["assign-pull-role"]))) == ["remedy-not-listed"]


def test_a_group_needs_a_person() -> None:
    """In `auto` the identity itself has to be named: whoever may make one in the group could let itself in."""
    group = pair("identity", resource_group=GROUP)
    assert isinstance(judged(consent(pairs=[group])), Allowed)
    assert kinds(judged(consent(mode="auto", pairs=[group]))) == ["auto-needs-identity"]
    both = judged(consent(mode="auto", pairs=[group, PAIR]))
    assert isinstance(both, Allowed)
    assert both.rules == ("pairs[1]",)


@pytest.mark.parametrize(
    ("pairs", "refused"),
    [
        ([pair(repositories=["app/web"])], []),
        ([pair(repositories=["app/*"])], []),
        ([pair(repositories=["app"])], ["repository-not-listed"]),
        ([pair(repositories=["app/web2", "other/*"])], ["repository-not-listed"]),
        ([PAIR], ["repository-not-listed"]),
        ([PAIR, pair(repositories=["app/web"])], []),
        ([pair(repositories=["app/web"], registry=f"{build.REGISTRY_ID}2")], ["pair-not-listed"]),
    ],
)
def test_on_an_abac_registry_the_repositories_are_named_too(pairs: list[Any], refused: list[str]) -> None:
    """A pair without them consents to none there."""
    for evidence in (ABAC, build.abac_registry(bypass="None", on=build.with_roles(build.assignment(build.READER)))):
        found = judged(consent(pairs=pairs), evidence)
        assert (kinds(found) if isinstance(found, Refused) else []) == list(dict.fromkeys(refused))


def test_every_repository_of_a_grant_has_to_be_listed() -> None:
    """Two entries may do so together."""
    evidence = build.with_containers(build.WEB, build.container("job", f"{build.HOST}/jobs/sync:1"), on=ABAC)
    one, other = pair(repositories=["app/web"]), pair(repositories=["jobs/*"])
    assert kinds(judged(consent(pairs=[one]), evidence)) == ["repository-not-listed"]
    found = judged(consent(pairs=[one, other]), evidence)
    assert isinstance(found, Allowed)
    assert found.rules == ("pairs[0]", "pairs[1]")


def test_a_pair_of_some_repositories_does_not_open_all() -> None:
    """AcrPull on a legacy registry opens every repository, which is more than such a pair says."""
    narrow = consent(pairs=[pair(repositories=["app/web"])])
    assert kinds(judged(narrow, build.without_role())) == ["repository-not-listed"]
    assert isinstance(judged(narrow, SHUT), Allowed)


@pytest.mark.parametrize("key", [TAG, TAG.upper()])
@pytest.mark.parametrize(
    ("value", "said"),
    [("off", "off"), ("OFF", "OFF"), ("auto", "taken for off"), ("", "taken for off"), ("on ", "taken for off")],
)
def test_a_tag_shuts_a_registry(key: str, value: str, said: str) -> None:
    """Whatever it says that is not `review`."""
    for mode in ("review", "auto"):
        found = judged(consent(mode=mode), tagged(value, key))
        assert kinds(found) == ["tag"]
        assert isinstance(found, Refused)
        assert said in found.said


def test_a_tag_asks_for_a_person() -> None:
    """`review` turns auto into review, changes nothing in review, and is said."""
    found = judged(consent(mode="auto"), tagged("Review"))
    assert isinstance(found, Allowed)
    assert found.mode == "review"
    assert "tagged acimedic-remediation: Review" in found.said
    again = judged(consent(mode="review"), tagged("review"))
    assert isinstance(again, Allowed)
    assert again.narrowed is None


def test_a_person_may_decide_for_a_group_where_a_tag_asks_for_one() -> None:
    """What is narrowed to review is judged as review."""
    group = pair("identity", resource_group=GROUP)
    assert isinstance(judged(consent(mode="auto", pairs=[group]), tagged("review")), Allowed)


@pytest.mark.parametrize("value", ["review", "auto", "off"])
def test_a_tag_never_widens(value: str) -> None:
    """People without any right on the registry may write tags."""
    assert "mode-observe" in kinds(judged(consent(mode="observe"), tagged(value)))
    assert "no-policy" in kinds(judged(Consent(mode="auto"), tagged(value)))
    assert "pair-not-listed" in kinds(judged(consent(pairs=[pair(registry=f"{build.REGISTRY_ID}2")]), tagged(value)))


@pytest.mark.parametrize(
    ("changes", "served", "said"),
    [
        ({"subscriptions": [build.PLATFORM, build.APP]}, (build.CORRELATION,), "ACIMEDIC_SUBSCRIPTIONS"),
        ({"subscriptions": [build.PLATFORM, build.APP]}, (build.APP.upper(),), None),
        ({"subscriptions": [build.PLATFORM, build.APP]}, (), None),
    ],
)
def test_only_subscriptions_that_are_served(changes: dict[str, Any], served: tuple[str, ...], said: str | None) -> None:
    """The setting bounds whose failures are answered."""
    found = judged(consent(served=served, **changes))
    assert isinstance(found, Allowed) is (said is None)
    assert said is None or (isinstance(found, Refused) and said in found.said)


def test_an_identity_of_another_subscription_is_refused_for_both_reasons() -> None:
    """It is in no pair, and its subscription is none of those that the policy names."""
    elsewhere = build.IDENTITY_ID.replace(build.APP, build.CORRELATION)
    evidence = build.with_identity(id=elsewhere, on=build.with_credential_identity(elsewhere, on=SHUT))
    evidence = build.with_definition(user_identities=(elsewhere,), on=evidence)
    assert kinds(judged(consent(), evidence, steps=plan_of(SHUT).steps)) == [
        "pair-not-listed",
        "subscription-not-served",
    ]


def test_a_group_in_another_subscription_is_not_served() -> None:
    """Although registry and identity are named: the group that failed is somebody else's."""
    elsewhere = build.GROUP_ID.replace(build.APP, build.CORRELATION)
    group = type(build.INCIDENT.group).parse(elsewhere)
    found = judged(consent(), build.with_incident(group=group, on=CLOSED), steps=plan_of(CLOSED).steps)
    assert kinds(found) == ["subscription-not-served"]


def test_quiet_hours_say_when_they_end() -> None:
    """In words, and as a moment that can be waited for."""
    found = judged(consent(quiet_hours=FREEZE))
    assert kinds(found) == ["quiet-hours"]
    assert isinstance(found, Refused)
    assert found.said == "quiet hours until 2026-11-20 12:30 UTC"
    assert found.reasons[0].until == datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(("made", "allowed"), [(0, True), (2, True), (3, False), (4, False), (50, False)])
def test_the_hourly_limit_counts_what_is_planned(made: int, allowed: bool) -> None:
    """Two steps under a limit of four; the registry's id is compared like any other."""
    found = judged(consent(changes_per_hour=4), made=made)
    assert isinstance(found, Allowed) is allowed
    assert allowed or kinds(found) == ["hourly-limit"]


def test_another_registrys_changes_do_not_count() -> None:
    """The limit is of one registry."""
    found = judge(
        consent(changes_per_hour=2),
        plan_of(CLOSED).steps,
        evidence=CLOSED,
        now=NOW,
        changes_last_hour={f"{build.REGISTRY_ID}2": 50, "nonsense": 50},
    )
    assert isinstance(found, Allowed)


def test_another_tenant_is_nobodys_here_to_open() -> None:
    """Even where the pair is named; and where it is not known, it is not assumed."""
    foreign = replace(SHUT, tenants=((build.PLATFORM, build.OTHER_TENANT),))
    assert kinds(judged(consent(), foreign, steps=plan_of(SHUT).steps)) == ["cross-tenant"]
    unknown = replace(SHUT, tenants=())
    assert kinds(judged(consent(), unknown, steps=plan_of(SHUT).steps)) == ["not-known"]


def test_an_identity_that_the_group_does_not_have_opens_no_firewall() -> None:
    """Whoever deploys may write any identity's id into a credential; attaching it takes a right on it."""
    switch = [step for step in plan_of(CLOSED).steps if step.remedy == "enable-trusted-services"]
    guessed = build.with_definition(user_identities=(), on=CLOSED)
    assert kinds(judged(consent(), guessed, steps=switch)) == ["identity-not-attached"]
    unread = build.with_definition(user_identities=Gap(reading="identities", reason="x"), on=CLOSED)
    assert kinds(judged(consent(), unread, steps=switch)) == ["identity-not-attached"]


def test_everybody_for_whom_a_firewall_is_opened_has_to_be_named() -> None:
    """A second identity of the group that nobody consented to."""
    other = build.IDENTITY_ID.replace("id-pull", "id-other")
    second = replace(build.IDENTITY, id=other, name="id-other", principal_id=build.OTHER_PRINCIPAL)
    evidence = build.with_credentials(IdentityCredential(index=0, server=build.HOST, identity=other), on=SHUT)
    evidence = build.with_definition(user_identities=(build.IDENTITY_ID, other), on=evidence)
    evidence = replace(evidence, identities=(*evidence.identities, (other.lower(), second)))
    assert kinds(judged(consent(), evidence, steps=plan_of(SHUT).steps)) == ["pair-not-listed"]


@pytest.mark.parametrize(
    ("evidence", "steps_of"),
    [
        (build.without_registry(on=CLOSED), CLOSED),
        (build.with_registry(mode=Gap(reading="mode", reason="not shown"), on=SHUT), SHUT),
        (build.abac_registry(on=CLOSED), build.without_role()),
        (build.without_identity(on=CLOSED), CLOSED),
        (build.with_identity(principal_id=build.OTHER_PRINCIPAL, on=CLOSED), build.without_role()),
        (build.with_password(on=SHUT), SHUT),
        (build.without_definition(SHUT), SHUT),
    ],
    ids=["no registry", "no mode", "another mode", "no identity", "another principal", "a password", "no definition"],
)
def test_what_is_not_known_is_not_allowed(evidence: Evidence, steps_of: Evidence) -> None:
    """A plan whose facts are no longer what they were, before any hash is compared."""
    assert "not-known" in kinds(judged(consent(), evidence, steps=plan_of(steps_of).steps))


def _grants(**changes: Any) -> tuple[Step, ...]:
    (step,) = plan_of(build.without_role()).steps
    assert isinstance(step.change, RoleGrant)
    return (replace(step, change=replace(step.change, **changes)),)


def _switches(**changes: Any) -> tuple[Step, ...]:
    (step,) = plan_of(SHUT).steps
    assert isinstance(step.change, BypassSwitch)
    return (replace(step, change=replace(step.change, **changes)),)


OTHER_REGISTRY = f"{build.REGISTRY_ID}2"
POISONED = {
    "a role that writes": _grants(role_definition_id=f"/subscriptions/{build.PLATFORM}/x/{build.CONTRIBUTOR}"),
    "a role of another scope": _grants(assignment_id=f"/subscriptions/{build.PLATFORM}/x"),
    "another registry": _grants(registry_id=OTHER_REGISTRY),
    "no id at all": _grants(registry_id="contoso"),
    "another principal": _grants(principal_id=build.OTHER_PRINCIPAL),
    "a condition on a legacy registry": _grants(condition="true"),
    "another mode": _grants(mode="abac"),
    "another value": _switches(after="None"),
    "another firewall": _switches(registry_id=OTHER_REGISTRY),
    "another remedy": (replace(plan_of(SHUT).steps[0], remedy="assign-pull-role"),),
    "a remedy of nobody": (replace(plan_of(SHUT).steps[0], remedy="restart"),),
    "another target": (replace(plan_of(SHUT).steps[0], target=OTHER_REGISTRY),),
}


@pytest.mark.parametrize("steps", POISONED.values(), ids=POISONED)
def test_a_step_that_no_remedy_draws_is_refused(steps: tuple[Step, ...]) -> None:
    """Plans are kept between drawing and carrying out; what became of one there gives nothing more."""
    assert "not-a-remedy" in kinds(judged(consent(), CLOSED, steps=steps))


def test_nothing_to_do_is_nothing_allowed() -> None:
    """No step, no consent."""
    assert kinds(judged(consent(), steps=())) == ["not-known"]


def test_the_plan_carries_the_word_of_the_policy() -> None:
    """Mode, allowed, reason; its hash stays, for the word may change with the hour."""
    plan = plan_of(CLOSED)

    def word(given: Consent, evidence: Evidence = CLOSED) -> Plan:
        return decided(plan, given, evidence=evidence, now=NOW, changes_last_hour={})

    first = word(consent(mode="auto"))
    assert (first.mode, first.allowed, first.reason) == ("auto", True, "by pairs[0] of the policy, without a person")
    narrowed = word(consent(mode="auto"), tagged("review"))
    assert (narrowed.mode, narrowed.allowed) == ("review", True)
    refused = word(consent(mode="auto", quiet_hours=FREEZE, changes_per_hour=1))
    assert (refused.mode, refused.allowed) == ("auto", False)
    assert len(refused.reasons) == 2
    assert refused.reason == "; ".join(refused.reasons)
    assert {first.hash, narrowed.hash, refused.hash} == {plan.hash}
