"""A request as plain values, which every kind of server can give, and what may be asked of it (pure)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from acimedic.web.answers import RefusedError

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request.

    origin: scheme, host and port at which it came in, as an `Origin` header has it (`https://host`).
    path: as it was sent, percent-encoded.
    parameters: of the path, by name. query: the first value of each name. headers: by name, in any case.
    body: all of it, or as much as was read of one that is too long.
    """

    method: str
    origin: str
    path: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str:
        """The header of this name; empty where it was not sent."""
        return next((value for key, value in self.headers.items() if key.lower() == name), "")

    @property
    def media_type(self) -> str:
        """Of the body, in lower case and without its parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def wants_json(self) -> bool:
        """Whether JSON is named among what is taken, and a page is not."""
        taken = [each.partition(";")[0].strip().lower() for each in self.header("accept").split(",")]
        return any(each in {"application/json", "application/problem+json"} for each in taken) and (
            "text/html" not in taken
        )


def ensure_not_foreign(asked: Asked, *, own: str | None = None) -> None:
    """Raise RefusedError for a request that another site's page has a browser send.

    own: another address of ours. Under `Referrer-Policy: no-referrer` a browser sends the origin `null` with our own
    forms too; then `Sec-Fetch-Site`, which no page can set, has to say that it is ours. What no browser sends passes.
    Sources: https://fetch.spec.whatwg.org/#append-a-request-origin-header https://www.w3.org/TR/fetch-metadata/
    """
    site, origin = asked.header("sec-fetch-site").lower(), asked.header("origin").lower()
    ours = {asked.origin.lower(), _origin(own)} if own else {asked.origin.lower()}
    opaque = origin == "null" and site == "same-origin"
    if site not in {"", "same-origin", "none"} or (origin and origin not in ours and not opaque):
        raise RefusedError(HTTPStatus.FORBIDDEN, "the request comes from a page of another site")


def fields(asked: Asked, *, most: int) -> Mapping[str, str]:
    """The texts of a form, or of a JSON object, by name. Raises RefusedError. most: bytes of the body."""
    if asked.media_type not in {_FORM, "application/json"}:
        raise RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send a form, or JSON with Content-Type: application/json"
        )
    if len(asked.body) > most:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is too long: at most {most} bytes are taken")
    try:
        found = _form(asked.body) if asked.media_type == _FORM else _object(asked.body)
    except (ValueError, RecursionError) as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is no form and no JSON object of texts") from error
    return found


def _form(body: bytes) -> Mapping[str, str]:
    pairs = parse_qsl(
        body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_MOST_FIELDS
    )
    return _once(pairs)


def _object(body: bytes) -> Mapping[str, str]:
    value: object = json.loads(body, object_pairs_hook=_once)
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        raise ValueError("no object of texts")
    return value


def _once(pairs: list[tuple[str, str]]) -> Mapping[str, str]:
    """What is said twice might be read in one way here and in another elsewhere."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()
