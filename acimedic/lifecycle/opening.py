"""Settings -> tools: the store, its keys, the policy, and the way to Azure. What is opened here is closed here."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

from acimedic.azure.common import in_common
from acimedic.azure.session import Session, sign_in
from acimedic.azure.transport import Pause
from acimedic.lifecycle.notifying import open_notifier
from acimedic.lifecycle.tools import Tools
from acimedic.notify.port import Sink
from acimedic.policy_file import read_consent
from acimedic.settings import Settings, SettingsError, contradictions
from acimedic.store.chain import AuditKeys
from acimedic.store.opening import file_of, is_account, open_store
from acimedic.store.own_keys import own_keys
from acimedic.store.port import Store

NO_STORE = "ACIMEDIC_STORE is not set: the table address of a storage account, or the path of a file"


def utc_now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_tools(
    settings: Settings,
    *,
    sinks: Sequence[Sink] = (),
    now: Callable[[], datetime] = utc_now,
    pause: Pause = asyncio.sleep,
) -> AsyncIterator[Tools]:
    """Everything that the activities need, as the settings say.

    sinks: who is told, besides the log, in place of the routes. Raises SettingsError, which names everything that is
    missing or contradicts itself, and StoreSettingError.
    """
    _ensure_consistent(settings)
    consent = read_consent(settings)
    async with AsyncExitStack() as stack:
        store, approval_keys, audit = await _store(settings, stack)
        yield Tools(
            settings=settings,
            store=store,
            consent=consent,
            azure=lambda: Session(settings, pause),
            looking=lambda: in_common(settings, pause, now=now),
            now=now,
            approval_keys=approval_keys,
            audit=audit,
            notifier=open_notifier(settings, consent, store, now, sinks=sinks),
        )


def _ensure_consistent(settings: Settings) -> None:
    """Begin whole or not at all: an app that keeps incidents and cannot tell of them, or decide, would look well."""
    missing = () if settings.store else (NO_STORE,)
    if faults := (*missing, *contradictions(settings)):
        raise SettingsError(*faults)


async def _store(settings: Settings, stack: AsyncExitStack) -> tuple[Store, tuple[str, ...], AuditKeys]:
    """The store, and the keys that approvals are signed with: a file on a laptop brings its own."""
    named = settings.store or ""
    if is_account(named):
        audit, approval = settings.audit_keys, settings.approval_keys
        credential = await stack.enter_async_context(sign_in(settings))
    else:
        keys = own_keys(file_of(named))
        audit, approval = settings.audit_keys or (keys.audit,), settings.approval_keys or (keys.approval,)
        credential = None
    sealing = AuditKeys(audit[0].encode(), tuple(key.encode() for key in audit[1:]))
    store = await stack.enter_async_context(open_store(named, credential, sealing))
    return store, approval, sealing
