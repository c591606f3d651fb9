"""Every page of a list: empty pages do not end it, and it cannot go in circles."""

from collections.abc import AsyncIterable
from typing import Protocol, TypeVar

T = TypeVar("T")
Co = TypeVar("Co", covariant=True)
_MOST_PAGES = 200


class _Paged(Protocol[Co]):
    def by_page(self, continuation_token: str | None = None) -> AsyncIterable[AsyncIterable[Co]]: ...


class EndlessListError(ValueError):
    """A list whose pages do not come to an end."""


async def every(pages: "_Paged[T]") -> list[T]:
    """All items of all pages. Raises EndlessListError past 200 pages, and azure-core's exceptions."""
    items: list[T] = []
    count = 0
    async for page in pages.by_page():
        count += 1
        if count > _MOST_PAGES:
            raise EndlessListError(f"the list goes on past {_MOST_PAGES} pages")
        items.extend([item async for item in page])
    return items
