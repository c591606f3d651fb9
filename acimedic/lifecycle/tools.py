"""What the activities work with. Only who opens it decides what it speaks to; nothing here reads the environment."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime

from acimedic.azure.session import Session
from acimedic.notify.port import Sink
from acimedic.policy import Consent
from acimedic.settings import Settings
from acimedic.store.port import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """azure: opens a connection to Azure, for one activity. approval_keys: the newest first; empty closes approval."""

    settings: Settings
    store: Store
    consent: Consent
    azure: Callable[[], AbstractAsyncContextManager[Session]]
    now: Callable[[], datetime]
    approval_keys: tuple[str, ...]
    sinks: tuple[Sink, ...]

    @property
    def gateway(self) -> bool:
        """Whether all this happens in a make-believe Azure."""
        return self.settings.gateway is not None
