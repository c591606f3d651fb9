"""Base64, URI and data-URI functions.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string#base64
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import quote, unquote, urljoin

from acimedic.template.arguments import Args, Table, WrongArgumentError, builtin, known
from acimedic.template.functions_object import read_json
from acimedic.template.printing import text_of
from acimedic.template.values import Json

_DATA_URI = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),(.*)\Z", re.DOTALL)
_BASE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~/?&=%:@+,;-]*)?\Z", re.ASCII)
_PLAIN_PATH = re.compile(r"(?!(?:.*/)?\.{1,2}(?:/|\Z))[^?#]*\Z", re.ASCII)
_DEFAULT_PORTS = {"http": ":80", "https": ":443", "ftp": ":21"}  # .NET leaves them out, the page does not say so
_RELATIVE_URI = re.compile(r"[A-Za-z0-9._~/?&=:@+,;#-]*\Z", re.ASCII)


def _encode(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")


def _decode(text: str) -> str:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeError) as error:
        raise WrongArgumentError("not base64 of a text") from error


def _data_uri(args: Args) -> Json:
    value = known(args.any(0))
    media = "text/plain" if isinstance(value, str) else "application/json"
    return f"data:{media};charset=utf8;base64,{_encode(text_of(value))}"


def _data_uri_to_string(args: Args) -> Json:
    found = _DATA_URI.match(args.text(0))
    if found is None:
        raise WrongArgumentError("not a data URI")
    text = _decode(found[3]) if found[2].lower().endswith(";base64") else unquote(found[3])
    return read_json(text) if found[1].lower() == "application/json" else text


def _uri(args: Args) -> Json:
    base, relative = args.texts()
    if not _BASE_URI.match(base) or not _RELATIVE_URI.match(relative):
        raise WrongArgumentError("a URI that .NET would rewrite")
    scheme, _, rest = base.partition("://")
    host, _, path = rest.partition("/")
    if host.endswith(_DEFAULT_PORTS.get(scheme.lower(), ":")) or "%" in base:
        raise WrongArgumentError("a URI that .NET would rewrite")
    start = f"{scheme.lower()}://{host.lower()}/"
    if "//" not in path + relative:
        return urljoin(start + path, relative)
    if not _PLAIN_PATH.match(path) or not _PLAIN_PATH.match(relative) or relative.startswith("/"):
        raise WrongArgumentError("a URI with empty segments and more than a path")
    return start + path[: path.rfind("/") + 1] + relative  # as documented; urljoin drops the empty segments


FUNCTIONS: Table = {
    "base64": builtin(lambda args: _encode(args.text(0)), 1, 1),
    "base64tojson": builtin(lambda args: read_json(_decode(args.text(0))), 1, 1),
    "base64tostring": builtin(lambda args: _decode(args.text(0)), 1, 1),
    "datauri": builtin(_data_uri, 1, 1),
    "datauritostring": builtin(_data_uri_to_string, 1, 1),
    "uri": builtin(_uri, 2, 2),
    "uricomponent": builtin(lambda args: quote(args.text(0), safe="", errors="replace"), 1, 1),
    "uricomponenttostring": builtin(lambda args: unquote(args.text(0)), 1, 1),
}
