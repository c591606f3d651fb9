"""A Teams channel as a way of telling: a card, posted to the webhook of a workflow.

The address is a secret: whoever has it may post. So it is in no message, no log, no representation and no chain of
exceptions. The workflow answers 202 before it posts, so that nobody learns whether the card was shown.
Addresses: `https://….environment.api.powerplatform.com/powerautomate/automations/direct/workflows/…/invoke?…&sig=…`,
before 2025 `https://….logic.azure.com/workflows/…/invoke?…&sig=…`, and others in other clouds: any https host will do,
but for those of the connectors that Teams has retired.
Sources: https://support.microsoft.com/office/create-incoming-webhooks-with-workflows-for-microsoft-teams-8ae491c7-0394-4861-ba59-055e33f75498
https://learn.microsoft.com/azure/connectors/connectors-native-reqres
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from aiohttp import ClientConnectorError
from azure.core.exceptions import AzureError, ServiceRequestError, ServiceRequestTimeoutError
from azure.core.rest import HttpRequest

from acimedic.azure.transport import Transport
from acimedic.model.news import Message
from acimedic.notify.port import NotToldError

_ADDRESS = re.compile(r"https://([A-Za-z0-9.-]+)(?::[0-9]{1,5})?/[!-~]*")
_RETIRED = ("outlook.office.com", "outlook.office365.com", "webhook.office.com")
_MAYBE = {502, 504}  # who answers for the workflow does not know what came of it
_LATER = {408, 425, 429}


class WebhookError(ValueError):
    """The address is none of a webhook; the message does not hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited, in seconds: for a connection, for an answer, between tries at first and at most, in all."""

    connect: float = 5
    answer: float = 10
    pause: float = 1
    longest_pause: float = 8
    total: float = 20
    tries: int = 4


_End: TypeAlias = Literal["told", "refused", "later", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What one try came to. pause: the seconds that the answer asked for, if it did.

    repeat: an unclear end after which another try may be made, with a word that it may be a repetition.
    """

    end: _End
    said: str
    pause: float | None = None
    repeat: bool = False


@dataclass(slots=True)
class _Progress:
    """What is known while it goes on. doubt: a try was sent whose end nobody knows."""

    doubt: bool = False
    last: str = "nothing was sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsSink:
    """One channel.

    name: under which deliveries are recorded. transport: opens the way out, which is closed after each message.
    card: draws a message as the body that the workflow takes. Raises WebhookError for an address that is none.
    """

    name: str
    webhook: str = field(repr=False)
    transport: Callable[[], Transport] = field(repr=False)
    card: Callable[[Message], Mapping[str, object]] = field(repr=False)
    patience: Patience = Patience()

    def __post_init__(self) -> None:
        if (wrong := _wrong(self.webhook)) is not None:
            raise WebhookError(wrong)

    @property
    def once(self) -> bool:
        """A channel shows twice what is posted twice."""
        return False

    async def send(self, message: Message) -> None:
        """Post the card. Raises NotToldError: unclear where it may have been posted all the same."""
        # Raised out here, where no exception is being handled: a chain would lead to the request and its address.
        if (failure := await self._posted(message)) is not None:
            raise failure

    async def _posted(self, message: Message) -> NotToldError | None:
        progress = _Progress()
        try:
            async with asyncio.timeout(self.patience.total), self.transport() as transport:
                return await self._tried(transport, message, progress)
        except TimeoutError:
            said = f"Teams: given up after {self.patience.total:g} seconds: {progress.last}"
            return NotToldError(said, unclear=progress.doubt)

    async def _tried(self, transport: Transport, message: Message, progress: _Progress) -> NotToldError | None:
        pause = self.patience.pause
        for left in reversed(range(self.patience.tries)):
            tried = await self._try(transport, replace(message, again=message.again or progress.doubt), progress)
            progress.last = tried.said
            if tried.end == "told":
                return None
            if tried.end == "refused":
                return NotToldError(f"Teams: {tried.said}", final=not progress.doubt, unclear=progress.doubt)
            wait = pause if tried.pause is None else tried.pause
            hopeless = tried.end == "unclear" and not tried.repeat
            if hopeless or not left or wait > self.patience.longest_pause:
                break
            await transport.sleep(wait)
            pause = min(pause * 2, self.patience.longest_pause)
        return NotToldError(f"Teams: {progress.last}", unclear=progress.doubt)

    async def _try(self, transport: Transport, message: Message, progress: _Progress) -> _Tried:
        body = json.dumps(self.card(message), separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "acimedic"}
        request = HttpRequest("POST", self.webhook, headers=headers, content=body)
        before, progress.doubt, progress.last = progress.doubt, True, "no answer"
        try:
            response = await transport.send(
                request, stream=True, connection_timeout=self.patience.connect, read_timeout=self.patience.answer
            )
            await response.close()  # unread: the status alone tells
        except (AzureError, OSError) as error:
            tried = _unanswered(error)
        else:
            tried = _judged(response.status_code, response.headers.get("Retry-After", ""))
        progress.doubt = before or tried.end == "unclear"
        return tried


def _unanswered(error: BaseException) -> _Tried:
    """Only what never had a connection is known not to have been delivered."""
    unsent = isinstance(error, ServiceRequestTimeoutError) or (
        isinstance(error, ServiceRequestError) and isinstance(error.inner_exception, ClientConnectorError)
    )
    if unsent:
        return _Tried(end="later", said="no connection to the webhook")
    return _Tried(end="unclear", said="the connection ended, or nothing came, after the message was sent")


def _judged(status: int, retry_after: str) -> _Tried:
    said = f"the webhook answered {status}"
    if 200 <= status < 300:
        return _Tried(end="told", said=said)
    if status in _MAYBE:
        return _Tried(end="unclear", said=said, pause=_seconds(retry_after), repeat=True)
    if status in _LATER or status >= 500:
        return _Tried(end="later", said=said, pause=_seconds(retry_after))
    return _Tried(end="refused", said=f"{said}, and is not asked again")


def _seconds(retry_after: str) -> float | None:
    """The seconds that are asked for; None for a date, which no workflow sends."""
    text = retry_after.strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _wrong(webhook: str) -> str | None:
    if (address := _ADDRESS.fullmatch(webhook)) is None:
        return "the webhook of Teams is an https address without credentials, of ASCII characters"
    host = address[1].lower()
    if any(host == retired or host.endswith(f".{retired}") for retired in _RETIRED):
        return (
            "the webhook of Teams is of an Office 365 connector, which Teams has retired; "
            "make one with a workflow that begins 'When a Teams webhook request is received'"
        )
    return None
