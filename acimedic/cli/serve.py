"""`acimedic serve`: the webhook, diagnosis on request and the pages of approval, on this machine."""

import argparse
import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from functools import partial

from acimedic.cli.trouble import CannotRunError
from acimedic.cli.workplace import refusals, settings_with_store
from acimedic.settings import Settings, SettingsError

PORT = 7071  # where Azure Functions' own tools serve as well
_LOOPBACK = "127.0.0.1"  # and nowhere else: whoever reaches it may decide


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument(
        "--port", type=_port, default=PORT, metavar="PORT", help=f"on this machine; 0 for a free one (default: {PORT})"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; 0 then. Raises CannotRunError."""
    with refusals(), suppress(KeyboardInterrupt):  # which comes where there are no handlers for signals
        settings = settings_with_store(os.environ)
        with _listening(arguments.port) as listening:
            asyncio.run(_serve(settings, listening))
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


async def _serve(settings: Settings, listening: socket.socket) -> None:
    from acimedic.lifecycle.local import Local, history_of
    from acimedic.lifecycle.opening import open_tools
    from acimedic.store.opening import file_of, is_account
    from acimedic.web import events
    from acimedic.web.routes import Site, application
    from acimedic.web.serving import Background, serve

    address = f"http://{_LOOPBACK}:{listening.getsockname()[1]}"
    store = settings.store or ""
    if is_account(store):
        raise SettingsError("ACIMEDIC_STORE has to be the path of a file: what is served here is kept on this machine")
    settings = settings if settings.url else replace(settings, url=address)
    until = asyncio.Event()
    _end_on_signals(until)
    async with open_tools(settings) as tools:
        with Local(tools, history_of(file_of(store))) as local:
            background = Background(local.advance, local.engine.next_due, tools.now)
            take_in = partial(events.on_failure, settings=settings, stories=local)
            site = Site(tools=tools, take_in=take_in, waker=local, came=background.came)
            await serve(application(site), listening, background, until=until, ready=partial(_say, address))


def _say(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


def _end_on_signals(until: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # on Windows, where Ctrl-C interrupts the loop itself
            loop.add_signal_handler(each, until.set)
