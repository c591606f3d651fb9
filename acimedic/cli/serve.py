"""`acimedic serve`: the webhook, the API, the pages and the lifecycle, on this machine alone."""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from acimedic.cli.own_store import settings_with_store
from acimedic.cli.trouble import CannotRunError
from acimedic.cli.workplace import refusals
from acimedic.settings import Settings, SettingsError

PORT = 7071  # where Azure Functions' own tools serve as well
Clock = Callable[[], datetime]
_FASTER = 60
_LOOPBACK = "127.0.0.1"  # and nowhere else: whoever reaches it may decide


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument(
        "--port", type=_port, default=PORT, metavar="PORT", help=f"on this machine; 0 for a free one (default: {PORT})"
    )

    parser.add_argument(
        "--demo",
        nargs="?",
        const="role-missing",
        metavar="SCENE",
        help="over a make-believe Azure whose clock runs 60 times as fast; nothing is kept",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; 0 then. Raises CannotRunError."""
    with refusals(), suppress(KeyboardInterrupt):  # which comes where there are no handlers for signals
        if arguments.demo:
            return _demonstrate(arguments.demo, arguments.port)
        settings = settings_with_store(os.environ)
        with _listening(arguments.port) as listening:
            asyncio.run(_serve(settings, listening, partial(_say, _address(listening))))
    return 0


def _demonstrate(scene: str, port: int) -> int:
    """Serve over a make-believe Azure, and say how to send it its failure."""
    import json
    import tempfile
    from pathlib import Path

    from acimedic.cli.stage import SCENES, hurrying, settings_over
    from acimedic.simulator import Simulator, load_world

    if scene not in SCENES:
        raise CannotRunError(f"there is no scene '{scene}'; there are {', '.join(SCENES)}")
    with (
        _listening(port) as listening,
        tempfile.TemporaryDirectory(prefix="acimedic-demo-") as folder,
        Simulator(load_world(scene)) as azure,
    ):
        event = Path(folder) / "event.json"
        event.write_text(json.dumps(azure.world["event"]), encoding="utf-8")
        address = _address(listening)
        said = (
            f"{address}\nIn another terminal:\n"
            f"  curl -X POST {address}/api/events -H 'Content-Type: application/json' -d @{event}"
        )
        settings = settings_over(azure, Path(folder))
        asyncio.run(_serve(settings, listening, partial(_say, said), now=hurrying(azure, _FASTER)))
    return 0


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise argparse.ArgumentTypeError("it is a number from 0 to 65535")
    return int(text)


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((_LOOPBACK, port))
    except OSError as error:
        why = error.strerror or str(error)
        raise CannotRunError(f"port {port} is not to be had: {why}; name another with --port, or 0 for any") from error


def _address(listening: socket.socket) -> str:
    return f"http://{_LOOPBACK}:{listening.getsockname()[1]}"


async def _serve(
    settings: Settings, listening: socket.socket, ready: Callable[[], None], *, now: Clock | None = None
) -> None:
    from acimedic.lifecycle.digesting import digest
    from acimedic.lifecycle.local import Local, history_of
    from acimedic.lifecycle.opening import open_tools, utc_now
    from acimedic.store.opening import file_of, is_account
    from acimedic.web import events
    from acimedic.web.routes import Site, application
    from acimedic.web.serving import Background, serve

    store = settings.store or ""
    if is_account(store):
        raise SettingsError("ACIMEDIC_STORE has to be the path of a file: what is served here is kept on this machine")
    settings = settings if settings.url else replace(settings, url=_address(listening))
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # a bad request is its sender's affair
    until = asyncio.Event()
    _end_on_signals(until)
    async with open_tools(settings, now=now or utc_now) as tools:
        with Local(tools, history_of(file_of(store))) as local:

            async def tell_later() -> None:
                local.hold()  # of several processes one, or two would tell the same at the same moment
                await digest(tools)

            background = Background(local.advance, local.engine.next_due, tools.now, rest=local.engine.rest)
            # By itself: `advance` ends when nothing is under way, which in a storm may take longer than an hour.
            digests = Background(tell_later, lambda: None, tools.now, what="the digests")
            take_in = partial(events.take_in, tools=tools, stories=local)
            site = Site(tools=tools, take_in=take_in, waker=local, came=background.came, stories=local)
            await serve(application(site), listening, background, digests, until=until, ready=ready)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _end_on_signals(until: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # on Windows, where Ctrl-C interrupts the loop itself
            loop.add_signal_handler(each, until.set)
