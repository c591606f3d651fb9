"""A rule that is passed over, since none of its words stands in the text, would have found nothing in it."""

import re
import sys
from random import Random

import pytest

from acimedic.redact import RULES, redact

STRANGE = {"i": "İı", "s": "ſ", "k": "\N{KELVIN SIGN}"}
"""Letters that a pattern takes for a plain one where it does not look at the case."""
SHORT = """
    ://user: u: name@contoso.example @ client user 'me' object id password passwd pwd _pass secret token key auth
    api-key apikey access_key sig code access_token cookie set-cookie --registry-password --client-secret --key mysql
    mysqldump mariadb sshpass login docker curl wget -p -u --user bearer basic eyJ https
"""
WORDS = [*SHORT.split(), "client 'me' with object id 'me'", "User 'x' with object id '"]
BETWEEN = [*"=:'\",;?&-_.@/\\\n\t (){}", " ", " ", ": ", "': '", '": "', '":"', '\\":\\"', "= ", " '", "\u0307", ""]
VALUES = ["Zq7hidden", "s3cretS3cret", "abcdefgh1", "x", "1", "contoso.azurecr.io", "a.b.c", "é", "SECRET"]


def unguarded(text: str) -> str:
    for rule in RULES:
        text = rule.pattern.sub(rule.instead, text)
    return text


def disguised(word: str, how: Random) -> str:
    """The word with some letters large, or others that are taken for them."""
    return "".join(how.choice([char, char, char.upper(), *STRANGE.get(char.lower(), "")]) for char in word)


def made_up(how: Random) -> str:
    """Fragments of what is searched for, in any order."""
    parts: list[str] = []
    for _ in range(how.randrange(1, 14)):
        word = how.choice(WORDS)
        parts.append(disguised(word, how) if how.random() < 0.3 else word)
        parts.append(how.choice(BETWEEN))
        if how.random() < 0.5:
            parts += [how.choice(VALUES), how.choice(BETWEEN)]
    return "".join(parts).replace("%", "")  # what is behind a percent sign is a text of its own


def test_no_other_letters_than_these_are_taken_for_plain_ones() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    found = re.findall("[a-z]", every, re.IGNORECASE)
    assert {char for char in found if not char.isascii()} == {*"".join(STRANGE.values())}


def test_with_its_guard_a_rule_finds_what_it_finds_without() -> None:
    how = Random(20261122)  # noqa: S311 - an order, not a secret
    effective = set()
    for _ in range(6000):
        text = made_up(how)
        assert redact(text) == unguarded(text), text
        effective |= {n for n, rule in enumerate(RULES) if rule.pattern.search(text)}
    assert effective == set(range(len(RULES)))


@pytest.mark.parametrize(
    "text",
    [
        "Set-Cookie:ARRAffinity=Zq7hidden",
        "mysqldump -u root\t-pZq7hidden db",
        "curl\t-u me:Zq7hidden https://a.example",
        "API_\N{KELVIN SIGN}EY=Zq7hidden",
        "paſſword: Zq7hidden",
        "AUTHORIZATION: BASİC Zq7hidden",
        "BASıC Zq7hidden",
    ],
)
def test_a_secret_behind_an_unusual_space_or_letter_is_taken_out(text: str) -> None:
    assert "Zq7hidden" not in redact(text)
