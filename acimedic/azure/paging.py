"""Every page of a list: empty pages do not end it, and it cannot go in circles."""

from collections.abc import AsyncIterable, Callable, Mapping
from typing import Any, Protocol, TypeVar

from azure.core.pipeline import PipelineResponse

from acimedic.azure.shapes import body_of, page_of

T = TypeVar("T")
Co = TypeVar("Co", covariant=True)
_MOST_PAGES = 200


class _Paged(Protocol[Co]):
    def by_page(self, continuation_token: str | None = None) -> AsyncIterable[AsyncIterable[Co]]: ...


class EndlessListError(ValueError):
    """A list whose pages do not come to an end."""


async def every(
    listing: "Callable[..., _Paged[T]]",
    *what: object,
    raw: Callable[[list[Mapping[str, Any]]], None] | None = None,
    **options: Any,
) -> list[T]:
    """All items of all pages of an SDK's list call. raw: is given each page as the JSON that it was.

    Raises EndlessListError past 200 pages, TypeError for a page that is none, and azure-core's exceptions.
    """

    def check(response: PipelineResponse[Any, Any]) -> None:
        if response.http_response.status_code == 200:
            page = page_of(body_of(response))
            if raw is not None:
                raw(page)

    items: list[T] = []
    count = 0
    async for page in listing(*what, raw_response_hook=check, **options).by_page():
        count += 1
        if count > _MOST_PAGES:
            raise EndlessListError(f"the list goes on past {_MOST_PAGES} pages")
        items.extend([item async for item in page])
    return items
