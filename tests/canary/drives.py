"""What is done in the house: a story from its event to its repair, an Azure that refuses, every command."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.canary.birds import Cage
from tests.canary.house import House, Served, Telling, command, serve
from tests.canary.planting import error_texts, live_group, plant_definition, planted

ROLE = "role-missing"
FORMS = ("text", "json", "markdown", "html", "sarif")
_IMAGE = "contoso.azurecr.io/app/web:1.4.2"


def opened(folder: Path, *, live: bool = False, **world: Any) -> House:
    """A house over a make-believe Azure that has to be stopped. live: the group is there, else its template is."""
    cage = Cage()
    told = planted(cage, ROLE) | {"caller": {}} | world
    if live:
        told["groups"]["web"] = live_group(cage, told)
    return House(cage, Telling(told, cage), folder)


def play(house: House, *, pages: bool = True, approve: bool = True, **settings: str) -> None:
    """The event comes, pages are looked at, somebody approves, time passes."""

    async def work(served: Served) -> None:
        event = house.azure.world["event"]
        await served.ask("POST", "/api/events", [event], aeg_event_type="Notification", x_functions_key=_key(house))
        await served.local.advance()
        incident = await _only(served)
        if approve:
            await served.until_decided(incident)
        await served.to_the_end()
        if pages:
            await served.look(incident)
        await served.ask("POST", "/api/diagnose", {"event": event}, authorization=f"Bearer {_bearer(house)}")

    serve(house, work, **settings)


def _key(house: House) -> str:
    return house.cage("request: key of the function")


def _bearer(house: House) -> str:
    return house.cage("request: bearer")


async def _only(served: Served) -> str:
    told = await served.ask("GET", "/api/incidents", Accept="application/json")
    (known,) = json.loads(told.body)["incidents"]
    return str(known["id"])


def refusals(cage: Cage) -> dict[str, dict[str, Any]]:
    """What an Azure in trouble answers to everything, with secrets in the body and in the headers."""

    def body(name: str) -> dict[str, Any]:
        holder = {"code": "AuthorizationFailed", "message": " ".join(error_texts(cage, f"{name} answer"))}
        return {"error": holder | {"details": [{"code": cage(f"{name}: key"), "message": holder["message"]}]}}

    def headers(name: str) -> dict[str, str]:
        return {
            "WWW-Authenticate": f'Bearer realm="https://contoso.azurecr.io/?sig={cage(f"{name}: realm")}"',
            "Location": f"https://evil.example/?token={cage(f'{name}: location')}",
            "Retry-After": cage(f"{name}: Retry-After"),
        }

    def answer(name: str, status: int) -> dict[str, Any]:
        return {"status": status, "body": body(name), "headers": headers(name)}

    return {str(status): answer(str(status), status) for status in (400, 401, 403, 404, 409, 429, 500, 503)} | {
        "code with a secret": answer("code", 403) | {"body": {"error": {"code": f"Bearer {cage('code: bearer')}"}}},
        "no JSON": answer("page", 502) | {"body": f"<html>password={cage('page: password')}</html>".encode()},
        "half": answer("half", 200) | {"body": f'{{"token": "{cage("half: token")}'.encode()},
        "redirect": answer("redirect", 307),
    }


def diagnose_refused(house: House) -> dict[str, int]:
    """A diagnosis is asked for while Azure answers everything in one of these ways; the status of each answer."""
    statuses: dict[str, int] = {}

    async def work(served: Served) -> None:
        for name, fault in refusals(house.cage).items():
            house.azure.world["faults"] = [fault]
            asked = {"event": house.azure.world["event"]}
            statuses[name] = (await served.ask("POST", "/api/diagnose", asked)).status
        await served.ask("GET", "/api/doctor", Accept="application/json")

    serve(house, work, ACIMEDIC_TIME_LIMIT="1")
    return statuses


def commands(house: House) -> None:
    """Every command that looks at an incident, in every form."""
    world = house.azure.world
    event = house.file("event.json", world["event"])
    error = house.file("error.json", {"error": {"code": "InaccessibleImage", "message": _inaccessible(house, "file")}})
    template = house.file("template.json", _template(house))
    parameters = house.file("parameters.json", _parameters(house))
    supplied = ("--error", error, "--template", template, "--parameters", parameters)
    for form in FORMS:
        command(house, "diagnose", "diagnose", "--event", event, "--format", form)
        if form in {"text", "json"}:
            command(house, "diagnose", "diagnose", "--event", event, *supplied, "--format", form)
        command(house, "explain", "explain", error, "--definition", _group_file(house), "--format", form)
        if form != "html":
            for live in ((), ("--live",)) if form == "json" else ((),):
                command(house, "preflight", "preflight", template, "--parameters", parameters, *live, "--format", form)
    command(house, "preflight", "preflight", template, "--parameters", parameters, "--fix-definition")
    for form in ("text", "json"):
        command(house, "doctor", "doctor", "--format", form)
    command(house, "doctor", "doctor", "--send-test")
    _of_an_incident(house)


def _of_an_incident(house: House) -> None:
    command(house, "incidents", "incidents", "list")
    known = house.out["incidents: standard output"].split()
    incident = next(word for word in known if word.count("-") == 4)
    for words in (("incidents", "show", incident, "--audit"), ("plan", incident), ("apply", incident, "--yes")):
        command(house, words[0], *words)
    for word in ("verify", "undo"):
        command(house, word, word, incident, *(["--yes"] if word == "undo" else []))


def _inaccessible(house: House, where: str) -> str:
    said = " ".join(error_texts(house.cage, where))
    return f"The image '{_IMAGE}' in container group 'cg-web-01' is not accessible. {said}"


def _template(house: House) -> dict[str, Any]:
    (deployment,) = house.azure.world["deployments"].values()
    template: dict[str, Any] = deepcopy(deployment["x-template"])
    plant_definition(house.cage, template["resources"][0], "template file")
    template["resources"][0]["properties"]["containers"][0]["properties"]["image"] = _IMAGE.upper()
    return template


def _parameters(house: House) -> dict[str, Any]:
    secret, reference = house.cage("parameter file: secret"), {"keyVault": {"id": "/x"}, "secretName": "s"}
    return {"parameters": {"imageTag": {"value": "1.4.2"}, "apiKey": {"value": secret, "reference": reference}}}


def _group_file(house: House) -> str:
    group = {
        "name": "cg-web-01",
        "properties": {
            "osType": "Linux",
            "containers": [
                {"name": "web", "properties": {"image": f"https://u:{house.cage('image: password')}@{_IMAGE}"}},
                {"name": "two", "properties": {"image": f"{_IMAGE}?sv=1&sig={house.cage('image: signature')}"}},
            ],
            "imageRegistryCredentials": [
                {"server": f"https://u:{house.cage('server: password')}@contoso.azurecr.io", "username": "u"},
                {"server": f"contoso.azurecr.io/?code={house.cage('server: code')}", "username": "u"},
            ],
        },
    }
    plant_definition(house.cage, group, "definition file")
    return house.file("group.json", group)
