"""`acimedic plan`: what could be changed for an incident as things stand, and whether it may be. Changes nothing."""

import argparse
import json
import shutil
import sys

from acimedic.cli.workplace import run as run_with
from acimedic.drift import moved
from acimedic.lifecycle.keeping import found, kept_plan
from acimedic.lifecycle.looking import look
from acimedic.lifecycle.tools import Tools
from acimedic.report.as_json import as_object
from acimedic.report.build import build_report
from acimedic.report.changes import plan_text
from acimedic.report.plain import plain, wrapped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("incident", metavar="INCIDENT", help="the incident's id")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 1 where a change is proposed, else 0. Raises CannotRunError."""
    return run_with(lambda tools: _plan(tools, arguments))


async def _plan(tools: Tools, arguments: argparse.Namespace) -> int:
    width = shutil.get_terminal_size().columns
    record = await found(tools, arguments.incident)
    async with tools.azure() as session:
        diagnosis = await look(tools, record, session)
    plan = diagnosis.plan
    if arguments.format == "json":
        told = as_object(build_report(diagnosis, gateway=tools.gateway))["plan"]  # as the report has it
        document = {"incident": record.id, "state": record.state, "headline": diagnosis.headline, "plan": told}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return 0 if plan is None else 1
    sys.stdout.write("\n".join(wrapped(f"{diagnosis.headline}", width=width)) + "\n\n")
    if plan is None:
        sys.stdout.write("No change is proposed.\n")
        return 0
    sys.stdout.write(plan_text(plan, width=width))
    before = None if record.plan_hash is None else await kept_plan(tools, record.id, record.plan_hash)
    drift = () if before is None else moved(before, plan)
    if drift:
        sys.stdout.write("\nIt is not the plan that was kept for this incident:\n")
        sys.stdout.writelines(f"  - {plain(each)}\n" for each in drift)
    return 1
