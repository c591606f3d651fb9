"""`/api/incidents/{id}/bundle`: all that was read about an incident, as a file for `acimedic diagnose --bundle`."""

from dataclasses import replace
from http import HTTPStatus
from types import MappingProxyType

from acimedic.approver import Reader
from acimedic.lifecycle.keeping import EVIDENCE, found
from acimedic.lifecycle.tools import Tools
from acimedic.web.answers import Answer, RefusedError, report
from acimedic.web.asked import Asked
from acimedic.web.incidents import incident_of
from acimedic.web.reading import Looks, read


async def on_bundle(asked: Asked, tools: Tools, looks: Looks) -> Answer:
    """The bundle of the latest diagnosis, as it is kept."""

    async def handed_over(_reader: Reader) -> Answer:
        incident = incident_of(asked)
        await found(tools, incident)
        file = await tools.store.report(incident, EVIDENCE)
        if file is None:
            raise RefusedError(HTTPStatus.NOT_FOUND, "there is no bundle of this incident: it was not diagnosed yet")
        answer = report(file.content.decode("ascii", "backslashreplace"))
        name = f'attachment; filename="acimedic-{incident}.json"'
        return replace(answer, headers=MappingProxyType({**answer.headers, "Content-Disposition": name}))

    return await read(asked, looks, handed_over)
