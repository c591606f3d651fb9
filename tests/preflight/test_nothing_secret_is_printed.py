"""A secret that stands in a template is in nothing that `acimedic preflight` prints, in whatever place it stands."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acimedic.__main__ import main
from tests.preflight.templates import IDENTITY, changed

CANARY = "S3cr3tZq7x"
Group = dict[str, Any]
Change = Callable[[Group], object]
_LINKED = "https://store.example/t.json"


def _container(**changes: Any) -> Change:
    return lambda group: group["properties"]["containers"][0]["properties"].update(changes)


def _credential(**entry: Any) -> Change:
    whole = {"server": "contoso.azurecr.io", "username": "u", "password": "p"} | entry
    return lambda group: group["properties"].update(imageRegistryCredentials=[whole])


def _variable(**entry: Any) -> Change:
    return _container(environmentVariables=[entry])


def _probe(**header: str) -> Change:
    return _container(livenessProbe={"httpGet": {"port": 80, "httpHeaders": [header]}})


def _value(text: str) -> list[tuple[str, Change]]:
    """Where a text that is a secret is given as one."""
    return [
        ("password", _credential(password=text)),
        ("secure value", _variable(name="A", secureValue=text)),
        ("variable called a key", _variable(name="API_KEY", value=text)),
        ("variable called a key in other case", _variable(Name="API_KEY", Value=text)),
        ("any variable", _variable(name="MODE", value=text)),
        (
            "workspace key",
            lambda group: group["properties"].update(diagnostics={"logAnalytics": {"workspaceKey": text}}),
        ),
        ("volume", lambda group: group["properties"].update(volumes=[{"name": "v", "secret": {"f": text}}])),
        ("tag", lambda group: group.update(tags={"secret": text})),
    ]


UNRESOLVED = {
    "no function": f"[{CANARY}!]",
    "never ends": f"[concat('{CANARY}', ]",
    "never ends, with a quote": f"[concat('it''s {CANARY}', \"x\"]",
    "fails": f"[fail('{CANARY}')]",
    "equal keys": f"[toObject(createArray(1, 2), lambda('x', '{CANARY}'))]",
    "no such property": f"[createObject('a', 1)['{CANARY}']]",
    "no such element": f"[createArray('{CANARY}')[7]]",
    "number format": f"[format('{{0:{CANARY}}}', 1)]",
    "number format with quotes": f"[format('{{0:a''{CANARY}''b}}', 1)]",
    "date format": f"[utcNow('{CANARY}')]",
    "no JSON": f"[json('{CANARY}')]",
    "no number": f"[int('{CANARY}')]",
    "no network": f"[cidrSubnet('{CANARY}', 1, 1)]",
}
NAMES = {
    "no parameter": f"[parameters('{CANARY}')]",
    "no variable": f"[variables('{CANARY}')]",
    "no function of that name": f"[{CANARY}()]",
}
"""What is a secret only because of the place where it stands: elsewhere such a name is worth telling."""
ADDRESSES = {
    "address": f"https://u:{CANARY}@fabrikam.azurecr.io/App:1",
    "no scheme": f"u:{CANARY}@fabrikam.azurecr.io/app:1",
    "odd signs": f"u:p!'{CANARY}@fabrikam.azurecr.io/app:1",
    "slash": f"u:p/{CANARY}/x@fabrikam.azurecr.io/app:1",
    "host without a dot": f"https://u:{CANARY}@registry/app:1",
    "token": f"fabrikam.azurecr.io/app?token={CANARY}",
    "signature": f"https://fabrikam.azurecr.io/app?sv=1&sig={CANARY}",
    "other query": f"fabrikam.azurecr.io/app?x={CANARY}",
}
COMMANDS = {
    "bearer": ["curl", "-H", f"Authorization: Bearer {CANARY}"],
    "password of mysql": ["sh", "-c", f"mysql -u root -p{CANARY} db"],
    "password of mysql in words": ["mysql", f"-p{CANARY}"],
    "option": ["app", "--password", CANARY],
    "option in one": [f"app --token={CANARY}"],
    "variable": ["sh", "-c", f"DB_PASS={CANARY} ./app"],
    "user of curl": ["curl", "-u", f"me:{CANARY}", "https://a.example"],
}
PLACES: dict[str, Change] = (
    {f"{where}: literal": change for where, change in _value(CANARY)}
    | {f"{where}: no bracket": change for where, change in _value(f"[concat('{CANARY}',")}
    | {f"{where}: {why}": change for why, text in (UNRESOLVED | NAMES).items() for where, change in _value(text)}
    | {f"image: {why}": _container(image=text) for why, text in (ADDRESSES | UNRESOLVED).items()}
    | {f"server: {why}": _credential(server=text.partition("/app")[0]) for why, text in ADDRESSES.items()}
    | {f"server and query: {why}": _credential(server=text) for why, text in ADDRESSES.items()}
    | {f"user name: {why}": _credential(username=text) for why, text in UNRESOLVED.items()}
    | {f"both kinds: {why}": _credential(identity=IDENTITY, password=text) for why, text in UNRESOLVED.items()}
    | {f"command: {why}": _container(command=words) for why, words in COMMANDS.items()}
    | {
        "DB_PASS": _variable(name="DB_PASS", value=CANARY),
        "AUTH": _variable(name="AUTH", value=CANARY),
        "SAS": _variable(name="BLOB_SAS", value=CANARY),
        "connection": _variable(name="DB_CONN", value=CANARY),
        "certificate": _variable(name="TLS_CERT", value=CANARY),
        "beside a name that is not known": _variable(name=f"[{CANARY}!]", value=CANARY),
        "header": _probe(name="Authorization", value=CANARY),
        "header with a bearer": _probe(name="X", value=f"Bearer {CANARY}"),
        "all credentials": lambda group: group["properties"].update(
            imageRegistryCredentials=f"[createArray(createObject('server', 'x', 'password', '{CANARY}')"
        ),
        "all credentials, with a bracket": lambda group: group["properties"].update(
            imageRegistryCredentials=f"[createArray(createObject('server', 'x', 'password', '{CANARY}')]"
        ),
        "a credential without a bracket": lambda group: group["properties"].update(
            imageRegistryCredentials=[f"[createObject('server', 'x', 'password', '{CANARY}')"]
        ),
        "policy of a confidential group": lambda group: group["properties"].update(
            confidentialComputeProperties={"ccePolicy": CANARY}
        ),
        "file": _container(configMap={"keyValuePairs": {"a": CANARY}}),
    }
)
# What nobody could know for a secret may be printed where the group is to be put back as it is written.
_AS_WRITTEN = ("any variable: ", "beside a name", "file", "policy of", "user name: ", "image: ")
_CORRECTED = [each for each in PLACES if not each.startswith(_AS_WRITTEN) and each.partition(": ")[2] not in NAMES]


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """All that the command prints of a template, on both streams."""
    monkeypatch.chdir(tmp_path)

    def run(template: dict[str, Any], *words: str) -> str:
        (tmp_path / "main.json").write_text(json.dumps(template), encoding="utf-8")
        main(["preflight", "main.json", *words])
        said = capsys.readouterr()
        return said.out + said.err

    return run


def _faulty(change: Change) -> dict[str, Any]:
    """A template with the change, and with a fault, so that there is something to say of it."""

    def both(group: Group) -> None:
        group["properties"]["containers"].append({"name": "b", "properties": {"image": "contoso.azurecr.io/B:1"}})
        change(group)

    return changed(both)


@pytest.mark.parametrize("place", PLACES)
def test_no_format_prints_it(place: str, printed: Callable[..., str]) -> None:
    template = _faulty(PLACES[place])
    for form in ("text", "json", "markdown", "sarif"):
        said = printed(template, "--format", form)
        assert "contoso.azurecr.io/B" in said
        assert CANARY not in said, form


@pytest.mark.parametrize("place", _CORRECTED)
def test_the_corrected_group_is_printed_without_it(place: str, printed: Callable[..., str]) -> None:
    said = printed(_faulty(PLACES[place]), "--fix-definition")
    assert "corrected: properties.containers[1].properties.image" in said
    assert CANARY not in said


@pytest.mark.parametrize("address", [f"{_LINKED}?sv=1&sig={CANARY}", f"{_LINKED}?code={CANARY}", f"{_LINKED}?{CANARY}"])
def test_the_address_of_a_linked_template_is_printed_without_its_query(
    address: str, printed: Callable[..., str]
) -> None:
    template = _faulty(lambda group: None)
    linked = {"mode": "Incremental", "templateLink": {"uri": address}}
    template["resources"].append(
        {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d", "properties": linked}
    )
    for words in (["--format", form] for form in ("text", "json", "markdown", "sarif")):
        assert CANARY not in printed(template, *words)
    assert CANARY not in printed(template, "--fix-definition")
    assert _LINKED in printed(template).replace("\n", "")


@pytest.mark.parametrize("why", UNRESOLVED)
def test_the_note_of_a_resource_that_was_not_evaluated_does_not_quote_it(why: str, printed: Callable[..., str]) -> None:
    template = _faulty(lambda group: group.update(condition=UNRESOLVED[why]))
    template["resources"].append({"type": "a/b", "apiVersion": "1", "name": UNRESOLVED[why]})
    for form in ("text", "json", "markdown", "sarif"):
        assert CANARY not in printed(template, "--format", form)
