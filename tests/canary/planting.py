"""Where secrets and persons come in: a group's definition, what Azure tells of it, its event, our own settings."""

import base64
import json
from copy import deepcopy
from typing import Any
from urllib.parse import quote

from acimedic.simulator import load_world
from tests.canary.birds import Cage
from tests.groups import IMAGE, a_group

World = dict[str, Any]
SIDE = "ghcr.io/contoso/side:1"
_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
_UPN = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"


def definition_secrets(cage: Cage, where: str) -> tuple[World, World]:
    """What is added to a group's properties, and to those of each of its containers."""

    def bird(name: str) -> str:
        return cage(f"{where}: {name}")

    probe = {"port": 80, "httpHeaders": [{"name": "Authorization", "value": f"Bearer {bird('probe header')}"}]}
    of_group = {
        "volumes": [
            {"name": "a", "azureFile": {"shareName": "s", "storageAccountKey": bird("storage key")}},
            {"name": "b", "secret": {"file": base64.b64encode(bird("secret volume").encode()).decode()}},
            {"name": "c", "gitRepo": {"repository": f"https://git:{bird('git password')}@git.example/r.git"}},
        ],
        "diagnostics": {"logAnalytics": {"workspaceId": "w", "workspaceKey": bird("workspace key")}},
        "extensions": [{"name": "x", "properties": {"protectedSettings": {"token": bird("extension setting")}}}],
        "encryptionProperties": {"vaultBaseUrl": f"https://v.example/?sig={bird('vault signature')}"},
    }
    of_container = {
        "command": ["sh", "-c", f"mysql -uroot -p{bird('command line')} -e 'select 1'"],
        "environmentVariables": [
            {"name": "MODE", "value": bird("plain variable")},
            {"name": "API_KEY", "secureValue": bird("secure variable")},
        ],
        "livenessProbe": {"httpGet": probe},
    }
    return of_group, of_container


def plant_definition(cage: Cage, group: World, where: str) -> None:
    """Secrets in every place of a definition that has one, and a second image with a password of its own."""
    properties = group["properties"]
    of_group, of_container = definition_secrets(cage, where)
    properties |= of_group
    for container in properties["containers"]:
        container["properties"] |= deepcopy(of_container)
    properties["containers"].append({"name": "side", "properties": {"image": SIDE, **deepcopy(of_container)}})
    password = {"server": "ghcr.io", "username": "side", "password": cage(f"{where}: registry password")}
    properties.setdefault("imageRegistryCredentials", []).append(password)
    group["tags"] = {"token": cage(f"{where}: tag")}


def error_texts(cage: Cage, where: str) -> list[str]:
    """Sentences of an error in which a secret is quoted, in the forms in which clients and servers write them."""

    def bird(name: str) -> str:
        return cage(f"{where}: {name}")

    def both(name: str) -> str:
        return base64.b64encode(f"user:{bird(name)}".encode()).decode()

    signed = f"https://acct.blob.core.windows.net/c/b?sv=2024-11-04&sig={bird('signature')}%3D&se=2027-01-01"
    encoded = f"https://acct.blob.core.windows.net/c/b?sv=2024-11-04&sig={bird('encoded signature')}%3D&se=2027-01-01"
    halves = bird("bearer over two lines")
    return [
        f"GET https://user:{bird('password in an address')}@contoso.azurecr.io/v2/ failed",
        f"GET {quote('https://user:' + bird('encoded password in an address') + '@contoso.azurecr.io/v2/', safe='')}",
        f"see {signed} or {quote(encoded, safe='')}",
        f"Authorization: Bearer {bird('bearer')}",
        f"Authorization: Basic {both('basic')}",
        f"authorization=Bearer%20{bird('encoded bearer')}",
        f"Authorization: Bearer {halves[:12]}\n{halves[12:]}",
        f"password={bird('assignment')}; client_secret={bird('client secret')}",
        f"password%3D{bird('encoded assignment')}%26x%3D1",
        f"password: {bird('member of YAML')}",
        f'{{"identitytoken": "{bird("member of JSON")}", "auth": "{both("member auth")}"}}',
        f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={bird('account key')}==;EndpointSuffix=x",
        f"Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=r;SharedAccessKey={bird('access key')}=",
        f"InstrumentationKey={bird('instrumentation key')};IngestionEndpoint=https://x",
        f"docker login -u me -p {bird('login')} contoso.azurecr.io",
        f"x-functions-key: {bird('function key')}",
        f"Set-Cookie: ARRAffinity={bird('cookie')}; Path=/",
        f"The client '{cage.put(f'{where}: mail of a person', bird('mail') + '@contoso.example')}' with object id "
        f"'{cage.person(f'{where}: id of a person')}' does not have authorization",
    ]


def plant_error(cage: Cage, holder: World, where: str) -> None:
    """The secrets in an error's message, in its details, in what it adds, and as a key of JSON."""
    error = holder["error"]
    error["message"] = " ".join([error["message"], *error_texts(cage, f"{where} message")])
    inner = " ".join(error_texts(cage, f"{where} inner"))
    added = {cage(f"{where}: key of JSON"): True, "request": {"password": cage(f"{where}: additional information")}}
    error["additionalInfo"] = [{"type": "Request", "info": added}]
    error["details"] = [{"code": "InaccessibleImage", "message": f"Failed to pull image: {inner}"}]


def plant_event(cage: Cage, event: World, where: str = "event") -> None:
    """A person in the claims, who deployed from a place of theirs with a token."""
    data = event["data"]
    data["claims"] |= {
        "name": cage(f"{where}: name of a person"),
        "ipaddr": cage.address(f"{where}: address of a person"),
        _UPN: f"{cage(f'{where}: user of a person')}@contoso.example",
        _ID: cage.person(f"{where}: object id of a person"),
        "puid": cage(f"{where}: puid"),
        "uti": cage(f"{where}: id of a token"),
        "rh": cage(f"{where}: refresh hint"),
    }
    data["httpRequest"] = {
        "clientIpAddress": cage.address(f"{where}: client address"),
        "url": f"https://management.azure.com/?sig={cage(f'{where}: signature')}",
    }
    data["authorization"]["bearer"] = f"Bearer {cage(f'{where}: bearer')}"


def planted(cage: Cage, name: str) -> World:
    """A world with a secret in everything that Azure tells of it."""
    world = load_world(name)
    for deployment in world["deployments"].values():
        _plant_deployment(cage, deployment)
    for entry in world["activityLog"]:
        _plant_entry(cage, entry)
    for registry in world["registries"].values():
        registry["systemData"]["createdBy"] = f"{cage('registry: who made it')}@contoso.example"
        registry["tags"]["contact"] = f"{cage('registry: tag')}@contoso.example"
    for assignment in world["roleAssignments"].values():
        assignment["properties"]["description"] = f"password={cage('role assignment: description')}"
    plant_event(cage, world["event"])
    return world


def _plant_deployment(cage: Cage, deployment: World) -> None:
    template, properties = deployment["x-template"], deployment["properties"]
    template["parameters"]["apiKey"]["defaultValue"] = cage("template: default of a parameter")
    template["variables"]["secretOfOurs"] = cage("template: variable")
    template["outputs"]["key"] = {"type": "string", "value": cage("template: output")}
    plant_definition(cage, template["resources"][0], "template")
    properties["parameters"]["adminPassword"] = {"type": "String", "value": cage("deployment: parameter")}
    properties["parameters"]["apiKey"] = {"type": "SecureString", "value": cage("deployment: secure parameter")}
    properties["outputs"] = {"key": {"type": "String", "value": cage("deployment: output")}}
    plant_error(cage, properties, "deployment")
    for operation in deployment["x-operations"]:
        said = operation["properties"]
        plant_error(cage, said["statusMessage"], "operation")
        said["request"] = {"content": {"password": cage("operation: request")}}
        said["response"] = {"content": {"password": cage("operation: response")}}


def _plant_entry(cage: Cage, entry: World) -> None:
    entry["caller"] = f"{cage('activity log: caller')}@contoso.example"
    entry["claims"]["name"] = cage("activity log: name")
    entry["httpRequest"]["clientIpAddress"] = cage.address("activity log: address")
    said = entry["properties"]
    said["requestbody"] = json.dumps({"password": cage("activity log: request")})
    if "statusMessage" in said:
        told = json.loads(said["statusMessage"])
        plant_error(cage, told, "activity log")
        said["statusMessage"] = json.dumps(told)


def live_group(cage: Cage, world: World) -> World:
    """The group as it stands there, with secrets that Azure should not tell and events that quote some."""
    identity = world["identities"]["pull"]["id"]
    texts = error_texts(cage, "container event")
    stamps = {"count": 1, "firstTimestamp": "2026-11-20T08:12:27Z", "lastTimestamp": "2026-11-20T08:12:27Z"}
    events = [
        {**stamps, "name": "Failed", "type": "Warning", "message": f'Failed to pull image "{IMAGE}": 401 {text}'}
        for text in texts
    ]
    group: World = a_group(world["event"]["data"]["resourceUri"], identity, {"events": events})
    group["properties"]["instanceView"] = {"events": events, "state": "Failed"}
    plant_definition(cage, group, "live group")
    return group


def environment(cage: Cage) -> dict[str, str]:
    """Settings of an app with every way of telling, all in order, and what the platform adds of its own."""
    flow = "https://prod-1.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke"
    return {
        "ACIMEDIC_APPROVAL_KEY": cage("setting: approval key") * 2,
        "ACIMEDIC_APPROVAL_KEY_EARLIER": cage("setting: earlier approval key") * 2,
        "ACIMEDIC_AUDIT_KEY": cage("setting: audit key") * 2,
        "ACIMEDIC_HASH_KEY": cage("setting: hash key") * 2,
        "ACIMEDIC_TEAMS_WEBHOOK": f"{flow}?api-version=2016-06-01&sp=%2Ftriggers&sig={cage('setting: webhook')}",
        "ACIMEDIC_MAIL_ENDPOINT": "https://medic.europe.communication.azure.com",
        "ACIMEDIC_MAIL_FROM": "medic@contoso.example",
        "ACIMEDIC_MAIL_TO": f"{cage('setting: recipient')}@contoso.example",
        "ACIMEDIC_EVENTS_TOPIC": "https://medic.westeurope-1.eventgrid.azure.net/api/events",
        "ACIMEDIC_URL": "https://medic.contoso.example",
        "AzureWebJobsStorage": f"AccountName=a;AccountKey={cage('setting: connection string')}==",
        "APPLICATIONINSIGHTS_CONNECTION_STRING": f"InstrumentationKey={cage('setting: insights')}",
        "AZURE_CLIENT_SECRET": cage("setting: client secret"),
        "MICROSOFT_PROVIDER_AUTHENTICATION_SECRET": cage("setting: secret of the sign-in"),
        "WEBSITE_AUTH_ENCRYPTION_KEY": cage("setting: key of the platform"),
    }
