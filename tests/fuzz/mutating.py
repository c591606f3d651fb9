"""Real inputs, changed where it hurts: JSON in its values, keys and depth, any text in its characters."""

import json
import marshal
from collections.abc import Sequence
from typing import Any

from tests.fuzz.choices import Choices
from tests.fuzz.nasty import DEPTHS, LITERALS, NESTS, TEXTS, VALUES

Slot = tuple[Any, Any]
"""A container and the key or index of one of its values."""
_MARK = "\x01literal\x01"
_MARKED = json.dumps(_MARK).encode()
_LONGEST_NEST = 5_200  # bytes; enough for a thousand levels where a level is short
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "utf-32")


def changed_json(choices: Choices, samples: Sequence[Any], words: Sequence[str]) -> bytes:
    """The text of one of the samples with up to four changes. words: keys and texts that mean something to the parser.

    Samples are decoded JSON, which is left alone.
    """
    root = [_copy(choices.pick(samples))]
    for _ in range(1 + choices.some(3)):
        _change(choices, root, words, samples)
    literal = _literal(choices)
    text = json.dumps(root[0], indent=choices.pick((None, None, 1)), ensure_ascii=not choices.once_in(3))
    data = text.encode("utf-8", "surrogatepass").replace(_MARKED, literal)
    return changed_bytes(choices, data) if choices.once_in(5) else data


def changed_text(choices: Choices, samples: Sequence[str], words: Sequence[str]) -> str:
    """One of the texts with up to four changes of its characters."""
    text = choices.pick(samples)
    for _ in range(1 + choices.some(3)):
        at = choices.below(min(len(text), 60_000) + 1)
        take = choices.pick((0, 0, 1, 2, 8, 40))
        put = choices.pick((choices.pick(TEXTS), choices.pick(words), text[:at][-20:], "", chr(choices.below(0x250))))
        text = text[:at] + put * choices.pick((1, 1, 1, 1, 1, 2, 50)) + text[at + take :]
    return text[:60_000]


def changed_bytes(choices: Choices, data: bytes) -> bytes:
    """The bytes cut, patched, or in another encoding."""
    at = choices.below(min(len(data), 60_000) + 1)
    match choices.below(5):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + bytes([choices.below(256)]) + data[at + 1 :]
        case 2:
            return data[:at] + choices.pick(LITERALS) + data[at:]
        case 3:
            return data.decode("utf-8", "replace").encode(choices.pick(_ENCODINGS), "replace")
        case _:
            return data[:at] + data[at + choices.below(64) :]


def as_text(data: bytes) -> str:
    """The text that bytes stand for, halves of surrogate pairs included."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def as_bytes(text: str) -> bytes:
    """The bytes of a text, which `as_text` gives back."""
    return text.encode("utf-8", "surrogatepass")


def _change(choices: Choices, root: list[Any], words: Sequence[str], samples: Sequence[Any]) -> None:
    container, key = choices.pick(_slots(root))
    value = container[key]
    match choices.below(10):
        case 0 | 1 | 2:
            container[key] = _copy(choices.pick(VALUES))
        case 3:
            container[key] = choices.pick(TEXTS)
        case 4:
            container[key] = choices.pick(words)
        case 5:
            container[key] = _MARK
        case 6 if isinstance(container, dict):
            del container[key]
            container[choices.pick((choices.pick(words), choices.pick(TEXTS), str(key).upper()))] = value
        case 7 if isinstance(value, str):
            at = choices.below(len(value[:250]) + 1)
            container[key] = value[:at] + choices.pick(TEXTS) + value[at + choices.pick((0, 1)) :]
        case 8:
            container[key] = choices.pick(([value], {choices.pick(words): value}, json.dumps(value), [value, value]))
        case _ if container is not root:
            if choices.once_in(4):
                container[key] = _copy(choices.pick(_slots([choices.pick(samples)]))[0])
            else:
                del container[key]
        case _:
            pass


def _copy(value: Any) -> Any:
    return marshal.loads(marshal.dumps(value))  # noqa: S302 - our own, and four times as fast as json


def _slots(root: list[Any]) -> list[Slot]:
    found: list[Slot] = []
    waiting: list[Any] = [root]
    while waiting:
        container = waiting.pop()
        items = container.items() if isinstance(container, dict) else enumerate(container)
        for key, value in items:
            found.append((container, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found


def _literal(choices: Choices) -> bytes:
    if choices.below(3):
        return choices.pick(LITERALS)
    opening, closing = choices.pick(NESTS)
    depth = min(choices.pick(DEPTHS), _LONGEST_NEST // len(opening))
    return opening * depth + b"1" + (b"" if choices.once_in(4) else closing * depth)
