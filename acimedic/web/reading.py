"""What all pages that are only read have in common: who may look, page or JSON, and how a refusal is told."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus
from types import MappingProxyType
from typing import TypeAlias

from acimedic.approver import NotAuthorisedError, Reader
from acimedic.lifecycle.keeping import NoIncidentError
from acimedic.store.trouble import StoreError, UnfitError
from acimedic.web import pages
from acimedic.web.answers import Answer, RefusedError, page, problem
from acimedic.web.asked import Asked

Looks: TypeAlias = Callable[[], Reader]
"""Who looks; raises NotAuthorisedError where nobody may."""

_METHODS = "GET, HEAD"
_JSON = ("application/json", "application/problem+json")


async def read(asked: Asked, looks: Looks, work: Callable[[Reader], Awaitable[Answer]]) -> Answer:
    """The answer of `work`, or why there is none. Nothing is looked up for whoever may not look."""
    try:
        _ensure_read(asked)
        answer = await work(looks())
    except NotAuthorisedError as error:
        closed, nobody = HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.UNAUTHORIZED
        status = closed if error.closed else nobody if error.nobody else HTTPStatus.FORBIDDEN
        answer = _refused(asked, status, str(error))
    except RefusedError as error:
        answer = _refused(asked, error.status, str(error))
    except NoIncidentError as error:
        answer = _refused(asked, HTTPStatus.NOT_FOUND, str(error))
    except UnfitError as error:
        answer = _refused(asked, HTTPStatus.BAD_REQUEST, str(error))
    except StoreError:
        reason = "what is kept cannot be read now; ask again later"
        answer = _refused(asked, HTTPStatus.SERVICE_UNAVAILABLE, reason)
    return replace(answer, headers=MappingProxyType({**answer.headers, "Vary": "Accept"}))


def wants_page(asked: Asked) -> bool:
    """Whether a page is asked for, and no less than JSON is.

    A program that says nothing gets JSON. Source: https://www.rfc-editor.org/rfc/rfc9110#name-accept
    """
    weights = dict(_weight(each) for each in asked.header("accept").split(","))
    html = max(weights.get("text/html", 0.0), weights.get("application/xhtml+xml", 0.0))
    return html > 0 and html >= max(weights.get(each, 0.0) for each in _JSON)


def _ensure_read(asked: Asked) -> None:
    if asked.method not in {"GET", "HEAD"}:
        raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "this is only read")


def _weight(taken: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in taken.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, float(parameter[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0


def _refused(asked: Asked, status: HTTPStatus, detail: str) -> Answer:
    headers: dict[str, str] = {}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"Allow": _METHODS}
    elif status == HTTPStatus.UNAUTHORIZED:
        headers = {"WWW-Authenticate": "Bearer"}
    if wants_page(asked):
        return page(pages.trouble(status, detail), style=pages.STYLE, status=status, headers=headers)
    return problem(status, detail, headers=headers)
