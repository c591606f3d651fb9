"""`acimedic diagnose --format …`: each form of the report from the command line."""

import json

import pytest

from acimedic.report.as_json import read_report
from acimedic.report.html import to_html
from acimedic.report.markdown import to_markdown
from acimedic.report.sarif import to_sarif
from acimedic.simulator import Simulator
from acimedic.web.catalogue import catalogue
from tests.scenarios.running import command, load


def shown(form: str) -> str:
    """What the command prints of a missing role."""
    world = load("role-missing")
    with Simulator(world) as azure:
        settings = {"ACIMEDIC_GATEWAY": azure.url, "ACIMEDIC_TIME_LIMIT": "300"}
        exit_code, out, err = command(
            ["diagnose", "--event", "-", "--format", form], json.dumps(world["event"]), settings
        )
    assert (exit_code, err) == (1, "")
    return out


def test_every_form_tells_what_the_json_tells() -> None:
    """All are made of one report."""
    report = read_report(json.loads(shown("json")))
    assert shown("markdown") == to_markdown(report)
    assert shown("html") == to_html(report)
    assert shown("sarif") == to_sarif(report, catalogue())


@pytest.mark.parametrize(
    ("form", "start"), [("text", "ACI Medic: "), ("markdown", "## ACI Medic: "), ("html", "<!DOCTYPE"), ("sarif", "{")]
)
def test_a_form_is_printed_and_nothing_else(form: str, start: str) -> None:
    """From the first character on."""
    assert shown(form).startswith(start)
