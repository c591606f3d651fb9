"""`acimedic undo`: take back what was changed for an incident, as far as it is still as we left it."""

import argparse
import shutil
import sys

from acimedic.cli.asking import agreed
from acimedic.cli.workplace import run as run_with
from acimedic.lifecycle.keeping import found, kept_plan
from acimedic.lifecycle.messages import Mark, TakeBack, Turn
from acimedic.lifecycle.receipts import changed_plans
from acimedic.lifecycle.recording import record as mark
from acimedic.lifecycle.taking_back import undo
from acimedic.lifecycle.tools import Tools
from acimedic.lifecycle.turns import end_turn, take_turn
from acimedic.report.plain import wrapped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("incident", metavar="INCIDENT", help="the incident's id")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 0 where all is taken back, or there was nothing; 1 where something stays."""
    return run_with(lambda tools: _undo(tools, arguments.incident, yes=arguments.yes))


async def _undo(tools: Tools, incident: str, *, yes: bool) -> int:
    record = await found(tools, incident)
    plans = await changed_plans(tools, incident)
    if not plans and record.state in {"waiting-for-turn", "applying"}:
        _say(f"A change was approved and is under way ({record.state}); undo it once it is made.")
        return 1
    if not plans:
        _say("Nothing was changed for this incident, so there is nothing to take back.")
        return 0
    for plan_hash in plans:
        plan = await kept_plan(tools, incident, plan_hash)
        for step in () if plan is None else plan.steps:
            _say(f"- {step.summary}: {step.undo}")
    if not agreed("Take this back, as far as it is as we left it? The next pull may fail.", yes=yes):
        _say("Nothing was changed.")
        return 1
    states = [await _one(tools, incident, plan_hash) for plan_hash in plans]
    return 0 if {"kept", "waiting"}.isdisjoint(states) else 1


async def _one(tools: Tools, incident: str, plan_hash: str) -> str:
    turn = Turn(incident=incident, plan=plan_hash, back=True)
    taken = await take_turn(tools, turn)
    if not taken.granted:
        _say(f"waiting: {taken.said}; try again in {taken.wait} seconds")
        return "waiting"
    try:
        back = await undo(tools, TakeBack(incident=incident, plan=plan_hash))
    finally:
        await end_turn(tools, turn)
    _say(f"{back.state}: {back.said}")
    if back.state != "nothing":
        at = tools.now().isoformat()
        await mark(tools, Mark(incident=incident, state=back.state, said=back.said, at=at, plan=plan_hash, closed=True))
    return back.state


def _say(text: str) -> None:
    sys.stdout.write("\n".join(wrapped(text, width=shutil.get_terminal_size().columns, indent="  ", first="")) + "\n")
