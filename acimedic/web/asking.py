"""Looks into one incident: the only place here that speaks to Azure, and it only reads.

The SDKs are imported when they are first needed: indexing an app has to be fast, and needs none of them.
"""

import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from acimedic.model.diagnosis import Diagnosis
from acimedic.model.incident import Incident, incident_id
from acimedic.settings import Settings
from acimedic.web import lines
from acimedic.web.question import Question

if TYPE_CHECKING:
    from acimedic.azure.session import Session
    from acimedic.model.reading import Gap


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
    lines.incident(diagnosis, milliseconds=milliseconds, readings=sum(statuses.values()))
    return diagnosis, all(status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500 for status in statuses)


async def _diagnose(question: Question, settings: Settings) -> tuple[Diagnosis, dict[int, int]]:
    from acimedic.azure.reader import AzureReader
    from acimedic.azure.session import Session
    from acimedic.evidence import Supplied
    from acimedic.pipeline import investigate_signal
    from acimedic.policy_file import read_consent

    supplied = Supplied(error=question.error, template=question.template, parameters=question.parameters)
    consent = read_consent(settings)
    if consent.faults:
        lines.policy_refused(consent.faults)
    async with Session(settings) as session:
        diagnosis = await investigate_signal(
            question.signal,
            AzureReader(session),
            cloud=settings.cloud,
            now=datetime.now(UTC),
            supplied=supplied,
            consent=consent,
        )
        ensure_answered(session, diagnosis.gaps)
        return diagnosis, dict(session.tally.statuses)


def ensure_answered(session: "Session", gaps: "tuple[Gap, ...]") -> None:
    """Raise NoAnswerError where Azure gave no answer (502), or only refused the sign-in (503)."""
    from acimedic import connection

    try:
        connection.ensure_answered(session, gaps)
    except connection.NoSignInError as error:
        raise NoAnswerError(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from error
    except connection.NoAzureError as error:
        raise NoAnswerError(HTTPStatus.BAD_GATEWAY, str(error)) from error
