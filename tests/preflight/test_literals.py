"""Within an expression only the text between apostrophes is corrected, and only where it is sure whose text it is."""

import pytest

from acimedic.preflight.corrections.literals import mended


@pytest.mark.parametrize(
    ("expression", "value", "wanted", "made"),
    [
        (
            "[concat(parameters('acr'), '.azurecr.io/Team/App:', parameters('tag'))]",
            "Contoso.azurecr.io/Team/App:V3",
            "Contoso.azurecr.io/team/app:V3",
            "[concat(parameters('acr'), '.azurecr.io/team/app:', parameters('tag'))]",
        ),
        (
            "[format('https://{0}.azurecr.io/App{{:{1}', parameters('acr'), parameters('tag'))]",
            "https://c.azurecr.io/App{:V3",
            "c.azurecr.io/app{:V3",
            "[format('{0}.azurecr.io/app{{:{1}', parameters('acr'), parameters('tag'))]",
        ),
        (
            "[concat('https://', parameters('server'), '/')]",
            "https://contoso.azurecr.io/",
            "contoso.azurecr.io",
            "[concat('', parameters('server'), '')]",
        ),
        (
            "[concat('app:', parameters('tag'))]",
            "app:1",
            "contoso.azurecr.io/app:1",
            "[concat('contoso.azurecr.io/app:', parameters('tag'))]",
        ),
        (
            "[concat('c.io/it''s/', concat('App', ':'), 1)]",
            "c.io/it's/App:1",
            "c.io/it's/app:1",
            "[concat('c.io/it''s/', concat('app', ':'), 1)]",
        ),
        (
            "[concat('https://c.io/App:', variables('a'), parameters('b'))]",
            "https://c.io/App:xy",
            "c.io/app:xy",
            "[concat('c.io/app:', variables('a'), parameters('b'))]",
        ),
    ],
)
def test_the_text_is_corrected_where_it_stands(expression: str, value: str, wanted: str, made: str) -> None:
    assert mended(expression, value, wanted) == made


@pytest.mark.parametrize(
    ("expression", "value", "wanted"),
    [
        ("[parameters('image')]", "c.io/App:1", "c.io/app:1"),
        ("[concat(parameters('name'), ':1')]", "c.io/App:1", "c.io/app:1"),
        ("[concat(parameters('a'), 'App', parameters('b'))]", "c.io/AppApp", "c.io/appapp"),
        ("[concat(parameters('a'), 'x')]", "https://c.io/x", "c.io/x"),
        ("[concat('c.io/App:', parameters('tag'))]", "c.io/App:1", "quite.another/one:2"),
        ("[toUpper('c.io/app')]", "C.IO/APP", "c.io/app"),
        ("[concat()]", "", "x"),
        ("[format()]", "", "x"),
        ("[concat('a'", "a", "b"),
    ],
)
def test_what_is_not_sure_is_left(expression: str, value: str, wanted: str) -> None:
    assert mended(expression, value, wanted) is None
