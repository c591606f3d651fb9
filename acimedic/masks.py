"""Names that a person has hidden before pasting a text: `<registry>`, `XXXX`, `***`, `...`."""

import re

__all__ = ["is_masked"]

_MASK = re.compile(
    r"<[^<>\n]{0,120}>"  # <acr>.azurecr.io/<image>
    r"|\*{2,}|\.{3,}|…|[█•●]{2,}|#{3,}|_{4,}"
    r"|(?<![A-Za-z0-9])[xX]{3,}(?![A-Za-z0-9])|[xX]{4,}"
    r"|\b(?:redacted|obfuscated|masked|censored|anonymi[sz]ed|removed for privacy)\b"
    r"|\[(?:your|my|the|name|image|registry|acr|group|id|removed|hidden|snip)[^\[\]\n(]{0,60}\]",
    re.IGNORECASE,
)


def is_masked(text: str) -> bool:
    """Whether the text hides a name, wholly or in part, so that nothing may be concluded from what it says."""
    return _MASK.search(text) is not None
