"""What the HTTP API does, operation by operation, as OpenAPI words it (pure)."""

from collections.abc import Mapping
from typing import Any

from acimedic.web.schemas import TEXT, Schema, ref

ABOUT = (
    "Finds out why Azure Container Instances could not pull an image, tells people, and repairs what it may. "
    "What went wrong with a request is a problem of RFC 9457, or a page where the request asks for one."
)
SECURITY: Mapping[str, Schema] = {
    "functionKey": {
        "type": "apiKey",
        "in": "header",
        "name": "x-functions-key",
        "description": "In Azure: the key of the function, or of the app. On one's own machine none is needed.",
    },
    "entra": {
        "type": "http",
        "scheme": "bearer",
        "description": "In Azure: whom App Service authentication has signed in. On one's own machine nobody has to.",
    },
}
_KEY: list[Schema] = [{"functionKey": []}, {}]
_SIGNED_IN: list[Schema] = [{"entra": []}, {}]


def _body(schema: Schema, *others: str, kind: str = "application/json") -> Schema:
    return {kind: {"schema": schema}} | {other: {"schema": TEXT} for other in others}


_PROBLEM = _body(ref("Problem"), "text/html", kind="application/problem+json")


def _wrong(said: str, **headers: str) -> Schema:
    told = {name.replace("_", "-"): {"description": what, "schema": TEXT} for name, what in headers.items()}
    return {"description": said, "content": _PROBLEM} | ({"headers": told} if told else {})


RESPONSES: Mapping[str, Schema] = {
    "400": _wrong("Not understood; the detail says what is wrong."),
    "401": _wrong("Nobody is signed in.", WWW_Authenticate="Bearer"),
    "403": _wrong("Whoever asks may not, or asks about a subscription that is not served."),
    "404": _wrong("There is nothing of this id, or nothing of this kind of it yet."),
    "405": _wrong("The address takes other methods.", Allow="The methods."),
    "409": _wrong("Decided already, or no longer what waits."),
    "410": _wrong("The link has expired."),
    "413": _wrong("The body is too long."),
    "415": _wrong("The body is of another type than is taken."),
    "421": _wrong("The server on one's own machine was asked by another name."),
    "429": _wrong("Asked too often.", Retry_After="Seconds after which to ask again."),
    "500": _wrong("The settings are wrong, or ACI Medic has a defect."),
    "502": _wrong("Azure did not answer."),
    "503": _wrong("Azure or the store is away, or this is closed because authentication is not on."),
    "504": _wrong("Azure did not answer in time."),
}


def _answers(good: Mapping[str, Schema], *wrong: int) -> dict[str, Schema]:
    told = {str(status): {"$ref": f"#/components/responses/{status}"} for status in (*wrong, 405, 421, 500)}
    return {**good, **dict(sorted(told.items()))}


def _ok(said: str, schema: str, *others: str, status: str = "200") -> dict[str, Schema]:
    return {status: {"description": said, "content": _body(ref(schema), *others)}}


def _query(name: str, said: str, **schema: Any) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": said, "schema": TEXT | schema}


def _look(summary: str, schema: str, *wrong: int, page: bool = True, query: tuple[Schema, ...] = ()) -> Schema:
    told = {"parameters": list(query)} if query else {}
    good = _ok("As JSON, or as a page where one is asked for.", schema, *(("text/html",) if page else ()))
    return {"summary": summary, **told, "security": _SIGNED_IN, "responses": _answers(good, 401, 403, 503, *wrong)}


_LIST = (
    _query("state", "Only those in this state."),
    _query("cause", "Only those of this cause: the id of a check."),
    _query("subscription", "Only those of this subscription."),
    _query("since", "Only those received since: a date, or a moment.", examples=["2026-03-14"]),
    _query("after", "Where the page before has ended."),
    _query("limit", "How many, at most 100.", type="string", pattern="^[0-9]{1,3}$"),
)
_TOKEN = _query("token", "The signed text of the link.")
_ID, _CHECK = "/api/incidents/{id}", "/api/checks/{check}"

OPERATIONS: Mapping[tuple[str, str], Schema] = {
    ("GET", "/"): {
        "summary": "On to the list of incidents",
        "responses": _answers(
            {"302": {"description": "To the list.", "headers": {"Location": {"schema": TEXT}}}}, 401, 503
        ),
    },
    ("GET", "/api/openapi.json"): _look("This description", "OpenAPI", page=False),
    ("GET", "/api/health"): {
        "summary": "Whether all is well, in one word",
        "description": "For probes: neither a key nor a sign-in is asked for.",
        "responses": _answers({**_ok("It is.", "Health"), **_ok("It is not.", "Health", status="503")}),
    },
    ("GET", "/api/health/details"): {
        "summary": "What that word stands on; with whole=true everything, Azure included",
        "parameters": [
            {
                "name": "whole",
                "in": "query",
                "description": "Whether everything is looked at, as the identity of the app.",
                "schema": {"type": "string", "enum": ["true", "false"]},
            }
        ],
        "security": _KEY,
        "responses": _answers(
            {**_ok("All is well.", "Findings"), **_ok("Something is wrong, or closed.", "Findings", status="503")},
            401,
            429,
        ),
    },
    ("GET", "/api/doctor"): {
        "summary": "The whole examination, for whoever has signed in",
        "description": "Takes up to a minute, and is kept for one.",
        "security": _SIGNED_IN,
        "responses": _answers(
            {**_ok("All is well.", "Findings"), **_ok("Something is wrong, or closed.", "Findings", status="503")},
            401,
            429,
        ),
    },
    ("POST", "/api/diagnose"): {
        "summary": "Find out why a pull failed",
        "description": "Changes nothing. What the caller supplies never leads to a plan.",
        "security": _KEY,
        "requestBody": {"required": True, "content": _body(ref("Question"))},
        "responses": _answers(
            {
                **_ok("The report.", "Report"),
                "202": {
                    "description": "It takes longer; `Location` is where to look for what comes of it.",
                    "headers": {
                        "Location": {"description": "Of the incident.", "schema": TEXT},
                        "Retry-After": {"description": "Seconds after which to look.", "schema": TEXT},
                    },
                    "content": _body(ref("Accepted")),
                },
            },
            *(400, 401, 403, 413, 415, 429, 502, 503, 504),
        ),
    },
    ("POST", "/api/events"): {
        "summary": "The webhook of Event Grid, on one's own machine",
        "description": "In Azure, events come by a trigger instead, and this answers 404.",
        "requestBody": {"required": True, "content": _body({"type": ["object", "array"]})},
        "responses": _answers(
            {
                # OpenAPI has no words for a body that is there at times.
                "200": {"description": "Taken in, with nothing to say; to a handshake, its `validationResponse`."}
            },
            *(400, 403, 404, 413, 415, 503),
        ),
    },
    ("OPTIONS", "/api/events"): {
        "summary": "The handshake of CloudEvents",
        "responses": _answers(
            {"200": {"description": "Who asks may deliver.", "headers": {"WebHook-Allowed-Origin": {"schema": TEXT}}}},
            *(400, 404),
        ),
    },
    ("GET", "/api/incidents"): _look("The incidents, the latest first", "Records", 400, query=_LIST),
    ("GET", _ID): _look("One incident whole", "Incident", 404),
    ("GET", f"{_ID}/audit"): _look("The sealed trail of an incident", "Trail", 404, page=False),
    ("GET", f"{_ID}/bundle"): _look("All that was read, to diagnose again elsewhere", "Bundle", 404, page=False),
    ("GET", "/api/checks"): _look("Every check", "Checks"),
    ("GET", _CHECK): _look("One check", "Check", 404),
    ("GET", f"{_ID}/decision"): {
        "summary": "The plan that waits for a decision",
        "parameters": [_TOKEN],
        "security": _SIGNED_IN,
        "responses": _answers(_ok("What would be changed.", "Waiting", "text/html"), 401, 403, 404, 409, 410, 503),
    },
    ("POST", f"{_ID}/decision"): {
        "summary": "Decide",
        "description": "Takes the app role Acimedic.Approver. A token decides once.",
        "security": _SIGNED_IN,
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": ref("Decide")} for kind in ("application/x-www-form-urlencoded", "application/json")
            },
        },
        "responses": _answers(
            _ok("What was decided.", "Decided", "text/html"), 400, 401, 403, 404, 409, 410, 413, 415, 503
        ),
    },
}
"""By method and path. HEAD is as GET."""
