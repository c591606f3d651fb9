"""What people are told of a state: at once, or with the others of its hour; and what the incident says of it."""

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from acimedic.azure.session import Session
from acimedic.lifecycle.digesting import digest
from acimedic.lifecycle.messages import Tell
from acimedic.lifecycle.recording import notify
from acimedic.lifecycle.tools import Tools
from acimedic.model.news import News
from acimedic.notify.digests import Later, Rebuild
from acimedic.notify.port import NotToldError
from acimedic.policy import Consent
from acimedic.settings import Settings
from acimedic.store.chain import AuditKeys
from tests.lifecycle.repairs import Repair, play
from tests.notify.square import Square, routes, square
from tests.silence import Silence

DIGEST = routes(routes=[{"name": "ops", "teams": "ACIMEDIC_TEAMS_X", "style": "digest"}], default=["ops"])


def _no_azure() -> AbstractAsyncContextManager[Session]:
    raise AssertionError("telling reads nothing from Azure")


def tools(here: Square) -> Tools:
    return Tools(
        settings=Settings(url="https://medic.example"),
        store=here.store,
        consent=Consent(),
        azure=_no_azure,
        looking=_no_azure,
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


class Hour(Silence):
    """A notifier for whom this was put off about an incident."""

    def __init__(self, incident: str, later: Later) -> None:
        self.incident, self.later = incident, later
        self.rebuilt: News | None = None

    async def send_digests(self, rebuild: Rebuild) -> int:
        self.rebuilt = await rebuild(self.incident, self.later)
        return 1


def test_what_was_put_off_is_told_with_its_plan_and_under_its_own_operation(tmp_path: Path) -> None:
    async def story(one: Repair) -> None:
        later = Later(
            state="awaiting-decision",
            said="so",
            operation="op-7",
            step="apply",
            plan=one.plan.hash,
            times=1,
            since=None,
            decides=False,
        )
        hour = Hour(one.record.id, later)
        await digest(one.with_tools(notifier=hour).tools)
        assert hour.rebuilt is not None
        assert (hour.rebuilt.plan, hour.rebuilt.operation) == (one.plan, "op-7")
        assert (hour.rebuilt.state, hour.rebuilt.step) == ("awaiting-decision", "apply")

    play(tmp_path, story)


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
