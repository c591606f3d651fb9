"""`az` and `azd` on a hook's path: programs that hand their words over to the test, and write what it says to them.

A hook calls them dozens of times, so they load no more than they have to: `_socket` is what `socket` is made of.
"""

import socketserver
import stat
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

Answering = Callable[[str, Sequence[str]], str]
"""What a program, by its name, writes when it is given these words. Raises FailedError."""
_PROGRAM = """#!{python} -ISE
import _socket, sys
there = _socket.socket()
with open({port!r}) as port:
    there.connect(("127.0.0.1", int(port.read())))
there.sendall("\\0".join([{name!r}, *sys.argv[1:]]).encode())
there.shutdown(_socket.SHUT_WR)
said = b""
while more := there.recv(65536):
    said += more
(sys.stderr if said[0] else sys.stdout).write(said[1:].decode())
sys.exit(said[0])
"""


class FailedError(Exception):
    """A program fails: what it writes, and the code with which it ends."""

    def __init__(self, said: str, code: int = 1) -> None:
        super().__init__(said)
        self.code = code


def put_programs(folder: Path) -> None:
    """Put `az` and `azd` into `bin` of a folder."""
    (folder / "bin").mkdir()
    for name in ("az", "azd"):
        program = folder / "bin" / name
        text = _PROGRAM.format(python=sys.executable, port=str(_port(folder)), name=name)
        program.write_text(text, encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)


@contextmanager
def serving(folder: Path, answer: Answering) -> Iterator[None]:
    """Answer for the programs of a folder; one word at a time."""
    with _Server(answer) as server:
        _port(folder).write_text(str(server.server_address[1]), encoding="utf-8")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, answer: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._answer, self._alone = answer, threading.Lock()

    def said(self, program: str, words: Sequence[str]) -> bytes:
        """The code with which the program ends, and what it writes."""
        with self._alone:
            try:
                return b"\0" + self._answer(program, words).encode()
            except FailedError as error:
                return bytes([error.code]) + str(error).encode()


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        program, *words = self.rfile.read().decode().split("\0")
        self.wfile.write(cast(_Server, self.server).said(program, words))


def _port(folder: Path) -> Path:
    """Where the programs read to whom they speak."""
    return folder / "port"
