"""Where the policy is read from: the deployed package, or the file that a setting names. Nothing there is silent."""

import json
from pathlib import Path

from acimedic.policy import MOST_BYTES, InvalidPolicy, NoPolicy
from acimedic.policy_file import read_consent
from acimedic.settings import Settings
from tests import build
from tests.policy.written import DOCUMENT, policy


def test_without_a_file_there_is_no_policy(tmp_path: Path) -> None:
    """The default, in which everything is only shown."""
    consent = read_consent(Settings(), root=tmp_path)
    assert (consent.mode, consent.policy, consent.faults, consent.hash) == ("observe", NoPolicy(), (), None)


def test_the_policy_of_the_deployed_package_is_taken(tmp_path: Path) -> None:
    """`policy.json` at its root."""
    (tmp_path / "policy.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    consent = read_consent(Settings(mode="review", subscriptions=(build.APP,)), root=tmp_path)
    assert consent.policy == policy()
    assert consent.hash == policy().hash
    assert (consent.mode, consent.subscriptions) == ("review", (build.APP,))


def test_a_file_that_is_named_goes_before_it(tmp_path: Path) -> None:
    """And has to be there: a slip in its name must not pass for no policy."""
    (tmp_path / "policy.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    named = tmp_path / "mine.json"
    named.write_text(json.dumps(DOCUMENT | {"changes_per_hour": 1}), encoding="utf-8")
    assert read_consent(Settings(policy=str(named)), root=tmp_path).policy == policy(changes_per_hour=1)
    gone = read_consent(Settings(policy=str(tmp_path / "gone.json")), root=tmp_path)
    assert gone.faults == ("gone.json is not a file that could be read",)
    assert gone.hash is None


def test_what_cannot_be_read_closes_everything(tmp_path: Path) -> None:
    """A folder, a file too long, a file that is no policy, a name that is none."""
    (tmp_path / "policy.json").mkdir()
    assert isinstance(read_consent(Settings(), root=tmp_path).policy, InvalidPolicy)
    long = tmp_path / "long.json"
    long.write_bytes(b" " * (MOST_BYTES + 1))
    assert "longer than" in read_consent(Settings(policy=str(long))).faults[0]
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    assert "line 1" in read_consent(Settings(policy=str(broken))).faults[0]
    assert read_consent(Settings(policy="a\x00b")).faults
    assert read_consent(Settings(policy="a" * 5000)).faults
