"""The check `credential-type-ambiguous`."""

import pytest

from acimedic.model.definition import UnreadCredential
from acimedic.model.verdict import Pass, Skip, Unknown
from checks.definition import credential_type_ambiguous as check
from tests import build

SAYS = (
    "The registry credential type in the 'imageRegistryCredentials' of container group 'cg-web-01' cannot be detected. "
    "Please set exactly one of username or identity"
)


@pytest.mark.parametrize(("both", "word"), [(True, "both"), (False, "neither")])
def test_both_or_neither_is_a_fault(both: bool, word: str) -> None:
    """Exactly one of user name and identity tells how to sign in."""
    found = build.fault(check, build.with_credentials(build.unclear(both=both)))
    assert found.confidence == "confirmed"
    assert word in found.summary


@pytest.mark.parametrize("code", ["AmbiguousImageResitryCredentialType", "AmbiguousImageRegistryCredentialType"])
def test_the_code_counts_in_both_spellings(code: str) -> None:
    """The service misspells its code; a correct spelling means the same."""
    evidence = build.without_definition(on=build.with_error(code, SAYS))
    assert build.fault(check, evidence).confidence == "confirmed"


def test_an_entry_of_one_kind_is_in_order() -> None:
    """A user name and password is one kind, as an identity is."""
    assert isinstance(build.verdict(check, build.with_password()), Pass)


def test_an_entry_that_was_not_evaluated_is_unknown() -> None:
    """Which kind an unresolved entry is, nobody knows."""
    gap = build.unreadable("imageRegistryCredentials[0]")
    entry = UnreadCredential(index=0, server=build.HOST, gap=gap)
    assert build.verdict(check, build.with_credentials(entry)) == Unknown(f"{gap.reading}: {gap.reason}", gap)


def test_no_credential_is_of_no_kind() -> None:
    """Without credentials there is nothing to look at."""
    assert isinstance(build.verdict(check, build.with_credentials()), Skip)
