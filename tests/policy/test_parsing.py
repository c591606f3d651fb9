"""The document: what is refused, with every fault at its place, and what its hash covers."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import remediation
from acimedic.policy import MOST_BYTES, REMEDIES, Policy, parse_policy
from tests import build
from tests.policy.written import DOCUMENT, GROUP, PAIR, document, faults, pair, policy

QUIET = {"time_zone": "Europe/Berlin", "windows": [{"days": ["monday"], "from": "20:00", "to": "06:00"}]}


def test_a_policy_says_what_may_be_changed() -> None:
    """Every part of it, as a value."""
    found = policy(quiet_hours=QUIET, expires_after="P90D", approval_route="platform-team")
    assert found.remedies == ("assign-pull-role", "enable-trusted-services")
    assert found.subscriptions == (build.APP, build.PLATFORM)
    assert found.changes_per_hour == 4
    assert found.expires_after == timedelta(days=90)
    assert found.approval_route == "platform-team"
    assert found.quiet_hours is not None
    assert found.quiet_hours.windows[0].start == 20 * 60
    assert found.pairs[0].exact


def test_what_is_optional_may_be_left_out() -> None:
    """No quiet hours, no expiry, nobody in particular who is asked."""
    found = policy()
    assert (found.quiet_hours, found.expires_after, found.approval_route) == (None, None, None)


def test_the_example_is_a_policy() -> None:
    """The one in the documentation, word for word."""
    text = (Path(__file__).parents[2] / "docs" / "policy.example.json").read_bytes()
    found = parse_policy(text)
    assert isinstance(found, Policy), found
    assert [pair.exact for pair in found.pairs] == [True, False]


def test_the_remedies_are_all_that_there_are() -> None:
    """The policy knows each remedy by its name, and no other."""
    names = {remedy.__name__.rpartition(".")[2].replace("_", "-") for remedy in remediation.ALL}
    assert set(REMEDIES) == names


WRONG: dict[str, tuple[Any, str]] = {
    "not an object": ([], "the document"),
    "another version": (document(version=2), "version"),
    "version as a text": (document(version="1"), "version"),
    "version true": (document(version=True), "version"),
    "no version": (document("version"), "the document"),
    "no pairs": (document("pairs"), "the document"),
    "an unknown key": (document(remedy="x"), "remedy"),
    "a key in other case": (document(Version=1), "Version"),
    "a key that cannot be seen": (document(**{"a b\u202e": 1}), "['a b?']"),
    "no remedies": (document(remedies=[]), "remedies"),
    "an unknown remedy": (document(remedies=["restart"]), "remedies[0]"),
    "every remedy": (document(remedies=["*"]), "remedies[0]"),
    "remedies as a text": (document(remedies="assign-pull-role"), "remedies"),
    "a remedy twice": (document(remedies=["assign-pull-role"] * 2), "remedies[1]"),
    "no subscriptions": (document(subscriptions=[]), "subscriptions"),
    "every subscription": (document(subscriptions=["*"]), "subscriptions[0]"),
    "a subscription by name": (document(subscriptions=["prod"]), "subscriptions[0]"),
    "a number for a subscription": (document(subscriptions=[1]), "subscriptions[0]"),
    "pairs empty": (document(pairs=[]), "pairs"),
    "a pair as a text": (document(pairs=["x"]), "pairs[0]"),
    "a pair of a registry alone": (document(pairs=[pair("identity")]), "pairs[0]"),
    "a pair without registry": (document(pairs=[pair("registry")]), "pairs[0]"),
    "a pair for both": (document(pairs=[pair(resource_group=GROUP)]), "pairs[0]"),
    "an unknown key of a pair": (document(pairs=[pair(tenant="x")]), "pairs[0].tenant"),
    "null for an identity": (document(pairs=[pair(identity=None)]), "pairs[0].identity"),
    "a registry for an identity": (document(pairs=[pair(identity=build.REGISTRY_ID)]), "pairs[0].identity"),
    "a registry elsewhere": (document(subscriptions=[build.APP]), "pairs[0].registry"),
    "an identity elsewhere": (document(subscriptions=[build.PLATFORM]), "pairs[0].identity"),
    "no repositories": (document(pairs=[pair(repositories=[])]), "pairs[0].repositories"),
    "every repository": (document(pairs=[pair(repositories=["*"])]), "pairs[0].repositories[0]"),
    "a wildcard in the middle": (document(pairs=[pair(repositories=["a/*/b"])]), "pairs[0].repositories[0]"),
    "a wildcard within a part": (document(pairs=[pair(repositories=["app/w*"])]), "pairs[0].repositories[0]"),
    "a wildcard for a host": (document(pairs=[pair(repositories=["/*"])]), "pairs[0].repositories[0]"),
    "a tag": (document(pairs=[pair(repositories=["app/web:1"])]), "pairs[0].repositories[0]"),
    "a quote": (document(pairs=[pair(repositories=["app' OR '1"])]), "pairs[0].repositories[0]"),
    "an upper-case repository": (document(pairs=[pair(repositories=["App"])]), "pairs[0].repositories[0]"),
    "a note that is none": (document(pairs=[pair(note=[])]), "pairs[0].note"),
    "no changes": (document(changes_per_hour=0), "changes_per_hour"),
    "half a change": (document(changes_per_hour=1.5), "changes_per_hour"),
    "changes without end": (document(changes_per_hour=10**9), "changes_per_hour"),
    "an expiry of months": (document(expires_after="P3M"), "expires_after"),
    "an expiry at once": (document(expires_after="PT1M"), "expires_after"),
    "an expiry in a lifetime": (document(expires_after="P99999D"), "expires_after"),
    "no expiry, said": (document(expires_after=None), "expires_after"),
    "an expiry in words": (document(expires_after="90 days"), "expires_after"),
    "a route with a blank": (document(approval_route="platform team"), "approval_route"),
    "no zone": (document(quiet_hours={"windows": QUIET["windows"]}), "quiet_hours"),
    "an unknown zone": (document(quiet_hours=QUIET | {"time_zone": "Europe/Nowhere"}), "quiet_hours.time_zone"),
    "a zone that is a folder": (document(quiet_hours=QUIET | {"time_zone": "Europe"}), "quiet_hours.time_zone"),
    "a zone up the tree": (document(quiet_hours=QUIET | {"time_zone": "../../etc/passwd"}), "quiet_hours.time_zone"),
    "no windows": (document(quiet_hours=QUIET | {"windows": []}), "quiet_hours.windows"),
}
WINDOWS: dict[str, tuple[dict[str, Any], str]] = {
    "no days": ({"days": []}, ".days"),
    "an unknown day": ({"days": ["mon"]}, ".days[0]"),
    "no such hour": ({"from": "24:00"}, ".from"),
    "no such minute": ({"to": "06:60"}, ".to"),
    "one digit": ({"from": "8:00"}, ".from"),
    "beyond the day": ({"to": "24:01"}, ".to"),
    "nothing": ({"from": "06:00"}, ""),
    "an unknown key": ({"zone": "UTC"}, ".zone"),
}
for _name, (_change, _place) in WINDOWS.items():
    _hours = QUIET | {"windows": [{"days": ["monday"], "from": "20:00", "to": "06:00"} | _change]}
    WRONG[f"a window: {_name}"] = (document(quiet_hours=_hours), f"quiet_hours.windows[0]{_place}")


@pytest.mark.parametrize(("wrong", "path"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_by_its_path(wrong: Any, path: str) -> None:
    """One fault, one line that says where."""
    (found,) = faults(json.dumps(wrong))
    assert found.startswith(f"{path} (line 1, column ")
    assert found.isprintable()


def test_every_fault_is_named_with_line_and_column() -> None:
    """Not only the first, in the order of the text."""
    text = json.dumps(document(version=3, remedies=["x"], pairs=[pair(registry="contoso")], more=1), indent=2)
    lines = text.splitlines()
    found = faults(text)
    places = [fault.split(" ", 1)[0] for fault in found]
    assert places == ["version", "remedies[0]", "pairs[0].registry", "more"]
    for fault, word in zip(found, ('"version"', '"x"', '"registry"', '"more"'), strict=True):
        line, column = (int(part.split()[1]) for part in fault[fault.index("(") + 1 : fault.index(")")].split(", "))
        assert lines[line - 1][column - 1 :].startswith(word)


def test_one_key_twice_is_a_fault() -> None:
    """Which of the two was meant nobody can say; other readers take the first."""
    inner = json.dumps(PAIR)[:-1] + f', "identity": "{build.IDENTITY_ID}-evil"}}'
    text = json.dumps(document(pairs=["here"])).replace('"here"', inner)
    assert any(found.startswith("pairs[0].identity (line 1") and "twice" in found for found in faults(text))
    assert any("twice" in found for found in faults('{"version": 2, "version": 1}'))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1, column 1"),
        ("{", "ends too early"),
        ('{"version": 1,}', "not JSON"),
        ('{"version": 1} // mine', "not JSON"),
        ("{version: 1}", "not JSON"),
        ('{"version":\n 1 2}', "line 2"),
        ('{"version": NaN}', "value is expected"),
        ('{"version": 1e999}', "too large"),
        ("[" * 5000, "nested"),
        ("[" * 200 + "]" * 200, "nested"),
        ("9" * 5000, "too large"),
        (b"\xff\xfe\xff", "text"),
        (b'{"version": "\xc3\x28"}', "utf-8"),
        ("null", "an object is expected, and this is null"),
        ('"policy"', "this is a text"),
        (" " * (MOST_BYTES + 1), "longer than"),
    ],
)
def test_what_is_no_json_is_refused(text: str | bytes, said: str) -> None:
    """Strictly: no comment, no comma too many, and nothing without end."""
    assert said in " ".join(faults(text))


def test_the_hash_is_over_what_it_says_and_not_over_how() -> None:
    """Blanks, the order of keys and lists, and the casing of ids say nothing."""
    plain = policy(quiet_hours=QUIET)
    turned = dict(reversed(document(quiet_hours=QUIET).items())) | {"subscriptions": [build.PLATFORM, build.APP]}
    loud = pair(registry=build.REGISTRY_ID.upper(), identity=build.IDENTITY_ID.replace("id-pull", "ID-Pull") + "/")
    same = parse_policy(json.dumps(turned | {"pairs": [loud]}, indent=4))
    assert isinstance(same, Policy)
    assert same.hash == plain.hash
    assert len(plain.hash) == 64


@pytest.mark.parametrize(
    "changes",
    [
        {"remedies": ["assign-pull-role"]},
        {"subscriptions": [build.APP, build.PLATFORM, build.CORRELATION]},
        {"pairs": [pair("identity", resource_group=GROUP)]},
        {"pairs": [pair(repositories=["app/web"])]},
        {"pairs": [PAIR, pair(identity=build.IDENTITY_ID + "-2")]},
        {"changes_per_hour": 5},
        {"quiet_hours": QUIET},
        {"expires_after": "P1D"},
        {"approval_route": "others"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_whatever_else_it_says_has_another_hash(changes: dict[str, Any]) -> None:
    """So an approval under one policy is none under another."""
    assert policy(**changes).hash != policy().hash


def test_a_byte_order_mark_does_no_harm() -> None:
    """Editors on Windows put one there."""
    assert parse_policy(b"\xef\xbb\xbf" + json.dumps(DOCUMENT).encode()) == policy()
