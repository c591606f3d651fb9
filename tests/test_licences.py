"""What is passed on with the app may be passed on."""

import sys
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from docs.licences import Package, installed, licence, page

PAGE = Path(__file__).parents[1] / "docs" / "licences.md"


def test_every_package_has_a_licence_that_is_allowed() -> None:
    found = installed()
    assert [each for each in found if not each.allowed] == []
    assert {"aiohttp", "azure-core", "cryptography", "msal"} <= {each.name for each in found}


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="from 3.13 on another line of azure-functions is installed")
def test_the_page_is_not_stale() -> None:
    """`make docs` has been run since requirements.txt changed."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("GPL-3.0-only OR BSD-3-Clause", True),
        ("(Apache-2.0 AND MIT) OR GPL-3.0-only", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only OR SSPL-1.0", False),
        ("none", False),
    ],
)
def test_of_an_expression_one_choice_has_to_be_allowed_as_a_whole(words: str, allowed: bool) -> None:
    assert Package("x", words, own=True).allowed is allowed


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ([("License-Expression", "MIT-0"), ("License", "GPL")], "MIT-0"),
        ([("License", "MIT License")], "MIT"),
        (
            [
                ("License", "Copyright (c) Somebody\nAll rights"),
                ("Classifier", "License :: OSI Approved :: BSD License"),
            ],
            "BSD-3-Clause",
        ),
        ([("License", "All rights reserved")], "All rights reserved"),
        ([("Classifier", "License :: Other/Proprietary License")], "License :: Other/Proprietary License"),
        ([], "none"),
    ],
)
def test_a_licence_is_read_as_the_package_says_it(fields: list[tuple[str, str]], found: str) -> None:
    said: Any = Message()
    for name, value in fields:
        said[name] = value.partition("\n")[0] if name != "License" else value.replace("\n", " ")
    assert licence(said) == found
