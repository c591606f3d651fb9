"""What the doctor tries out: the store, a page without a sign-in, the container of dead letters.

Azure Storage is asked by its own SDK; everything else goes out through the one transport.
"""

import re
from datetime import datetime, timedelta

from azure.core.rest import HttpRequest

from acimedic.azure.attempt import attempt
from acimedic.azure.session import Session, sign_in
from acimedic.doctor.finding import Finding, command, ok, whom, wrong
from acimedic.doctor.surroundings import LATE
from acimedic.model.reading import Gap, Reading
from acimedic.model.record import IncidentRecord
from acimedic.settings import Settings
from acimedic.store.opening import file_of
from acimedic.store.port import IncidentFilter, Store, Waiting
from acimedic.store.trouble import StoreError, StoreSettingError

_OUTBOX = "doctor"
_ACCOUNT = re.compile(r"https://([a-z0-9]{3,24})\.table\.core\.")
_ROUNDS = 20  # pages of the store that are looked through
_LETTERS = 1_000  # blobs that are counted
_AT_ONCE = frozenset({"received", "applying"})  # states that a story leaves by itself


def store_repair(settings: Settings) -> str:
    """What to do where the store does not let whoever is signed in write and read."""
    named = (settings.store or "").strip()
    account = _ACCOUNT.match(named)
    if account is None:
        try:
            return command("ls", "-l", str(file_of(named)))
        except StoreSettingError:  # it may hold a key
            return "correct ACIMEDIC_STORE"
    place = f"$(az storage account show --name {account[1]} --query id --output tsv)"
    give = command("az", "role", "assignment", "create", "--role", "Storage Table Data Contributor")
    return f'{give} --assignee {whom(settings.client_id)} --scope "{place}"; the same for Storage Blob Data Contributor'


async def probe(store: Store, now: datetime, repair: str) -> tuple[Finding, ...]:
    """Write a row of our own, read it, and delete it. repair: for whoever may not."""
    row = Waiting(incident_id="doctor", key="probe", at=now)
    try:
        await store.put_off(_OUTBOX, row)
        found = await store.waiting(_OUTBOX, before=now + timedelta(seconds=1))
        await store.take_out(_OUTBOX, *found)
        left = await store.waiting(_OUTBOX, before=now + timedelta(seconds=1))
    except StoreError as error:
        return (wrong("store", f"the store could not be written and read: {error}", repair),)
    if row not in found or row in left:
        return (wrong("store", "what is written to the store, or deleted from it, is not so afterwards", repair),)
    return (ok("store", "it can be written, read and deleted from"),)


async def overdue(store: Store, now: datetime) -> tuple[tuple[str, ...], bool]:
    """Ids of open incidents whose time has come and gone, and whether there may be more. Raises StoreError.

    Those that should go on at once have no time of their own: they are overdue half an hour after they changed last.
    """
    late = now - LATE
    past, more = await _every(store, IncidentFilter(closed=False, due_before=late))
    still, further = await _every(store, IncidentFilter(closed=False, states=_AT_ONCE, before=late))
    found = [*past, *(each for each in still if each.due_at is None and each.changed_at < late)]
    return tuple(dict.fromkeys(each.id for each in found)), more or further


async def _every(store: Store, wanted: IncidentFilter) -> tuple[list[IncidentRecord], bool]:
    """The incidents of some pages of the store, and whether there are further pages."""
    found: list[IncidentRecord] = []
    after: str | None = None
    for _ in range(_ROUNDS):
        page = await store.incidents(wanted, after=after, limit=100)
        found += page.records
        after = page.after
        if after is None:
            break
    return found, after is not None


async def unsigned(session: Session, url: str) -> Reading[int]:
    """The status that a page answers to whoever has not signed in. No redirect is followed."""
    limit = session.settings.time_limit
    want = Gap(reading="a page without a sign-in", reason="")

    async def ask() -> int:
        request = HttpRequest("GET", f"{url}/api/incidents", headers={"Accept": "application/json"})
        answer = await session.without_token().run(request)
        return int(answer.http_response.status_code)

    return await attempt(ask(), want, limit, limit)


async def letters(settings: Settings) -> Reading[int]:
    """How many blobs lie in the container of dead letters, as far as 1,000. With a gateway, no storage is asked."""
    want = Gap(reading="dead letters", reason="")
    if settings.dead_letters is None or settings.gateway is not None:
        return Gap(reading=want.reading, reason="no storage is asked behind a gateway")
    return await attempt(_letters(settings, settings.dead_letters), want, settings.time_limit, settings.time_limit)


async def _letters(settings: Settings, container: str) -> int:
    from azure.storage.blob.aio import ContainerClient

    count = 0
    async with (
        sign_in(settings) as credential,
        ContainerClient.from_container_url(container, credential=credential) as client,
    ):
        async for _ in client.list_blob_names():
            count += 1
            if count == _LETTERS:
                break
    return count
