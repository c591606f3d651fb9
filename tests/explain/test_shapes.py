"""The 24 ways in which one failure reaches a person or a log."""

import json
from typing import Any

from acimedic.errors import parse
from tests.explain.conftest import Run


def test_every_wrapping_gives_code_image_group_and_correlation(shapes: list[Any], run: Run) -> None:
    """Read from what the command prints."""
    assert len(shapes) == 24
    for shape in shapes:
        payload = shape["payload"] if isinstance(shape["payload"], str) else json.dumps(shape["payload"])
        _, printed = run(payload, "--format", "json")
        incident, expected = json.loads(printed)["incident"], shape["expect"]
        codes = {code.lower() for code in parse(payload).codes}
        assert {code.lower() for code in expected["codes"]} <= codes, shape["id"]
        assert expected["image"] is None or expected["image"] in incident["images"], shape["id"]
        group = incident["container_group"]
        assert (group and group.rpartition("/")[2]) == expected["container_group"], shape["id"]
        assert incident["correlation_id"] == expected["correlation_id"], shape["id"]


def test_a_wrapped_pull_failure_is_one(shapes: list[Any], run: Run) -> None:
    """None is taken for another kind, and each gets candidates; two are about a quota and capacity."""
    others = {"ContainerGroupQuotaReached": "quota", "capacity-docs": "capacity"}
    for shape in shapes:
        payload = shape["payload"] if isinstance(shape["payload"], str) else json.dumps(shape["payload"])
        _, printed = run(payload, "--format", "json")
        report = json.loads(printed)
        if kind := others.get(shape["id"]):
            assert (report["outcome"], report["kind"], report["candidates"]) == ("not-a-pull-failure", kind, [])
            continue
        assert report["outcome"] != "not-a-pull-failure", shape["id"]
        assert report["candidates"], shape["id"]
        assert run(payload)[1].startswith("Image-pull failure: "), shape["id"]
