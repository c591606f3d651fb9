"""What `az` is here, where a test has a simulator: it asks that for what `az` would ask Azure for.

The program on the path only hands its words over to the test, since a hook calls it dozens of times. Errors are
written as `az` writes them, and a deletion that Azure carries out later is waited for. What the simulator has no part
of, such as the app registration, is only written down.
Sources: send_raw_request in azure-cli-core's util.py (`az rest`), and azure-core's HttpResponseError (`az resource`).
"""

import http.client
import json
import socketserver
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import quote, urlsplit

ARM = "management.azure.com"
_SILENT = ("ad app delete",)
# No more than has to be loaded: `_socket` is what `socket` is made of.
_PROGRAM = """#!{python} -ISE
import _socket, sys
there = _socket.socket()
there.connect(("127.0.0.1", {port}))
there.sendall("\\0".join([{name!r}, *sys.argv[1:]]).encode())
there.shutdown(_socket.SHUT_WR)
said = b""
while more := there.recv(65536):
    said += more
(sys.stderr if said[:1] == b"!" else sys.stdout).write(said[1:].decode())
sys.exit(said[:1] == b"!")
"""


class AzError(Exception):
    """What `az` writes when it fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Of the simulator. later: the address at which a deletion tells how far it is; empty where it is done."""

    status: int
    reason: str
    text: str
    later: str


class Az(socketserver.ThreadingTCPServer):
    """Answers for the programs on the path, and writes down into a folder what they were asked. Close it."""

    daemon_threads = True

    def __init__(self, folder: Path, gateway: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._calls, self._gateway = folder / "calls.jsonl", urlsplit(gateway).netloc
        for name in ("az", "azd"):
            program = _PROGRAM.format(python=sys.executable, port=self.server_address[1], name=name)
            (folder / "bin" / name).write_text(program, encoding="utf-8")
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        self.shutdown()
        self._thread.join()
        self.server_close()

    def answer(self, program: str, words: Sequence[str]) -> str:
        """What the program writes. Raises AzError."""
        with self._calls.open("a", encoding="utf-8") as calls:
            calls.write(json.dumps({"program": program, "words": words, "files": [], "modes": []}) + "\n")
        if program == "azd" or " ".join(words).startswith(_SILENT):
            return ""
        answers = {"rest": self._rest, "resource": self._resource}
        if words[0] not in answers:
            raise AzError(f"no answer is known to: az {' '.join(words)}")
        return answers[words[0]](words)

    def _rest(self, words: Sequence[str]) -> str:
        got = self._ask(_value(words, "--method"), _value(words, "--url"), _parameters(words))
        if got.status >= 400:
            raise AzError(f"ERROR: {got.reason}({got.text})" if got.text else f"ERROR: {got.reason}")
        return got.text

    def _resource(self, words: Sequence[str]) -> str:
        """`az resource show` and `az resource delete`, which waits."""
        method = {"show": "GET", "delete": "DELETE"}[words[1]]
        got = self._ask(method, _value(words, "--ids"), f"api-version={_value(words, '--api-version')}")
        if got.status >= 400:
            fault = json.loads(got.text)["error"]
            code, message = fault["code"], fault["message"]
            raise AzError(f"ERROR: ({code}) {message}\nCode: {code}\nMessage: {message}")
        if got.later and json.loads(self._ask("GET", got.later).text)["status"] != "Succeeded":
            raise AzError("ERROR: the operation has not succeeded")
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


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        program, *words = self.rfile.read().decode().split("\0")
        try:
            said = "+" + cast(Az, self.server).answer(program, words)
        except AzError as error:
            said = f"!{error}"
        self.wfile.write(said.encode())


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
