"""What `az` is here, where a test has a simulator: it asks that for what `az` would ask Azure for.

Errors are written as `az` writes them, and a deletion that Azure carries out later is waited for. What the simulator
has no part of, such as the app registration, is only written down.
Sources: send_raw_request in azure-cli-core's util.py (`az rest`), and azure-core's HttpResponseError (`az resource`).
"""

import http.client
import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from tests.infra.programs import FailedError

ARM = "management.azure.com"
_SILENT = ("ad app delete",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Of the simulator. later: the address at which a deletion tells how far it is; empty where it is done."""

    status: int
    reason: str
    text: str
    later: str


class Az:
    """Answers what `az` is asked with what the simulator says."""

    def __init__(self, gateway: str) -> None:
        self._gateway = urlsplit(gateway).netloc

    def answer(self, _program: str, words: Sequence[str]) -> str:
        """What the program writes. Raises FailedError."""
        if " ".join(words).startswith(_SILENT):
            return ""
        answers = {"rest": self._rest, "resource": self._resource}
        if words[0] not in answers:
            raise FailedError(f"no answer is known to: az {' '.join(words)}")
        return answers[words[0]](words)

    def _rest(self, words: Sequence[str]) -> str:
        got = self._ask(_value(words, "--method"), _value(words, "--url"), _parameters(words))
        if got.status >= 400:
            raise FailedError(f"ERROR: {got.reason}({got.text})" if got.text else f"ERROR: {got.reason}")
        return got.text

    def _resource(self, words: Sequence[str]) -> str:
        """`az resource show` and `az resource delete`, which waits."""
        method = {"show": "GET", "delete": "DELETE"}[words[1]]
        got = self._ask(method, _value(words, "--ids"), f"api-version={_value(words, '--api-version')}")
        if got.status >= 400:
            fault = json.loads(got.text)["error"]
            code, message = fault["code"], fault["message"]
            raise FailedError(f"ERROR: ({code}) {message}\nCode: {code}\nMessage: {message}")
        if got.later and json.loads(self._ask("GET", got.later).text)["status"] != "Succeeded":
            raise FailedError("ERROR: the operation has not succeeded")
        return got.text if method == "GET" else ""

    def _ask(self, method: str, address: str, query: str = "") -> Answer:
        """Ask the simulator in Azure's name."""
        parts = urlsplit(address if address.startswith("https://") else f"https://{ARM}{address}")
        query = parts.query or query
        connection = http.client.HTTPConnection(self._gateway)
        sent = {"Host": parts.netloc, "Authorization": "Bearer make-believe"}
        connection.request(method.upper(), f"{parts.path}?{query}" if query else parts.path, headers=sent)
        got = connection.getresponse()
        later = got.getheader("Azure-AsyncOperation") or ""
        answer = Answer(status=got.status, reason=got.reason, text=got.read().decode(), later=later)
        connection.close()
        return answer


def _value(words: Sequence[str], name: str) -> str:
    """What follows an option."""
    return words[words.index(name) + 1]


def _parameters(words: Sequence[str]) -> str:
    """The query of `az rest`: all words behind --url-parameters up to the next option."""
    if "--url-parameters" not in words:
        return ""
    given = words[words.index("--url-parameters") + 1 :]
    pairs = given[: next((place for place, word in enumerate(given) if word.startswith("--")), len(given))]
    return "&".join(f"{quote(name)}={quote(value)}" for name, _, value in (pair.partition("=") for pair in pairs))
