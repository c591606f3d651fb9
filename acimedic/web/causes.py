"""`/api/checks` and `/api/checks/{id}`: the catalogue of causes, as pages and as JSON."""

from dataclasses import asdict
from http import HTTPStatus

from acimedic.approver import Reader
from acimedic.lifecycle.tools import Tools
from acimedic.web import pages
from acimedic.web.answers import Answer, RefusedError, page, said
from acimedic.web.asked import Asked
from acimedic.web.catalogue import Entry, catalogue
from acimedic.web.reading import Looks, read, wants_page


async def on_checks(asked: Asked, tools: Tools, looks: Looks) -> Answer:
    """The whole catalogue."""

    async def listed(_reader: Reader) -> Answer:
        if not wants_page(asked):
            return said({"checks": [_values(entry) for entry in catalogue()]})
        stages: dict[str, list[Entry]] = {}
        for entry in catalogue():
            stages.setdefault(entry.stage, []).append(entry)
        return page(pages.catalogue(stages, gateway=tools.gateway), style=pages.STYLE)

    return await read(asked, looks, listed)


async def on_check(asked: Asked, tools: Tools, looks: Looks) -> Answer:
    """The page of one check."""

    async def shown(_reader: Reader) -> Answer:
        entry = next((each for each in catalogue() if each.id == asked.parameters.get("id")), None)
        if entry is None:
            raise RefusedError(HTTPStatus.NOT_FOUND, "there is no check of this id")
        if not wants_page(asked):
            return said(_values(entry))
        return page(pages.check(entry, gateway=tools.gateway), style=pages.STYLE)

    return await read(asked, looks, shown)


def _values(entry: Entry) -> dict[str, object]:
    told = asdict(entry)
    return told | {"parts": [{"label": label, "text": text} for label, text in entry.parts]}
