"""What a tag says is told as it was written, and only what nobody understands is called so."""

import pytest

from tests.policy.test_judging import judged, tagged
from tests.policy.written import consent


@pytest.mark.parametrize("value", ["off", "OFF", "Off"])
def test_off_in_whatever_letters_is_understood(value: str) -> None:
    found = judged(consent(), tagged(value))
    assert found.said == f"registry 'contoso' is tagged acimedic-remediation: {value}"


def test_what_nobody_understands_is_taken_for_off_and_said_to_be() -> None:
    found = judged(consent(), tagged("perhaps"))
    assert found.said.endswith("perhaps, which is neither off nor review, and is taken for off")
