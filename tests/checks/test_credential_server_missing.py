"""The check `credential-server-missing`."""

from dataclasses import replace

from acimedic.diagnosis import diagnose
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.definition import credential_server_missing as check
from tests import build

SAYS = (
    "The request content was invalid and could not be deserialized: 'Required property 'server' not found in JSON. "
    "Path 'properties.imageRegistryCredentials[1]', line 1, position 586.'."
)


def test_the_error_tells_which_entry() -> None:
    """Azure's error alone proves it, without a definition, and gives the entry's number."""
    evidence = build.without_definition(on=build.with_error("InvalidRequestContent", SAYS))
    found = build.fault(check, evidence)
    assert found.confidence == "confirmed"
    assert "imageRegistryCredentials[1]" in found.summary


def test_the_definition_alone_shows_it() -> None:
    """An entry without a server is a fault, whatever the error."""
    found = build.fault(check, build.with_server(None))
    assert found.evidence[0].value == "absent"


def test_the_second_entry_is_looked_at_too() -> None:
    """The first entry is in order, the second has no server."""
    second = replace(build.PASSWORD_CREDENTIAL, server=None)
    found = build.fault(check, build.with_credentials(build.IDENTITY_CREDENTIAL, second))
    assert "imageRegistryCredentials[1]" in found.summary


def test_a_malformed_request_elsewhere_is_no_pull_failure() -> None:
    """The same code about something else than the image or its credential is another kind of failure."""
    says = "The request content was invalid: Path 'properties.containers[0].properties.resources', line 1, position 9."
    diagnosis = diagnose(build.with_error("InvalidRequestContent", says), [check])
    assert diagnosis.outcome == "not-a-pull-failure"
    assert diagnosis.kind == "request-invalid"


def test_an_empty_server_is_another_fault() -> None:
    """An empty text is there, and malformed."""
    assert isinstance(build.verdict(check, build.with_server("")), Pass)


def test_no_credential_at_all_lacks_no_server() -> None:
    """Without credentials there is nothing to look at."""
    assert isinstance(build.verdict(check, build.with_credentials()), Skip)


def test_a_server_that_was_not_evaluated_is_unknown() -> None:
    """A template value that Azure does not tell is not missing."""
    assert isinstance(build.verdict(check, build.with_server(build.unreadable("server"))), Unknown)
