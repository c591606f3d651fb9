"""The whole story: an incident in, a diagnosis with its plan out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

import checks
import remediation
from acimedic.azure.port import Reader
from acimedic.diagnosis import diagnose, of_no_group, worth_looking_back
from acimedic.evidence import Supplied, gather, look_around, look_back
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.evidence import Evidence
from acimedic.model.incident import DeploymentFailure, Incident
from acimedic.planning import draw_plan
from acimedic.policy import Consent, decided
from acimedic.resolving import resolve

Shown: TypeAlias = Callable[[Evidence], Evidence]
"""What may be told of what was read: `acimedic.discretion.discreet` for whoever is not known to have read it."""


def _all(evidence: Evidence) -> Evidence:
    return evidence


_NOTHING = Supplied()
_NO_CONSENT = Consent()
_NO_CHANGES: Mapping[str, int] = {}


async def investigate(
    incident: Incident,
    reader: Reader,
    *,
    cloud: str,
    now: datetime,
    supplied: Supplied = _NOTHING,
    consent: Consent = _NO_CONSENT,
    changes_last_hour: Mapping[str, int] = _NO_CHANGES,
    shown: Shown = _all,
) -> Diagnosis:
    """Read, check, look back where it may explain something, and propose. Changes nothing.

    changes_last_hour: made by us at each registry, by id, as far as the caller counts them. shown: leaves out of the
    evidence what may not be told, before anything is concluded from it.
    """
    evidence = shown(await gather(incident, reader, cloud=cloud, now=now, supplied=supplied))
    diagnosis = diagnose(evidence, checks.ALL)
    if worth_looking_back(diagnosis):
        evidence = shown(await look_back(evidence, reader))
        diagnosis = diagnose(evidence, checks.ALL)
    if diagnosis.outcome == "undetermined" and worth_looking_back(diagnosis):
        diagnosis = diagnose(await look_around(evidence, reader), checks.ALL)
    return proposed(diagnosis, consent, now=now, changes_last_hour=changes_last_hour)


def proposed(
    diagnosis: Diagnosis, consent: Consent, *, now: datetime, changes_last_hour: Mapping[str, int] = _NO_CHANGES
) -> Diagnosis:
    """The diagnosis with its plan, and whether that may be carried out."""
    plan = draw_plan(diagnosis, remediation.ALL, consent.mode, policy=consent.hash, expires_after=consent.expires_after)
    if plan is None:
        return replace(diagnosis, plan=None)
    evidence = diagnosis.evidence
    judged = decided(plan, consent, evidence=evidence, now=now, changes_last_hour=changes_last_hour)
    return replace(diagnosis, plan=judged)


async def investigate_signal(
    signal: Incident | DeploymentFailure,
    reader: Reader,
    *,
    cloud: str,
    now: datetime,
    supplied: Supplied = _NOTHING,
    consent: Consent = _NO_CONSENT,
) -> Diagnosis:
    """The same for a failed deployment: the group that failed first, the others named in `also`."""
    if isinstance(signal, Incident):
        return await investigate(signal, reader, cloud=cloud, now=now, supplied=supplied, consent=consent)
    incidents, said = await resolve(signal, reader)
    if not incidents:
        return of_no_group(signal, said, checks.ALL, cloud=cloud)
    return await investigate(incidents[0], reader, cloud=cloud, now=now, supplied=supplied, consent=consent)
