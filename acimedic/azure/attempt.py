"""One try at one reading: a fact, or a Gap that says why there is none."""

import asyncio
import json
from collections.abc import Awaitable
from typing import TypeVar

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)

from acimedic.azure.backoff import ThrottledError
from acimedic.azure.policies import RefusedRequestError
from acimedic.azure.session import first_words
from acimedic.model.reading import Gap

T = TypeVar("T")
_NOT_OURS_TO_SEE = {"subscriptionnotfound"}


def status_and_code(error: HttpResponseError) -> str:
    """`403 AuthorizationFailed`, as far as the answer says it."""
    code = error_code(error)
    if code and error.status_code is not None and error.status_code < 400:
        return code  # of a long operation that failed: the poll itself succeeded
    return f"{error.status_code} {code}" if code else str(error.status_code)


def error_code(error: HttpResponseError) -> str | None:
    """The code in the body of a refusal, whatever the casing around it."""
    if error.error is not None and error.error.code:
        return str(error.error.code)
    if error.response is None:
        return None
    try:
        body = json.loads(error.response.text())
    except (ValueError, TypeError, AttributeError):
        return None
    inner = body.get("error", body) if isinstance(body, dict) else None
    code = inner.get("code") if isinstance(inner, dict) else None
    return code if isinstance(code, str) else None


def said_absent(error: HttpResponseError) -> bool:
    """Whether it is Azure itself that says that there is no such thing.

    A page of something that stands before Azure is no word of Azure's, and a subscription that is not found is one
    that we may not see. Codes: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
    """
    code = (error_code(error) or "").lower()
    return code.endswith("notfound") and code not in _NOT_OURS_TO_SEE


async def attempt(call: Awaitable[T], want: Gap, seconds: float, limit: float) -> T | Gap:
    """Await a reading; whatever keeps it from us becomes the reason of a Gap.

    `want` carries the name of the reading, the permission and the scope; `seconds` are left of the run's `limit`.
    """
    try:
        async with asyncio.timeout(seconds):
            return await call
    except TimeoutError:
        return _gap(want, f"no answer within the time limit of {limit:g} s")
    except ClientAuthenticationError as error:
        return _gap(want, f"sign-in failed: {first_words(error)}" if error.status_code is None else _refused(error))
    except HttpResponseError as error:
        return _gap(want, _refused(error))
    except (RefusedRequestError, ThrottledError) as error:
        return _gap(want, first_words(error))
    except (ServiceRequestError, ServiceResponseError) as error:
        return _gap(want, f"Azure could not be reached: {first_words(error)}")
    except (AzureError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        # An answer of another shape than Azure's: HTML, a cut body, null where an object is due, an unknown charset.
        return _gap(want, f"the answer was not understood ({type(error).__name__})")


def _refused(error: HttpResponseError) -> str:
    # A body that could not be decoded raises HttpResponseError too, with the status of success.
    if error.status_code is None or error.status_code < 400:
        return f"the answer was not understood ({type(error).__name__})"
    return status_and_code(error)


def _gap(want: Gap, reason: str) -> Gap:
    return Gap(reading=want.reading, reason=reason, permission=want.permission, scope=want.scope)
