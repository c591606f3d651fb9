"""`acimedic` on a machine where the registries of a make-believe Azure have names: `python -m bench.named diagnose …`.

A proxy is told a registry's name only after the name was looked up and its addresses judged, as anywhere else. No
name server knows these registries, so their look-up, and that alone, is answered here: with a public address, to which
nothing connects, since the proxy does.
"""

import socket
import sys
from typing import Any

_ADDRESS = "20.0.0.1"
_SUFFIX = ".azurecr.io"


def main() -> int:
    """Run a command and answer its exit code."""
    known = socket.getaddrinfo

    def look_up(host: Any, *more: Any, **options: Any) -> Any:
        return known(_ADDRESS if str(host).endswith(_SUFFIX) else host, *more, **options)

    socket.getaddrinfo = look_up
    from acimedic.__main__ import main as acimedic

    return acimedic()


if __name__ == "__main__":
    sys.exit(main())
