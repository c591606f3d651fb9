"""The check `credential-server-malformed`."""

import pytest

from acimedic.model.verdict import Fail, Pass, Skip, Unknown
from checks.definition import credential_server_malformed as check
from tests import build

SAYS = (
    "The server '{server}' in the 'imageRegistryCredentials' of container group 'cg-web-01' is invalid. "
    "It should be a valid host name without protocol."
)


@pytest.mark.parametrize(
    "server",
    [
        "https://contoso.azurecr.io",
        "contoso.azurecr.io/",
        "contoso.azurecr.io/app",
        "contoso.azurecr.io:443",
        " contoso.azurecr.io",
        "",
        "$(registry)",
        "[parameters('server')]",
    ],
)
def test_anything_but_a_host_name_is_a_fault(server: str) -> None:
    """A scheme, a path, a port, a blank or a variable is no host name; that is certain."""
    assert build.fault(check, build.with_server(server)).confidence == "confirmed"


def test_the_fix_has_the_host_that_was_meant() -> None:
    """What remains without scheme and path is what to write."""
    assert "'contoso.azurecr.io'" in build.fault(check, build.with_server("https://contoso.azurecr.io/v2/")).fix.text


@pytest.mark.parametrize("server", ["Contoso.AzureCR.io", "index.docker.io", "contoso-a1b2.azurecr.io", "localhost"])
def test_a_bare_host_name_is_in_order(server: str) -> None:
    """Upper case, hashes and aliases do not make a host name malformed."""
    assert isinstance(build.verdict(check, build.with_server(server)), Pass)


def test_the_error_alone_proves_it() -> None:
    """Azure says it where the definition is not known."""
    says = SAYS.format(server="https://contoso.azurecr.io")
    found = build.fault(check, build.without_definition(on=build.with_error("InvalidImageRegistryServer", says)))
    assert found.confidence == "confirmed"
    assert "cg-web-01" in found.summary


def test_the_words_prove_it_without_the_code() -> None:
    """The message is known where the code is only a wrapper's."""
    evidence = build.with_error("BadRequest", SAYS.format(server="x:1"), on=build.with_server("x:1"))
    assert len(build.fault(check, evidence).evidence) == 2


def test_a_masked_server_in_a_supplied_text_is_unknown() -> None:
    """A person who hides the name in a text that is pasted has not deployed it."""
    assert isinstance(build.verdict(check, build.supplied("template", on=build.with_server("***"))), Unknown)


def test_a_masked_server_in_a_template_that_is_yet_to_be_deployed_is_a_fault() -> None:
    """A name that somebody still has to fill in is not hidden from a reader."""
    hidden = build.with_server("<registry>.azurecr.io", on=build.without_error())
    assert isinstance(build.verdict(check, build.supplied("template", on=hidden)), Fail)


def test_no_credential_has_no_malformed_server() -> None:
    """Without credentials there is nothing to look at."""
    assert isinstance(build.verdict(check, build.with_credentials()), Skip)


def test_a_server_that_was_not_evaluated_is_unknown() -> None:
    """A template value that Azure does not tell is not malformed."""
    assert isinstance(build.verdict(check, build.with_server(build.unreadable("server"))), Unknown)
