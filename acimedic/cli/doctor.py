"""`acimedic doctor`: what the signed-in identity may and may not do, and whether everything else is in order."""

import argparse
import asyncio
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

from acimedic.cli.trouble import CannotRunError
from acimedic.cli.workplace import refusals, settings_with_store
from acimedic.doctor.configured import unreadable
from acimedic.doctor.finding import Finding, worst
from acimedic.doctor.needs import Place, place
from acimedic.redact import redact
from acimedic.report.plain import wrapped
from acimedic.settings import Settings, SettingsError, read_settings

_UNREACHED = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument(
        "--scope",
        action="append",
        metavar="ID",
        help="a subscription, a resource group or a registry; may be repeated (default: what settings and policy name)",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--send-test", action="store_true", help="really tell everybody who would be told, once")
    parser.add_argument("--strict", action="store_true", help="exit 1 also for what is not known")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 0 nothing is wrong, 1 something is, 2 Azure was not reached. Raises CannotRunError."""
    places = None if arguments.scope is None else tuple(_place(each) for each in arguments.scope)
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        return _told(unreadable(error.faults), arguments, gateway=False)
    with refusals():
        settings, missing = _with_store(settings, os.environ)
        findings, reached = asyncio.run(_examined(settings, places, missing, send_test=arguments.send_test))
    code = _told(findings, arguments, gateway=settings.gateway is not None)
    return code if reached else _UNREACHED


async def _examined(
    settings: Settings, places: tuple[Place, ...] | None, missing: tuple[str, ...], *, send_test: bool
) -> tuple[tuple[Finding, ...], bool]:
    from acimedic.doctor.examination import Wish, examine
    from acimedic.lifecycle.opening import utc_now

    wish = Wish(places=places, missing=missing, send_test=send_test)
    examined = await examine(settings, wish, now=utc_now)
    return examined.findings, examined.reached


def _with_store(settings: Settings, environment: Mapping[str, str]) -> tuple[Settings, tuple[str, ...]]:
    """On a laptop a store that no setting names is a file of this user; the app in Azure has none."""
    from acimedic.lifecycle.opening import NO_STORE

    if settings.store is None and environment.get("WEBSITE_SITE_NAME"):
        return settings, (NO_STORE,)
    return replace(settings, store=settings_with_store(environment).store), ()


def _place(text: str) -> Place:
    try:
        return place(text)
    except ValueError as error:
        raise CannotRunError(f"--scope: {error}") from error


def _told(findings: tuple[Finding, ...], arguments: argparse.Namespace, *, gateway: bool) -> int:
    counts = {word: sum(finding.word == word for finding in findings) for word in ("ok", "wrong", "unknown")}
    if arguments.format == "json":
        document = {"version": 1, "gateway": gateway, **counts, "findings": [_as_json(each) for each in findings]}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        width = shutil.get_terminal_size().columns
        lines = [line for finding in findings for line in _lines(finding, width)]
        lines += ["", f"{counts['ok']} ok, {counts['wrong']} wrong, {counts['unknown']} unknown"]
        sys.stdout.write("\n".join(lines) + "\n")
    found = worst(findings)
    return 1 if found == "wrong" or (arguments.strict and found == "unknown") else 0


def _as_json(finding: Finding) -> dict[str, str | None]:
    return {
        "about": finding.about,
        "verdict": finding.word,
        "said": redact(finding.said),
        "repair": finding.repair,
    }


def _lines(finding: Finding, width: int) -> Iterator[str]:
    head = f"{finding.word:<8} {finding.about:<13}"
    yield from wrapped(redact(finding.said), width=width, indent=" " * len(head), first=head)
    if finding.repair is not None:
        yield from wrapped(finding.repair, width=width, indent=" " * (len(head) + 2), first=" " * len(head) + "> ")
