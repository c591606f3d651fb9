"""Looks into one incident: the only place here that speaks to Azure, and it only reads.

The SDKs are imported when they are first needed: indexing an app has to be fast, and needs none of them.
"""

import time
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from acimedic.model.diagnosis import Diagnosis
from acimedic.model.incident import DeploymentFailure, Incident, incident_id
from acimedic.settings import Settings
from acimedic.web import lines
from acimedic.web.answers import RefusedError
from acimedic.web.question import Question

if TYPE_CHECKING:
    from acimedic.azure.session import Session
    from acimedic.model.reading import Gap
    from acimedic.policy import Consent


class NoAnswerError(Exception):
    """Azure did not answer, or did not let us in: the same question may be answered later."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


async def ask(question: Question, settings: Settings) -> tuple[Diagnosis, bool]:
    """The diagnosis, and whether it is worth asking again because Azure had nothing but trouble of its own.

    Raises NoAnswerError. Either way one line in the log says what became of the incident.
    """
    began = time.monotonic()
    try:
        diagnosis, statuses = await _diagnose(question, settings)
    except NoAnswerError as error:
        signal = question.signal
        known = signal.id if isinstance(signal, Incident) else incident_id(signal.correlation_id, signal.deployment)
        lines.no_azure(known, signal.correlation_id, str(error))
        raise
    milliseconds = round((time.monotonic() - began) * 1000)
    lines.incident(diagnosis, milliseconds=milliseconds, statuses=statuses)
    return diagnosis, all(status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500 for status in statuses)


def ensure_served(signal: Incident | DeploymentFailure, settings: Settings) -> None:
    """Raise RefusedError (403) for a group, or a deployment, in a subscription that is not served."""
    match signal:
        case Incident():
            subscription = signal.group.subscription
        case DeploymentFailure():
            subscription = signal.deployment.subscription
    if not is_served(subscription, settings):
        said = "this subscription is not among those that ACIMEDIC_SUBSCRIPTIONS names"
        raise RefusedError(HTTPStatus.FORBIDDEN, said)


async def _diagnose(question: Question, settings: Settings) -> tuple[Diagnosis, dict[int, int]]:
    from acimedic.azure.session import Session
    from acimedic.policy_file import read_consent

    consent = read_consent(settings)
    if consent.faults:
        lines.policy_refused(consent.faults)
    async with Session(settings) as session:
        diagnosis = await _investigated(question, session, consent)
        ensure_answered(session, diagnosis.gaps)
        return diagnosis, dict(session.tally.statuses)


async def _investigated(question: Question, session: "Session", consent: "Consent") -> Diagnosis:
    """The diagnosis of the group, or of the first that is served of a deployment's, as far as it may be told.

    Raises RefusedError where none of them is served.
    """
    import checks
    from acimedic.azure.reader import AzureReader
    from acimedic.diagnosis import of_no_group
    from acimedic.discretion import discreet
    from acimedic.evidence import Supplied
    from acimedic.pipeline import investigate
    from acimedic.resolving import resolve

    settings, reader = session.settings, AzureReader(session)
    match question.signal:
        case Incident() as incident:
            pass
        case DeploymentFailure() as failure:
            incidents, said = await resolve(failure, reader)
            if not incidents:
                return of_no_group(failure, said, checks.ALL, cloud=settings.cloud)
            incident = next((each for each in incidents if is_served(each.group.subscription, settings)), incidents[0])
            ensure_served(incident, settings)
    return await investigate(
        incident,
        reader,
        cloud=settings.cloud,
        now=datetime.now(UTC),
        supplied=Supplied(error=question.error, template=question.template, parameters=question.parameters),
        consent=consent,
        shown=partial(discreet, consent=consent),
    )


def is_served(subscription: str, settings: Settings) -> bool:
    """Whether failures of this subscription are served."""
    return not settings.subscriptions or subscription.lower() in settings.subscriptions


def ensure_answered(session: "Session", gaps: "tuple[Gap, ...]") -> None:
    """Raise NoAnswerError where Azure gave no answer (502), or only refused the sign-in (503)."""
    from acimedic import connection

    try:
        connection.ensure_answered(session, gaps)
    except connection.NoSignInError as error:
        raise NoAnswerError(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from error
    except connection.NoAzureError as error:
        raise NoAnswerError(HTTPStatus.BAD_GATEWAY, str(error)) from error
