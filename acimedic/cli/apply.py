"""`acimedic apply`: carry out the plan of an incident, after asking, and only what the policy allows.

The person at the terminal decides on the plan that is shown; the story then does what it does everywhere: checks it
all again, changes it in turn, reads it back, looks whether it helped, and takes back what was lent. On this machine it
is told here. The story of an incident in a storage account is told by the app in Azure, and by nobody else, or nobody
would be there when its time is over: here it is decided on, and no more.
"""

import argparse
import shutil
import sys

from acimedic.cli.asking import agreed
from acimedic.cli.person import who_is_here
from acimedic.cli.trouble import CannotRunError
from acimedic.cli.workplace import run as run_with
from acimedic.cli.workplace import stories_of, told_in_azure
from acimedic.lifecycle.deciding import AWAITING, CannotDecideError, by_hand, decide
from acimedic.lifecycle.history import BusyError
from acimedic.lifecycle.keeping import found
from acimedic.lifecycle.local import Local
from acimedic.lifecycle.looking import look
from acimedic.lifecycle.messages import Begin, to_json
from acimedic.lifecycle.tools import Tools
from acimedic.model.plan import Plan
from acimedic.model.record import Decision, IncidentRecord
from acimedic.report.changes import plan_text
from acimedic.report.plain import wrapped

_MADE = {"applied", "in-effect", "proved", "not-yet"}
_UNDER_WAY = {"waiting-for-turn", "applying"}
_STANDS = {"incomplete", "did-not-help", "kept", "failed"}
"""States in which a story that has not ended waits to take back what was made."""
_NOT_HERE = (
    "nothing was changed: the incidents of a storage account are carried on by the app in Azure, and no plan of this "
    "one waits for a decision there (it is in the state {state}). A new failure of the group draws a new plan; or set "
    "ACIMEDIC_STORE to the path of a file, diagnose the failure again, and carry it out from here"
)
_ANOTHER = (
    "nothing was changed: the plan that waits for a decision in Azure is not the one that is shown here. Look at it on "
    "the incident's page; once it is rejected or has expired, a new failure of the group draws a new one"
)
_ENDED = frozenset({"Completed", "Failed"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("incident", metavar="INCIDENT", help="the incident's id")
    parser.add_argument("--yes", action="store_true", help="do not ask; the policy is asked all the same")


def run(arguments: argparse.Namespace) -> int:
    """Run the command: 0 where the change was made, 1 where it was not. Raises CannotRunError."""
    return run_with(lambda tools: apply_plan(tools, arguments.incident, yes=arguments.yes))


async def apply_plan(tools: Tools, incident: str, *, yes: bool) -> int:
    """Carry out the plan of an incident, or decide on it; 0 where the change was made. Raises CannotRunError."""
    record = await found(tools, incident)
    if record.state in _UNDER_WAY and not record.closed:
        if not told_in_azure(tools):
            return await _go_on(tools, incident)
        _say(f"{record.state}: {record.said}. The app in Azure goes on with it.")
        return 1
    if record.state in _MADE and not record.closed:
        _say(f"It was carried out already. {record.state}: {record.said}")
        return 0
    if _waits_to_take_back(tools, record):
        until = "" if record.due_at is None else f" on {record.due_at:%Y-%m-%d at %H:%M} UTC"
        _say(f"{record.state}: {record.said}")
        _say(
            f"Nothing was changed: the story of this incident waits to take back what was made, next{until}, and makes "
            f"nothing more. 'acimedic undo {incident}' takes it back now; then another plan can be carried out."
        )
        return 1
    if told_in_azure(tools) and (record.state != AWAITING or record.closed):
        raise CannotRunError(_NOT_HERE.format(state=record.state))
    plan = await _agreed_plan(tools, record, yes=yes)
    if plan is None:
        return 1
    if told_in_azure(tools):
        return await _decide_for_azure(tools, record, plan)
    await _through_the_story(tools, record, plan)
    return await _told(tools, incident)


def _waits_to_take_back(tools: Tools, record: IncidentRecord) -> bool:
    """Whether the story of an incident is past its change and has not ended: it would not hear of another plan."""
    if record.state not in _STANDS or record.closed or told_in_azure(tools):
        return False
    with Local(tools, stories_of(tools)) as local:
        status = local.engine.status(record.id)
    return status is not None and not status.ended


async def _agreed_plan(tools: Tools, record: IncidentRecord, *, yes: bool) -> Plan | None:
    """The plan as it is drawn now, shown, if it may be carried out and whoever is here agrees; else None, said why."""
    async with tools.azure() as session:
        diagnosis = await look(tools, record, session)
    plan = diagnosis.plan
    if plan is None:
        _say(f"{diagnosis.headline} No change is proposed, and nothing was changed.")
        return None
    sys.stdout.write(plan_text(plan, width=shutil.get_terminal_size().columns))
    if (plan.allowed or plan.passing) and agreed("Carry this out?", yes=yes):
        return plan
    _say("Nothing was changed.")
    return None


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
        kept = await _decided(tools, record, plan)
        await local.wake(record.id, kept.nonce)
        if not await _advance(local):
            _say("Decided; the process that runs this machine's incidents carries it out.")


async def _decide_for_azure(tools: Tools, record: IncidentRecord, plan: Plan) -> int:
    """Decide on the plan that the story in Azure offers; 1, for nothing is made yet. Raises CannotRunError."""
    if record.plan_hash != plan.hash:
        raise CannotRunError(_ANOTHER)
    await _decided(tools, record, plan)
    _say(
        "Decided. The app in Azure carries it out, and takes back what is lent. It looks for decisions every six "
        "hours; one that is taken on the incident's page is heard at once."
    )
    return 1


async def _decided(tools: Tools, record: IncidentRecord, plan: Plan) -> Decision:
    """The decision of whoever is here, on the plan that was shown and no other. Raises CannotRunError."""
    if record.plan_hash != plan.hash:
        raise CannotRunError("the plan has changed since it was shown; nothing was changed, ask again")
    try:
        approver = await who_is_here(tools)
        return await decide(tools, await by_hand(tools, record, "approve"), approver=approver)
    except CannotDecideError as error:
        raise CannotRunError(f"nothing was changed: {error}") from error


async def _advance(local: Local) -> bool:
    """Go on with what is due, unless another process on this machine does."""
    try:
        await local.advance()
    except BusyError:
        return False
    return True


def _say(text: str) -> None:
    sys.stdout.write("\n".join(wrapped(text, width=shutil.get_terminal_size().columns)) + "\n")
