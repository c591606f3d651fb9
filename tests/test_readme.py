"""What README.md shows is what the command prints."""

import json
import re
from pathlib import Path

from acimedic.simulator import Simulator
from tests.scenarios.running import command, load

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
# What the report says beyond the sample, because here it was made on a make-believe Azure.
ONLY_HERE = "This report was made through a gateway: it speaks of a make-believe Azure."


def shown() -> list[str]:
    """The lines of the sample report."""
    found = re.search(r"^```\n(ACI Medic: container group .*?)^```", README, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1].splitlines()


def printed() -> list[str]:
    """What `acimedic diagnose` prints of the same failure, on a terminal of 100 columns."""
    world = load("role-missing")
    with Simulator(world) as azure:
        settings = {"ACIMEDIC_GATEWAY": azure.url, "ACIMEDIC_TIME_LIMIT": "300", "COLUMNS": "100"}
        _, out, _ = command(["diagnose", "--event", "-"], json.dumps(world["event"]), settings)
    return out.splitlines()


def test_the_sample_report_is_what_the_command_prints() -> None:
    """Line by line. An ellipsis leaves out the middle or the end of a line, one by itself as many lines as it may."""
    lines = printed()
    assert ONLY_HERE in lines
    text = "\n".join(line for line in lines if line != ONLY_HERE) + "\n"
    # Line breaks and all, so that nothing between two lines is left out without a word.
    pattern = "".join(
        r"(?:.*\n)*?" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n" for line in shown()
    )
    assert re.fullmatch(pattern, text), text


def test_the_sample_report_shows_what_matters() -> None:
    """A sample of ellipses alone would be right whatever is printed."""
    heads = [line.split(" (")[0].split("  ")[0] for line in shown() if line[:1].isalpha()]
    assert heads[0].startswith("ACI Medic")
    assert [head for head in heads if head in {"CAUSE", "FIX", "Azure said", "Ruled out"}] == [
        "CAUSE",
        "FIX",
        "Azure said",
        "Ruled out",
    ]
