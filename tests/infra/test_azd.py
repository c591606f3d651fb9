"""Which azd may be used: an older one would delete what is not ours."""

import re

from tests.infra.azure_on_path import REPOSITORY

# The first whose `azd down` deletes only groups that the deployment itself made: Azure/azure-dev#7698.
FIRST = (1, 24, 1)


def least() -> tuple[int, ...]:
    """The oldest version that azure.yaml lets in."""
    text = (REPOSITORY / "azure.yaml").read_text(encoding="utf-8")
    found = re.search(r'^requiredVersions:\n  azd: ">= (\d+)\.(\d+)\.(\d+)"$', text, re.MULTILINE)
    assert found is not None
    return tuple(map(int, found.groups()))


def test_no_azd_is_let_in_that_deletes_groups_which_something_was_deployed_into() -> None:
    """Roles are given in the groups of the registries, in the same deployment as everything else."""
    assert least() >= FIRST


def test_the_page_on_deploying_names_the_version() -> None:
    """Whoever has an older one reads what to install, and why."""
    page = (REPOSITORY / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert f"azd from {'.'.join(map(str, least()))} on" in page
