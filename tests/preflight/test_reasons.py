"""Why something was not evaluated is told without what the template says there."""

import pytest

from acimedic.preflight.reasons import of_a_secret, without_quotes


@pytest.mark.parametrize(
    "reason",
    [
        "parameter 'tag' has no value",
        "condition not known: parameter 'tag' has no value",
        "resource id not known: the subscription of the deployment is not known",
        "secure parameter 'word'",
        "the template has no variable 'tga'",
        "listKeys(): keys and secrets of a resource are not read",
        "linked template https://store.example/t.json is not part of the template",
    ],
)
def test_names_and_plain_words_stay(reason: str) -> None:
    assert without_quotes(reason) == reason


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("there is no property 'x'", "there is no property '…'"),
        ("the number format 'a'x'b' is not evaluated", "the number format '…' is not evaluated"),
        ("parameter 'tag' and 'x'", "parameter 'tag' and '…'"),
        ("parameter 'x!' has no value", "parameter '…' has no value"),
        ("condition not known: the template fails: x", "condition not known: the template fails"),
        ("[x('y', ] is not an expression: 'y' stands", "what is written there is not an expression"),
        (
            "linked template https://store.example/t.json?a=b c is not part of the template",
            "linked template https://store.example/t.json is not part of the template",
        ),
    ],
)
def test_what_is_quoted_goes(reason: str, told: str) -> None:
    assert without_quotes(reason) == told


def test_a_reason_without_end_is_cut() -> None:
    assert len(without_quotes("x" * 5_000)) < 500


@pytest.mark.parametrize("reason", ["parameter 'tag' has no value", "secure parameter 'word'"])
def test_where_a_secret_comes_from_is_told(reason: str) -> None:
    assert of_a_secret(reason) == reason


@pytest.mark.parametrize("reason", ["there is no function hunter2()", "the template has no parameter 'hunter2'"])
def test_what_may_be_the_secret_itself_is_not_told(reason: str) -> None:
    assert of_a_secret(reason) is None
