"""Keeping a diagnosis that was asked for at the terminal, so that `plan`, `apply` and `incidents` find it."""

from collections.abc import Mapping

from acimedic.cli.own_store import settings_with_store
from acimedic.lifecycle.ceiling import OVER
from acimedic.lifecycle.diagnosing import keep, standing
from acimedic.lifecycle.intake import RECEIVED
from acimedic.lifecycle.keeping import NoIncidentError, change
from acimedic.lifecycle.opening import open_tools
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.record import IncidentRecord
from acimedic.model.resource_id import CONTAINER_GROUPS
from acimedic.settings import SettingsError
from acimedic.store.opening import is_account
from acimedic.store.trouble import StoreError


async def remember(diagnosis: Diagnosis, environment: Mapping[str, str]) -> str | None:
    """Keep it; gives back why it could not be kept. What a caller supplied, and what names no group, is not kept.

    An incident whose story is being told already keeps the story's own report. A store in Azure is left alone: others
    read it, and what this person may see is not for all of them.
    """
    evidence = diagnosis.evidence
    if evidence.supplied or not evidence.incident.group.is_a(CONTAINER_GROUPS):
        return None
    try:
        settings = settings_with_store(environment)
        if is_account(settings.store or ""):
            return None
        async with open_tools(settings) as tools:
            now = tools.now()
            new = IncidentRecord(incident=evidence.incident, state=RECEIVED, received_at=now, changed_at=now)
            placed = await tools.store.put_incident_if_absent(new)
            if placed.value.state in {RECEIVED, OVER}:
                await keep(tools, diagnosis)
                await change(tools, evidence.incident.id, lambda record: standing(record, diagnosis))
    except (StoreError, NoIncidentError, SettingsError) as error:
        return str(error)
    return None
