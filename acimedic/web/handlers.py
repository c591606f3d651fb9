"""What happens on an event, and on `POST /api/diagnose`. Changes nothing in Azure."""

from collections.abc import Mapping
from http import HTTPStatus

from acimedic.incident import from_event
from acimedic.model.incident import Ignored, Signal
from acimedic.report.as_json import to_json
from acimedic.settings import Settings
from acimedic.web import lines
from acimedic.web.answers import Answer, RefusedError, problem, report
from acimedic.web.asking import NoAnswerError, ask
from acimedic.web.question import Question, read_question


async def on_failure(event: Mapping[str, object], settings: Settings) -> None:
    """Diagnose the failure that an event tells of. Raises NoAnswerError, so that the event comes again.

    An event that nobody can understand would never be understood: it is logged as an error and done with.
    """
    signal = _signal(event, settings)
    if signal is None:
        return
    if isinstance(signal, Ignored):
        lines.ignored(event.get("id"), signal.reason)
        return
    _, again = await ask(Question(signal=signal), settings)
    if again:
        raise NoAnswerError(HTTPStatus.BAD_GATEWAY, "Azure answered every reading with trouble of its own (429 or 5xx)")


def _signal(event: Mapping[str, object], settings: Settings) -> Signal | None:
    try:
        return from_event(event, hash_key=settings.hash_key)
    except ValueError as error:  # BadEventError, or half of a surrogate pair in an id, which cannot be hashed
        lines.bad_event(event.get("id"), str(error))
        return None


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
