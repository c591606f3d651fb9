"""The whole story: an incident in, a diagnosis with its plan out."""

from dataclasses import replace
from datetime import datetime

import checks
import remediation
from acimedic.azure.reader import Reader
from acimedic.diagnosis import diagnose, of_no_group, worth_looking_back
from acimedic.evidence import Supplied, gather, look_back
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.incident import DeploymentFailure, Incident
from acimedic.planning import draw_plan
from acimedic.resolving import resolve

_NOTHING = Supplied()


async def investigate(
    incident: Incident, reader: Reader, *, cloud: str, now: datetime, supplied: Supplied = _NOTHING
) -> Diagnosis:
    """Read, check, look back where it may explain something, and propose. Changes nothing."""
    evidence = await gather(incident, reader, cloud=cloud, now=now, supplied=supplied)
    diagnosis = diagnose(evidence, checks.ALL)
    if worth_looking_back(diagnosis):
        diagnosis = diagnose(await look_back(evidence, reader), checks.ALL)
    return replace(diagnosis, plan=draw_plan(diagnosis, remediation.ALL))


async def investigate_signal(
    signal: Incident | DeploymentFailure,
    reader: Reader,
    *,
    cloud: str,
    now: datetime,
    supplied: Supplied = _NOTHING,
) -> Diagnosis:
    """The same for a failed deployment: the group that failed first, the others named in `also`."""
    if isinstance(signal, Incident):
        return await investigate(signal, reader, cloud=cloud, now=now, supplied=supplied)
    incidents, said = await resolve(signal, reader)
    if not incidents:
        return of_no_group(signal, said, checks.ALL, cloud=cloud)
    return await investigate(incidents[0], reader, cloud=cloud, now=now, supplied=supplied)
