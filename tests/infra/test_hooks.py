"""What azd is told: the hooks, and the parameters of the template."""

import json
import re

from tests.infra.azure_on_path import REPOSITORY


def test_every_hook_of_azure_yaml_is_there() -> None:
    """azd would find out only when it runs it."""
    named = [line.split()[-1] for line in (REPOSITORY / "azure.yaml").read_text().splitlines() if "hooks/" in line]
    assert len(named) == 8
    assert all((REPOSITORY / path).is_file() for path in named)


def test_main_parameters_are_parameters_of_main() -> None:
    """Each of the file is declared; what is declared and not in the file has a default."""
    given = json.loads((REPOSITORY / "infra" / "main.parameters.json").read_text())["parameters"]
    lines = (REPOSITORY / "infra" / "main.bicep").read_text().splitlines()
    declared = {line.split()[1]: "=" in line for line in lines if line.startswith("param ")}
    assert set(given) <= set(declared)
    assert [name for name, has_default in declared.items() if not has_default and name not in given] == []


def test_no_parameter_takes_a_key_but_the_one_without_a_vault() -> None:
    """The keys are made by the hook."""
    text = (REPOSITORY / "infra" / "main.parameters.json").read_text()
    assert [name for name in ("APPROVAL_KEY", "HASH_KEY", "TEAMS_WEBHOOK", "AUDIT_KEY") if name in text] == [
        "AUDIT_KEY"
    ]


def test_every_setting_that_the_hooks_remember_is_a_parameter() -> None:
    """Otherwise it would be found for nothing."""
    text = (REPOSITORY / "infra" / "main.parameters.json").read_text()
    found = (REPOSITORY / "infra" / "hooks" / "preprovision.py").read_text()
    names = {word.strip('":') for word in found.split() if word.startswith('"ACIMEDIC_FOUND_')}
    assert len(names) == 7
    assert all(name in text for name in names)


def test_the_page_on_deploying_names_every_choice() -> None:
    """Each variable that the template or a hook reads, but for what azd and the hooks set themselves."""
    folder = REPOSITORY / "infra"
    read = (folder / "main.parameters.json").read_text() + "".join(
        path.read_text() for path in sorted((folder / "hooks").glob("*.py"))
    )
    set_by_us = set(re.findall(r"output (ACIMEDIC_[A-Z_]+)", (folder / "main.bicep").read_text()))
    internal = set_by_us | {"ACIMEDIC_HOOK_PAUSE"}
    kept = ("ACIMEDIC_FOUND_", "ACIMEDIC_EVER_", "ACIMEDIC_MADE_")
    names = {name for name in re.findall(r"ACIMEDIC_[A-Z_]+", read) if not name.startswith(kept)}
    page = (REPOSITORY / "docs" / "deploy.md").read_text()
    assert sorted(name for name in names - internal if name not in page) == []


def test_every_variable_that_a_hook_needs_is_an_output_of_the_template() -> None:
    """A name that nothing gives would stop the hook each time."""
    hooks = "".join(path.read_text() for path in sorted((REPOSITORY / "infra" / "hooks").glob("*.py")))
    needed = set(re.findall(r'needed\(environment, "([A-Z_]+)"\)', hooks))
    given = set(re.findall(r"^output ([A-Z_]+)", (REPOSITORY / "infra" / "main.bicep").read_text(), re.MULTILINE))
    # azd's own, and what preprovision has made or whoever deploys has named.
    assert needed - given == {"AZURE_ENV_NAME", "AZURE_SUBSCRIPTION_ID", "ACIMEDIC_AUTH_CLIENT_ID"}
