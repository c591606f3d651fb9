"""How tools print one and the same error."""

# ruff: noqa: E501  (errors are quoted whole)

import json

import pytest

from acimedic.errors import PullFailure, classify, parse

IMAGE = "contosoreg.azurecr.io/app/web:1.4.2"
SENTENCE = (
    f"The image '{IMAGE}' in container group 'cg-web-01' is not accessible. "
    "Please check the image and registry credential."
)
OUTER = "At least one resource deployment operation failed. Please list deployment operations for details."
ID = "3fd1c8b0-7a43-4f0e-9a1b-5c2d8e6f9a10"
GROUP = "/subscriptions/0b9a7c1e-2f34-4d56-8a78-9c0d1e2f3a4b/resourceGroups/rg/providers/Microsoft.ContainerInstance/containerGroups/cg-web-01"
INNER = json.dumps({"error": {"code": "InaccessibleImage", "message": SENTENCE}}, indent=2).replace("\n", "\r\n")
NESTED = json.dumps(
    {
        "status": "Failed",
        "error": {"code": "DeploymentFailed", "message": OUTER, "details": [{"code": "BadRequest", "message": INNER}]},
    }
)


def _hard_wrapped(text: str, width: int = 79) -> str:
    return "\n".join(text[place : place + width] for place in range(0, len(text), width))


CODED = {
    "az": f"ERROR: (InaccessibleImage) {SENTENCE}\nCode: InaccessibleImage\nMessage: {SENTENCE}",
    "az with details": f"(DeploymentFailed) {OUTER}\nCode: DeploymentFailed\nMessage: {OUTER}\n"
    f"Exception Details:\t(InaccessibleImage) {SENTENCE}\n\tCode: InaccessibleImage\n\tMessage: {SENTENCE}",
    "az of 2018": f"Multiple error occurred: 'BadRequest':'InaccessibleImage':'{SENTENCE}'",
    "az printing JSON": f"ERROR: {NESTED}",
    "PowerShell 5": f"New-AzResourceGroupDeployment : 8:14:33 AM - Error: Code=InaccessibleImage; Message={SENTENCE}\n"
    "At C:\\deploy\\deploy.ps1:12 char:1\n+ New-AzResourceGroupDeployment -ResourceGroupName rg ...\n"
    "    + CategoryInfo          : NotSpecified: (:) [New-AzResourceGroupDeployment], Exception",
    "PowerShell 5, cut at the width of the console": _hard_wrapped(
        f"New-AzResourceGroupDeployment : 8:14:33 AM - Error: Code=InaccessibleImage; Message={SENTENCE}"
    ),
    "AzureRM": "New-AzureRmResourceGroupDeployment : Resource Microsoft.ContainerInstance/containerGroups 'cg-web-01' "
    f"\nfailed with message '{INNER}'\nAt line:1 char:1",
    "PowerShell's error id": f"New-AzContainerGroup : {SENTENCE}\nAt line:1 char:1\n    + FullyQualifiedErrorId : "
    "InaccessibleImage,Microsoft.Azure.PowerShell.Cmdlets.NewAzContainerGroup_CreateExpanded",
    "Az.ContainerInstance": f"[InaccessibleImage] : {SENTENCE}",
    "Terraform 2": 'Error: creating/updating Container Group: (Name "cg-web-01" / Resource Group "rg"): '
    "containerinstance.ContainerGroupsClient#CreateOrUpdate: Failure sending request: StatusCode=400 -- Original "
    f'Error: Code="InaccessibleImage" Message="{SENTENCE}"\n\n  on main.tf line 12',
    "Go with details": f'Code="DeploymentFailed" Message="{OUTER}" Details=[{{"code":"BadRequest","message":{json.dumps(INNER)}}}]',
    "Go response": f"RESPONSE 400: 400 Bad Request\nERROR CODE: InaccessibleImage\n----\n{INNER}\n----",
    "Azure Pipelines": f"2024-05-14T10:01:12.1234567Z ##[error]Details:\n2024-05-14T10:01:12.1240000Z ##[error]"
    f"InaccessibleImage: {SENTENCE}\n2024-05-14T10:01:12.1240000Z ##[error]Check out the troubleshooting guide",
    "Azure Pipelines, JSON": f"##[error]BadRequest: {INNER}",
    "GitHub": f"Error: ERROR: {NESTED}\nError: Process completed with exit code 1.",
    "Ansible": 'fatal: [localhost]: FAILED! => {"changed": false, "msg": '
    + json.dumps(f"Error creating Container Group - Azure Error: InaccessibleImage\nMessage: {SENTENCE}")
    + "}",
    "virtual kubelet": f'got HTTP response status code 400 error code "InaccessibleImage": {SENTENCE}',
    "virtual kubelet, in a log": f'level=warning msg="requeuing: error code \\\\\\"InaccessibleImage\\\\\\": {SENTENCE}"',
    "JavaScript": f"RestError: {SENTENCE}\n    at handle (/app/x.js:1:2) {{\n  code: 'InaccessibleImage',\n  statusCode: 400,",
    "Java": f'ManagementException: Status code 400, "{{"error":{{"code":"InaccessibleImage","message":"{SENTENCE}"}}}}": x',
    ".NET": f"Azure.RequestFailedException: {SENTENCE}\r\nStatus: 400 (Bad Request)\r\nErrorCode: InaccessibleImage\r\n",
    "Python's repr": repr({"error": {"code": "InaccessibleImage", "message": SENTENCE}}),
    "Pulumi": f'    error: autorest/azure: Service returned an error. Status=400 Code="InaccessibleImage" Message="{SENTENCE}"',
    "azd": f"ERROR: deployment failed:\n\nDeployment Error Details:\nInaccessibleImage: {SENTENCE}\n",
    "a page's source": f"{SENTENCE.replace(chr(39), '&#39;')} (Code: InaccessibleImage)",
    "Markdown": f'> **"code":** "InaccessibleImage",\n> **"message":** "{SENTENCE}"',
    "JSON, escaped once more": json.dumps(NESTED)[1:-1],
    "JSON, as a JSON string": json.dumps(NESTED),
    "JSON, cut short": NESTED[:-30],
    "Pascal case": json.dumps({"Code": "InaccessibleImage", "Message": SENTENCE, "Details": None, "Innererror": None}),
    "innererror": json.dumps(
        {"error": {"code": "BadRequest", "innererror": {"code": "InaccessibleImage", "message": SENTENCE}}}
    ),
    "a log table's row": json.dumps(
        {"Properties": json.dumps({"statusMessage": INNER}), "ActivityStatusValue": "Failure"}
    ),
}


@pytest.mark.parametrize("name", CODED)
def test_a_tool_prints_code_image_and_group(name: str) -> None:
    """Each tool's wrapping gives the code, the image and the group, and proves a failed pull."""
    chain = parse(CODED[name])
    assert chain.code == "InaccessibleImage"
    assert chain.image == IMAGE
    assert (chain.container_group or "").rpartition("/")[2] == "cg-web-01"
    verdict = classify(chain)
    assert isinstance(verdict, PullFailure)
    assert verdict.family == "inaccessible-image"


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        f"ValidationError: {SENTENCE}",
        f"2024-05-14T10:01:12.1234567Z ##[error]Error: {SENTENCE}",
        f"New-AzContainerGroup_CreateExpanded: {SENTENCE}",
        SENTENCE.replace("'", "\\u0027"),
        SENTENCE.replace("'", '"'),
        f"‘{SENTENCE}’".replace("'", "’"),
        "╷\n│ Error: " + SENTENCE + "\n╵",
        "New-Az: \n     | " + SENTENCE.replace("group ", "group \n     | "),
        json.dumps({"run": {"steps": [{"outcome": SENTENCE}]}}),
        json.dumps({"properties": {"statusMessage": SENTENCE, "statusCode": "BadRequest"}}),
    ],
)
def test_without_a_code_the_sentence_decides(text: str) -> None:
    """The sentence alone proves the family and holds the image and the group."""
    chain = parse(text)
    assert chain.code is None
    assert (chain.image, chain.container_group) == (IMAGE, "cg-web-01")
    assert isinstance(classify(chain), PullFailure)


@pytest.mark.parametrize(
    "image",
    [
        "",
        "nginx ",
        "https://a.azurecr.io/x:1",
        "$(REGISTRY)/x",
        "[parameters('image')]",
        f"a.azurecr.io/x@sha256:{'0' * 64}",
    ],
)
def test_an_image_is_kept_as_written(image: str) -> None:
    """Nothing of a quoted image is lost, however wrong it is."""
    assert parse(f"The image '{image}' in container group 'cg' is not accessible.").image == image


@pytest.mark.parametrize(
    ("text", "correlation"),
    [
        (f"CorrelationId: {ID}", ID),
        (f"Deployment failed. Correlation ID: {ID}. {{", ID),
        ("x-ms-correlation-request-id: 84c13af8bdb9709a44dda61f93cce798", "84c13af8bdb9709a44dda61f93cce798"),
        (json.dumps({"correlationId": "84c13af8bdb9709a44dda61f93cce798"}), "84c13af8bdb9709a44dda61f93cce798"),
        (f"The tracking id is '{ID}'.", None),
        ("Correlation ID:[ id ].", None),
    ],
)
def test_a_correlation_id_is_kept_as_written(text: str, correlation: str | None) -> None:
    """With or without dashes, and never another id."""
    assert parse(text).correlation_id == correlation


def test_bytes_of_a_powershell_redirection_are_read() -> None:
    """PowerShell writes UTF-16."""
    assert parse(SENTENCE.encode("utf-16")).image == IMAGE


def test_the_id_of_the_group_is_given_where_it_is_known() -> None:
    """The name in the sentence and an id elsewhere in the payload are one group; the spelling not in capitals wins."""
    record = {"resourceId": GROUP.upper(), "properties": {"entity": GROUP, "statusMessage": INNER}}
    assert parse({"records": [record]}).container_group == GROUP


def test_the_words_of_an_operation_are_no_group() -> None:
    """`containerGroups/write` names none."""
    entry = {
        "operationName": {"value": "Microsoft.ContainerInstance/containerGroups/write"},
        "properties": {"statusMessage": '{"error": {"code": "InternalServerError", "message": "x"}}'},
    }
    assert parse(entry).container_group is None
