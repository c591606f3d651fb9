"""Mail through Azure Communication Services.

The service knows each mail by an id that we give it, the same on every repetition. What a second request under one id
does is documented nowhere (https://github.com/Azure/azure-sdk-for-net/pull/40779 says that it is not carried out
twice, https://github.com/Azure/azure-sdk-for-net/issues/50889 that it is refused with 400). So before a repetition, and
after such a refusal, the service is asked whether it knows the id; if it does, people were told.

Source: https://github.com/Azure/azure-rest-api-specs/blob/main/specification/communication/data-plane/Email/stable/2025-09-01/CommunicationServicesEmail.json
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID, uuid5

from azure.core.exceptions import DeserializationError, HttpResponseError
from azure.core.rest import HttpRequest

from acimedic.azure.transport import Pause
from acimedic.model.news import Message
from acimedic.notify.port import NotToldError, PutOffError
from acimedic.notify.service import code_in, connected, refusals
from acimedic.settings import Settings

if TYPE_CHECKING:
    from azure.communication.email.aio import EmailClient

SCOPE = "https://communication.azure.com/.default"
MOST_RECIPIENTS = 50  # https://learn.microsoft.com/azure/communication-services/concepts/service-limits

_NAMESPACE = UUID("0b6f3a52-6f0e-5c8b-9a51-1d2c7f8e4b60")  # made once for this product; changing it repeats mails
_API = "2025-09-01"
_HOUR = timedelta(hours=1)
_LOOKS = 2  # at what became of a mail: of a mail an hour, an Azure-managed domain has two
_LONGEST_WAIT = 8  # seconds before a look: whoever delivers has half a minute
_LONG = 300  # seconds: who is told to come back later than this is over the hourly limit
_SERVICE = "the mail service"


class Written(Protocol):
    """A mail as it was written: `acimedic.report.mail.Mail`."""

    @property
    def subject(self) -> str: ...  # noqa: D102 - the writer's

    @property
    def text(self) -> str: ...  # noqa: D102 - the writer's

    @property
    def html(self) -> str: ...  # noqa: D102 - the writer's


class Counted(Protocol):
    """Remembers what was sent within the last hour: a store, or what stands for one."""

    async def count_change(self, registry_id: str, key: str, at: datetime) -> None: ...  # noqa: D102 - the store's

    async def changes(self, registry_id: str, *, since: datetime) -> tuple[datetime, ...]: ...  # noqa: D102 - the store's


@dataclass(frozen=True, slots=True)
class _Standing:
    """What became of a mail. wait: seconds after which it is worth asking again."""

    status: str
    code: str | None
    wait: float


class MailSink:
    """Sends each message as a mail to all recipients, and looks for a while what became of it.

    write: puts a message into words, `acimedic.report.mail.to_mail`.
    endpoint: of the resource, `https://NAME.communication.azure.com`. sender: an address of a domain of the resource.
    counted: where requests are counted, so that at most `hourly` of them are made within an hour. Azure takes 10 from
    a domain that it manages and 100 from another, for a subscription; refused requests count.
    pause: waits between looks. seconds: how long the service may take to take a mail. follow: how many seconds may
    be spent on what became of it.
    Raises ValueError where there is no recipient, or more than one mail can have, or none may be sent.
    Source: https://learn.microsoft.com/azure/communication-services/concepts/service-limits
    """

    name = "mail"
    once = True

    def __init__(
        self,
        settings: Settings,
        *,
        write: Callable[[Message], Written],
        endpoint: str,
        sender: str,
        recipients: Sequence[str],
        counted: Counted,
        now: Callable[[], datetime],
        hourly: int = 10,
        pause: Pause = asyncio.sleep,
        seconds: float = 10.0,
        follow: float = 18.0,
    ) -> None:
        if hourly < 1:
            raise ValueError("at least one mail an hour has to be allowed")
        if not 0 < len(recipients) <= MOST_RECIPIENTS:
            raise ValueError(f"a mail has between 1 and {MOST_RECIPIENTS} recipients")
        self._settings = settings
        self._write = write
        self._endpoint = endpoint
        self._sender = sender
        self._recipients = tuple(recipients)
        self._counted = counted
        self._now = now
        self._hourly = hourly
        self._pause = pause
        self._seconds = seconds
        self._patience = follow

    async def send(self, message: Message) -> None:
        """Send it. Raises PutOffError over the hourly limit, NotToldError."""
        operation = operation_id(message.operation)
        with refusals(_SERVICE):
            async with self._client() as client:
                async with asyncio.timeout(self._seconds):
                    standing = await self._standing(client, operation) if message.again else None
                    if standing is None:
                        await self._room(operation)
                        standing = await self._post(client, operation, self._write(message))
                await self._follow(client, operation, standing)

    @asynccontextmanager
    async def _client(self) -> AsyncIterator["EmailClient"]:
        # Imported here, because it costs time that a run without mail need not pay.
        from azure.communication.email.aio import EmailClient

        async with connected(self._settings, self._endpoint, SCOPE, pause=self._pause) as (pipeline, credential):
            yield EmailClient(self._endpoint, credential, pipeline=pipeline, api_version=_API)

    async def _room(self, operation: str) -> None:
        """Count a request that is about to be made. Raises PutOffError where there were enough."""
        ledger, now = f"mail:{self._sender}", self._now()
        known = [at for at in await self._counted.changes(ledger, since=now - _HOUR) if at > now - _HOUR]
        if len(known) >= self._hourly:
            until = known[len(known) - self._hourly] + _HOUR
            raise PutOffError(f"{self._hourly} mails were sent within the hour", until=until)
        await self._counted.count_change(ledger, f"{operation}@{now.isoformat()}", now)

    async def _post(self, client: "EmailClient", operation: str, mail: Written) -> _Standing:
        """Hand the mail over; gives back how it stands. Raises what `refusals` understands, PutOffError."""
        waits: list[float] = []
        try:
            await client.begin_send(
                self._body(mail),
                operation_id=operation,
                polling=False,
                raw_response_hook=lambda heard: waits.append(_wait(heard.http_response)),
            )
        except DeserializationError:
            pass  # it was taken, with a `Retry-After` that is no number
        except HttpResponseError as error:
            known = await self._standing(client, operation) if error.status_code in {400, 409} else None
            if known is not None:
                return known
            if error.status_code == 429 and waits and waits[-1] >= _LONG:
                until = self._now() + timedelta(seconds=waits[-1])
                raise PutOffError(f"{_SERVICE} takes no more for now", until=until) from None
            raise
        return _Standing("Running", None, waits[-1] if waits else 0)

    def _body(self, mail: Written) -> dict[str, Any]:
        return {
            "senderAddress": self._sender,
            "recipients": {"to": [{"address": address} for address in self._recipients]},
            "content": {"subject": mail.subject, "plainText": mail.text, "html": mail.html},
            "userEngagementTrackingDisabled": True,
        }

    async def _follow(self, client: "EmailClient", operation: str, standing: _Standing) -> None:
        """Look a few times what became of a mail that was taken. Raises NotToldError where it was not sent after all.

        Where nobody says in time, it is left at that: the service has taken it, and goes on by itself.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                for _ in range(_LOOKS):
                    _judge(standing)
                    if standing.status == "Succeeded":
                        return
                    await self._pause(min(max(standing.wait, 1.0), _LONGEST_WAIT))
                    found = await self._look(client, operation)
                    if found is None:
                        return
                    standing = found
                _judge(standing)

    async def _look(self, client: "EmailClient", operation: str) -> _Standing | None:
        """What became of a mail that was taken; None where nobody says."""
        try:
            with refusals(_SERVICE):
                return await self._standing(client, operation)
        except NotToldError:
            return None

    async def _standing(self, client: "EmailClient", operation: str) -> _Standing | None:
        """What the service says of this mail; None where it knows none of this id. Raises as `_post` does."""
        asked = HttpRequest("GET", f"/emails/operations/{operation}", params={"api-version": _API})
        answer = await client.send_request(asked)
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise HttpResponseError(response=answer)
        try:
            said = answer.json()
        except ValueError:
            said = None
        status = said.get("status") if isinstance(said, dict) else None
        return _Standing(status if isinstance(status, str) else "", code_in(answer), _wait(answer))


def operation_id(operation: str) -> str:
    """The id under which the service knows the mail of this operation."""
    return str(uuid5(_NAMESPACE, operation.encode("utf-8", "backslashreplace").decode()))


def _judge(standing: _Standing) -> None:
    if standing.status in {"Failed", "Canceled"}:
        why = "" if standing.code is None else f": {standing.code}"
        raise NotToldError(f"{_SERVICE} took the mail and did not send it{why}", final=True)


def _wait(answer: Any) -> float:
    """The seconds that `Retry-After` tells; 0 where it tells none."""
    told = str(answer.headers.get("Retry-After") or "")
    return float(told) if told.isascii() and told.isdigit() and len(told) <= 6 else 0.0
