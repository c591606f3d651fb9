"""What every request to Azure Resource Manager passes on its way out.

`OwnHost` keeps the token from any host but Resource Manager's: a next link or a poll that leads
elsewhere is refused. `ReadOnly` makes the reader unable to write, whatever calls it.
"""

import json
import re
from typing import Any, NoReturn
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import SansIOHTTPPolicy

_READING_POSTS = re.compile(
    r"/exportTemplate$|^/providers/Microsoft\.ResourceGraph/resources$|/checkNameAvailability$", re.IGNORECASE
)


_KNOWN_BY_STATUS = {401, 404, 409}
_UNCLEAR = {408}


class RefusedRequestError(AzureError):
    """A request that we will not send."""


class UnclearTryError(AzureError):
    """A change was refused in the end, and may have been made before."""


class OwnHost(SansIOHTTPPolicy[Any, Any]):
    """Refuses requests to any host but the one this pipeline's token is for."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._host = _host(address)

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Refuse the request if it would carry the token elsewhere."""
        url = request.http_request.url
        if urlsplit(url).scheme != "https" or _host(url) != self._host:
            _refuse(f"the answer led to another host than {self._host}")


class ReadOnly(SansIOHTTPPolicy[Any, Any]):
    """Refuses everything that could change something."""

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Refuse anything but GET, HEAD and the POSTs that only read."""
        method = request.http_request.method
        path = urlsplit(request.http_request.url).path
        if method in {"GET", "HEAD"} or (method == "POST" and _READING_POSTS.search(path)):
            return
        _refuse(f"a reader does not send {method}")


class PlainRefusals(SansIOHTTPPolicy[Any, Any]):
    """Raises for a refusal whose body is not JSON, over which some SDKs stumble, so that its status is lost."""

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:  # noqa: ARG002 - azure-core's signature
        """Raise HttpResponseError for such an answer, but for those that every SDK knows by their status alone."""
        answer = response.http_response
        if answer.status_code < 400 or answer.status_code in _KNOWN_BY_STATUS:
            return
        try:
            json.loads(answer.text())
        except (ValueError, LookupError):
            raise HttpResponseError(response=answer) from None


class NoFalseRefusals(SansIOHTTPPolicy[Any, Any]):
    """Does not let a refusal pass for one where an earlier try of the same change may have been taken.

    It stands before the policy that tries again, and sees the last answer alone; the tries before are in its history.
    """

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:
        """Raise UnclearTryError where a try came to no answer, or to a fault of Azure's own, before a refusal."""
        status = response.http_response.status_code
        if request.http_request.method not in {"PUT", "PATCH"} or not 400 <= status < 500:
            return
        answers = [earlier.http_response for earlier in response.context.get("history") or ()]
        if any(answer is None or answer.status_code in _UNCLEAR or answer.status_code >= 500 for answer in answers):
            raise UnclearTryError(f"{status}, after a try that may have been taken")


class Tally(SansIOHTTPPolicy[Any, Any]):
    """Counts answers by status, so that 'nobody answered' can be told from 'refused'."""

    def __init__(self) -> None:
        super().__init__()
        self.statuses: dict[int, int] = {}

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:  # noqa: ARG002 - azure-core's signature
        """Count one answer."""
        status = response.http_response.status_code
        self.statuses[status] = self.statuses.get(status, 0) + 1


def _host(url: str) -> str:
    # Azure's own links name the port where the caller's Host header did.
    return urlsplit(url).netloc.lower().removesuffix(":443")


def _refuse(why: str) -> NoReturn:
    raise RefusedRequestError(f"request refused: {why}")
