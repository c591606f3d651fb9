"""A notifier that nobody hears, where a test is about something else."""

from acimedic.model.news import News
from acimedic.notify.digests import Rebuild


class Silence:
    async def tell(self, news: News) -> tuple[str, ...]:
        return ()

    async def send_digests(self, rebuild: Rebuild) -> int:
        return 0
