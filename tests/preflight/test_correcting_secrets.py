"""The corrected group goes to a terminal and to logs of builds: no secret of the template goes with it."""

import json
from typing import Any

import pytest

from acimedic.preflight.corrections.secrets import PLACEHOLDER
from tests.preflight.fixing import (
    HOST,
    Change,
    both,
    correction,
    credentials,
    entry,
    image,
    mended,
    properties,
    put_back,
    with_fault,
)

SECRET = "hunter2-hunter2"
_FAULT: Change = image("contoso.azurecr.io/App:1")


def _variables(*entries: dict[str, Any]) -> Change:
    def change(group: Any) -> None:
        group["properties"]["containers"][0]["properties"]["environmentVariables"] = list(entries)

    return change


def _volume(**kind: Any) -> Change:
    return properties(volumes=[{"name": "v", **kind}])


def _diagnostics(key: str) -> Change:
    return properties(diagnostics={"logAnalytics": {"workspaceId": "w", "workspaceKey": key}})


def _extension(group: Any) -> None:
    settings = {"name": "e", "properties": {"protectedSettings": {"deep": [SECRET]}}}
    group["properties"]["extensions"] = [settings]


def _loop(group: Any) -> None:
    entries = {"name": "environmentVariables", "count": 1, "input": {"name": "x", "secureValue": SECRET}}
    group["properties"]["containers"][0]["properties"]["copy"] = [entries]


PLACES = {
    "password": credentials(entry(HOST, username="u", password=SECRET)),
    "password in other spelling": credentials(entry(HOST, username="u", PassWord=SECRET)),
    "password that is a number": credentials(entry(HOST, username="u", password=123454321)),
    "secure value": _variables({"name": "x", "secureValue": SECRET}),
    "value that is called a token": _variables({"name": "API_TOKEN", "value": SECRET}),
    "connection string": _variables({"name": "x", "value": f"Endpoint=a;AccountKey={SECRET}"}),
    "copy of the password": both(
        _variables({"name": "x", "value": f"u:{SECRET}"}), credentials(entry(HOST, username="u", password=SECRET))
    ),
    "storage key": _volume(azureFile={"shareName": "s", "storageAccountName": "a", "storageAccountKey": SECRET}),
    "volume of secrets": _volume(secret={"file": SECRET}),
    "workspace key": _diagnostics(SECRET),
    "workspace key joined": _diagnostics("[concat('hunter2-', 'hunter2')]"),
    "workspace key beside a parameter": _diagnostics(
        f"[if(empty(parameters('blank')), '{SECRET}', parameters('blank'))]"
    ),
    "extension": _extension,
    "loop": _loop,
    "object in an expression": properties(
        imageRegistryCredentials=f"[createArray(createObject('server', '{HOST}', 'username', 'u', "
        "'password', concat('hunter2-', 'hunter2')))]"
    ),
    "JSON in an expression": properties(
        imageRegistryCredentials=f'[json(\'[{{"server":"{HOST}","username":"u","password":"{SECRET}"}}]\')]'
    ),
    "coded JSON in an expression": properties(
        imageRegistryCredentials="[base64ToJson('"
        "W3sic2VydmVyIjoiY29udG9zby5henVyZWNyLmlvIiwidXNlcm5hbWUiOiJ1IiwicGFzc3dvcmQiOiJodW50ZXIyLWh1bnRlcjIifV0=')]"
    ),
}
_EACH = pytest.mark.parametrize("place", [pytest.param(each, id=name) for name, each in PLACES.items()])


@_EACH
def test_a_secret_in_letters_is_not_shown(place: Change) -> None:
    said = str(correction(with_fault(both(_FAULT, place))))
    assert not [each for each in (SECRET, "hunter2", "123454321", "aHVudGVyMi") if each in said]


@_EACH
def test_its_place_is_kept_and_said(place: Change) -> None:
    made = correction(with_fault(both(_FAULT, place)))
    assert PLACEHOLDER in json.dumps(made.resource)
    assert [each for each in made.by_hand if each.endswith("put back what is not shown, as a secure parameter")]


@_EACH
def test_a_placeholder_is_no_fault(place: Change) -> None:
    template = with_fault(both(_FAULT, place))
    assert correction(put_back(template, correction(template))).resource is None


EXPRESSIONS = (
    "[parameters('secret')]",
    "[variables('address')]",
    "[listKeys(resourceId('Microsoft.Storage/storageAccounts', 'x'), '2023-01-01').keys[0].value]",
    "[if(equals(parameters('prefix'), 'demo'), parameters('secret'), parameters('blank'))]",
    "[base64(parameters('secret'))]",
)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_that_only_names_a_secret_stays(expression: str) -> None:
    made = mended(with_fault(both(_FAULT, _diagnostics(expression))))
    assert made["properties"]["diagnostics"]["logAnalytics"]["workspaceKey"] == expression


def test_what_holds_a_secret_is_not_written_out() -> None:
    made = correction(with_fault(properties(imageRegistryCredentials="[variables('withSecret')]")))
    assert made.resource is None
    assert "open-secret-1" not in str(made)


def test_a_secret_that_was_given_as_a_plain_parameter_is_not_written_out() -> None:
    template = with_fault(
        credentials(entry("https://contoso.azurecr.io", username="u", password="[parameters('plain')]"))
    )
    template["parameters"]["plain"] = {"type": "string"}
    made = correction(template, plain=SECRET)
    assert made.resource is not None
    assert SECRET not in str(made)


def test_a_password_in_the_address_of_an_image_is_not_shown() -> None:
    made = correction(with_fault(image(f"https://u:{SECRET}@contoso.azurecr.io/app:1")))
    assert SECRET not in str(made)


def test_the_address_of_a_person_is_not_shown() -> None:
    made = correction(with_fault(both(_FAULT, lambda group: group.update(tags={"owner": "some.body@example.com"}))))
    assert made.resource is not None
    assert "some.body" not in str(made)
