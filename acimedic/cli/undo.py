"""`acimedic undo`: take back what was changed for an incident, as far as it is still as we left it."""

import argparse
import secrets
import shutil
import sys
from collections.abc import Sequence

from acimedic.cli.asking import agreed
from acimedic.cli.workplace import run as run_with
from acimedic.lifecycle.keeping import found, kept_plan
from acimedic.lifecycle.messages import Mark, TakeBack, TakenBack, Turn
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
    backs: list[TakenBack | None] = []
    for plan_hash in plans:
        backs.append(await _one(tools, incident, plan_hash))
        await _mark(tools, incident, plan_hash, backs, last=len(backs) == len(plans))
    return 0 if _all_gone(backs) else 1


async def _one(tools: Tools, incident: str, plan_hash: str) -> TakenBack | None:
    """Take one plan back; None while its turn is somebody else's."""
    nonce = secrets.token_hex(8)
    turn = Turn(incident=incident, plan=plan_hash, back=True, nonce=nonce)
    taken = await take_turn(tools, turn)
    if not taken.granted:
        _say(f"waiting: {taken.said}; try again in {taken.wait} seconds")
        return None
    try:
        back = await undo(tools, TakeBack(incident=incident, plan=plan_hash, nonce=nonce))
    finally:
        await end_turn(tools, turn)
    _say(f"{back.state}: {back.said}")
    return back


async def _mark(tools: Tools, incident: str, plan_hash: str, backs: Sequence[TakenBack | None], *, last: bool) -> None:
    """Write what has come of the plans so far. What stays keeps the incident open, and what was to happen with it due:
    without its receipts, which retention deletes, nobody could take it back any more.
    """
    told = [back for back in backs if back is not None and back.state != "nothing"]
    if not told:
        return
    record = await found(tools, incident)
    closed = last and _all_gone(backs)
    await mark(
        tools,
        Mark(
            incident=incident,
            state="kept" if any(back.state == "kept" for back in told) else "undone",
            said=" ".join(back.said for back in told),
            at=tools.now().isoformat(),
            plan=plan_hash,
            due=None if closed or record.due_at is None else record.due_at.isoformat(),
            closed=closed,
        ),
    )


def _all_gone(backs: Sequence[TakenBack | None]) -> bool:
    """Whether nothing stays of what was made, as far as was looked."""
    return all(back is not None and back.state != "kept" for back in backs)


def _say(text: str) -> None:
    sys.stdout.write("\n".join(wrapped(text, width=shutil.get_terminal_size().columns, indent="  ", first="")) + "\n")
