"""What is known of the app that is looked at: by which its event subscriptions are recognised, and commands filled in.

Sources: https://learn.microsoft.com/azure/app-service/reference-app-settings
https://learn.microsoft.com/azure/azure-functions/disable-function
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from acimedic.doctor.finding import command
from acimedic.model.resource_id import ResourceId

SITES = "Microsoft.Web/sites"
FUNCTION = "on_failure"
_NAME = re.compile(r"[A-Za-z0-9-]{2,60}")
_WORD = re.compile(r"[A-Za-z0-9-]{1,64}")
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
# The app's own host name; newer ones carry a hash and a region behind the name of the app.
_HOST = re.compile(
    r"(?:https://)?([a-z0-9-]{2,60}?)(?:-[a-z0-9]{16}\.[a-z0-9]+-\d\d)?"
    r"\.(?:azurewebsites\.(?:net|us)|chinacloudsites\.cn)",
    re.IGNORECASE,
)
_OFF = (f"AzureWebJobs.{FUNCTION}.Disabled", f"AzureWebJobs_{FUNCTION}_Disabled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The app, as far as it is known; empty where it is not.

    subscription, group, site: where the app is, and its name. principal: object id of its identity. suffix: what its
    names end with. location: the region of its deployment. off: the setting by which its function is switched off.
    """

    subscription: str = ""
    group: str = ""
    site: str = ""
    principal: str = ""
    suffix: str = ""
    location: str = ""
    off: str = ""

    def is_at(self, function: str) -> bool | None:
        """Whether a function, by its resource id, is the app's. None where nobody says which app is ours."""
        if not self.site:
            return None
        try:
            found = ResourceId.parse(function)
        except ValueError:
            return False
        if not found.is_a(f"{SITES}/functions") or found.names[0].lower() != self.site.lower():
            return False
        theirs = (found.subscription.lower(), (found.resource_group or "").lower())
        ours = (self.subscription.lower(), self.group.lower())
        return all(not mine or mine == other for mine, other in zip(ours, theirs, strict=True))

    def read_role(self, subscription: str) -> str:
        """The command that lets the app read in a subscription; what is not known is left to whoever runs it."""
        return command(
            *("az", "deployment", "sub", "create", "--subscription", subscription),
            *("--location", self.location or "LOCATION", "--template-file", "infra/access-read.bicep"),
            *("--parameters", f"principalId={self.principal or 'PRINCIPAL_ID'}", f"suffix={self.suffix or 'SUFFIX'}"),
        )


NOWHERE = Installed()
"""Nothing is known."""


def installed(environment: Mapping[str, str]) -> Installed:
    """What the variables of App Service, or those that azd keeps, say of the app. What is not well formed is not known.

    App Service names the owner as `SUBSCRIPTION+GROUP-REGIONwebspace`.
    """
    place = _place(environment.get("ACIMEDIC_APP_ID", ""))
    owner = environment.get("WEBSITE_OWNER_NAME", "").partition("+")[0]
    site = _fit(_NAME, environment.get("WEBSITE_SITE_NAME", "")) or _fit(
        _NAME, environment.get("ACIMEDIC_APP_NAME", "")
    )
    if not site and place is None:
        address = _HOST.fullmatch(environment.get("ACIMEDIC_URL", "").strip().rstrip("/"))
        site = address[1] if address is not None else ""
    known = site or (place.name if place is not None else "")
    here = place if place is not None and place.name.lower() == known.lower() else None
    group = environment.get("WEBSITE_RESOURCE_GROUP", "").strip()
    return Installed(
        subscription=_fit(_GUID, owner) or (here.subscription if here is not None else ""),
        group=group or (here.resource_group or "" if here is not None else ""),
        site=known,
        principal=_fit(_GUID, environment.get("ACIMEDIC_PRINCIPAL_ID", "")),
        suffix=_fit(_WORD, environment.get("ACIMEDIC_SUFFIX", "")) or _suffix(known),
        location=_fit(_WORD, environment.get("AZURE_LOCATION", "")),
        off=next((name for name in _OFF if environment.get(name, "").strip().lower() in {"true", "1"}), ""),
    )


def _place(text: str) -> ResourceId | None:
    try:
        found = ResourceId.parse(text)
    except ValueError:
        return None
    return found if found.is_a(SITES) and found.resource_group is not None else None


def _fit(form: re.Pattern[str], text: str) -> str:
    return text.strip() if form.fullmatch(text.strip()) else ""


def _suffix(site: str) -> str:
    """The app is named after its suffix (main.bicep)."""
    return site.removeprefix("func-acimedic-") if site.startswith("func-acimedic-") else ""
