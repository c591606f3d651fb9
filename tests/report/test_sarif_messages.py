"""Names in a SARIF log: no viewer makes a link, a placeholder or a command of them."""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acimedic.report.plain import plain
from acimedic.report.sarif import to_sarif
from acimedic.report.sarif_message import message
from acimedic.web.catalogue import catalogue
from tests.report.hostile import HOSTILE, everywhere
from tests.report.sarif_logs import before_deploying, fault, log, result_of, run_of

# What viewers take for a link: CodeQL's, which knows of escapes, and that of Visual Studio Code, which knows of none.
# Sources: https://github.com/github/vscode-codeql/blob/main/extensions/ql-vscode/src/common/sarif-utils.ts
# https://github.com/microsoft/sarif-vscode-extension/blob/main/src/panel/widgets.tsx
LINKS = (
    re.compile(r"(?<!\\)(?:\\\\)*\[(?:[^\\\]\[]|\\\\|\\\]|\\\[)*\]\([^)]+\)"),
    re.compile(r"\[[^\]]*\]\([^)]+\)"),
)
PLACEHOLDER = re.compile(r"(?<!\{)\{\d+\}(?!\})", re.ASCII)


def as_shown(text: str) -> str:
    """As a viewer shows it that knows of escapes."""
    return re.sub(r"\\([\\\[\]])", r"\1", text)


def texts(value: Any) -> Iterator[str]:
    """Every text of a log, names of fields included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_leaves_it_valid(bad: str) -> None:
    """Wherever it stands."""
    told = log(everywhere(bad))
    assert told["runs"][0]["results"]


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_no_link(bad: str) -> None:
    """In the messages, which viewers look into for links."""
    (run,) = log(everywhere(bad))["runs"]
    said = [each["message"]["text"] for each in (*run["results"], *run["invocations"][0]["toolExecutionNotifications"])]
    assert said
    assert [text for text in said for link in LINKS if link.search(text)] == []


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_nothing_in_it_is_unseen(bad: str) -> None:
    """But for the ends of our own paragraphs."""
    unseen = {
        char
        for text in texts(log(everywhere(bad)))
        for char in text.replace("\n\n", "")
        if unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
    }
    assert unseen == set()


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_it_is_ascii_and_no_command_to_a_pipeline(bad: str) -> None:
    """It may go to a job's output."""
    text = to_sarif(everywhere(bad), catalogue())
    assert text.isascii()
    assert "##" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


@given(st.text(alphabet=st.sampled_from("[]()\\{}0a 1!")))
def test_no_text_is_a_link_or_a_placeholder(text: str) -> None:
    """Nor any that is escaped already."""
    said = message(text)["text"]
    assert isinstance(said, str)
    assert [link.pattern for link in (*LINKS, PLACEHOLDER) if link.search(said)] == []


@given(st.text(alphabet=st.sampled_from("[]()\\a 1!")))
def test_a_viewer_shows_what_was_meant(text: str) -> None:
    """But for the blank that breaks a link."""
    said = message(text)["text"]
    assert isinstance(said, str)
    assert as_shown(said) == plain(text).replace("](", "] (")


def test_an_index_is_shown_as_it_is() -> None:
    """Most brackets are no link."""
    text = result_of(replace(fault(), summary="imageRegistryCredentials[0].server has a port."))["message"]["text"]
    assert as_shown(text).startswith("imageRegistryCredentials[0].server has a port.")


def test_a_variable_is_shown_as_it_is() -> None:
    """A viewer replaces numbers in braces alone."""
    assert message("app:${TAG}")["text"] == "app:${TAG}"
    assert message("app:{0}")["text"] == "app:{{0}}"


def test_a_text_that_nobody_reads_to_its_end_is_cut() -> None:
    """A name of a megabyte would have GitHub refuse the log."""
    text = result_of(replace(fault(), summary="a" * 1_000_000))["message"]["text"]
    assert len(text) < 10_000


def test_a_hostile_file_name_is_a_valid_log() -> None:
    """Half characters and control characters included."""
    for bad in HOSTILE.values():
        place = fault().place
        assert place is not None
        told = run_of(replace(before_deploying(), findings=(replace(fault(), place=replace(place, file=bad)),)))
        uri = told["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[\w!$&'()*+,;=@./:~%-]+", uri, re.ASCII)
        assert json.dumps(uri).isascii()
