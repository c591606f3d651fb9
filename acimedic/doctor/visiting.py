"""What the doctor tries out: the store, a page without a sign-in, the container of dead letters.

Azure Storage is asked by its own SDK; everything else goes out through the one transport.
"""

from datetime import datetime, timedelta

from azure.core.rest import HttpRequest

from acimedic.azure.attempt import attempt
from acimedic.azure.session import Session, sign_in
from acimedic.doctor.finding import Finding, ok, wrong
from acimedic.doctor.surroundings import LATE
from acimedic.model.reading import Gap, Reading
from acimedic.settings import Settings
from acimedic.store.port import IncidentFilter, Store, Waiting
from acimedic.store.trouble import StoreError

_OUTBOX = "doctor"
_ROUNDS = 20  # pages of the store that are looked through
_LETTERS = 1_000  # blobs that are counted


async def probe(store: Store, now: datetime) -> tuple[Finding, ...]:
    """Write a row of our own, read it, and delete it."""
    row = Waiting(incident_id="doctor", key="probe", at=now)
    repair = "see that the identity has Storage Table and Blob Data Contributor on the account, or may write the file"
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
    """Ids of open incidents whose time has come and gone, and whether there may be more. Raises StoreError."""
    wanted = IncidentFilter(closed=False, due_before=now - LATE)
    found: list[str] = []
    after: str | None = None
    for _ in range(_ROUNDS):
        page = await store.incidents(wanted, after=after, limit=100)
        found += [record.id for record in page.records]
        after = page.after
        if after is None:
            break
    return tuple(found), after is not None


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
