"""The check `image-reference-malformed`."""

import pytest

from acimedic.model.verdict import Fail, Pass, Unknown
from checks.definition import image_reference_malformed as check
from tests import build


@pytest.mark.parametrize(
    "image",
    [
        "https://contoso.azurecr.io/app/web:1.4.2",
        "contoso.azurecr.io/App/web:1.4.2",
        "contoso.azurecr.io/app/web:${TAG}",
        "contoso.azurecr.io/app/web:$(Build.BuildId)",
        "[parameters('image')]",
        "contoso.azurecr.io/app/web:",
        "contoso.azurecr.io/app/web :1.4.2",
        "",
    ],
)
def test_a_text_that_names_no_image_is_a_fault(image: str) -> None:
    """A scheme, upper case, a variable, an expression or a blank makes it no image; that is certain."""
    found = build.fault(check, build.with_image(image))
    assert found.confidence == "confirmed"
    assert found.evidence[0].source == build.TEMPLATE


@pytest.mark.parametrize(
    "image",
    [
        "Contoso.azurecr.io/app/web:1.4.2",
        "localhost:5000/app/web",
        "contoso.azurecr.io:443/app/web:1.4.2",
        f"contoso.azurecr.io/app/web:1.4.2@sha256:{'a' * 64}",
        "nginx",
        "contoso.azurecr.io/app/web:LATEST",
        "contoso.azurecr.io/a__b/c-d.e:v1",
    ],
)
def test_an_unusual_image_may_be_well_formed(image: str) -> None:
    """Upper case in the host or the tag, a port, a digest beside a tag, a bare name: all of these are images."""
    assert isinstance(build.verdict(check, build.with_image(image)), Pass)


def test_every_container_is_looked_at() -> None:
    """Only the init container's image is malformed, and it alone is blamed."""
    evidence = build.with_containers(build.WEB, build.container("migrate", "contoso.azurecr.io/App:1", init=True))
    found = build.verdicts(check, evidence)
    assert isinstance(found["web"], Pass)
    assert "init container 'migrate'" in getattr(found["migrate"], "summary", "")


def test_an_image_that_was_not_evaluated_is_unknown() -> None:
    """A template value that Azure does not tell is not malformed."""
    gap = build.unreadable("image of container web")
    found = build.verdict(check, build.with_image(gap))
    assert found == Unknown(f"{gap.reading}: {gap.reason}", gap)


def test_a_masked_image_in_a_supplied_text_is_unknown() -> None:
    """A person who hides the name in a text that is pasted has not deployed it."""
    hidden = build.with_image("<image>")
    assert build.fault(check, hidden).confidence == "confirmed"
    assert isinstance(build.verdict(check, build.supplied("error", on=hidden)), Unknown)


def test_a_masked_image_in_a_template_that_is_yet_to_be_deployed_is_a_fault() -> None:
    """A name that somebody still has to fill in is not hidden from a reader."""
    hidden = build.with_image("<registry>.azurecr.io/app:1", on=build.without_error())
    assert isinstance(build.verdict(check, build.supplied("template", on=hidden)), Fail)


def test_without_a_definition_the_error_names_the_image() -> None:
    """Azure quotes the image, so its form is known where nothing else is."""
    evidence = build.without_definition(on=build.naming("http://contoso.azurecr.io/app/web:1"))
    found = build.fault(check, evidence)
    assert found.evidence[0].source == "deployment-operation"
