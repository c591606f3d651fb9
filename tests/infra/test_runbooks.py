"""The runbooks that an alert names are there for whoever is woken by it."""

import re

from tests.infra.azure_on_path import REPOSITORY


def test_every_runbook_that_an_alert_names_is_in_the_page_on_operations() -> None:
    """Under the very words that the alert uses."""
    alerts = (REPOSITORY / "infra" / "alerts.bicep").read_text(encoding="utf-8")
    page = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8").partition("\n## Runbooks\n")[2]
    listed = re.findall(r'Runbooks?: ("[^"\n]+"(?:, "[^"\n]+")*)', alerts)
    named = {each for text in listed for each in re.findall(r'"([^"]+)"', text)}
    assert named
    assert named - set(re.findall(r"^### (.+)$", page, re.MULTILINE)) == set()
