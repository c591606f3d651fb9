"""A file's name as a URI: valid whatever the name holds, and the same file."""

import re
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acimedic.report.file_uri import file_uri

_SEGMENT = r"(?:[\w.~!$&'()*+,;=@-]|%[0-9A-F]{2})"
RELATIVE = re.compile(rf"{_SEGMENT}+(?:/{_SEGMENT}+)*", re.ASCII)
ABSOLUTE = re.compile(rf"file://(?:[\w.~-]|%[0-9A-F]{{2}})*/(?:[A-Za-z]:/)?(?:{_SEGMENT}+(?:/{_SEGMENT}+)*)?", re.ASCII)


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("main.json", "main.json"),
        ("infra/main.json", "infra/main.json"),
        ("./infra//main.json", "infra/main.json"),
        ("infra/../main.json", "main.json"),
        ("../shared/main.json", "../shared/main.json"),
        ("a/../../main.json", "../main.json"),
        (r"infra\main.json", "infra/main.json"),
        ("my template #1?.json", "my%20template%20%231%3F.json"),
        ("50%.json", "50%25.json"),
        ("c:main.json", "c%3Amain.json"),
        ("https://x/y.json", "https%3A/x/y.json"),
        ("größe.json", "gr%C3%B6%C3%9Fe.json"),
        ("\udcff.json", "%FF.json"),
        ("\ud800.json", "%3F.json"),
        ("standard input", "standard%20input"),
        ("", "."),
    ],
)
def test_a_relative_name_stays_relative(name: str, uri: str) -> None:
    """To the folder in which the command was run."""
    assert file_uri(name) == (uri, True)


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("/srv/main.json", "file:///srv/main.json"),
        ("/srv/../../main.json", "file:///main.json"),
        ("//srv/main.json", "file:///srv/main.json"),
        (r"C:\src\main.json", "file:///C:/src/main.json"),
        ("d:/src/a b.json", "file:///d:/src/a%20b.json"),
        (r"\\server\share\main.json", "file://server/share/main.json"),
        (r"\\user@evil:80\main.json", "file://user%40evil%3A80/main.json"),
        ("/", "file:///"),
    ],
)
def test_an_absolute_name_is_the_address_of_a_file(name: str, uri: str) -> None:
    """On Windows and elsewhere."""
    assert file_uri(name) == (uri, False)


@given(st.text())
def test_every_name_gives_a_valid_uri(name: str) -> None:
    """As RFC 3986 has it."""
    uri, relative = file_uri(name)
    assert (RELATIVE if relative else ABSOLUTE).fullmatch(uri)


@given(st.lists(st.text(st.characters(exclude_characters="/\\", codec="utf-8"), min_size=1), min_size=1))
def test_a_name_is_read_back_from_its_uri(segments: list[str]) -> None:
    """Byte for byte, where no segment leads nowhere."""
    name = "/".join(f"xy{segment}" for segment in segments)  # one letter before a colon would be a drive of Windows
    uri, relative = file_uri(name)
    assert relative
    assert unquote_to_bytes(uri) == name.encode()
