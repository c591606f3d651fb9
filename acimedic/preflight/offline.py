"""The checks on what a template asks for, without asking Azure anything (pure)."""

from collections.abc import Iterator
from datetime import datetime

import checks
from acimedic.diagnosis import diagnose
from acimedic.image import parse_image, server_fault
from acimedic.model.definition import Definition
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.evidence import Evidence
from acimedic.model.image import Malformed
from acimedic.model.incident import Incident
from acimedic.model.reading import Gap
from acimedic.named import incident_of
from acimedic.preflight.placeless import with_identities
from acimedic.preflight.request import Asked, Examination, Examined, Request, evaluated, groups_left_out, groups_of

NOT_DEPLOYED = "nothing has been deployed yet"
_TO_BE_FILLED_IN = frozenset({"expression", "masked", "variable"})


def examine(request: Request, *, now: datetime) -> Examination:
    """What the definitions themselves tell. Never raises, whatever the template holds."""
    evaluation = evaluated(request)
    return Examination(
        request=request,
        groups=tuple(
            Examined(asked=asked, diagnosis=diagnosed(evidence_of(asked, request, now=now)))
            for asked in with_identities(groups_of(evaluation, request), request)
        ),
        problems=evaluation.problems,
        left_out=groups_left_out(evaluation),
        live=False,
    )


def diagnosed(evidence: Evidence) -> Diagnosis:
    """What the checks say before a deployment.

    A template in which names are still to be filled in is not what will be deployed, so nothing in it is confirmed.
    """
    definition = evidence.definition
    complete = isinstance(definition, Definition) and not any(
        _is_placeholder(name, fault) for name, fault in _names(definition)
    )
    return diagnose(evidence, checks.ALL, as_deployed=complete)


def evidence_of(asked: Asked, request: Request, *, now: datetime) -> Evidence:
    """The evidence before a deployment: the definition alone, no error, no group, nothing of Azure."""
    return Evidence(
        incident=incident_before(asked),
        cloud=request.scope.cloud,
        error=Gap(reading="error", reason=NOT_DEPLOYED),
        error_source="none",
        live=Gap(reading="container group", reason=NOT_DEPLOYED),
        definition=asked.definition,
        failed_at=now,
        supplied=("template",),
    )


def incident_before(asked: Asked) -> Incident:
    """The same template and group are the same incident, whenever they are looked at."""
    return incident_of(asked.group, None, "\n".join([asked.digest, asked.path, str(asked.group)]))


def _names(definition: Definition) -> Iterator[tuple[str, str | None]]:
    """Each image and each server, with the kind of its fault."""
    for container in () if isinstance(definition.containers, Gap) else definition.containers:
        if isinstance(container.image, str):
            image = parse_image(container.image)
            yield container.image, image.kind if isinstance(image, Malformed) else None
    for credential in () if isinstance(definition.credentials, Gap) else definition.credentials:
        if isinstance(credential.server, str):
            fault = server_fault(credential.server)
            yield credential.server, None if fault is None else fault.kind


def _is_placeholder(name: str, fault: str | None) -> bool:
    return fault in _TO_BE_FILLED_IN or "placeholder" in name.lower()
