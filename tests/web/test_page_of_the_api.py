"""What docs/api.md says of the addresses is what answers."""

import re
from pathlib import Path

from acimedic.web.site import ROUTES
from tests.infra.deployed import at, template

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table right under a heading, without its head."""
    table = PAGE.partition(f"\n## {heading}\n\n")[2].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def test_the_table_has_every_address_with_its_methods_and_no_other() -> None:
    """HEAD goes with GET everywhere, which is said below the table."""
    told = {(method, cells[1].strip("`")) for cells in rows("Addresses") for method in cells[0].split(", ")}
    assert told == {(method, route.path) for route in ROUTES for method in route.methods if method != "HEAD"}


def test_what_is_said_of_the_paths_without_sign_in_is_what_is_deployed() -> None:
    """All of them by name, with how many there are; and no other in that sentence."""
    excluded = at(template("app").resource("auth"), "properties.globalValidation.excludedPaths")
    assert isinstance(excluded, list)
    said = PAGE.partition("every path but ")[2].partition("No other path")[0]
    assert said.startswith({3: "three:"}[len(excluded)])
    paths = re.findall(r"`(/[^`]+)`", said)
    assert set(paths) - {"/api/health/details"} == set(excluded)
