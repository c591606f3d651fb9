"""The settings of an app elsewhere, as Azure keeps them: read by an administrator, examined, and shown to nobody.

The values are secrets. What refers to a Key Vault counts as set; it is not read.
Sources: https://learn.microsoft.com/rest/api/appservice/web-apps/list-application-settings
https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from azure.core.rest import HttpRequest
from azure.mgmt.core import AsyncARMPipelineClient

from acimedic.azure.attempt import attempt
from acimedic.azure.session import Session
from acimedic.azure.shapes import due, properties_of, text
from acimedic.doctor.installed import SITES
from acimedic.model.reading import Gap, Reading
from acimedic.model.resource_id import ResourceId

LIST = "Microsoft.Web/sites/config/list/action"
_VERSION = "2024-11-01"
_REFERENCE = "@microsoft.keyvault("
# What stands in for a secret that is not read: of a form that is taken, and of no use to anybody.
_KEY = "not-read-" * 4
_SECRET = re.compile(r"ACIMEDIC_(AUDIT_KEY|APPROVAL_KEY|HASH_KEY|TEAMS_)")
_ADDRESS = "https://not-read.invalid/"


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings of an app, as its process finds them. unread: the names of those that refer to a Key Vault."""

    values: Mapping[str, str] = field(repr=False)
    unread: tuple[str, ...]


def app(resource_id: str) -> ResourceId:
    """The app that is meant. Raises ValueError for what is no id of a Function App."""
    found = ResourceId.parse(resource_id.strip())
    if not found.is_a(SITES) or found.resource_group is None:
        raise ValueError("the id of a Function App ends with /providers/Microsoft.Web/sites/NAME")
    return found


async def read_environment(session: Session, site: ResourceId) -> Reading[Environment]:
    """The settings of an app."""
    limit = session.settings.time_limit
    want = Gap(reading="settings of the app", reason="", permission=LIST, scope=str(site))
    return await attempt(_listed(session, site), want, limit, limit)


async def _listed(session: Session, site: ResourceId) -> Environment:
    """Azure lists settings in answer to a POST, which the reader's pipeline refuses; this one changes nothing."""
    arm = session.settings.arm
    client: AsyncARMPipelineClient[HttpRequest, Any] = AsyncARMPipelineClient(
        arm, policies=[], pipeline=session.writing()
    )
    address = f"{arm}{site}/config/appsettings/list"
    response = await client.send_request(HttpRequest("POST", address, params={"api-version": _VERSION}))
    response.raise_for_status()
    found = {name: due(text(value, "value"), "value") for name, value in properties_of(response.json()).items()}
    return as_environment(found, site)


def as_environment(found: Mapping[str, str], site: ResourceId) -> Environment:
    """What the process of the app finds: its settings, and that it is in the cloud (pure)."""
    unread = tuple(sorted(name for name, value in found.items() if value.strip().lower().startswith(_REFERENCE)))
    read = {name: value for name, value in found.items() if name not in unread}
    stand_ins = {
        name: _ADDRESS if name.startswith("ACIMEDIC_TEAMS_") else _KEY for name in unread if _SECRET.match(name)
    }
    there = {"WEBSITE_SITE_NAME": site.name, "IDENTITY_ENDPOINT": "https://not-read.invalid/"}
    return Environment({**read, **stand_ins, **there}, unread)
