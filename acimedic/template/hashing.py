"""uniqueString() and guid(): the names that ARM derives from other names.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string#uniquestring and
`#guid`. How they hash is not documented; the constants here reproduce every recorded deployment.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

_GUID_NAMESPACE = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_MASK = 0xFFFFFFFF
_FIRST, _SECOND = 0x239B961B, 0xAB0E9789


def unique_string(parts: Iterable[str]) -> str:
    """Thirteen characters that depend on the parts alone."""
    number = _murmur64("-".join(parts).encode("utf-8", "replace"))
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(59, -1, -5)) + _ALPHABET[(number << 1) & 31]


def guid(parts: Iterable[str]) -> str:
    """A version 5 UUID of the parts."""
    name = "-".join(parts).encode("utf-8", "replace")
    return str(uuid.uuid5(_GUID_NAMESPACE, name.decode("utf-8")))


def _murmur64(data: bytes) -> int:
    left = right = 0
    whole = len(data) - len(data) % 8
    for at in range(0, whole, 8):
        left ^= _mix(int.from_bytes(data[at : at + 4], "little"), _FIRST, 15, _SECOND)
        left = ((_rotate(left, 19) + right) * 5 + 0x561CCD1B) & _MASK
        right ^= _mix(int.from_bytes(data[at + 4 : at + 8], "little"), _SECOND, 17, _FIRST)
        right = ((_rotate(right, 13) + left) * 5 + 0x0BCAA747) & _MASK
    tail = data[whole:]
    if len(tail) > 4:
        right ^= _mix(int.from_bytes(tail[4:], "little"), _SECOND, 17, _FIRST)
    if tail:
        left ^= _mix(int.from_bytes(tail[:4], "little"), _FIRST, 15, _SECOND)
    left, right = left ^ len(data) & _MASK, right ^ len(data) & _MASK
    left = (left + right) & _MASK
    right = (right + left) & _MASK
    left, right = _final(left), _final(right)
    left = (left + right) & _MASK
    right = (right + left) & _MASK
    return right << 32 | left


def _mix(lane: int, before: int, turn: int, after: int) -> int:
    return _rotate(lane * before & _MASK, turn) * after & _MASK


def _rotate(lane: int, turn: int) -> int:
    return (lane << turn | lane >> (32 - turn)) & _MASK


def _final(lane: int) -> int:
    lane = (lane ^ lane >> 16) * 0x85EBCA6B & _MASK
    lane = (lane ^ lane >> 13) * 0xC2B2AE35 & _MASK
    return lane ^ lane >> 16
