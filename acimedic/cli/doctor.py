"""`acimedic doctor`: what the signed-in identity may and may not do, and whether everything else is in order."""

import argparse
import asyncio
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from acimedic.cli.azd import read_azd
from acimedic.cli.own_store import settings_with_store
from acimedic.cli.trouble import CannotRunError
from acimedic.cli.workplace import refusals
from acimedic.doctor.configured import unreadable
from acimedic.doctor.finding import Finding, worst
from acimedic.doctor.installed import Installed, installed
from acimedic.doctor.needs import Place, place
from acimedic.model.reading import Gap
from acimedic.model.resource_id import ResourceId
from acimedic.redact import redact
from acimedic.report.plain import plain, wrapped
from acimedic.settings import Settings, SettingsError, read_settings

_UNREACHED = 2
_SHELL = "the settings of this shell"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument(
        "--app",
        metavar="APP",
        help="examine the settings of a deployed app: its resource id, or the name of its azd environment "
        "(default: the settings of this shell)",
    )
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
    if arguments.app is not None and (arguments.scope is not None or arguments.send_test):
        raise CannotRunError("--app goes with neither --scope nor --send-test: both need the identity of the app")
    if arguments.app is not None:
        return _run_from_afar(arguments)
    places = None if arguments.scope is None else tuple(_place(each) for each in arguments.scope)
    here = installed(os.environ)
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        return _told(Told(examined=_SHELL, findings=unreadable(error.faults, here), gateway=False), arguments)
    with refusals():
        settings, missing = _with_store(settings, os.environ)
        subject = Subject(settings=settings, missing=missing, here=here, places=places)
        findings, reached = asyncio.run(_examined(subject, send_test=arguments.send_test))
    code = _told(Told(examined=_SHELL, findings=findings, gateway=settings.gateway is not None), arguments)
    return code if reached else _UNREACHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is examined. from_afar: the settings are those of an app elsewhere."""

    settings: Settings
    missing: tuple[str, ...]
    here: Installed
    places: tuple[Place, ...] | None = None
    from_afar: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is shown. examined: whose settings these findings are about."""

    examined: str
    findings: tuple[Finding, ...]
    gateway: bool


def _run_from_afar(arguments: argparse.Namespace) -> int:
    """The settings of an app elsewhere, with the sign-in and the way to Azure of this shell."""
    from acimedic.lifecycle.opening import NO_STORE

    site, known = _app(arguments.app)
    with refusals():
        shell = read_settings(os.environ)
        values, unread = asyncio.run(_listed(shell, site))
        here = installed({**known, **values, "ACIMEDIC_APP_ID": str(site)})
        examined = f"the settings of the app {site.name}, with the policy and the routes beside this program"
        if unread:
            examined += f"; set and not read, for they refer to a Key Vault: {', '.join(unread)}"
        gateway = shell.gateway is not None
        try:
            settings = read_settings(values)
        except SettingsError as error:
            return _told(Told(examined=examined, findings=unreadable(error.faults, here), gateway=gateway), arguments)
        missing = () if settings.store else (NO_STORE,)
        settings = replace(settings, gateway=shell.gateway, client_id=shell.client_id)
        subject = Subject(settings=settings, missing=missing, here=here, from_afar=True)
        findings, reached = asyncio.run(_examined(subject, send_test=False))
    code = _told(Told(examined=examined, findings=findings, gateway=gateway), arguments)
    return code if reached else _UNREACHED


def _app(text: str) -> tuple[ResourceId, dict[str, str]]:
    """The app that is meant, and what azd keeps of it. Raises CannotRunError."""
    from acimedic.doctor.deployed import app

    known = {} if "/" in text else read_azd(text, Path.cwd())
    try:
        return app(known.get("ACIMEDIC_APP_ID", "") if known else text), known
    except ValueError as error:
        raise CannotRunError(f"--app: {error}") from error


async def _listed(shell: Settings, site: ResourceId) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The settings of the app, and the names of those that were not read. Raises CannotRunError."""
    from acimedic.azure.session import Session
    from acimedic.doctor.deployed import read_environment

    async with Session(shell) as session:
        found = await read_environment(session, site)
    if isinstance(found, Gap):
        raise CannotRunError(f"--app: the settings of {site.name} were not read: {found.reason} ({found.permission})")
    return found.values, found.unread


async def _examined(subject: Subject, *, send_test: bool) -> tuple[tuple[Finding, ...], bool]:
    from acimedic.doctor.examination import Wish, examine
    from acimedic.lifecycle.opening import utc_now

    wish = Wish(
        places=subject.places,
        missing=subject.missing,
        send_test=send_test,
        here=subject.here,
        from_afar=subject.from_afar,
    )
    examined = await examine(subject.settings, wish, now=utc_now)
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


def _told(told: Told, arguments: argparse.Namespace) -> int:
    counts = {word: sum(finding.word == word for finding in told.findings) for word in ("ok", "wrong", "unknown")}
    if arguments.format == "json":
        head = {"version": 1, "gateway": told.gateway, "examined": plain(told.examined)}
        document = {**head, **counts, "findings": [_as_json(each) for each in told.findings]}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        width = shutil.get_terminal_size().columns
        lines = [*wrapped(f"examined: {told.examined}", width=width), ""]
        lines += [line for finding in told.findings for line in _lines(finding, width)]
        lines += ["", f"{counts['ok']} ok, {counts['wrong']} wrong, {counts['unknown']} unknown"]
        sys.stdout.write("\n".join(lines) + "\n")
    found = worst(told.findings)
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
