"""`acimedic preflight --live`: the template beside what Azure has."""

import asyncio
from datetime import datetime

from acimedic.azure.reader import AzureReader
from acimedic.azure.session import Session
from acimedic.cli.trouble import CannotRunError
from acimedic.connection import NoAzureError, ensure_answered
from acimedic.preflight.live import examine_live
from acimedic.preflight.request import Examination, Request
from acimedic.settings import Settings


def examined_live(request: Request, settings: Settings, now: datetime) -> Examination:
    """The examination with Azure's answers. Raises CannotRunError where Azure answered nothing at all."""
    try:
        return asyncio.run(_examined(request, settings, now))
    except NoAzureError as error:
        raise CannotRunError(str(error)) from error


async def _examined(request: Request, settings: Settings, now: datetime) -> Examination:
    async with Session(settings) as session:
        examination = await examine_live(request, AzureReader(session), now=now)
        ensure_answered(session, tuple(gap for each in examination.groups for gap in each.diagnosis.gaps))
        return examination
