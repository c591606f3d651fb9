"""A filter that nobody knows is refused, and not passed over: what is listed would be more than was asked for."""

import json
from pathlib import Path

import pytest

from tests.web.test_incidents import looked


@pytest.mark.parametrize("name", ["status", "State", "closed", "group", ""])
def test_a_filter_of_another_name_is_refused(tmp_path: Path, name: str) -> None:
    answer = looked(tmp_path, "incidents", query={name: "awaiting-decision"})
    assert answer.status == 400
    assert "there is no filter of this name; there are state, cause" in json.loads(answer.body)["detail"]


def test_a_filter_that_was_not_filled_in_asks_for_nothing(tmp_path: Path) -> None:
    nothing = dict.fromkeys(("state", "cause", "subscription", "since", "after", "limit"), "")
    assert looked(tmp_path, "incidents", query=nothing).status == 200
