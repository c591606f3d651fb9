"""May these steps be carried out, now? Every reason against it is given, not only the first.

The same question is asked when a plan is shown, when a person decides, and again at the moment of the change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from acimedic.ids import folded, same_id
from acimedic.model.evidence import Evidence
from acimedic.model.plan import Plan, RunMode, Step
from acimedic.model.resource_id import ResourceId
from acimedic.policy.document import Consent, InvalidPolicy, NoPolicy, Policy
from acimedic.policy.matching import Reason, matched, rightly_drawn
from acimedic.policy.parties import parties, registry_of
from acimedic.policy.quiet import quiet_until

TAG = "acimedic-remediation"
_PASSING = {"quiet-hours", "hourly-limit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The policy allows it.

    mode: `review` still needs a person, `auto` does not. rules: the entries of the policy that consent.
    expires_after: when it is to be taken back.
    """

    mode: Literal["review", "auto"]
    rules: tuple[str, ...]
    expires_after: timedelta | None
    narrowed: str | None = None

    @property
    def said(self) -> str:
        """In one sentence."""
        who = "once a person has approved it" if self.mode == "review" else "without a person"
        return f"by {', '.join(self.rules)} of the policy, {who}" + (f" ({self.narrowed})" if self.narrowed else "")


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not allowed, for all these reasons."""

    reasons: tuple[Reason, ...]

    @property
    def said(self) -> str:
        """In one line."""
        return "; ".join(reason.said for reason in self.reasons)


Judgement: TypeAlias = Allowed | Refused


def judge(
    consent: Consent,
    steps: tuple[Step, ...],
    *,
    evidence: Evidence,
    now: datetime,
    changes_last_hour: Mapping[str, int],
) -> Judgement:
    """Whether the steps may be carried out. Without a policy that can be followed nothing else is judged.

    changes_last_hour: how many were made at each registry, by id; a registry that is not there had none.
    """
    policy = consent.policy
    match policy:
        case NoPolicy():
            return Refused((Reason("no-policy", "no policy"),))
        case InvalidPolicy(faults=faults):
            more = f", and {len(faults) - 3} more" if len(faults) > 3 else ""
            return Refused((Reason("policy-invalid", f"the policy is not valid: {'; '.join(faults[:3])}{more}"),))
        case Policy():
            pass
    mode, narrowed, against = _narrowed(consent.mode, steps, evidence)
    rules: list[str] = []
    reasons = [*against, *_general(policy, consent, steps, evidence, now, changes_last_hour)]
    for step in steps:
        found, refused = _step(step, policy, mode, evidence)
        rules += found
        reasons += refused
    if not rules and not reasons:
        reasons.append(Reason("pair-not-listed", "no entry of the policy consents to it"))
    if reasons or mode == "observe":
        observed = (Reason("mode-observe", "the mode is observe, in which nothing is changed"),)
        return Refused(tuple(dict.fromkeys((*(observed if mode == "observe" else ()), *reasons))))
    return Allowed(mode=mode, rules=tuple(dict.fromkeys(rules)), expires_after=policy.expires_after, narrowed=narrowed)


def decided(
    plan: Plan, consent: Consent, *, evidence: Evidence, now: datetime, changes_last_hour: Mapping[str, int]
) -> Plan:
    """The plan with the policy's word on it; its hash stays, since the word may change with the hour."""
    judgement = judge(consent, plan.steps, evidence=evidence, now=now, changes_last_hour=changes_last_hour)
    mode, _, _ = _narrowed(consent.mode, plan.steps, evidence)
    match judgement:
        case Allowed():
            return replace(plan, mode=judgement.mode, allowed=True, reason=judgement.said, reasons=(judgement.said,))
        case Refused(reasons=reasons):
            said = tuple(reason.said for reason in reasons)
            passing = all(reason.kind in _PASSING for reason in reasons)
            return replace(plan, mode=mode, allowed=False, reason=judgement.said, reasons=said, passing=passing)


def _narrowed(mode: RunMode, steps: tuple[Step, ...], evidence: Evidence) -> tuple[RunMode, str | None, list[Reason]]:
    """The mode after what the registries' tags say: they narrow it, and never widen it."""
    narrowed: str | None = None
    against: list[Reason] = []
    for registry_id in dict.fromkeys(step.change.registry_id for step in steps):
        registry = registry_of(registry_id, evidence)
        for key, value in () if registry is None else registry.tags:
            if folded(key) != TAG or registry is None:
                continue
            where = f"registry '{registry.name}' is tagged {TAG}: {value}"
            if folded(value) == "review":
                narrowed = f"{where}, so a person decides" if mode == "auto" else narrowed
                mode = "review" if mode == "auto" else mode
            elif folded(value) == "off":
                against.append(Reason("tag", where))
            else:
                against.append(Reason("tag", f"{where}, which is neither off nor review, and is taken for off"))
    return mode, narrowed, against


def _general(
    policy: Policy,
    consent: Consent,
    steps: tuple[Step, ...],
    evidence: Evidence,
    now: datetime,
    changes_last_hour: Mapping[str, int],
) -> Iterator[Reason]:
    """What is against it whatever the steps are for: what, where, when and how often."""
    if not steps:
        yield Reason("not-known", "there is nothing to carry out")
    for remedy in dict.fromkeys(step.remedy for step in steps):
        if remedy not in policy.remedies:
            yield Reason("remedy-not-listed", f"the policy does not list the remedy {remedy}")
    group = folded(evidence.group.subscription)
    if group not in policy.subscriptions:
        yield _not_served("the container group", group, "the policy")
    if consent.subscriptions and group not in map(folded, consent.subscriptions):
        yield _not_served("the container group", group, "ACIMEDIC_SUBSCRIPTIONS")
    quiet = quiet_until(policy.quiet_hours, now)
    if quiet is not None:
        end = f"until {quiet.until:%Y-%m-%d %H:%M} UTC" if quiet.until else "all week"
        yield Reason("quiet-hours", f"quiet hours {end}", until=quiet.until)
    yield from _often(policy, steps, changes_last_hour)


def _often(policy: Policy, steps: tuple[Step, ...], changes_last_hour: Mapping[str, int]) -> Iterator[Reason]:
    for registry_id in dict.fromkeys(folded(step.change.registry_id) for step in steps):
        planned = sum(folded(step.change.registry_id) == registry_id for step in steps)
        made = sum(count for key, count in changes_last_hour.items() if same_id(key, registry_id))
        if made + planned > policy.changes_per_hour:
            name = registry_id.rsplit("/", 1)[-1]
            yield Reason(
                "hourly-limit",
                f"the hourly limit of {policy.changes_per_hour} would be passed at registry '{name}': {made} made in "
                f"the last hour, {planned} planned",
            )


def _step(step: Step, policy: Policy, mode: RunMode, evidence: Evidence) -> tuple[list[str], list[Reason]]:
    """The entries that consent to a step, and what is against it."""
    wrong = rightly_drawn(step)
    if wrong is not None:
        return [], [Reason("not-a-remedy", wrong)]
    gaining = parties(step, evidence)
    if isinstance(gaining, str):
        return [], [Reason("not-known", gaining)]
    rules: list[str] = []
    reasons: list[Reason] = []
    places: list[tuple[str, str]] = []
    for party in gaining:
        found, refused = matched(party, policy, mode, evidence)
        rules += found
        reasons += refused
        places += [(f"registry '{party.registry.name}'", party.registry.id)]
        places += [(f"identity '{party.identity.name}'", party.identity.id)]
    for what, resource_id in dict.fromkeys(places):
        where = folded(ResourceId.parse(resource_id).subscription)
        if where not in policy.subscriptions:
            reasons.append(_not_served(what, where, "the policy"))
    return rules, reasons


def _not_served(what: str, subscription: str, by: str) -> Reason:
    return Reason("subscription-not-served", f"{what} is in subscription {subscription}, which {by} does not name")
