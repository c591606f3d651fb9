"""The command: what it proves, what it never claims, odd input."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import checks
from acimedic.cli.trouble import CannotRunError
from acimedic.explain import explain
from tests.explain.conftest import Run
from tests.explain.groups import group, inaccessible

ID = (
    "/subscriptions/0b9a7c1e-2f34-4d56-8a78-9c0d1e2f3a4b/resourceGroups/rg/providers/"
    "Microsoft.ContainerInstance/containerGroups/cg"
)
PROOFS = {
    "(InvalidImageRegistryCredentialType) Identity in 'imageRegistryCredentials' of container group 'cg' is not "
    "supported.": "credential-identity-needs-newer-api",
    "AmbiguousImageResitryCredentialType": "credential-type-ambiguous",
    "(InvalidImageRegistryIdentity) The identity in the 'imageRegistryCredentials' of container group 'cg' not found "
    "in container group identity list.": "credential-identity-not-on-group",
    "Code: MoreImageRegistryCredentialsThanContainers": "credential-count-exceeds-containers",
    "(InvalidImageRegistryServer) The server 'https://x' in the 'imageRegistryCredentials' of container group 'cg' is "
    "invalid.": "credential-server-malformed",
    "(InvalidRequestContent) The request content was invalid and could not be deserialized: 'Required property "
    "'server' not found in JSON. Path 'properties.imageRegistryCredentials[0]', line 1, position 586.'.": (
        "credential-server-missing"
    ),
    "(InvalidImageRegistryPassword) The password in the 'imageRegistryCredentials' of container group 'cg' cannot be "
    "empty.": "credential-rejected",
    "(OsVersionNotSupported) The OS version of image 'x/y' is not supported.": "windows-version-unsupported",
    "(UnAuthorizedForCredentialOperations) Cannot perform credential operations for /subscriptions/s/resourceGroups/r"
    "/providers/Microsoft.ContainerRegistry/registries/contoso as admin user is disabled.": "admin-user-disabled",
    "(RegistryErrorResponse) An error response is received from the docker registry 'index.docker.io'. Please retry "
    "later.": "docker-hub-rate-limit",
}


def _report(run: Run, text: str | bytes, **given: Any) -> dict[str, Any]:
    _, printed = run(text, "--format", "json", **given)
    report: dict[str, Any] = json.loads(printed)
    return report


def _confirmed(report: dict[str, Any]) -> list[str]:
    return [each["check"] for each in report["findings"] if each["confidence"] == "confirmed"]


@pytest.mark.parametrize("text", PROOFS)
def test_a_code_that_names_one_cause_proves_it(text: str, run: Run) -> None:
    """Confirmed, first among the candidates, exit code 1, and said in the text."""
    report = _report(run, text)
    assert (report["outcome"], report["root_cause"]) == ("cause-found", PROOFS[text])
    assert _confirmed(report) == [PROOFS[text]]
    assert report["candidates"][0] == PROOFS[text]
    code, printed = run(text)
    assert code == 1
    assert "PROVEN" in printed


@pytest.mark.parametrize(
    ("text", "definition"),
    [
        (inaccessible("https://contoso.azurecr.io/app:1"), None),
        (inaccessible(), group()),
        (inaccessible(), group(imageRegistryCredentials=[{"server": "https://contoso.azurecr.io", "username": "x"}])),
        (inaccessible("app:1"), group("app:1", imageRegistryCredentials=[{"server": "a.azurecr.io", "username": "x"}])),
        ("BadRequest", group()),
        ("", group()),
        ('Failed to pull image "a.azurecr.io/b:1": rpc error: desc = unauthorized: authentication required', None),
    ],
)
def test_nothing_else_is_ever_confirmed(text: str, definition: object, run: Run) -> None:
    """What a definition shows is likely at most: a person may have changed what was pasted."""
    report = _report(run, text, definition=definition)
    assert _confirmed(report) == []
    assert (report["outcome"], report["root_cause"], report["plan"]) == ("undetermined", None, None)
    assert report["candidates"]
    assert run(text, definition=definition)[0] == 0


@pytest.mark.parametrize(
    "image",
    ["<registry>.azurecr.io/<image>", "XXXX", "***.azurecr.io/app:1", "...", "###hidden###.azurecr.io/App:latest"],
)
def test_masks_are_set_aside(image: str, run: Run) -> None:
    """A hidden name is never called malformed, in the error or in the definition."""
    for report in (
        _report(run, inaccessible(image)),
        _report(
            run,
            inaccessible(image),
            definition=group(image, imageRegistryCredentials=[{"server": image, "username": "***"}]),
        ),
    ):
        fails = {each["check"] for each in report["findings"] if each["verdict"] == "fail"}
        assert not fails & {"image-reference-malformed", "credential-server-malformed", "credential-server-mismatch"}
        assert "image-reference-malformed" not in report["candidates"][:2]


def test_masked_identities_are_not_compared(run: Run) -> None:
    """Two masks always differ."""
    given = group(
        imageRegistryCredentials=[{"server": "contoso.azurecr.io", "identity": "<identity id>"}],
        identity={"type": "UserAssigned", "userAssignedIdentities": {"<id>": {}}},
    )
    verdicts = {each["check"]: each["verdict"] for each in _report(run, inaccessible(), definition=given)["findings"]}
    assert verdicts["credential-identity-not-on-group"] != "fail"


def test_an_expression_in_a_definition_is_not_known(run: Run) -> None:
    """A group cut out of a template is not at fault for what nothing has evaluated yet."""
    report = _report(run, "InaccessibleImage", definition=group("[parameters('image')]"))
    assert "image-reference-malformed" not in [
        each["check"] for each in report["findings"] if each["verdict"] == "fail"
    ]


def test_another_failure_is_named_and_gets_no_candidates(run: Run) -> None:
    """Exit code 0: it is no failed pull, and there is no cause to look for."""
    text = "(ContainerGroupQuotaReached) Resource type container group quota 'Cores' exceeded in region 'westeurope'."
    report = _report(run, text)
    assert (report["outcome"], report["kind"], report["candidates"]) == ("not-a-pull-failure", "quota", [])
    code, printed = run(text)
    assert code == 0
    assert printed.startswith("Not an image-pull failure: quota.")


@pytest.mark.parametrize(
    ("text", "group_said"),
    [
        (inaccessible(), "cg"),
        (f"{inaccessible()} target: {ID}", ID),
        ("does not have authorization to perform action 'Microsoft.ContainerInstance/containerGroups/write'", None),
        ("InaccessibleImage", None),
    ],
)
def test_a_group_is_an_id_a_bare_name_or_nothing(text: str, group_said: str | None, run: Run) -> None:
    """No id is made up around a name, and the words of an operation are no group."""
    report = _report(run, text)
    assert report["incident"]["container_group"] == group_said
    assert "/subscriptions/" not in json.dumps(report) or group_said == ID


def test_a_correlation_id_is_given_as_written(run: Run) -> None:
    """Without dashes where it has none; `diagnose` is offered with it."""
    text = f"{inaccessible()} {ID} CorrelationId: 84c13af8bdb9709a44dda61f93cce798"
    assert _report(run, text)["incident"]["correlation_id"] == "84c13af8bdb9709a44dda61f93cce798"
    assert f"--resource-id {ID} --correlation-id 84c13af8bdb9709a44dda61f93cce798" in run(text)[1]


def test_different_texts_are_different_incidents(run: Run) -> None:
    """Two failures of which nothing is known but the code are not taken for one."""
    assert _report(run, "InaccessibleImage")["incident"]["id"] != _report(run, "ErrImagePull")["incident"]["id"]


def test_the_text_shows_at_most_six_candidates_with_how_to_tell(run: Run) -> None:
    """And ends with what would settle it."""
    printed = run(inaccessible())[1]
    assert "  6. " in printed
    assert "  7. " not in printed
    assert "What would settle it" in printed
    assert "acimedic diagnose --resource-id" in printed


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_every_form_tells_the_candidates_and_how_to_tell_them_apart(form: str, run: Run) -> None:
    """What goes into a pull request or a mail says as much as the JSON."""
    report = _report(run, inaccessible())
    code, printed = run(inaccessible(), "--format", form)
    assert code == 0
    assert [check for check in report["candidates"] if check not in printed] == []
    assert "Candidates, the likeliest first" in printed


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_what_is_proved_is_the_cause_in_every_form(form: str, run: Run) -> None:
    """With the exit code of a cause that was found."""
    code, printed = run("AmbiguousImageResitryCredentialType", "--format", form)
    assert code == 1
    assert "Cause found" in printed


def test_a_pasted_tag_is_none_on_the_page(run: Run) -> None:
    """An error text comes from anywhere."""
    _, printed = run(inaccessible("x.azurecr.io/<img src=x onerror=alert(1)>"), "--format", "html")
    assert "&lt;img src=x" in printed
    assert "<img" not in printed


def test_what_az_prints_is_a_definition_too(run: Run) -> None:
    """`az container show` lifts the properties one level up."""
    shown = {"name": "cg", "osType": "Linux", "containers": [{"name": "a", "image": "contoso.azurecr.io/app:1"}]}
    report = _report(run, "InaccessibleImage", definition=shown)
    assert report["incident"]["images"] == ["contoso.azurecr.io/app:1"]


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "not a JSON object"),
        ("null", "null"),
        ("{}", "neither containers"),
        ('{"$schema": "x", "resources": []}', "whole template"),
        ('{"type": "Microsoft.Web/sites", "properties": {"containers": []}}', "Microsoft.Web/sites"),
    ],
)
def test_a_definition_that_is_none_is_refused(definition: str, said: str, run: Run) -> None:
    """In one line that says what is wrong."""
    with pytest.raises(CannotRunError, match=said):
        run(inaccessible(), definition=definition)


@pytest.mark.parametrize("text", ["", "  \n\t", "\ufeff", b"\x00\x00"])
def test_an_empty_text_is_refused(text: str | bytes, run: Run) -> None:
    """There is nothing to explain."""
    with pytest.raises(CannotRunError, match="is empty"):
        run(text)


def test_a_missing_file_is_refused(tmp_path: Path, run: Run) -> None:
    """With its name and the reason."""
    with pytest.raises(CannotRunError, match="could not be read"):
        run(inaccessible(), "--definition", str(tmp_path / "none.json"))


@pytest.mark.parametrize(
    "text",
    [
        bytes(range(256)) * 40,
        inaccessible("a\x1b[2Jb\u202e.azurecr.io/x:1", "c\x1b]0;x\x07g"),
        inaccessible("x' && rm -rf ~ '.azurecr.io/y"),
        "\ud800 InaccessibleImage \udfff",
        '{"error": {"code": "InaccessibleImage", "message": "\\ud800"}}',
        "{" * 5000,
        "hello world",
    ],
)
def test_odd_input_is_explained_as_far_as_it_goes(text: str | bytes, run: Run) -> None:
    """No crash, no control character on the terminal, valid JSON."""
    printed = run(text)[1]
    assert all(char.isprintable() or char == "\n" for char in printed)
    assert _report(run, text)["version"] == 1


def test_ten_megabytes_are_read(run: Run) -> None:
    """A whole pipeline log with the error somewhere in it."""
    log = ("2026-01-01T00:00:00.0000000Z building layer after layer, nothing to see here\n" * 135_000).encode()
    assert _report(run, log + inaccessible().encode() + b"\n")["incident"]["images"] == ["contoso.azurecr.io/app:1"]


def test_the_same_input_gives_the_same_report(run: Run) -> None:
    """Byte by byte."""
    assert run(inaccessible(), "--format", "json", definition=group()) == run(
        inaccessible(), "--format", "json", definition=group()
    )


def test_no_secret_of_the_definition_is_printed(run: Run) -> None:
    """Passwords and environment variables end where the definition is read."""
    given = group(imageRegistryCredentials=[{"server": "contoso.azurecr.io", "username": "u", "password": "hunter2"}])
    given["properties"]["containers"][0]["properties"]["environmentVariables"] = [{"name": "K", "value": "hunter3"}]
    for words in ((), ("--format", "json")):
        assert "hunter" not in run(inaccessible(), *words, definition=given)[1]


def test_a_check_that_is_not_there_yet_can_still_be_proven() -> None:
    """The words of the code are enough."""
    explanation = explain("(InvalidImageRegistryUsername) x", checks=())
    assert [each.check for each in explanation.diagnosis.fails] == ["credential-rejected"]
    assert explanation.diagnosis.outcome == "cause-found"
    assert (
        explain("InaccessibleImage", checks=()).candidates == explain("InaccessibleImage", checks=checks.ALL).candidates
    )


def test_neither_network_nor_sdk_is_loaded() -> None:
    """The command works on a machine that knows nothing of Azure."""
    program = (
        "import sys; import acimedic.cli.explain; "
        "print([each for each in sys.modules if each.split('.')[0] in ('azure', 'aiohttp', 'socket', 'http')])"
    )
    # What measures coverage loads a module of the network itself, and finds its way into every process by these.
    bare = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=bare)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["\ud800", "cg\udfff"])
def test_half_a_character_in_a_name_is_no_obstacle(name: str) -> None:
    """JSON allows it in the error and in the definition."""
    definition = {"name": name, "properties": {"containers": [{"name": "a", "properties": {"image": name}}]}}
    text = json.dumps({"error": {"code": "InaccessibleImage", "message": f"The image 'a' in container group '{name}'"}})
    assert explain(text, definition, checks=checks.ALL).diagnosis.evidence.incident.id
