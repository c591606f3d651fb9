"""`acimedic diagnose`: from an event, or a resource id, to the report."""

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from acimedic.cli.files import called, read_file
from acimedic.cli.trouble import CannotRunError
from acimedic.connection import NoAzureError, ensure_answered
from acimedic.errors import parse as parse_error
from acimedic.evidence import Supplied
from acimedic.incident import MOST_BYTES, BadEventError, from_words, read_event
from acimedic.model.diagnosis import Diagnosis
from acimedic.model.incident import DeploymentFailure, Ignored, Incident, Signal
from acimedic.policy import Consent
from acimedic.policy_file import read_consent
from acimedic.report.as_json import to_json
from acimedic.report.plain import plain
from acimedic.report.text import to_text
from acimedic.settings import Settings, SettingsError, read_settings
from acimedic.template import TemplateError
from acimedic.template import parse as parse_template

_MOST_TEMPLATE_BYTES = 50 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--event", metavar="FILE", help="an Event Grid event or CloudEvent; - for standard input")
    asked.add_argument("--resource-id", metavar="ID", help="the id of the container group that failed")
    parser.add_argument("--correlation-id", metavar="ID", help="of the deployment, with --resource-id")
    parser.add_argument("--error", metavar="FILE", help="the error text, where Azure no longer has it")
    parser.add_argument("--template", metavar="FILE", help="the ARM template or container group that was deployed")
    parser.add_argument("--parameters", metavar="FILE", help="the template's parameters")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Run the command. Raises CannotRunError; answers the exit code."""
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
    gateway = settings.gateway is not None
    if arguments.format == "json":
        sys.stdout.write(to_json(diagnosis, gateway=gateway))
    else:
        sys.stdout.write(to_text(diagnosis, width=shutil.get_terminal_size().columns, gateway=gateway))
    return 1 if diagnosis.outcome == "cause-found" else 0


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
        error = parse_error(read_file(arguments.error, _MOST_TEMPLATE_BYTES))
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
        value = parse_template(read_file(name, _MOST_TEMPLATE_BYTES))
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
