"""From any wrapping of an Azure error to the chain of what it says."""

from acimedic.errors.cleaning import LONGEST, clean, decode, rejoin
from acimedic.errors.embedded import find_json, load
from acimedic.errors.found import Around, Found
from acimedic.errors.prose import correlation_in, read_prose
from acimedic.errors.walk import leaves, walk
from acimedic.model.error import ErrorChain
from acimedic.model.error_codes import family_of_code
from acimedic.model.error_sentences import family_of_sentence, groups_in, images_in
from acimedic.redact import redact

__all__ = ["parse"]

_LEVELS = 10
_TEXT = 200_000


def parse(payload: object) -> ErrorChain:
    """Unwrap an error: text in any wrapping (bytes too), or JSON that is already decoded.

    Never raises: what cannot be read is a chain without links. Sources of the shapes: ARM's error contract,
    https://learn.microsoft.com/azure/azure-resource-manager/management/common-deployment-errors, and what az,
    PowerShell, Terraform and the SDKs make of it.
    """
    found = Found()
    text = ""
    match payload:
        case bytes() | bytearray():
            text = decode(bytes(payload))
        case str():
            text = payload
        case _:
            _read_value(payload, found)
    if text:
        text = _read_whole(text, found)
    return _chain(found, text)


def _read_whole(text: str, found: Found) -> str:
    """Read pasted text; gives the text as it was understood."""
    value = _json(text)
    if value is not None:
        _read_value(value, found)
        if found.links:
            return ""
    text = clean(text)
    _read(text, Around(), found)
    if not any(link.group for link in found.links) and (joined := rejoin(text)) != text:
        again = Found()
        _read(joined, Around(), again)
        if any(link.group for link in again.links):
            found.links, found.correlations = again.links, again.correlations
            text = joined
    found.saw(text)
    found.first_correlation = found.first_correlation or correlation_in(text)
    return text


def _read_value(value: object, found: Found) -> None:
    """Read decoded JSON; of an unknown shape, the texts in it that tell of a failed pull."""
    walk(value, Around(), found, _read)
    if not found.links:
        for leaf in leaves(value):
            if family_of_sentence(leaf) or family_of_code(leaf):
                _read(leaf, Around(), found)


def _read(text: str, around: Around, found: Found) -> None:
    """Read a text within the payload: JSON as a whole, JSON amid words, or words."""
    if around.level > _LEVELS or not text.strip():
        return
    around = Around(
        depth=around.depth,
        target=around.target,
        http_status=around.http_status,
        correlation_id=around.correlation_id,
        level=around.level + 1,
    )
    value = _json(text)
    if value is not None:
        walk(value, around, found, _read)
        return
    text = text[:LONGEST]
    values, rest = find_json(text)
    if not values:
        read_prose(text, around, found)
        return
    inside = Found()
    for each in values:
        walk(each, around.deeper(), inside, _read)
    before = Found()
    if rest.strip():
        read_prose(rest, around, before)
    if inside.links:
        before.links = [link for link in before.links if link.code or link.family]
    _take(before, found, prose=True)
    _take(inside, found, prose=False)


def _take(part: Found, found: Found, *, prose: bool) -> None:
    for link in part.links:
        around = Around(
            depth=link.depth,
            target=link.target,
            http_status=link.http_status,
            correlation_id=part.first_correlation,
        )
        found.add(link.code, link.message, around, prose=prose)
    for group in part.group_ids:
        found.group_ids.setdefault(group)
    found.first_correlation = found.first_correlation or part.first_correlation


def _json(text: str) -> object | None:
    head = text.lstrip("\ufeff \t\r\n")[:1]
    if head not in ("{", "[", '"') or not head:
        return None
    try:
        value = load(text.strip("\ufeff \t\r\n"))
    except ValueError:
        return None
    return value if isinstance(value, (dict, list, str)) else None


def _chain(found: Found, text: str) -> ErrorChain:
    links = tuple(found.links)
    said = text or "\n".join(filter(None, (f"{link.code or ''}: {link.message}".strip(": ") for link in links)))
    images = tuple(dict.fromkeys(image for link in links for image in images_in(link.message)))
    draft = ErrorChain(
        links=links, correlation_id=None, container_group=None, image=None, images=images, text=redact(said[:_TEXT])
    )
    cause = draft.cause
    if not images:
        images = images_in(text)
    of_cause = images_in(cause.message) if cause else ()
    correlation = found.correlation_of(cause) or correlation_in(said)
    return ErrorChain(
        links=links,
        correlation_id=correlation,
        container_group=_group(draft, found, text),
        image=next(iter(of_cause or images), None),
        images=images,
        text=redact(said[:_TEXT]),
    )


def _group(chain: ErrorChain, found: Found, text: str) -> str | None:
    """The group of the cause, else the only one named; its id where the payload holds one of that name."""
    named = [chain.cause.group] if chain.cause and chain.cause.group else []
    named = named or [link.group for link in chain.links if link.group] or list(groups_in(text))
    ids = list(found.group_ids)
    if not named:
        last = {each.rpartition("/")[2].lower() for each in ids}
        return _best(ids) if len(last) == 1 else None
    name = (named[0] or "").rpartition("/")[2]
    return _best([each for each in ids if each.rpartition("/")[2].lower() == name.lower()]) or named[0]


def _best(ids: list[str]) -> str | None:
    """Of several spellings of an id the one that is not all in capitals, as exported activity logs have it."""
    return next((each for each in ids if each.upper() != each), ids[0] if ids else None)
