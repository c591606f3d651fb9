"""One signed-in connection to Azure: a transport, a credential, and a guarded pipeline."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Hashable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, TypeVar, cast

from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline import AsyncPipeline
from azure.core.pipeline.policies import (
    AsyncBearerTokenCredentialPolicy,
    ContentDecodePolicy,
    CustomHookPolicy,
    HeadersPolicy,
    RequestIdPolicy,
    SansIOHTTPPolicy,
    UserAgentPolicy,
)

from acimedic.azure.backoff import Backoff, BackoffPolicy
from acimedic.azure.policies import NoFalseRefusals, OwnHost, PlainRefusals, ReadOnly, Tally
from acimedic.azure.retrying import Retry
from acimedic.azure.sharing import Readings
from acimedic.azure.transport import Pause, Transport
from acimedic.settings import Settings

T = TypeVar("T")
_FAR_FUTURE = 4102444800  # 2100-01-01: a stand-in's token never runs out


class StandInCredential:
    """The dummy token that goes to a gateway in place of a sign-in."""

    async def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """A token that only a stand-in for Azure would take."""
        return AccessToken("stand-in", _FAR_FUTURE)

    async def close(self) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> "StandInCredential":
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        return None


class Way:
    """The way to Azure: the connections, who we are, where we are let in, and what was said of too many requests."""

    def __init__(self, settings: Settings, pause: Pause, backoff: Backoff | None = None) -> None:
        self.transport = Transport(settings.gateway, pause)
        self.credential = _credential(settings, self.transport)
        self.backoff = backoff_of(settings, pause) if backoff is None else backoff
        self.admissions = Readings(settings.time_limit, _seconds)

    async def close(self) -> None:
        """Let go of the connections, and of the tokens."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.transport.close)
            stack.push_async_callback(self.credential.close)
            await self.admissions.settle()


class Session:
    """Everything that speaks to Azure in one run. Use as `async with`.

    Every client is given one of two pipelines in place of its own, so that none brings policies that
    we did not choose: azure-mgmt-core's would register resource providers, which is a write.
    pause: waits for some seconds, between two tries and between two polls. way: one that others use as well, and that
    is not closed here; None for its own. shared: readings that others make use of as well.
    """

    def __init__(
        self,
        settings: Settings,
        pause: Pause = asyncio.sleep,
        *,
        way: Way | None = None,
        shared: Readings | None = None,
    ) -> None:
        self.settings = settings
        self.tally = Tally()
        self.shared = shared
        self._own = way is None
        self._way = Way(settings, pause) if way is None else way
        self.reading = self._pipeline(ReadOnly(), PlainRefusals())
        self._readers: dict[Hashable, Any] = {}
        self._under_way: set[asyncio.Task[Any]] = set()

    @property
    def credential(self) -> AsyncTokenCredential:
        """Who we are."""
        return cast(AsyncTokenCredential, self._way.credential)

    @property
    def admissions(self) -> Readings:
        """Tokens that registries have given for who we are; a registry is asked for one once."""
        return self._way.admissions

    def options(self, pipeline: "AsyncPipeline[Any, Any]") -> dict[str, Any]:
        """What every management client is constructed with."""
        return {
            "base_url": self.settings.arm,
            "credential_scopes": [f"{self.settings.arm}/.default"],
            "pipeline": pipeline,
        }

    def reader(self, kind: Callable[..., T], *what: str, **options: str) -> T:
        """An SDK's client that only reads, for `what` (a subscription, or nothing); made once, which takes time."""
        key = (kind, *what, *options.values())
        if key not in self._readers:
            self._readers[key] = kind(self.credential, *what, **options, **self.options(self.reading))
        return cast(T, self._readers[key])

    def begin(self, reading: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Begin a reading, which is given up at the end of the session at the latest."""
        task = asyncio.ensure_future(reading)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def room(self, subscription: str) -> None:
        """Wait before many readings in a subscription in which Azure has refused some, until few others wait.

        For a minute at most: the time that the readings may take does not run meanwhile.
        """
        await self._way.backoff.room((True, subscription.lower()))

    def writing(self) -> "AsyncPipeline[Any, Any]":
        """A pipeline that may change things; only the writer asks for it."""
        return self._pipeline(NoFalseRefusals())

    def without_token(self, *guards: SansIOHTTPPolicy[Any, Any]) -> "AsyncPipeline[Any, Any]":
        """A pipeline that adds no token, retries nothing and follows no redirect: for registries."""
        return AsyncPipeline(self._way.transport, [UserAgentPolicy(sdk_moniker="acimedic"), *guards])

    def _pipeline(self, *guards: SansIOHTTPPolicy[Any, Any]) -> "AsyncPipeline[Any, Any]":
        return AsyncPipeline(
            self._way.transport,
            [
                RequestIdPolicy(),
                HeadersPolicy(),
                UserAgentPolicy(sdk_moniker="acimedic"),
                ContentDecodePolicy(),
                OwnHost(self.settings.arm),
                *guards,
                Retry(self.settings.time_limit),
                BackoffPolicy(self._way.backoff),
                AsyncBearerTokenCredentialPolicy(self._way.credential, f"{self.settings.arm}/.default"),
                CustomHookPolicy(),
                self.tally,
            ],
        )

    async def __aenter__(self) -> "Session":
        await self._way.transport.open()
        return self

    async def __aexit__(self, *_details: object) -> None:
        try:
            under_way = tuple(self._under_way)
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
        finally:
            if self._own:
                await self._way.close()


def backoff_of(settings: Settings, pause: Pause) -> Backoff:
    """One to which Azure has refused nothing yet."""
    return Backoff(pause, _seconds, settings.time_limit)


def _seconds() -> float:
    """By the clock of the loop, which is the one that waits."""
    return asyncio.get_running_loop().time()


def _credential(settings: Settings, transport: Transport) -> Any:
    if settings.gateway is not None:
        return StandInCredential()
    return sign_in(settings, transport=transport)


def sign_in(settings: Settings, **options: Any) -> Any:
    """Azure's own credential for who we are; the caller closes it."""
    # Importing azure-identity costs a tenth of a second, which a run against a stand-in need not pay.
    from azure.identity.aio import DefaultAzureCredential

    return DefaultAzureCredential(
        authority=settings.authority,
        managed_identity_client_id=settings.client_id,
        exclude_interactive_browser_credential=True,
        **options,
    )


def first_words(error: BaseException, limit: int = 200) -> str:
    """The first line of an exception's text, fit for one line of a report."""
    text = re.sub(r"\s+", " ", str(error).strip().split("\n", 1)[0])
    return text[:limit] or type(error).__name__
