"""`acimedic preflight`: the checks on a template before it is deployed."""

import argparse
import json
import os
import re
import shutil
import sys
from datetime import UTC, datetime

from acimedic.cli.forms import FORMS, in_form
from acimedic.cli.preflight_files import read_template
from acimedic.cli.trouble import CannotRunError
from acimedic.model.report import Report
from acimedic.preflight.markdown import to_markdown
from acimedic.preflight.offline import examine
from acimedic.preflight.report import report_of
from acimedic.preflight.request import Examination, Request
from acimedic.preflight.source import Source
from acimedic.preflight.text import to_text
from acimedic.report.plain import plain
from acimedic.settings import Settings, SettingsError, read_settings
from acimedic.template import Scope

_FORMS = tuple(form for form in FORMS if form != "html")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NAME = re.compile(r"[-\w.()]{1,90}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("template", metavar="TEMPLATE", help="an ARM template, a Bicep file, or one container group")
    parser.add_argument("--parameters", metavar="FILE", help="the template's parameters")
    parser.add_argument("--live", action="store_true", help="ask Azure for the registries, identities and roles")
    parser.add_argument("--strict", action="store_true", help="exit 1 for likely findings as well")
    parser.add_argument("--fix-definition", action="store_true", help="print the container groups, corrected, as JSON")
    parser.add_argument("--subscription", metavar="ID", help="where it will be deployed; else AZURE_SUBSCRIPTION_ID")
    parser.add_argument("--resource-group", metavar="NAME", help="where it will be deployed; else AZURE_RESOURCE_GROUP")
    parser.add_argument("--location", metavar="NAME", help="of the resource group, or of the deployment")
    parser.add_argument("--format", choices=_FORMS, default="text")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 1 for confirmed findings (with --strict for likely ones too), else 0. Raises CannotRunError."""
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        raise CannotRunError(str(error)) from error
    source, parameters = read_template(arguments.template, arguments.parameters)
    scope = _scope(arguments, settings)
    request = Request(name=source.name, template=source.value, parameters=parameters, scope=scope)
    examination = _examined(request, settings, live=arguments.live)
    report = report_of(examination, source, gateway=arguments.live and settings.gateway is not None)
    if arguments.fix_definition:
        _print_corrected(examination, source)
    else:
        sys.stdout.write(_shown(report, arguments))
    counted = [each for each in report.fails if arguments.strict or each.confidence == "confirmed"]
    return 1 if counted else 0


def _scope(arguments: argparse.Namespace, settings: Settings) -> Scope:
    subscription = arguments.subscription or os.environ.get("AZURE_SUBSCRIPTION_ID") or None
    group = arguments.resource_group or os.environ.get("AZURE_RESOURCE_GROUP") or None
    if subscription is not None and not _GUID.fullmatch(subscription):
        raise CannotRunError(
            f"--subscription (or AZURE_SUBSCRIPTION_ID) takes a subscription's id, not '{plain(subscription)}'"
        )
    if group is not None and not _NAME.fullmatch(group):
        raise CannotRunError(f"--resource-group (or AZURE_RESOURCE_GROUP) takes a group's name, not '{plain(group)}'")
    if subscription is None and len(settings.subscriptions) == 1:
        subscription = settings.subscriptions[0]
    return Scope(
        subscription_id=subscription,
        resource_group=group,
        location=arguments.location,
        now=datetime.now(UTC),
        cloud=settings.cloud,
    )


def _examined(request: Request, settings: Settings, *, live: bool) -> Examination:
    now = request.scope.now or datetime.now(UTC)
    if not live:
        return examine(request, now=now)
    from acimedic.cli.preflight_live import examined_live  # offline nothing of the network is loaded

    return examined_live(request, settings, now)


def _shown(report: Report, arguments: argparse.Namespace) -> str:
    form: str = arguments.format
    if form == "markdown":
        return to_markdown(report, live=arguments.live)
    width = shutil.get_terminal_size().columns
    return in_form(report, form, text=lambda: to_text(report, live=arguments.live, width=width))


def _print_corrected(examination: Examination, source: Source) -> None:
    from acimedic.preflight.correcting import corrected

    made = [corrected(each, source.written(each.asked.path)) for each in examination.groups]
    # the groups of a loop are one resource of the template
    changed = list(
        {json.dumps(each.resource): each.resource for each in made if each.resource and each.changes}.values()
    )
    if changed:
        sys.stdout.write(json.dumps(changed[0] if len(changed) == 1 else changed, indent=2) + "\n")
    for each in made:
        for said in each.changes:
            sys.stderr.write(f"acimedic: {plain(each.group)}: corrected: {plain(said)}\n")
        for said in each.by_hand:
            sys.stderr.write(f"acimedic: {plain(each.group)}: by hand: {plain(said)}\n")
    if not any(each.changes or each.by_hand for each in made):
        sys.stderr.write("acimedic: nothing to correct\n")
