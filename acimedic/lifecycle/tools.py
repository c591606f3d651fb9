"""What the activities work with. Only who opens it decides what it speaks to; nothing here reads the environment."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from acimedic.azure.session import Session
from acimedic.model.news import Crowd, News
from acimedic.notify.digests import Rebuild
from acimedic.policy import Consent
from acimedic.settings import Settings
from acimedic.store.chain import AuditKeys
from acimedic.store.port import Store


class Teller(Protocol):
    """Who tells people: `acimedic.notify.notifier.Notifier`."""

    async def tell(self, news: News) -> tuple[str, ...]:
        """Tell it; gives back what was refused for good. Raises NotToldError where another attempt may help."""
        ...

    async def tell_crowd(self, crowd: Crowd, news: News) -> tuple[str, ...]:
        """Tell a crowd in the place of a piece of news; gives back what did not arrive."""
        ...

    async def send_digests(self, rebuild: Rebuild) -> int:
        """Tell what was put off before this hour began; gives back how many digests were told."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """azure: opens a connection to Azure, for one activity. looking: one whose readings are shared, to tell people by.

    approval_keys: the newest first; empty closes approval. audit: by which a trail is verified.
    """

    settings: Settings
    store: Store
    consent: Consent
    azure: Callable[[], AbstractAsyncContextManager[Session]]
    looking: Callable[[], AbstractAsyncContextManager[Session]]
    now: Callable[[], datetime]
    approval_keys: tuple[str, ...] = field(repr=False)
    audit: AuditKeys
    notifier: Teller

    @property
    def gateway(self) -> bool:
        """Whether all this happens in a make-believe Azure."""
        return self.settings.gateway is not None
