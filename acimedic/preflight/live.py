"""The checks on what a template asks for, with what Azure has of the registries, identities and roles.

The same evidence as a diagnosis has, but for the error and the group, which are not there yet; and Azure is seen as the
template itself leaves it. Nothing is confirmed because of something that the template is only to make.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from acimedic.azure.port import Reader
from acimedic.evidence import serving
from acimedic.evidence.finding import Seen
from acimedic.model.diagnosis import Diagnosis, Finding
from acimedic.model.evidence import Evidence
from acimedic.model.reading import Gap
from acimedic.model.registry import Identity, Registry
from acimedic.model.resource_id import IDENTITIES, ResourceId
from acimedic.model.verdict import Fail, Skip, Unknown
from acimedic.named import NamedOnly
from acimedic.preflight.offline import NOT_DEPLOYED, diagnosed, evidence_of
from acimedic.preflight.placeless import with_identities
from acimedic.preflight.planned.facts import Facts, Known
from acimedic.preflight.planned.made import Planned, planned
from acimedic.preflight.planned.notes import Notes, only_planned
from acimedic.preflight.planned.order import Order
from acimedic.preflight.planned.reader import Foreseen
from acimedic.preflight.request import Asked, Examination, Examined, Request, evaluated, groups_left_out, groups_of
from acimedic.template import Evaluation

_MOST_REFERENCES = 40
_MOST_GROUPS = 40
_ROUNDS = 2  # what was read may tell which resource another reference() means
_IMAGE_CHECKS = ("image-",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looking:
    """What is known of a request before its groups are looked at one by one."""

    request: Request
    now: datetime
    evaluation: Evaluation
    planned: Planned
    foreseen: Foreseen
    order: Order
    notes: tuple[str, ...]


async def examine_live(request: Request, reader: Reader, *, now: datetime) -> Examination:
    """What the definitions and Azure tell together. Changes nothing; what cannot be read is a Gap of the groups."""
    placed, notes = await _placed(request, reader)
    evaluation, foreseen, facts = await _evaluated(placed, reader)
    looking = _Looking(
        request=placed,
        now=now,
        evaluation=evaluation,
        planned=planned(evaluation),
        foreseen=foreseen,
        order=Order.of(placed, facts, evaluation),
        notes=notes,
    )
    groups = groups_of(evaluation, placed)
    by_itself = [diagnosed(evidence_of(each, request, now=now)) for each in with_identities(groups, request)]
    pairs = list(zip(groups, by_itself, strict=True))
    read = await asyncio.gather(*(_examined(each, alone, looking) for each, alone in pairs[:_MOST_GROUPS]))
    return Examination(
        request=request,
        groups=(*read, *(_unread(each, alone, looking) for each, alone in pairs[_MOST_GROUPS:])),
        problems=evaluation.problems,
        left_out=groups_left_out(evaluation),
        live=True,
    )


async def _placed(request: Request, reader: Reader) -> tuple[Request, tuple[str, ...]]:
    """The request with its subscription, where nobody named it and there is only one."""
    if request.scope.subscription_id is not None:
        return request, ()
    seen = await reader.subscriptions()
    if isinstance(seen, Gap) or len(seen) != 1:
        return request, ()
    note = f"Nobody said where it is to be deployed; subscription {seen[0]}, the only one that can be seen, was taken."
    return replace(request, scope=replace(request.scope, subscription_id=seen[0])), (note,)


async def _evaluated(request: Request, reader: Reader) -> tuple[Evaluation, Foreseen, Facts]:
    """The template with what it refers to read, so that as much as can be is evaluated."""
    known: dict[ResourceId, Known] = {}
    for _ in range(_ROUNDS):
        facts = Facts(known)
        evaluation = evaluated(request, facts)
        foreseen = Foreseen(reader, planned(evaluation), request.scope.cloud, known.values())
        wanted = list(facts.wanted)[: _MOST_REFERENCES - len(known)]
        if not wanted:
            return evaluation, foreseen, facts
        read = await asyncio.gather(*(_known(foreseen, resource) for resource in wanted))
        known = known | dict(zip(wanted, read, strict=True))
    facts = Facts(known)
    evaluation = evaluated(request, facts)
    return evaluation, Foreseen(reader, planned(evaluation), request.scope.cloud, known.values()), facts


async def _known(foreseen: Foreseen, resource: ResourceId) -> Known:
    if resource.is_a(IDENTITIES):
        return await foreseen.identity(resource)
    return await foreseen.registry(resource)


async def _examined(asked: Asked, alone: Diagnosis, looking: _Looking) -> Examined:
    """alone: what the definition tells without Azure. Azure is asked nothing about ids of a made-up place."""
    evidence = await _served(asked, evidence_of(asked, looking.request, now=looking.now), looking)
    diagnosis = _with_what_is_told_alone(_tempered(diagnosed(evidence), looking.planned, _blamed(alone)), alone)
    at = next(at for at, item in enumerate(looking.evaluation.resources) if item is asked.resource)
    notes = Notes(name=asked.group.name, at=at, planned=looking.planned, order=looking.order)
    return Examined(asked=asked, diagnosis=diagnosis, notes=tuple(dict.fromkeys([*looking.notes, *notes.on(evidence)])))


async def _served(asked: Asked, bare: Evidence, looking: _Looking) -> Evidence:
    """The evidence with what serves the pulls."""
    named = None if isinstance(asked.group, NamedOnly) else asked.group.subscription
    subscription = named or looking.request.scope.subscription_id
    home = await looking.foreseen.registries(subscription) if subscription else ()
    nothing = Gap(reading="error", reason=NOT_DEPLOYED)
    seen = Seen(home=home, subscription=subscription)
    served = await serving.read(looking.foreseen, asked.definition, nothing, seen)
    new = {item.principal_id: item.source for _, item in served.identities if isinstance(item, Identity)}
    return replace(
        bare,
        registries=served.registries,
        identities=served.identities,
        access=tuple(
            (key, replace(access, source=_source(access.source, new.get(access.principal_id, ""))))
            for key, access in served.access
        ),
        tenants=served.tenants,
        images=served.images,
        tokens=served.details.tokens,
        endpoint_subnets=served.details.endpoint_subnets,
        service_endpoints=served.details.service_endpoints,
        gaps=tuple(dict.fromkeys(served.gaps)),
    )


def _source(read: str, of_identity: str) -> str:
    """Where roles are from: of an identity that the template makes, nothing was asked."""
    return "the template" if of_identity.startswith("the template") else read


def _unread(asked: Asked, alone: Diagnosis, looking: _Looking) -> Examined:
    note = f"Azure was asked about the first {_MOST_GROUPS} container groups only."
    return Examined(asked=asked, diagnosis=alone, notes=(*looking.notes, note))


def _with_what_is_told_alone(diagnosis: Diagnosis, alone: Diagnosis) -> Diagnosis:
    """The diagnosis with the faults of the definition itself that it could not decide.

    Whether two ids are one is told without their place; Azure can only be asked about an id that has one.
    """
    known = {_key(each): each for each in alone.fails}
    findings = tuple(
        known.get(_key(each), each) if isinstance(each.verdict, Unknown) else each for each in diagnosis.findings
    )
    return replace(diagnosis, findings=findings)


def _blamed(diagnosis: Diagnosis) -> frozenset[tuple[str, str]]:
    """What is confirmed without Azure: by check and container."""
    return frozenset(_key(finding) for finding in diagnosis.findings if finding.confirmed)


def _key(finding: Finding) -> tuple[str, str]:
    return finding.check, "" if finding.pull is None else finding.pull.where


def _tempered(diagnosis: Diagnosis, plans: Planned, alone: frozenset[tuple[str, str]]) -> Diagnosis:
    """The diagnosis without certainty that rests on what is only planned. alone: what the definition itself proves."""
    findings = tuple(_tempered_finding(each, plans, alone) for each in diagnosis.findings)
    return replace(diagnosis, findings=findings)


def _tempered_finding(finding: Finding, plans: Planned, alone: frozenset[tuple[str, str]]) -> Finding:
    verdict, pull = finding.verdict, finding.pull
    if pull is None:
        return finding
    if isinstance(verdict, Unknown) and finding.check == "pull-role-propagating" and only_planned(pull, plans):
        return replace(finding, verdict=Skip("the template gives the role itself, which the notes tell of"))
    if not finding.confirmed or not isinstance(verdict, Fail) or _key(finding) in alone:
        return finding
    registry, identity = pull.registry, pull.identity
    changing = (
        plans.unseen is not None
        or (isinstance(registry, Registry) and registry.id.lower() in plans.registries)
        or (isinstance(identity, Identity) and identity.id.lower() in plans.identities)
        or (bool(plans.pushers) and finding.check.startswith(_IMAGE_CHECKS))
    )
    return replace(finding, verdict=replace(verdict, confidence="likely")) if changing else finding
