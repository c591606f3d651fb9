"""Whether all is well: one word for whoever asks, and what is behind it for whoever may know.

`/api/health` is for probes, and has neither a key nor a sign-in: it says `ok` or `degraded`, and no more.
"""

from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from acimedic.redact import redact
from acimedic.report.plain import plain
from acimedic.web.answers import Answer, problem, said
from acimedic.web.limits import TooManyError

if TYPE_CHECKING:
    from acimedic.doctor.finding import Finding

PATH = "/api/health"
DETAILS = "/api/health/details"
SIGNED_IN = "/api/doctor"
"""The whole examination, for whoever has signed in: what begins like the path of probes is not guarded by that."""
WHOLE = "whole"
"""The word in the query by which whoever has the key of the details asks for the whole examination."""


def one_word(*, well: bool) -> Answer:
    """The status alone; 503 where something is wrong, so that a probe need not read it."""
    answer = said({"status": "ok" if well else "degraded"})
    return answer if well else replace(answer, status=HTTPStatus.SERVICE_UNAVAILABLE.value)


def busy(error: TooManyError) -> Answer:
    """Where another examination is under way."""
    wait = {"Retry-After": str(error.wait)}
    return problem(HTTPStatus.TOO_MANY_REQUESTS, f"an examination is under way: {error}", headers=wait)


def in_detail(findings: "Iterable[Finding]") -> Answer:
    """The status, and each finding that it stands on."""
    told = [
        {"about": each.about, "verdict": each.word, "said": plain(redact(each.said)), "repair": each.repair}
        for each in findings
    ]
    well = all(each["verdict"] != "wrong" for each in told)
    answer = said({"status": "ok" if well else "degraded", "findings": told})
    return answer if well else replace(answer, status=HTTPStatus.SERVICE_UNAVAILABLE.value)
