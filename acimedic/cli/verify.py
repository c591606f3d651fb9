"""`acimedic verify`: whether what was changed for an incident is in effect, and whether it helped. Changes nothing."""

import argparse
import sys
from datetime import timedelta

from acimedic.cli.workplace import run as run_with
from acimedic.lifecycle.diagnosing import felt_after
from acimedic.lifecycle.keeping import found, kept_plan
from acimedic.lifecycle.messages import Mark, Prove
from acimedic.lifecycle.proving import verify
from acimedic.lifecycle.receipts import begun, changed_plans
from acimedic.lifecycle.recording import record as mark
from acimedic.lifecycle.tools import Tools
from acimedic.report.plain import plain

_GOOD = {"in-effect", "proved"}
_WATCHED = {"applied", "not-yet", "in-effect"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("incident", metavar="INCIDENT", help="the incident's id")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 0 where it is in effect or proved, else 1. Raises CannotRunError."""
    return run_with(lambda tools: _verify(tools, arguments.incident))


async def _verify(tools: Tools, incident: str) -> int:
    record = await found(tools, incident)
    plans = await changed_plans(tools, incident)
    if not plans:
        _say("Nothing was changed for this incident, so there is nothing to verify.")
        return 1
    waited = await _felt(tools, incident, plans[0])
    proof = await verify(tools, Prove(incident=incident, plan=plans[0], waited=waited))
    _say(f"{proof.state}: {proof.said}")
    if record.state in _WATCHED and not record.closed:
        at = tools.now().isoformat()
        due = None if record.due_at is None else record.due_at.isoformat()  # what is to be taken back stays due
        await mark(tools, Mark(incident=incident, state=proof.state, said=proof.said, at=at, plan=plans[0], due=due))
    return 0 if proof.state in _GOOD else 1


async def _felt(tools: Tools, incident: str, plan_hash: str) -> bool:
    """Whether the documented time has passed since the last change of a plan."""
    plan = await kept_plan(tools, incident, plan_hash)
    steps = begun(await tools.store.steps(incident), plan_hash)
    made = [step.receipt.at for step, _, _ in steps if step.receipt is not None]
    if plan is None or not made:
        return False
    return tools.now() >= max(made) + timedelta(seconds=felt_after(plan))


def _say(text: str) -> None:
    sys.stdout.write(plain(text) + "\n")  # not wrapped: it may hold a command, which stays whole
