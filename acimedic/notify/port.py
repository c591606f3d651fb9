"""A way of telling people."""

from typing import Protocol

from acimedic.model.news import News


class NotToldError(Exception):
    """Nobody was told, or nobody knows whether. The message holds no secret.

    final: it was refused, and would be again. unclear: it may have been delivered all the same.
    """

    def __init__(self, reason: str, *, final: bool = False, unclear: bool = False) -> None:
        super().__init__(reason)
        self.final = final
        self.unclear = unclear


class Sink(Protocol):
    """One way of telling: a channel, a mailbox, a topic, the log."""

    @property
    def name(self) -> str:
        """Under which deliveries are recorded; never a secret."""
        ...

    @property
    def once(self) -> bool:
        """Whether who receives drops what comes twice under one operation: then repeating is no matter."""
        ...

    async def send(self, news: News) -> None:
        """Tell it. Raises NotToldError."""
        ...
