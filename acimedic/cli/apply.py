"""`acimedic apply`: carry out the plan of an incident, after asking, and only what the policy allows.

The person at the terminal decides on the plan that is shown; the story then does what it does everywhere: checks it
all again, changes it in turn, reads it back, and looks whether it helped.
"""

import argparse
import shutil
import sys

from acimedic.cli.asking import agreed
from acimedic.cli.person import who_is_here
from acimedic.cli.trouble import CannotRunError
from acimedic.cli.workplace import run as run_with
from acimedic.cli.workplace import stories_of
from acimedic.lifecycle.deciding import AWAITING, CannotDecideError, by_hand, decide
from acimedic.lifecycle.history import BusyError
from acimedic.lifecycle.keeping import found
from acimedic.lifecycle.local import Local
from acimedic.lifecycle.looking import look
from acimedic.lifecycle.messages import Begin, to_json
from acimedic.lifecycle.tools import Tools
from acimedic.model.plan import Plan
from acimedic.model.record import IncidentRecord
from acimedic.report.changes import plan_text
from acimedic.report.plain import wrapped

_MADE = {"applied", "in-effect", "proved", "not-yet"}
_UNDER_WAY = {"waiting-for-turn", "applying"}
_ENDED = frozenset({"Completed", "Failed"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("incident", metavar="INCIDENT", help="the incident's id")
    parser.add_argument("--yes", action="store_true", help="do not ask; the policy is asked all the same")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 0 where the change was made, 1 where it was not. Raises CannotRunError."""
    return run_with(lambda tools: _apply(tools, arguments.incident, yes=arguments.yes))


async def _apply(tools: Tools, incident: str, *, yes: bool) -> int:
    record = await found(tools, incident)
    if record.state in _UNDER_WAY and not record.closed:
        return await _go_on(tools, incident)
    if record.state in _MADE and not record.closed:
        _say(f"It was carried out already. {record.state}: {record.said}")
        return 0
    async with tools.azure() as session:
        diagnosis = await look(tools, record, session)
    plan = diagnosis.plan
    if plan is None:
        _say(f"{diagnosis.headline} No change is proposed, and nothing was changed.")
        return 1
    sys.stdout.write(plan_text(plan, width=shutil.get_terminal_size().columns))
    if not plan.allowed and not plan.passing:
        _say("Nothing was changed.")
        return 1
    if not agreed("Carry this out?", yes=yes):
        _say("Nothing was changed.")
        return 1
    await _through_the_story(tools, record, plan)
    return await _told(tools, incident)


async def _go_on(tools: Tools, incident: str) -> int:
    """Go on with a change that was begun and not ended."""
    with Local(tools, stories_of(tools)) as local:
        if not await _advance(local):
            _say("Another process on this machine carries it out.")
    return await _told(tools, incident)


async def _told(tools: Tools, incident: str) -> int:
    """Say where it stands; 0 where the change was made."""
    record = await found(tools, incident)
    _say(f"{record.state}: {record.said}")
    if record.state in _MADE:
        _say(f"'acimedic verify {incident}' looks whether it helped; 'acimedic undo {incident}' takes it back.")
    elif record.state in _UNDER_WAY:
        _say(
            "Nobody knows yet whether it was made, or its turn has not come. In half a minute 'acimedic apply "
            f"{incident}' goes on with it, looking first; 'acimedic undo {incident}' takes it back."
        )
    return 0 if record.state in _MADE else 1


async def _through_the_story(tools: Tools, record: IncidentRecord, plan: Plan) -> None:
    """Have the story offer the plan, decide on it, and go on as far as it goes now."""
    with Local(tools, stories_of(tools)) as local:
        # A person is asked here in every mode: the decision is bound to the plan that was shown.
        begin = to_json(Begin(incident=record.id, mode="review"))
        stale = record.state == AWAITING and record.plan_hash != plan.hash
        if record.closed or stale:  # what was taken back, or offers what is out of date, makes way
            await local.forget(record.id)
        local.engine.start(record.id, begin, now=tools.now(), over=_ENDED)
        await _advance(local)
        record = await found(tools, record.id)
        if record.state != AWAITING:
            return
        if record.plan_hash != plan.hash:
            raise CannotRunError("the plan has changed since it was shown; nothing was changed, ask again")
        try:
            approver = await who_is_here(tools)
            kept = await decide(tools, await by_hand(tools, record, "approve"), approver=approver)
        except CannotDecideError as error:
            raise CannotRunError(f"nothing was changed: {error}") from error
        await local.wake(record.id, kept.nonce)
        if not await _advance(local):
            _say("Decided; the process that runs this machine's incidents carries it out.")


async def _advance(local: Local) -> bool:
    """Go on with what is due, unless another process on this machine does."""
    try:
        await local.advance()
    except BusyError:
        return False
    return True


def _say(text: str) -> None:
    sys.stdout.write("\n".join(wrapped(text, width=shutil.get_terminal_size().columns)) + "\n")
