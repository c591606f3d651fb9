"""A notifier that nobody hears, where a test is about something else."""

from acimedic.model.news import Crowd, News
from acimedic.notify.digests import Rebuild


class Silence:
    async def tell(self, news: News) -> tuple[str, ...]:
        return ()

    async def tell_crowd(self, crowd: Crowd, news: News) -> tuple[str, ...]:
        return ()

    async def send_digests(self, rebuild: Rebuild) -> int:
        return 0
