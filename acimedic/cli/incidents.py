"""`acimedic incidents`: the incidents that are kept, one of them whole, and the trail of what happened to it."""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator

from acimedic.cli.asking import agreed
from acimedic.cli.workplace import run as run_with
from acimedic.cli.workplace import stories_of, told_in_azure
from acimedic.lifecycle.keeping import found, kept_report
from acimedic.lifecycle.local import Local
from acimedic.lifecycle.receipts import changed_plans
from acimedic.lifecycle.telling import noted, record_values, trail_of, trail_values, verdict
from acimedic.lifecycle.tools import Tools
from acimedic.model.record import AuditEntry, IncidentRecord
from acimedic.report.as_json import as_object
from acimedic.report.plain import plain, wrapped
from acimedic.store.chain import Broken
from acimedic.store.port import IncidentFilter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.set_defaults(what="list", state=None, limit=50, format="text")
    words = parser.add_subparsers(dest="what", metavar="list | show ID | forget ID", required=False)
    listing = words.add_parser("list", help="the latest incidents")
    listing.add_argument("--state", action="append", help="only those in this state; may be repeated")
    listing.add_argument("--limit", type=_count, default=50, metavar="N", help="at most so many (50)")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    showing = words.add_parser("show", help="one incident")
    showing.add_argument("incident", metavar="ID")
    showing.add_argument("--audit", action="store_true", help="its trail, verified")
    showing.add_argument("--format", choices=("text", "json"), default="text")

    forgetting = words.add_parser("forget", help="delete one incident with all that belongs to it")
    forgetting.add_argument("incident", metavar="ID")
    forgetting.add_argument("--yes", action="store_true", help="do not ask")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; 1 where a trail is broken, or nothing was deleted. Raises CannotRunError."""
    work = {"show": _show, "forget": forget}.get(arguments.what, _list)
    return run_with(lambda tools: work(tools, arguments))


async def forget(tools: Tools, arguments: argparse.Namespace) -> int:
    """Delete it before its time, open or closed; what it changed in Azure stays, and is not undone any more."""
    record = await found(tools, arguments.incident)
    made = await changed_plans(tools, record.id)
    stays = " What was changed in Azure stays, and nobody takes it back." if made else ""
    if not agreed(f"Delete incident {record.id} for good?{stays}", yes=arguments.yes):
        sys.stdout.write("Nothing was deleted.\n")
        return 1
    if not told_in_azure(tools):
        with Local(tools, stories_of(tools)) as local:
            await local.forget(record.id)
    await tools.store.forget_incident(record.id)
    sys.stdout.write(f"Deleted: incident {record.id}, with its reports, decisions, receipts and trail.\n")
    if told_in_azure(tools):
        sys.stdout.write(
            "Its story in Azure stays until the retention deletes it: it finds no incident, and changes nothing more.\n"
        )
    return 0


async def _list(tools: Tools, arguments: argparse.Namespace) -> int:
    wanted = IncidentFilter(states=frozenset(arguments.state or ()))
    records: list[IncidentRecord] = []
    damaged: list[str] = []
    after: str | None = None
    while len(records) < arguments.limit:
        page = await tools.store.incidents(wanted, after=after, limit=min(50, arguments.limit - len(records)))
        records += page.records
        damaged += page.unreadable
        after = page.after
        if after is None:
            break
    if arguments.format == "json":
        document = {
            "incidents": [record_values(record) for record in records],
            "unreadable": damaged,
            "more": bool(after),
        }
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return 0
    for record in records:
        told = f"{record.received_at:%Y-%m-%d %H:%M}  {record.id}  {record.state:<18}  {record.cause or '-'}"
        sys.stdout.write(f"{plain(told)}\n    {plain(str(record.incident.group))}\n")
    sys.stdout.write("".join(f"damaged: {plain(each)}\n" for each in damaged))
    if not records:
        sys.stdout.write("No incidents are kept here.\n")
    elif after:
        sys.stdout.write("There are more: see --limit.\n")
    return 0


async def _show(tools: Tools, arguments: argparse.Namespace) -> int:
    record = await found(tools, arguments.incident)
    trail, verification = await trail_of(tools, record.id) if arguments.audit else (None, None)
    sound = not isinstance(verification, Broken)
    if arguments.format == "json":
        report = await kept_report(tools, record.id)
        document = record_values(record) | {"report": None if report is None else as_object(report)}
        if trail is not None and verification is not None:
            document |= {"audit": trail_values(trail, verification)}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return 0 if sound else 1
    width = shutil.get_terminal_size().columns
    entries = () if trail is None else trail.entries
    sys.stdout.write("\n".join([*_facts(record, width), *_trail(entries, width)]) + "\n")
    if trail is not None and verification is not None:
        sys.stdout.write("\n" + "\n".join(wrapped(verdict(trail, verification), width=width)) + "\n")
    return 0 if sound else 1


def _facts(record: IncidentRecord, width: int) -> Iterator[str]:
    facts = {
        "incident": record.id,
        "group": str(record.incident.group),
        "correlation": record.incident.correlation_id or "not known",
        "received": f"{record.received_at:%Y-%m-%d %H:%M:%S} UTC",
        "state": record.state + (", closed" if record.closed else ""),
        "since": f"{record.changed_at:%Y-%m-%d %H:%M:%S} UTC",
        "next": f"{record.due_at:%Y-%m-%d %H:%M:%S} UTC" if record.due_at else None,
        "outcome": record.outcome,
        "cause": record.cause,
        "plan": record.plan_hash,
        "said": record.said or None,
    }
    for label, text in facts.items():
        if text is not None:
            yield from wrapped(text, width=width, indent=" " * 13, first=label.ljust(13))


def _trail(entries: tuple[AuditEntry, ...], width: int) -> Iterator[str]:
    for entry in entries:
        note = entry.note
        yield ""
        who = f" by {note.approver}" if note.approver else ""
        through = " (through a gateway)" if note.gateway else ""
        yield plain(f"{entry.number:>3}  {note.at:%Y-%m-%d %H:%M:%S}  {note.kind}{who}{through}")
        for label, text in noted(entry):
            yield from wrapped(f"{label}: {text}", width=width, indent=" " * 7, first=" " * 5)


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000:
        raise argparse.ArgumentTypeError("from 1 to 10000")
    return number
