"""What happens on `POST /api/diagnose`. Changes nothing in Azure."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeAlias

from acimedic.model.incident import DeploymentFailure, Incident
from acimedic.report.as_json import to_json
from acimedic.settings import Settings
from acimedic.web.answers import Answer, RefusedError, accepted, problem, report
from acimedic.web.asking import NoAnswerError, ask, ensure_served
from acimedic.web.question import read_question

Later: TypeAlias = Callable[[Incident | DeploymentFailure], Awaitable[tuple[str, ...]]]
"""Has the stories of a failure begun; gives back the ids of the incidents. Raises NoAnswerError, RefusedError."""

_SOONER = 0.9
"""The share of the time limit after which a caller need not wait: when it is up, readings are given up for good."""


async def diagnose(content_type: str, body: bytes, settings: Settings, *, later: Later | None = None) -> Answer:
    """Answer `POST /api/diagnose`: the JSON report, or a problem that says why there is none.

    later: who goes on where the answer takes too long; without anybody, it takes as long as it takes.
    """
    try:
        question = read_question(content_type, body, hash_key=settings.hash_key)
        ensure_served(question.signal, settings)
        try:
            async with asyncio.timeout(None if later is None else settings.time_limit * _SOONER):
                diagnosis, _ = await ask(question, settings)
        except TimeoutError:
            if later is None:
                raise
            return _goes_on(await later(question.signal))
    except RefusedError as error:
        return problem(error.status, str(error))
    except NoAnswerError as error:
        return problem(error.status, str(error))
    return report(to_json(diagnosis, gateway=settings.gateway is not None))


def misconfigured(reason: str) -> Answer:
    """The answer where the settings are wrong: the message names each, and holds no secret."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, f"ACI Medic's settings are wrong: {reason}")


def _goes_on(incidents: tuple[str, ...]) -> Answer:
    """Where to look for what comes of it."""
    if not incidents:
        reason = "Azure did not answer in time, and the deployment that failed concerns no container group so far"
        return problem(HTTPStatus.GATEWAY_TIMEOUT, reason)
    first, *also = incidents
    status = f"/api/incidents/{first}"
    return accepted({"incident": first, "also": also, "status": status}, location=status)
