"""A service of Azure's that takes messages: one signed-in connection to it, and what its refusals mean.

A connection is opened for each message: messages are rare, and a process may tell them from one event loop after the
other. Nothing is repeated here: whoever delivers does so, later, under the same operation.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeAlias

from aiohttp import ClientConnectorError, ClientError
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, DecodeError, HttpResponseError, ServiceRequestError, ServiceResponseError
from azure.core.pipeline import AsyncPipeline, PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import (
    AsyncBearerTokenCredentialPolicy,
    CustomHookPolicy,
    RequestIdPolicy,
    SansIOHTTPPolicy,
    UserAgentPolicy,
)

from acimedic.azure.policies import OwnHost, RefusedRequestError
from acimedic.azure.session import StandInCredential, sign_in
from acimedic.azure.transport import Pause, Transport
from acimedic.notify.port import NotToldError
from acimedic.settings import Settings

Pipeline: TypeAlias = "AsyncPipeline[Any, Any]"

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_LATER = {408, 409, 429}
_NOBODY_KNOWS = {500, 502, 504}  # it may have been taken all the same
_NOT_REACHED = "NameNotResolved"  # a gateway's word for a host that does not exist


class NotItsAnswerError(AzureError):
    """Somebody else answered, such as a proxy with a page to sign in at."""


class NoPages(SansIOHTTPPolicy[Any, Any]):
    """Raises for a web page in place of the service's answer: the SDKs would take its status for a success."""

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:  # noqa: ARG002 - azure-core's signature
        """Raise NotItsAnswerError for a page that claims success."""
        answer = response.http_response
        kind = str(answer.headers.get("Content-Type") or "").lower()
        if answer.status_code < 300 and kind.startswith(("text/html", "application/xhtml")):
            raise NotItsAnswerError("a web page came in place of an answer")


@asynccontextmanager
async def connected(
    settings: Settings, address: str, scope: str, *, pause: Pause = asyncio.sleep
) -> AsyncIterator[tuple[Pipeline, AsyncTokenCredential]]:
    """A pipeline to the host of this address, which alone sees the token, and the credential that it signs in with.

    SDKs want the credential too, and do nothing with it where they are given a pipeline.
    """
    transport = Transport(settings.gateway, pause)
    credential: Any = StandInCredential() if settings.gateway is not None else sign_in(settings, transport=transport)
    await transport.open()
    try:
        yield (
            AsyncPipeline(
                transport,
                [
                    RequestIdPolicy(),
                    UserAgentPolicy(sdk_moniker="acimedic"),
                    OwnHost(address),
                    AsyncBearerTokenCredentialPolicy(credential, scope),
                    CustomHookPolicy(),
                    NoPages(),
                ],
            ),
            credential,
        )
    finally:
        await credential.close()
        await transport.close()


@contextmanager
def refusals(service: str) -> Iterator[None]:
    """Whatever goes wrong inside becomes a NotToldError that holds nothing of request and answer but status and code.

    service: what it is, in a few words.
    """
    try:
        yield
    except (ServiceResponseError, DecodeError, NotItsAnswerError, TimeoutError):
        trouble = NotToldError(f"{service} gave no answer of its own", unclear=True)
    except HttpResponseError as error:
        trouble = _refused(service, error)
    except RefusedRequestError:
        trouble = NotToldError(f"{service} has no https address of its own", final=True)
    except ServiceRequestError as error:
        # azure-core says the same of a connection that nobody took and of one that ended in the middle.
        cause = error.inner_exception
        broke = isinstance(cause, ClientError) and not isinstance(cause, (ClientConnectorError, TimeoutError))
        trouble = NotToldError(f"the connection to {service} {'broke' if broke else 'was not made'}", unclear=broke)
    except AzureError as error:
        trouble = NotToldError(f"{service} could not be asked ({type(error).__name__})")
    else:
        return
    # The SDKs' exceptions quote what was sent and answered.
    raise trouble from None


def code_in(answer: Any) -> str | None:
    """The service's own word for what went wrong; never a sentence, which may quote an address."""
    if answer is None:
        return None
    try:
        body = json.loads(answer.text())
        told = body["error"]["code"]
    except (ValueError, LookupError, TypeError, AzureError, RecursionError):
        told = answer.headers.get("x-ms-error-code")
    return told if isinstance(told, str) and _CODE.fullmatch(told) else None


def _refused(service: str, error: HttpResponseError) -> NotToldError:
    below = error.__cause__  # the Event Grid SDK keeps the answer of a 404 there
    if error.response is None and isinstance(below, HttpResponseError):
        error = below
    status, code = error.status_code, code_in(error.response)
    if status is None:
        return NotToldError(f"signing in for {service} was refused")
    words = f"{service} answered {status}" + (f" {code}" if code is not None and code != str(status) else "")
    if status < 300:
        return NotToldError(words, unclear=True)
    if status < 500 and status not in _LATER:
        return NotToldError(words, final=True)
    return NotToldError(words, unclear=status in _NOBODY_KNOWS and code != _NOT_REACHED)
