"""A password in the address of an image or of a server is in no report, and a name without end does not fill one."""

import json
from collections.abc import Callable

import pytest

import checks
from acimedic.diagnosis import diagnose
from acimedic.model.evidence import Evidence
from acimedic.report.as_json import as_object
from acimedic.report.build import build_report
from acimedic.report.disclosing import LONGEST_NAME, name_shown
from acimedic.report.html import to_html
from acimedic.report.markdown import to_markdown
from acimedic.report.text import as_lines
from tests import build

CANARY = "S3cr3tZq7x"
SECRET = [
    f"https://u:{CANARY}@fabrikam.azurecr.io/app:1",
    f"u:{CANARY}@fabrikam.azurecr.io/app:1",
    f"u:p!'{CANARY}@fabrikam.azurecr.io/app:1",
    f"u:p/{CANARY}/q@fabrikam.azurecr.io",
    f"u:p@{CANARY}@fabrikam.azurecr.io",
    f"https://u:{CANARY}@registry/app:1",
    f"https://u:{CANARY}@fabrikam.azurecr.io",
    f"fabrikam.azurecr.io/app?token={CANARY}",
    f"fabrikam.azurecr.io?{CANARY}",
]
OPEN = [
    "contoso.azurecr.io/app/web:1.4.2",
    f"contoso.azurecr.io/app/web:1.4.2@sha256:{'0a' * 32}",
    f"https://contoso.azurecr.io/app/web:1.4.2@sha256:{'0a' * 32}",
    f"localhost:5000/app@sha256:{'0a' * 32}",
    "contoso.azurecr.io:443/app:1",
    "https://contoso.azurecr.io",
]


def _everything(evidence: Evidence) -> str:
    """All that is told of a diagnosis, in every form."""
    report = build_report(diagnose(evidence, checks.ALL), gateway=False)
    return "\n".join([json.dumps(as_object(report)), as_lines(report), to_markdown(report), to_html(report)])


@pytest.mark.parametrize("name", SECRET)
@pytest.mark.parametrize("given", [build.with_image, build.with_server])
def test_a_secret_in_a_name_is_in_no_report(given: Callable[[str], Evidence], name: str) -> None:
    said = _everything(given(name))
    assert "fabrikam" in said or "registry/app" in said
    assert CANARY not in said


@pytest.mark.parametrize("name", SECRET)
def test_a_secret_in_an_image_that_azure_quotes_is_in_no_report(name: str) -> None:
    assert CANARY not in _everything(build.without_definition(on=build.naming(name)))


@pytest.mark.parametrize("name", OPEN)
def test_a_name_without_a_secret_stays_as_it_is(name: str) -> None:
    assert name_shown(name) == name


def test_a_name_without_end_does_not_fill_the_report() -> None:
    said = json.dumps(as_object(build_report(diagnose(build.with_image("a" * 500_000), checks.ALL), gateway=False)))
    assert len(said) < 500_000


def test_a_password_is_not_cut_in_two() -> None:
    shown = name_shown(f"u:{'x' * LONGEST_NAME}{CANARY}@fabrikam.azurecr.io/app:1")
    assert shown == "u:(removed)@fabrikam.azurecr.io/app:1"
