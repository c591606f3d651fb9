"""docs/preflight.md says what is so: which checks the template alone is enough for, and what the examples print."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from acimedic.__main__ import main
from acimedic.web.catalogue import catalogue
from tests.preflight.templates import IDENTITY, SCOPE, changed, examined

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "preflight.md").read_text(encoding="utf-8")
Group = dict[str, Any]


def image(group: Group, reference: str) -> None:
    group["properties"]["containers"][0]["properties"]["image"] = reference


def credentials(group: Group, *entries: dict[str, str]) -> None:
    group["properties"]["imageRegistryCredentials"] = list(entries)


def by_password(server: str) -> dict[str, str]:
    return {"server": server, "username": "puller", "password": "[parameters('secret')]"}


def by_identity(server: str, identity: str = IDENTITY) -> dict[str, str]:
    return {"server": server, "identity": identity}


def system_assigned(group: Group) -> None:
    group["identity"] = {"type": "SystemAssigned"}
    credentials(group, by_identity("contoso.azurecr.io", "system"))


def of_ghcr(group: Group) -> None:
    image(group, "ghcr.io/contoso/app:1")
    credentials(group, by_identity("ghcr.io"))


def in_a_network(group: Group) -> None:
    group["properties"]["subnetIds"] = [{"id": f"{IDENTITY.partition('/providers')[0]}/providers/x/y/subnets/s"}]


def of_windows(group: Group) -> None:
    group["properties"]["osType"] = "Windows"
    image(group, "mcr.microsoft.com/windows/servercore:ltsc2016")


ALONE: dict[str, Callable[[Group], object]] = {
    "image-reference-malformed": lambda group: image(group, "https://contoso.azurecr.io/app:1"),
    "image-host-missing": lambda group: image(group, "app:1"),
    "credential-server-missing": lambda group: credentials(group, {"identity": IDENTITY}),
    "credential-server-malformed": lambda group: credentials(group, by_password("https://contoso.azurecr.io")),
    "credential-type-ambiguous": lambda group: credentials(
        group, by_password("contoso.azurecr.io") | by_identity("contoso.azurecr.io")
    ),
    "credential-count-exceeds-containers": lambda group: credentials(
        group, by_password("contoso.azurecr.io"), by_password("other.azurecr.io")
    ),
    "credential-identity-needs-newer-api": lambda group: group.update(apiVersion="2021-03-01"),
    "credential-identity-is-system-assigned": system_assigned,
    "credential-identity-not-on-group": lambda group: credentials(
        group, by_identity("contoso.azurecr.io", f"{IDENTITY}-2")
    ),
    "credential-identity-for-non-acr": of_ghcr,
    "credential-missing": lambda group: credentials(group),
    "credential-server-mismatch": lambda group: credentials(group, by_password("other.azurecr.io")),
    "vnet-injected-group": in_a_network,
    "windows-version-unsupported": of_windows,
    "private-registry-unreachable": lambda group: image(group, "10.0.0.4:5000/app:1"),
    "registry-in-other-cloud": lambda group: image(group, "contoso.azurecr.us/app:1"),
}
"""The checks that the template alone may be enough for, each with a template that shows it."""


def fails(change: Callable[[Group], object]) -> set[str]:
    """What a template is blamed for without asking Azure. A network matters in Azure Government alone."""
    scope = replace(SCOPE, cloud="AzureUSGovernment") if change is in_a_network else SCOPE
    return {each.check for each in examined(changed(change), scope=scope).fails}


@pytest.mark.parametrize("check", ALONE)
def test_what_the_page_says_the_template_alone_tells_is_found_without_azure(check: str) -> None:
    assert check in fails(ALONE[check])


def test_nothing_else_is_found_without_azure() -> None:
    assert set.union(*map(fails, ALONE.values())) == set(ALONE)


def test_the_page_lists_these_checks_and_no_others() -> None:
    rows = [f"| [{entry.id}](checks/{entry.id}.md) | {entry.finds} |" for entry in catalogue() if entry.id in ALONE]
    assert [line for line in PAGE.splitlines() if line.startswith("| [")] == rows


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The template of the page, where it is checked in a terminal of 100 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    path = tmp_path / "main.json"
    path.write_text(blocks("json")[0], encoding="utf-8")
    return path


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_prints_what_the_page_shows(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preflight", example.name]) == 1
    assert capsys.readouterr().out == blocks("text")[0]


def test_the_correction_of_the_example_is_told_as_the_page_shows(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["preflight", example.name, "--fix-definition"]) == 1
    assert capsys.readouterr().err == blocks("text")[1]


def test_the_corrected_example_has_no_fault(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["preflight", example.name, "--fix-definition"])
    example.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["preflight", example.name]) == 0


def test_the_page_tells_every_input_and_output_of_the_action() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    for name, said in (action["inputs"] | action["outputs"]).items():
        assert f"| `{name}` | {said['description']} |" in PAGE


def test_every_page_that_is_linked_is_there() -> None:
    for target in re.findall(r"\]\((?!https:)([^)#]+)", PAGE):
        assert (ROOT / "docs" / target).is_file(), target


def test_every_option_of_the_page_is_one_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["preflight", "--help"])
    known = set(re.findall(r"--[\w-]+", capsys.readouterr().out))
    lines = [line for line in PAGE.splitlines() if "acimedic preflight" in line]
    assert lines
    assert {word for line in lines for word in re.findall(r" (--[\w-]+)", line)} <= known
