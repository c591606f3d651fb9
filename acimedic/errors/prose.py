"""Errors in running text: what command lines, SDKs, Terraform, PowerShell and pipelines print."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from acimedic.errors.cleaning import unescape, unwrap
from acimedic.errors.events import split_events
from acimedic.errors.found import Around, Found
from acimedic.errors.markers import CODE, MESSAGE_LABEL, markers
from acimedic.model.error_codes import is_known, is_wrapper
from acimedic.model.error_sentences import family_of_sentence, kind_of_sentence

__all__ = ["correlation_in", "read_prose"]

_MESSAGE = 4_000
_MARKERS = 300
_PARTS = 400
_LINKS = 20

_WORD = re.compile(r"\b[A-Z][A-Za-z]{5,80}\b")
_DELIMITER = re.compile(r"(\\{0,8}[\"'])")
_END = re.compile(
    r"\n[ \t]{0,20}\n|\n[ \t]{0,40}(?:\"?(?:Inner ?)?Code\"?[ ]?[:=]|Message[ ]?:|Target[ ]?:|Status[ ]?:"
    r"|Error ?Code[ ]?:|Content[ ]?:|Headers[ ]?:|Exception Details|Additional ?Info|Correlation|Tracking|At [A-Z]:"
    r"|\+ |CategoryInfo|with (?:azurerm|azapi|module)|on \S{1,80} line|-[ ]|Check out the troubleshooting)",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^.*?(?:Status Message:|Exception:|with error\(s\)\.[^.]{0,60}error\(s\)\.)\s{0,20}", re.DOTALL)
_SENTENCE = re.compile(
    r"\b(?:The (?:container )?image ['\"]|The (?:server|identity|registry credential type|requested resource|updates"
    r"|OS version|DNS name label|'osType'|resource requests|subscription)\b|An error response is received"
    r"|More image registry|Identity in 'image|Resource type '|Subnet missing|Failed to pull image)"
)
_SENTENCE_END = re.compile(r"is not accessible\.(?: Please check the image and registry credential\.?)?")
_CORRELATION = re.compile(
    r"correlation[ _-]{0,2}(?:request[ _-]{0,2})?id['\"]{0,2}\s{0,4}(?:is|[:=])\s{0,4}['\"\[(]{0,2}\s{0,2}"
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})\b",
    re.IGNORECASE,
)
_HTTP = re.compile(
    r"(?:unexpected status|StatusCode=|Status code|Status:|status=|HTTP response status code|RESPONSE)[ ]?([1-5]\d\d)\b"
)

_Link = tuple[str | None, str]


def read_prose(text: str, around: Around, found: Found) -> None:
    """Collect the links of running text."""
    links = list(_marked(text))
    if not any(_tells(code, message) for code, message in links):
        links += _unmarked(text, {code.lower() for code, _ in links if code})
    status = _HTTP.search(text)
    depth = around.depth
    for code, message in _merged(links):
        http_status = around.http_status or (int(status[1]) if status else None)
        found.add(code, message, replace(around, depth=depth, http_status=http_status), prose=True)
        depth += is_wrapper(code)


def correlation_in(text: str) -> str | None:
    """The first correlation id that a text names."""
    found = _CORRELATION.search(text)
    return found[1] if found else None


def _tells(code: str | None, message: str) -> bool:
    return not is_wrapper(code) or bool(family_of_sentence(message) or kind_of_sentence(message))


def _marked(text: str) -> Iterator[_Link]:
    places = sorted(markers(text), key=lambda marker: (marker.start, -marker.end))[:_MARKERS]
    done = 0
    for marker, following in zip_longest(places, places[1:]):
        if marker.before:
            yield marker.code, _message_before(text[max(done, marker.start - _MESSAGE) : marker.start])
        else:
            stop = following.start if following else len(text)
            yield marker.code, _message_after(text, marker.end, max(stop, marker.end))
        done = max(done, marker.end)


def _message_after(text: str, start: int, following: int) -> str:
    label = MESSAGE_LABEL.match(text, start)
    begin = label.end() if label else start
    quote = _DELIMITER.match(text, begin)
    if label and quote:
        close = text.find(quote[1], quote.end(), quote.end() + _MESSAGE)
        if close > 0:
            return _tidy(text[quote.end() : close])
    end = _END.search(text, begin, begin + _MESSAGE)
    stop = min(end.start() if end else begin + _MESSAGE, max(following, begin))
    return _tidy(text[begin:stop])


def _message_before(text: str) -> str:
    paragraphs = re.split(r"\n[ \t]{0,20}\n|\n[ \t]{0,20}- ", text)
    last = next((each for each in reversed(paragraphs) if each.strip(" \t\n-(),;")), "")
    return _tidy(_LEAD.sub("", last, count=1))


def _tidy(message: str) -> str:
    """The message on one line, from the beginning of a sentence of the service to its end where one is in it."""
    message = unwrap(unescape(message) if "\\" in message else message).strip(' :,;"|-')
    if begin := _SENTENCE.search(message):
        message = message[begin.start() :]
    if end := _SENTENCE_END.search(message):
        message = message[: end.end()]
    return message


def _unmarked(text: str, known: set[str]) -> list[_Link]:
    """Without a telling marker: known codes anywhere, else the words that tell something, else all of them."""
    plain = unwrap(unescape(text))[:_MESSAGE]
    codes = [word for word in dict.fromkeys(_WORD.findall(text)) if is_known(word) and not is_wrapper(word)]
    if codes:
        return [(code, plain) for code in codes if code.lower() not in known]
    parts = list(_parts(text))
    for message in parts:
        if events := split_events(message):
            return [(None, event) for event in events]
    for tells in (family_of_sentence, kind_of_sentence):
        telling = dict.fromkeys(_tidy(message) for message in parts if tells(message))
        if telling:
            unmarked: list[_Link] = [(None, message) for message in telling]
            return _merged(unmarked[:_LINKS])
    if known or not plain:
        return []
    return [(plain, "")] if re.fullmatch(CODE, plain) and is_known(plain) else [(None, plain)]


def _parts(text: str) -> Iterator[str]:
    """Paragraphs on one line each and their single lines, then everything."""
    for paragraph in re.split(r"\n[ \t]{0,20}\n", text)[:_PARTS]:
        yield unwrap(unescape(paragraph))[:_MESSAGE]
        for line in paragraph.split("\n")[:_PARTS]:
            yield unwrap(unescape(line))[:_MESSAGE]
    yield unwrap(unescape(text))


def _merged(links: list[_Link]) -> list[_Link]:
    """The same error told twice, as `(Code) message` and again as `Code: … Message: …`, is one."""
    kept: list[_Link] = []
    for code, message in links:
        for place, (known, words) in enumerate(kept):
            if (known or "").lower() == (code or "").lower() and (message in words or words in message):
                kept[place] = (known, min(filter(None, (words, message)), key=len, default=""))
                break
        else:
            kept.append((code, message))
    return kept
