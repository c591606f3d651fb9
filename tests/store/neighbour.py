"""Another process on the same file: records incidents, uses approvals, appends to a chain, and says what it did."""

import asyncio
import itertools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from acimedic.store.embedded import SqliteShelf
from acimedic.store.kept import KeptStore
from acimedic.store.trouble import AlreadyThereError
from tests.store.values import KEYS, decision, note, record


async def main(path: Path, name: str, ids: list[str]) -> None:
    new = used = 0
    async with KeptStore(SqliteShelf(path), KEYS) as store:
        for n, incident_id in enumerate(ids):
            new += (await store.put_incident_if_absent(record(incident_id))).new
            try:
                await store.use_approval_once(decision(incident_id, claim=name))
                used += 1
            except AlreadyThereError:
                pass
            await store.append_audit(note(ids[0], f"{name}-{n}"))
    sys.stdout.write(f"{new} {used}\n")


async def forever(path: Path, name: str, incident_id: str) -> None:
    async with KeptStore(SqliteShelf(path), KEYS) as store:
        await store.put_incident_if_absent(record(incident_id))
        for n in itertools.count():
            entry = await store.append_audit(note(incident_id, f"{name}-{n}"))
            sys.stdout.write(f"{entry.seal}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    where, who, *which = sys.argv[1:]
    if which[-1] == "forever":
        asyncio.run(forever(Path(where), who, which[0]))
    else:
        asyncio.run(main(Path(where), who, which))
