"""Where a report may link to: pages of Microsoft alone, whatever a kept report says."""

import re

_HOSTS = ("learn.microsoft.com", "portal.azure.com")
_LINK = re.compile(rf"https://(?:{'|'.join(map(re.escape, _HOSTS))})/[A-Za-z0-9/._~#?=&%-]*", re.ASCII)


def may_link(url: str) -> bool:
    """Whether the address is of a page of Microsoft, and holds nothing that could end a link in HTML or Markdown."""
    return _LINK.fullmatch(url) is not None
