"""The pages of the checks are what the checks and the scenarios say today."""

from pathlib import Path

import checks
from acimedic.diagnosis import check_id
from docs.generate import pages

DOCS = Path(__file__).parents[1] / "docs"


def test_the_pages_are_not_stale() -> None:
    """`make docs` has been run since the last change."""
    stale = [name for name, text in pages().items() if not (DOCS / name).is_file() or (DOCS / name).read_text() != text]
    assert stale == []


def test_there_is_no_page_of_a_check_that_is_gone() -> None:
    """A page for each check, and no other."""
    assert {path.stem for path in DOCS.glob("checks/*.md")} == {"README", *(check_id(check) for check in checks.ALL)}


def test_every_check_has_a_whole_page() -> None:
    """Cause, evidence, fix and source are in every docstring, and the documentation is a web page."""
    for check in checks.ALL:
        text = check.__doc__ or ""
        missing = [label for label in ("Cause:", "Evidence:", "Fix:") if label not in text]
        assert missing == [], check_id(check)
        assert check.DOCS.startswith("https://"), check_id(check)
        assert check.ERRORS, check_id(check)
