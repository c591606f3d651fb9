"""`acimedic diagnose`: from an event, or a resource id, to the report."""

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

import checks
from acimedic.cli.files import called, read_file
from acimedic.cli.forms import FORMS, in_form
from acimedic.cli.trouble import CannotRunError
from acimedic.connection import NoAzureError, ensure_answered
from acimedic.diagnosis import diagnose as diagnose_again
from acimedic.errors import parse as parse_error
from acimedic.evidence import Supplied
from acimedic.incident import MOST_BYTES, BadEventError, from_words, read_event
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.incident import DeploymentFailure, Ignored, Incident, Signal
from acimedic.policy import Consent
from acimedic.policy_file import read_consent
from acimedic.report.build import build_report
from acimedic.report.plain import plain
from acimedic.report.text import as_lines
from acimedic.settings import Settings, SettingsError, read_settings
from acimedic.template import MAX_SIZE, TemplateError
from acimedic.template import parse as parse_template


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--event", metavar="FILE", help="an Event Grid event or CloudEvent; - for standard input")
    asked.add_argument("--resource-id", metavar="ID", help="the id of the container group that failed")
    asked.add_argument("--bundle", metavar="FILE", help="the bundle of an incident, diagnosed again without Azure")
    parser.add_argument("--correlation-id", metavar="ID", help="of the deployment, with --resource-id")
    parser.add_argument("--error", metavar="FILE", help="the error text, where Azure no longer has it")
    parser.add_argument("--template", metavar="FILE", help="the ARM template or container group that was deployed")
    parser.add_argument("--parameters", metavar="FILE", help="the template's parameters")
    parser.add_argument("--format", choices=FORMS, default="text")


def run(arguments: argparse.Namespace) -> int:
    """Run the command. Raises CannotRunError; answers the exit code."""
    if arguments.bundle is not None:
        return _told(*_of_bundle(arguments), arguments.format)
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        raise CannotRunError(str(error)) from error
    signal = _signal(arguments, settings)
    supplied = _supplied(arguments)
    try:
        diagnosis = asyncio.run(_diagnose(signal, settings, supplied, _consent(settings)))
    except NoAzureError as error:
        raise CannotRunError(str(error)) from error
    _remember(diagnosis, settings)
    return _told(diagnosis, settings.gateway is not None, arguments.format)


def _told(diagnosis: Diagnosis, gateway: bool, form: str) -> int:
    report = build_report(diagnosis, gateway=gateway)
    width = shutil.get_terminal_size().columns
    sys.stdout.write(in_form(report, form, text=lambda: as_lines(report, width=width)))
    return 1 if diagnosis.outcome == "cause-found" else 0


def _of_bundle(arguments: argparse.Namespace) -> tuple[Diagnosis, bool]:
    """What the checks say of the readings in a bundle, and whether they are of a make-believe Azure.

    Nothing is proposed and nothing kept: whoever gave the file may have written it.
    """
    from acimedic.bundle import MOST_BYTES as MOST_BUNDLE_BYTES
    from acimedic.bundle import BundleError, read_bundle

    more = ("correlation_id", "error", "template", "parameters")
    if any(getattr(arguments, name) is not None for name in more):
        raise CannotRunError("a bundle brings everything along: --bundle goes with --format alone")
    try:
        bundle = read_bundle(read_file(arguments.bundle, MOST_BUNDLE_BYTES))
    except BundleError as error:
        raise CannotRunError(f"{called(arguments.bundle)} is no bundle: {error}") from error
    return diagnose_again(bundle.evidence, checks.ALL), bundle.gateway


def _remember(diagnosis: Diagnosis, settings: Settings) -> None:
    """Keep the incident for `plan` and `apply`. Where it cannot be kept, the report is as good as ever."""
    from acimedic.cli.remembering import remember

    why = asyncio.run(remember(diagnosis, os.environ))
    if why is not None and (settings.store is not None or diagnosis.plan is not None):
        sys.stderr.write(f"acimedic: the incident could not be kept: {plain(why)}\n")


def _consent(settings: Settings) -> Consent:
    """What the policy consents to. One that is not valid consents to nothing, and that is said at once."""
    consent = read_consent(settings)
    if consent.faults:
        told = "; ".join(consent.faults)
        sys.stderr.write(f"acimedic: the policy is not valid, so nothing may be changed: {plain(told)}\n")
    return consent


def _signal(arguments: argparse.Namespace, settings: Settings) -> Incident | DeploymentFailure:
    try:
        signal: Signal = (
            read_event(read_file(arguments.event, MOST_BYTES), hash_key=settings.hash_key)
            if arguments.event
            else from_words(arguments.resource_id, arguments.correlation_id)
        )
    except BadEventError as error:
        raise CannotRunError(str(error)) from error
    if isinstance(signal, Ignored):
        raise CannotRunError(f"nothing to diagnose: {signal.reason}")
    return signal


def _supplied(arguments: argparse.Namespace) -> Supplied:
    error = None
    if arguments.error:
        error = parse_error(read_file(arguments.error, MAX_SIZE))
        if not error.links:
            raise CannotRunError(f"{called(arguments.error)} holds no error text")
    if arguments.parameters and not arguments.template:
        raise CannotRunError("--parameters goes with --template")
    return Supplied(
        error=error,
        template=_json_file(arguments.template) if arguments.template else None,
        parameters=_json_file(arguments.parameters) if arguments.parameters else {},
    )


def _json_file(name: str) -> Mapping[str, object]:
    try:
        value = parse_template(read_file(name, MAX_SIZE))
    except TemplateError as error:
        raise CannotRunError(f"{called(name)} is not a template: {error}") from error
    if not isinstance(value, Mapping):
        raise CannotRunError(f"{called(name)} is not a JSON object")
    return value


async def _diagnose(
    signal: Incident | DeploymentFailure, settings: Settings, supplied: Supplied, consent: Consent
) -> Diagnosis:
    from acimedic.azure.reader import AzureReader
    from acimedic.azure.session import Session
    from acimedic.pipeline import investigate_signal

    async with Session(settings) as session:
        diagnosis = await investigate_signal(
            signal,
            AzureReader(session),
            cloud=settings.cloud,
            now=datetime.now(UTC),
            supplied=supplied,
            consent=consent,
        )
        ensure_answered(session, diagnosis.gaps)
        return diagnosis
