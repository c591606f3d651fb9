"""One registry's HTTP: a request, and as much of the answer as is wanted.

`azure-containerregistry` is not used. It first asks without a token, so that an image takes five requests where four
do; it reads bodies of any size; it raises where a stated digest is not that of the body, which a diagnosis can do
without; it needs a scope in the challenge; and it has no answer for registries other than Azure's. So these are
requests on azure-core, over the same transport as everything else.
"""

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError
from azure.core.pipeline import AsyncPipeline, PipelineRequest
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.rest import HttpRequest

from acimedic.azure.policies import OwnHost, RefusedRequestError
from acimedic.azure.registry_api.hosts import reach_of, storage_place
from acimedic.azure.session import Session, first_words
from acimedic.manifest import LARGEST
from acimedic.redact import redact

_CONNECT_SECONDS = 3
_READ_SECONDS = 5
_TOKEN_POSTS = {"/oauth2/exchange", "/oauth2/token"}
_REDIRECTS = {301, 302, 303, 307, 308}
_CLIENT_IP = re.compile(r"\bIP '[^']*'", re.IGNORECASE)
_TOKEN = re.compile(r"eyJ[\w.=-]{8,}")


class UnansweredError(Exception):
    """There is no answer that could be understood; the message says why."""


class NotLetInError(Exception):
    """The registry keeps us out; the message quotes it."""


class NoSuchHostError(Exception):
    """The registry's own name does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a registry answered. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object, empty if it is none."""
        try:
            held = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return held if isinstance(held, dict) else {}

    @property
    def code(self) -> str | None:
        """The first error's code (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes)."""
        return self._of_error("code")

    @property
    def words(self) -> str:
        """`404 MANIFEST_UNKNOWN manifest unknown`: one line, without the caller's address and tokens."""
        told = " ".join(str(part) for part in (self.status, self.code, self._of_error("message")) if part)
        told = _TOKEN.sub("(removed)", _CLIENT_IP.sub("IP (removed)", redact(told)))
        return re.sub(r"[^\x20-\x7e]+", " ", told)[:240]

    def _of_error(self, name: str) -> str | None:
        errors = self.json.get("errors")
        first = errors[0] if isinstance(errors, list) and errors else None
        value = first.get(name) if isinstance(first, dict) else None
        return value[:1000] if isinstance(value, str) else None


class NoCredential(SansIOHTTPPolicy[Any, Any]):
    """Refuses a request that carries a credential, where none is due."""

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Refuse the request if it would tell who we are."""
        if "authorization" in {name.lower() for name in request.http_request.headers}:
            raise RefusedRequestError("request refused: a credential does not go there")


class ReadsOnly(SansIOHTTPPolicy[Any, Any]):
    """Refuses everything but reads and the two token requests of Azure's registries."""

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Refuse anything that could change something."""
        sent = request.http_request
        if sent.method != "GET" and not (sent.method == "POST" and urlsplit(sent.url).path in _TOKEN_POSTS):
            raise RefusedRequestError(f"request refused: a registry is not sent {sent.method}")


class Line:
    """The connection to one registry. A token given to it can reach that registry's host and no other."""

    def __init__(self, session: Session, host: str) -> None:
        self.host = host
        self._session = session
        self._shown: set[bytes] = set()
        self._own = session.without_token(ReadsOnly(), OwnHost(f"https://{host}"))
        self._elsewhere = session.without_token(ReadsOnly(), NoCredential())

    async def get(self, path: str, *, token: str | None = None, accept: str = "application/json") -> Answer:
        """Read something at this registry."""
        headers = {"Accept": accept}
        if token:
            self._shown.add(token.encode())
            headers["Authorization"] = f"Bearer {token}"
        return await self._send(self._own, HttpRequest("GET", f"https://{self.host}{path}", headers=headers))

    async def post(self, path: str, form: Mapping[str, str]) -> Answer:
        """Ask this registry for a token."""
        self._shown |= {form[name].encode() for name in ("access_token", "refresh_token") if name in form}
        return await self._send(self._own, HttpRequest("POST", f"https://{self.host}{path}", data=dict(form)))

    async def get_unsigned(self, host: str, path: str) -> Answer:
        """Read something at another host, as nobody."""
        return await self._send(self._elsewhere, HttpRequest("GET", f"https://{host}{path}"))

    async def get_blob(self, path: str, token: str | None) -> Answer | None:
        """Read a small blob. Registries keep them elsewhere: one redirect is followed, as nobody, to a public host."""
        answer = await self.get(path, token=token, accept="*/*")
        if answer.status not in _REDIRECTS:
            return answer
        place = storage_place(f"https://{self.host}{path}", answer.headers.get("location", ""))
        if place is None:
            return None
        _, address = place
        return await self._send(self._elsewhere, HttpRequest("GET", address))

    async def _send(self, pipeline: "AsyncPipeline[Any, Any]", request: HttpRequest) -> Answer:
        request.headers["Accept-Encoding"] = "identity"  # a small answer must not unpack into a large one
        try:
            sent = await pipeline.run(
                request,
                stream=True,
                connection_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                reach=reach_of(urlsplit(request.url).hostname or ""),
            )
            response = sent.http_response
            try:
                body = await _bounded(response)
            finally:
                await response.close()
        except RefusedRequestError as error:
            raise UnansweredError(first_words(error)) from error
        except AzureError as error:
            if pipeline is self._own and is_unknown_host(error):
                raise NoSuchHostError(self.host) from error
            raise UnansweredError(f"no answer: {first_words(error)}") from error
        answer = Answer(
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=body if response.status_code == 200 else self._without_tokens(body),
        )
        if pipeline is self._own and self._session.settings.gateway is not None and _gateway_knows_no(answer):
            raise NoSuchHostError(self.host)
        return answer

    def _without_tokens(self, body: bytes) -> bytes:
        """A refusal is quoted in reports, and might quote what it was shown."""
        for token in self._shown:
            body = body.replace(token, b"(removed)")
        return body


def is_unknown_host(error: BaseException) -> bool:
    """Whether DNS has answered that there is no such name; a resolver that does not answer proves nothing."""
    seen = 0
    cause: BaseException | None = error
    while cause is not None and seen < 10:
        if isinstance(cause, socket.gaierror):
            return cause.errno == socket.EAI_NONAME
        cause, seen = cause.__cause__ or cause.__context__, seen + 1
    return False


async def _bounded(response: Any) -> bytes:
    """The body, if it is no larger than the largest manifest; the rest of a larger one is never read."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnansweredError("the answer was not understood: it is compressed, which was not asked for")
    read = bytearray()
    async for part in response.iter_raw():
        read += part
        if len(read) > LARGEST:
            raise UnansweredError(f"the answer is larger than {LARGEST} bytes")
    return bytes(read)


def _gateway_knows_no(answer: Answer) -> bool:
    return answer.status == 502 and answer.headers.get("x-ms-error-code") == "NameNotResolved"
