"""`acimedic incidents`: the incidents that are kept, one of them whole, and the trail of what happened to it."""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator

from acimedic.cli.workplace import run as run_with
from acimedic.lifecycle.keeping import found, kept_report
from acimedic.lifecycle.tools import Tools
from acimedic.model.record import AuditEntry, IncidentRecord
from acimedic.report.as_json import as_object
from acimedic.report.plain import plain, wrapped
from acimedic.store.chain import Verified, verify
from acimedic.store.port import IncidentFilter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.set_defaults(what="list", state=None, limit=50, format="text")
    words = parser.add_subparsers(dest="what", metavar="list | show ID", required=False)
    listing = words.add_parser("list", help="the latest incidents")
    listing.add_argument("--state", action="append", help="only those in this state; may be repeated")
    listing.add_argument("--limit", type=_count, default=50, metavar="N", help="at most so many (50)")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    showing = words.add_parser("show", help="one incident")
    showing.add_argument("incident", metavar="ID")
    showing.add_argument("--audit", action="store_true", help="its trail, verified")
    showing.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; 1 where a trail is broken. Raises CannotRunError."""
    return run_with(lambda tools: _show(tools, arguments) if arguments.what == "show" else _list(tools, arguments))


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
        document = {"incidents": [_as_object(record) for record in records], "unreadable": damaged, "more": bool(after)}
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
    sound, verdict = True, ""
    trail: tuple[AuditEntry, ...] = ()
    if arguments.audit:
        kept = await tools.store.audit(record.id)
        trail = kept.entries
        verified = verify(kept, tools.audit, record.id, gateway=tools.gateway)
        sound = isinstance(verified, Verified)
        verdict = (
            f"{len(trail)} entries, each sealed over the one before; the last seal is {verified.head.seal or '-'}"
            if isinstance(verified, Verified)
            else f"BROKEN at entry {verified.number}: {verified.reason}"
        )
    if arguments.format == "json":
        report = await kept_report(tools, record.id)
        document = _as_object(record) | {"report": None if report is None else as_object(report)}
        if arguments.audit:
            document |= {"audit": {"sound": sound, "said": verdict, "entries": [_entry(each) for each in trail]}}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return 0 if sound else 1
    width = shutil.get_terminal_size().columns
    sys.stdout.write("\n".join([*_facts(record, width), *_trail(trail, width)]) + "\n")
    if arguments.audit:
        sys.stdout.write("\n" + "\n".join(wrapped(verdict, width=width)) + "\n")
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
        for label, value in json.loads(note.body).items():
            for text in _told(value):
                yield from wrapped(f"{label}: {text}", width=width, indent=" " * 7, first=" " * 5)


def _told(value: object) -> list[str]:
    """A value of a note, one text a line; what is not there is not shown."""
    if value is None:
        return []
    if isinstance(value, list):
        return [text for each in value for text in _told(each)]
    if isinstance(value, dict) and value.keys() == {"fact", "value", "source"}:
        return [f"{value['fact']}: {value['value']} ({value['source']})"]
    return [value if isinstance(value, str) else json.dumps(value)]


def _as_object(record: IncidentRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "container_group": str(record.incident.group),
        "correlation_id": record.incident.correlation_id,
        "received_at": record.received_at.isoformat(),
        "state": record.state,
        "closed": record.closed,
        "changed_at": record.changed_at.isoformat(),
        "due_at": record.due_at.isoformat() if record.due_at else None,
        "outcome": record.outcome,
        "root_cause": record.cause,
        "plan": record.plan_hash,
        "said": record.said,
    }


def _entry(entry: AuditEntry) -> dict[str, object]:
    note = entry.note
    return {
        "number": entry.number,
        "at": note.at.isoformat(),
        "kind": note.kind,
        "approver": note.approver,
        "gateway": note.gateway,
        "said": json.loads(note.body),
        "seal": entry.seal,
    }


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000:
        raise argparse.ArgumentTypeError("from 1 to 10000")
    return number
