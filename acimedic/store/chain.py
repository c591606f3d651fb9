"""The audit's chain: each entry is sealed by a keyed hash that covers the seal before it.

Who can write the storage but has no key cannot alter, insert, reorder or remove an entry unseen, save at the end: a
chain cut back together with its head looks like a shorter chain. Hence each head also goes to the log, and `verify`
takes the seals that the log holds.
"""

import hmac
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeAlias

from acimedic.model.record import AuditEntry, AuditHead, AuditNote, AuditTrail
from acimedic.store.documents import note_fields
from acimedic.store.trouble import StoreSettingError, UnfitError

_LEAST = 16
_FORM = "acimedic audit 1"
START = AuditHead(number=0, seal="")
"""The head of a chain without entries."""


@dataclass(frozen=True, slots=True)
class AuditKeys:
    """What entries are sealed with, and the earlier keys by which older ones are verified.

    Raises StoreSettingError for a key that is too short to be secret.
    """

    current: bytes = field(repr=False)
    earlier: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if min(map(len, (self.current, *self.earlier))) < _LEAST:
            raise StoreSettingError(f"an audit key has at least {_LEAST} bytes")

    def named(self, key_id: str) -> bytes | None:
        """The key of this id; None if it is none of ours."""
        return {_key_id(key): key for key in (self.current, *self.earlier)}.get(key_id)


@dataclass(frozen=True, slots=True)
class Verified:
    """Every entry is as it was written, and none is missing before this head."""

    head: AuditHead


@dataclass(frozen=True, slots=True)
class Broken:
    """The chain has been tampered with. number: of the first entry (or the head) that is not as it should be."""

    number: int
    reason: str


Verification: TypeAlias = Verified | Broken


def seal(keys: AuditKeys, head: AuditHead, note: AuditNote) -> AuditEntry:
    """The note as the next entry after this head. Raises UnfitError."""
    key_id = _key_id(keys.current)
    number = head.number + 1
    sealed = _seal(keys.current, key_id, number, head.seal, note)
    return AuditEntry(note=note, number=number, previous=head.seal, key_id=key_id, seal=sealed)


def head_at(entry: AuditEntry) -> AuditHead:
    """The head of a chain that ends with this entry."""
    return AuditHead(number=entry.number, seal=entry.seal)


def verify(
    trail: AuditTrail, keys: AuditKeys, incident_id: str, *, gateway: bool = False, logged: Collection[str] = ()
) -> Verification:
    """Whether this is the whole chain of this incident, each entry as it was written.

    gateway: whether we speak to a stand-in for Azure; its entries count nowhere else. logged: seals from the log.
    """
    head = START
    for number, entry in enumerate(trail.entries, start=1):
        reason = _fault(entry, number, head, keys, incident_id)
        if reason is None and entry.note.gateway and not gateway:
            reason = "it was made through a gateway, and does not count here"
        if reason is not None:
            return Broken(number, reason)
        head = head_at(entry)
    if not hmac.compare_digest(_ascii(head.seal), _ascii(trail.head.seal)) or head.number != trail.head.number:
        return Broken(head.number + 1, f"the chain should end with entry {trail.head.number}, not with {head.number}")
    missing = set(logged) - {entry.seal for entry in trail.entries}
    if missing:
        return Broken(head.number + 1, f"{len(missing)} logged head(s) are not in the chain: it was cut or rewritten")
    return Verified(head)


def _fault(entry: AuditEntry, number: int, head: AuditHead, keys: AuditKeys, incident_id: str) -> str | None:
    if entry.note.incident_id != incident_id:
        return "it belongs to another incident"
    if entry.number != number:
        return f"it says that it is number {entry.number}: something was removed, inserted or moved"
    if entry.previous != head.seal:
        return "it does not follow the entry before it"
    key = keys.named(entry.key_id)
    if key is None:
        return f"it was sealed with a key that is not known here ({_ascii(entry.key_id).decode()[:16]})"
    try:
        expected = _seal(key, entry.key_id, number, entry.previous, entry.note)
    except UnfitError:
        return "it holds what is never written"
    if not hmac.compare_digest(_ascii(expected), _ascii(entry.seal)):
        return "it is not as it was written"
    return None


def _seal(key: bytes, key_id: str, number: int, previous: str, note: AuditNote) -> str:
    said = json.dumps([_FORM, key_id, number, previous, note_fields(note)], sort_keys=True, separators=(",", ":"))
    return hmac.new(key, said.encode("ascii"), sha256).hexdigest()


def _key_id(key: bytes) -> str:
    """A name for a key that gives nothing of it away."""
    return hmac.new(key, b"acimedic audit key id", sha256).hexdigest()[:12]


def _ascii(text: str) -> bytes:
    return str(text).encode("ascii", "backslashreplace")
