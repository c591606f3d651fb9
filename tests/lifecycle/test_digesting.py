"""What people are told of a state: at once, or with the others of its hour; and what the incident says of it."""

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from acimedic.azure.session import Session
from acimedic.lifecycle.digesting import digest
from acimedic.lifecycle.messages import Tell
from acimedic.lifecycle.recording import notify
from acimedic.lifecycle.tools import Tools
from acimedic.notify.port import NotToldError
from acimedic.policy import Consent
from acimedic.settings import Settings
from acimedic.store.chain import AuditKeys
from tests.notify.square import Square, routes, square

DIGEST = routes(routes=[{"name": "ops", "teams": "ACIMEDIC_TEAMS_X", "style": "digest"}], default=["ops"])


def _no_azure() -> AbstractAsyncContextManager[Session]:
    raise AssertionError("telling reads nothing from Azure")


def tools(here: Square) -> Tools:
    return Tools(
        settings=Settings(url="https://medic.example"),
        store=here.store,
        consent=Consent(),
        azure=_no_azure,
        now=here.clock,
        approval_keys=(),
        audit=AuditKeys(b"a key that only tests have"),
        notifier=here.notifier,
    )


def tell(incident: str, said: str = "the role is missing") -> Tell:
    return Tell(incident=incident, state="diagnosed", said=said, operation=f"{incident}:1:diagnosed", step="diagnose")


def test_what_was_put_off_is_told_as_it_was_said(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            record = await here.failed()
            await notify(tools(here), tell(record.id))
            assert await digest(tools(here)) == 0
            here.go(hours=1)
            assert await digest(tools(here)) == 1
            (news,) = here.ear.digests[0].news
            assert (news.said, news.step, news.record.id) == ("the role is missing", "diagnose", record.id)
            assert news.page == f"https://medic.example/api/incidents/{record.id}"

    asyncio.run(story())


def test_of_an_incident_that_was_forgotten_meanwhile_no_digest_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path, routes=DIGEST) as here:
            record = await here.failed()
            await notify(tools(here), tell(record.id))
            await here.store.forget_incident(record.id)
            here.go(hours=1)
            assert (await digest(tools(here)), here.ear.heard) == (0, [])

    asyncio.run(story())


def test_that_somebody_could_not_be_told_shows_on_the_incident(tmp_path: Path) -> None:
    async def story() -> None:
        async with square(tmp_path) as here:
            record = await here.failed()
            here.ear.fails(NotToldError("410", final=True))
            for _ in range(2):
                await notify(tools(here), tell(record.id))
            kept = await here.store.incident(record.id)
            assert kept is not None
            assert kept.said.count("(not told: ops/ear: 410)") == 1

    asyncio.run(story())
