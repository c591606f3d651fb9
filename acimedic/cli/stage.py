"""The stage of the demonstrations: a make-believe Azure, and the settings of somebody who lets ACI Medic repair it."""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from acimedic.model.resource_id import ResourceId
from acimedic.settings import Settings
from acimedic.simulator import Simulator

SCENES = (
    "role-missing",
    "trusted-services-off-and-role-missing",
    "service-principal-behind-firewall",
    "credential-server-malformed",
    "quota-exceeded",
)


def settings_over(azure: Simulator, folder: Path) -> Settings:
    """Mode review, with a policy that names the identity and the registry of the scene."""
    registries = [body["id"] for body in azure.world["registries"].values()]
    identities = [body["id"] for body in azure.world["identities"].values()]
    group = str(azure.world["event"]["data"]["resourceUri"])
    policy = {
        "version": 1,
        "remedies": ["assign-pull-role", "enable-trusted-services"],
        "subscriptions": sorted({ResourceId.parse(each).subscription for each in (*registries, *identities, group)}),
        "pairs": [{"registry": one, "identity": other} for one in registries for other in identities],
        "changes_per_hour": 4,
    }
    file = folder / "policy.json"
    file.write_text(json.dumps(policy), encoding="utf-8")
    return Settings(gateway=azure.url, mode="review", policy=str(file), store=str(folder / "acimedic.db"))


def hurrying(azure: Simulator, times: int) -> Callable[[], datetime]:
    """A clock that begins where this Azure's stands, and runs so many times as fast; Azure's goes with it."""
    began, zero = datetime.fromisoformat(str(azure.world["now"])), time.monotonic()

    def now() -> datetime:
        moment = began + times * timedelta(seconds=time.monotonic() - zero)
        azure.world["now"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return moment

    return now
