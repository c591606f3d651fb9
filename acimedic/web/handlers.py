"""What happens on `POST /api/diagnose`. Changes nothing in Azure."""

from http import HTTPStatus

from acimedic.report.as_json import to_json
from acimedic.settings import Settings
from acimedic.web.answers import Answer, RefusedError, problem, report
from acimedic.web.asking import NoAnswerError, ask
from acimedic.web.question import read_question


async def diagnose(content_type: str, body: bytes, settings: Settings) -> Answer:
    """Answer `POST /api/diagnose`: the JSON report, or a problem that says why there is none."""
    try:
        question = read_question(content_type, body, hash_key=settings.hash_key)
        diagnosis, _ = await ask(question, settings)
    except RefusedError as error:
        return problem(error.status, str(error))
    except NoAnswerError as error:
        return problem(error.status, str(error))
    return report(to_json(diagnosis, gateway=settings.gateway is not None))


def misconfigured(reason: str) -> Answer:
    """The answer where the settings are wrong: the message names each, and holds no secret."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, f"ACI Medic's settings are wrong: {reason}")
