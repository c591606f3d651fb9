"""The environment, read once.

Whatever is wrong with it is said in one message that names every wrong setting.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from acimedic import environment as read
from acimedic import environment_of_telling as telling
from acimedic.environment import PUBLIC, Cloud
from acimedic.model.plan import RunMode

_ARM: dict[Cloud, str] = {
    "AzureCloud": "https://management.azure.com",
    "AzureUSGovernment": "https://management.usgovcloudapi.net",
    "AzureChinaCloud": "https://management.chinacloudapi.cn",
}
_AUTHORITY: dict[Cloud, str] = {
    "AzureCloud": "login.microsoftonline.com",
    "AzureUSGovernment": "login.microsoftonline.us",
    "AzureChinaCloud": "login.chinacloudapi.cn",
}
_PORTAL: dict[Cloud, str] = {
    "AzureCloud": "https://portal.azure.com",
    "AzureUSGovernment": "https://portal.azure.us",
    "AzureChinaCloud": "https://portal.azure.cn",
}

# A store that is no file; `acimedic.store.opening` says what is wrong with one that is neither.
_ACCOUNT = re.compile(r"https://[a-z0-9]{3,24}\.table\.core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)/?")


class SettingsError(Exception):
    """One or more settings are wrong; the message names each. faults: each by itself."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process reaches Azure.

    gateway: where every request goes instead of to the network; None in real life.
    client_id: of the user-assigned identity to sign in with, None for the default chain.
    time_limit: seconds that the readings of one incident may take.
    requests_per_minute: how many diagnoses one caller may ask for over HTTP.
    incidents_per_hour: how many stories may be begun for the failures of one subscription within an hour.
    hash_key: keys the hash of a deployer's object id; empty means that no such hash is kept.
    registries: hosts other than Azure container registries that may be asked for an image, without credentials.
    mode: whether changes are made at all, after a person's approval, or by the policy alone.
    policy: the file that says what may be changed; None for `policy.json` beside the package.
    subscriptions: whose failures are served, in lower case; empty for all that can be seen.
    store: where incidents are kept (see `acimedic.store.opening`); None where no setting says.
    retention_days: how long a closed incident is kept.
    approval_keys, audit_keys: what links and audit are signed with, the newest first; empty where there is none.
    approval_hours: how long a plan waits for a person.
    url: where people find the pages, without a trailing slash.
    routes: the file that says who hears what; None for `routes.json` beside the package.
    webhooks: of Teams channels, by the names of their settings, which begin with ACIMEDIC_TEAMS_.
    mail_endpoint, mail_from: of Azure Communication Services, and the sender. mail_to: recipients where no routes are.
    mail_hourly: how many mails may be sent within an hour.
    events_topic: the endpoint of an Event Grid topic, to which every state is published.
    dead_letters: the container in which events lie that could not be delivered to us.
    """

    cloud: Cloud = "AzureCloud"
    gateway: str | None = None
    client_id: str | None = None
    time_limit: float = 25.0
    requests_per_minute: int = 60
    incidents_per_hour: int = 200
    hash_key: str = field(default="", repr=False)
    registries: tuple[str, ...] = PUBLIC
    mode: RunMode = "observe"
    policy: str | None = None
    subscriptions: tuple[str, ...] = ()
    store: str | None = field(default=None, repr=False)  # one that is wrong may hold a key
    retention_days: int = 90
    approval_keys: tuple[str, ...] = field(default=(), repr=False)
    audit_keys: tuple[str, ...] = field(default=(), repr=False)
    approval_hours: int = 24
    url: str | None = None
    routes: str | None = None
    webhooks: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    mail_endpoint: str | None = None
    mail_from: str | None = None
    mail_to: tuple[str, ...] = field(default=(), repr=False)
    mail_hourly: int = 10
    events_topic: str | None = None
    dead_letters: str | None = None

    @property
    def arm(self) -> str:
        """Azure Resource Manager's address in this cloud, without a trailing slash."""
        return _ARM[self.cloud]

    @property
    def authority(self) -> str:
        """The host that signs in."""
        return _AUTHORITY[self.cloud]

    @property
    def portal(self) -> str:
        """Azure's portal in this cloud."""
        return _PORTAL[self.cloud]


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the environment. Raises SettingsError naming everything that is wrong with it, and what contradicts itself.

    What contradicts itself alone is let through: not everybody who reads settings keeps incidents or tells people.
    """
    wrong: list[str] = []
    gateway = read.gateway(environment, wrong)
    settings = Settings(
        cloud=cast(Cloud, read.cloud(environment.get("AZURE_CLOUD", ""), wrong)),
        gateway=gateway,
        client_id=environment.get("AZURE_CLIENT_ID") or None,
        time_limit=read.seconds(environment.get("ACIMEDIC_TIME_LIMIT", ""), wrong),
        requests_per_minute=read.whole(environment, "ACIMEDIC_REQUESTS_PER_MINUTE", 60, (1, 10_000), wrong),
        incidents_per_hour=read.whole(environment, "ACIMEDIC_INCIDENTS_PER_HOUR", 200, (1, 5_000), wrong),
        hash_key=read.secret(environment, "ACIMEDIC_HASH_KEY", wrong),
        registries=read.registries(environment.get("ACIMEDIC_REGISTRIES", ""), wrong),
        mode=read.mode(environment.get("ACIMEDIC_MODE", ""), wrong),
        policy=read.policy(environment.get("ACIMEDIC_POLICY", ""), wrong),
        subscriptions=read.subscriptions(environment.get("ACIMEDIC_SUBSCRIPTIONS", ""), wrong),
        store=read.store(environment, gateway, wrong),
        retention_days=read.whole(environment, "ACIMEDIC_RETENTION_DAYS", 90, (1, 3650), wrong),
        approval_keys=read.keys(environment, "ACIMEDIC_APPROVAL_KEY", wrong),
        audit_keys=read.keys(environment, "ACIMEDIC_AUDIT_KEY", wrong),
        approval_hours=read.whole(environment, "ACIMEDIC_APPROVAL_HOURS", 24, (1, 720), wrong),
        url=read.address(environment, wrong),
        routes=telling.routes(environment, wrong),
        webhooks=telling.webhooks(environment, wrong),
        mail_endpoint=telling.endpoint(environment, "ACIMEDIC_MAIL_ENDPOINT", wrong),
        mail_from=telling.sender(environment, wrong),
        mail_to=telling.recipients(environment, wrong),
        mail_hourly=read.whole(environment, "ACIMEDIC_MAIL_HOURLY", 10, (1, 10_000), wrong),
        dead_letters=telling.container(environment, wrong),
        events_topic=telling.endpoint(environment, "ACIMEDIC_EVENTS_TOPIC", wrong),
    )
    if wrong:
        raise SettingsError(*wrong, *contradictions(settings))
    return settings


def contradictions(settings: Settings) -> tuple[str, ...]:
    """Settings that are right one by one and cannot be followed together: whoever keeps incidents refuses to begin.

    A store that is a file brings its own keys.
    """
    found: list[str] = []
    account = settings.store is not None and _ACCOUNT.fullmatch(settings.store.strip())
    if account and not settings.audit_keys:
        found.append("ACIMEDIC_AUDIT_KEY is not set: a store in Azure keeps its audit sealed")
    if account and settings.mode != "observe" and not settings.approval_keys:
        found.append(
            f"ACIMEDIC_MODE is {settings.mode} and ACIMEDIC_APPROVAL_KEY is not set: no decision could be signed, so "
            "that nothing could ever be changed"
        )
    mail = {"ACIMEDIC_MAIL_ENDPOINT": settings.mail_endpoint, "ACIMEDIC_MAIL_FROM": settings.mail_from}
    missing = [name for name, value in mail.items() if value is None]
    if len(missing) == 1:
        found.append(f"{missing[0]} is not set: ACIMEDIC_MAIL_ENDPOINT and ACIMEDIC_MAIL_FROM go together")
    elif missing and settings.mail_to:
        found.append("ACIMEDIC_MAIL_TO is set without ACIMEDIC_MAIL_ENDPOINT and ACIMEDIC_MAIL_FROM: nobody can write")
    return tuple(found)
