"""A way of telling people."""

from datetime import datetime
from typing import Protocol

from acimedic.model.news import Message


class NotToldError(Exception):
    """Nobody was told, or nobody knows whether. The message holds no secret.

    final: it was refused, and would be again. unclear: it may have been delivered all the same.
    """

    def __init__(self, reason: str, *, final: bool = False, unclear: bool = False) -> None:
        super().__init__(reason)
        self.final = final
        self.unclear = unclear


class PutOffError(NotToldError):
    """Nobody was told, because too much was told already: to be told in a digest. until: when there is room again."""

    def __init__(self, reason: str, *, until: datetime) -> None:
        super().__init__(reason)
        self.until = until


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

    async def send(self, message: Message) -> None:
        """Tell it; a repetition of the same operation is told as one. Raises NotToldError."""
        ...
