"""The checks on what a template asks for, without asking Azure anything (pure)."""

import json
from datetime import datetime

import checks
from acimedic.diagnosis import diagnose
from acimedic.model.evidence import Evidence
from acimedic.model.incident import Incident
from acimedic.model.reading import Gap
from acimedic.named import incident_of
from acimedic.preflight.request import Asked, Examination, Examined, Request, evaluated, groups_of

NOT_DEPLOYED = "nothing has been deployed yet"


def examine(request: Request, *, now: datetime) -> Examination:
    """What the definitions themselves tell. Never raises, whatever the template holds."""
    evaluation = evaluated(request)
    return Examination(
        request=request,
        groups=tuple(
            Examined(asked=asked, diagnosis=diagnose(evidence_of(asked, request, now=now), checks.ALL))
            for asked in groups_of(evaluation, request)
        ),
        problems=evaluation.problems,
        live=False,
    )


def evidence_of(asked: Asked, request: Request, *, now: datetime) -> Evidence:
    """The evidence before a deployment: the definition alone, no error, no group, nothing of Azure."""
    return Evidence(
        incident=incident_before(asked, request),
        cloud=request.scope.cloud,
        error=Gap(reading="error", reason=NOT_DEPLOYED),
        error_source="none",
        live=Gap(reading="container group", reason=NOT_DEPLOYED),
        definition=asked.definition,
        failed_at=now,
        supplied=("template",),
    )


def incident_before(asked: Asked, request: Request) -> Incident:
    """The same template and group are the same incident, whenever they are looked at."""
    text = json.dumps([request.template, request.parameters, asked.path, str(asked.group)], default=str)
    return incident_of(asked.group, None, text)
