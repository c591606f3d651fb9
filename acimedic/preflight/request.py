"""What is to be deployed, and what it asks for: the container groups of a template (pure)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from acimedic.asked_group import definition_of, is_bare_group, is_group
from acimedic.model.definition import Definition
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.resource_id import CONTAINER_GROUPS, ResourceId
from acimedic.named import named_only
from acimedic.preflight.reasons import without_quotes_anywhere
from acimedic.template import Evaluation, Json, Lookup, NoLookup, Problem, Resource, Scope, evaluate, member

_NOWHERE = NoLookup()
MOST_GROUPS = 800
"""A deployment has at most so many resources; what a template asks for beyond is not looked at.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices#template-limits
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A template with its parameters, before it is deployed.

    name: of the file, for whoever reads the report. scope: where it will be deployed, as far as somebody said so.
    """

    name: str
    template: Mapping[str, Json] = field(repr=False)
    parameters: Mapping[str, Json] = field(default_factory=dict, repr=False)
    scope: Scope = field(default_factory=Scope)

    @property
    def bare(self) -> bool:
        """Whether it is one container group, without a template around it."""
        return is_bare_group(self.template)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A container group that the template asks for.

    group: its id; its name alone where the place of the deployment is not known.
    path: where the template has it. digest: of the whole request, for the incident's id.
    template: the whole of it, as it is written.
    """

    group: ResourceId
    path: str
    digest: str
    resource: Resource
    definition: Definition
    template: Mapping[str, Json] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A container group with what the checks say of it. notes: what else is to be known before deploying."""

    asked: Asked
    diagnosis: Diagnosis
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """All container groups of a template. live: whether Azure was asked.

    problems: what was not evaluated, and why. left_out: paths of the container groups whose condition is false.
    """

    request: Request
    groups: tuple[Examined, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[str, ...] = ()
    live: bool


def evaluated(request: Request, lookup: Lookup = _NOWHERE) -> Evaluation:
    """The template as far as it can be evaluated; never raises. No reason in it quotes the template."""
    template: Mapping[str, Json] = request.template
    if request.bare:
        typed = {} if member(template, "type") is not None else {"type": CONTAINER_GROUPS}
        template = {"resources": [{**template, **typed}]}
    return without_quotes_anywhere(evaluate(template, request.parameters, request.scope, lookup))


def is_template(value: Mapping[str, Json]) -> bool:
    """Whether an object has resources as a template does: in an array, by symbolic names, or as one expression."""
    resources = member(value, "resources")
    return isinstance(resources, list | dict) or (isinstance(resources, str) and resources.startswith("["))


def groups_of(evaluation: Evaluation, request: Request) -> tuple[Asked, ...]:
    """The container groups that are deployed, or may be: those whose condition is not known stay."""
    wanted = (item for item in evaluation.resources if is_group(item.type) and not item.existing)
    text = json.dumps([request.template, request.parameters], default=str)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return tuple(_asked(resource, request, digest) for resource in islice(wanted, MOST_GROUPS))


def groups_left_out(evaluation: Evaluation) -> tuple[str, ...]:
    """Where the template has container groups that it does not deploy."""
    return tuple(path for path, kind in evaluation.left_out.items() if is_group(kind))


def _asked(resource: Resource, request: Request, digest: str) -> Asked:
    group = _id(resource)
    path = resource.path.removeprefix("resources[0]").removeprefix(".") if request.bare else resource.path
    return Asked(
        group=group,
        path=path,
        digest=digest,
        resource=resource,
        definition=definition_of(resource, group, request.name, supplied=True),
        template=request.template,
    )


def _id(resource: Resource) -> ResourceId:
    if isinstance(resource.id, str):
        try:
            return ResourceId.parse(resource.id)
        except ValueError:
            pass
    return named_only(resource.name if isinstance(resource.name, str) else resource.symbol or resource.path)
