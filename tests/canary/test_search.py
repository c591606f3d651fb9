"""The search finds a secret in whatever form it goes out: the other tests here are worth as much as this one."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.canary.birds import Cage

FORMS: dict[str, Callable[[str], str]] = {
    "as it is": lambda bird: f"x{bird}y",
    "in capitals": str.upper,
    "percent-encoded": lambda bird: "".join(f"%{ord(sign):02X}" for sign in bird),
    "in an address": lambda bird: quote(f"https://u:{bird}@h", safe=""),
    "in JSON's escapes": lambda bird: "".join(f"\\u{ord(sign):04x}" for sign in bird),
    "in Python's escapes": lambda bird: "".join(f"\\x{ord(sign):02x}" for sign in bird),
    "over lines": lambda bird: f"{bird[:7]}\n    {bird[7:18]}\r\n{bird[18:]}",
    "over lines of JSON": lambda bird: json.dumps(f"{bird[:7]}\n{bird[7:]}"),
    "its first half": lambda bird: bird[: len(bird) // 2],
    "its second half": lambda bird: bird[len(bird) // 2 :],
    "the bytes of a file": lambda bird: f"\0\1{bird}\2",
}
ENCODED = ("", "u", "us", "user:", "user2:", "user23:")
"""What may stand before a secret in base64."""


@pytest.fixture
def cage() -> Cage:
    made = Cage()
    made("way in")
    return made


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found(form: str, cage: Cage) -> None:
    assert cage.found({"way out": FORMS[form](cage("way in"))}) == ["way in -> way out"]


@pytest.mark.parametrize("before", ENCODED)
@pytest.mark.parametrize("after", ["", "=", "\n{}"])
def test_a_secret_is_found_in_base64(before: str, after: str, cage: Cage) -> None:
    raw = f"{before}{cage('way in')}{after}".encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert cage.within(f'"{encode(raw).decode()}"') == ["way in"]


def test_persons_and_addresses_are_found() -> None:
    cage = Cage()
    person, address = cage.person("person"), cage.address("address")
    assert cage.within(f"{person.upper()} {address}") == ["person", "address"]
    assert cage.within(person.replace("-", "")) == ["person"]


def test_nothing_is_found_where_nothing_is(cage: Cage) -> None:
    assert cage.within(Cage()("another") * 1000) == []


def test_what_has_to_hold_a_secret_is_named_one_by_one(cage: Cage) -> None:
    out = {"here": cage("way in"), "there": cage("way in")}
    assert cage.found(out, but=frozenset({("way in", "here")})) == ["way in -> there"]
