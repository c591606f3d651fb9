"""The name of a file, as somebody wrote it on a command line, as a URI (pure).

Source: https://www.rfc-editor.org/rfc/rfc3986
"""

import re
from urllib.parse import quote

_DRIVE = re.compile(r"[A-Za-z]:/")
_KEPT = "!$&'()*+,;=@"  # what a segment may hold as it is, but for the colon: it would make a scheme of a first segment


def file_uri(name: str) -> tuple[str, bool]:
    """The URI, and whether it is relative.

    A backslash separates folders, as on Windows. A relative name that leads out of its folder keeps its `..` in front:
    where it leads is not known here.
    """
    path = name.replace("\\", "/")
    if name.startswith("\\\\"):
        server, _, rest = path.lstrip("/").partition("/")
        return f"file://{quote(_bytes(server), safe='')}/{_joined(rest, root=True)}", False
    if path.startswith("/"):
        return f"file:///{_joined(path, root=True)}", False
    if _DRIVE.match(path):
        return f"file:///{path[:2]}/{_joined(path[3:], root=True)}", False
    return _joined(path, root=False) or ".", True


def _joined(path: str, *, root: bool) -> str:
    """The segments, percent-encoded, without those that lead nowhere. root: whether nothing lies above the first."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif segment not in ("", ".") and not (segment == ".." and root):
            kept.append(segment)
    return "/".join(quote(_bytes(segment), safe=_KEPT) for segment in kept)


def _bytes(segment: str) -> bytes:
    """In a name that is no UTF-8, half a character stands for a byte of it."""
    try:
        return segment.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return segment.encode("utf-8", "replace")
