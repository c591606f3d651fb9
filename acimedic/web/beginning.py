"""Having a diagnosis go on as an incident's story, where whoever asked would wait too long."""

from collections.abc import Callable
from http import HTTPStatus

from acimedic.connection import NoAzureError
from acimedic.lifecycle.intake import NotServedError, Starter, UnresolvedError, receive
from acimedic.lifecycle.tools import Tools
from acimedic.model.incident import DeploymentFailure, Incident
from acimedic.store.trouble import StoreError
from acimedic.web.answers import RefusedError
from acimedic.web.asking import NoAnswerError
from acimedic.web.handlers import Later


def later(tools: Tools, stories: Starter, came: Callable[[], None]) -> Later:
    """Begins the stories of what was asked about. came: called then.

    What the caller gave is no part of a story: it reads everything from Azure.
    """

    async def begin(signal: Incident | DeploymentFailure) -> tuple[str, ...]:
        incidents = await begun(signal, tools, stories)
        came()
        return incidents

    return begin


async def begun(signal: Incident | DeploymentFailure, tools: Tools, stories: Starter) -> tuple[str, ...]:
    """The ids of the incidents whose stories go on now. Raises RefusedError, NoAnswerError."""
    try:
        return await receive(signal, tools, stories)
    except NotServedError as error:
        raise RefusedError(HTTPStatus.FORBIDDEN, str(error)) from error
    except NoAzureError as error:
        raise NoAnswerError(HTTPStatus.BAD_GATEWAY, str(error)) from error
    except UnresolvedError as error:
        raise NoAnswerError(HTTPStatus.BAD_GATEWAY, str(error)) from error
    except StoreError as error:
        raise NoAnswerError(HTTPStatus.SERVICE_UNAVAILABLE, "the incident cannot be recorded now; ask again") from error
