"""A secret in an address goes, whatever it is called there, and the rest of the address stays."""

import pytest

from acimedic.redact import redact

SECRET = "s3cretS3cretS3cret"


@pytest.mark.parametrize("name", ["code", "key", "apikey", "api-key", "access_token", "CODE"])
@pytest.mark.parametrize("before", ["?", "?version=1&"])
def test_a_secret_in_an_address_is_removed(name: str, before: str) -> None:
    address = f"https://app.example.com/api/hook{before}{name}={SECRET}&last=2"
    assert redact(f"POST {address} failed") == f"POST {address.replace(SECRET, '(removed)')} failed"


@pytest.mark.parametrize("end", ["", " ", "'", '"', ">", ")"])
def test_it_ends_where_the_address_ends(end: str) -> None:
    said = redact(f"see https://app.example.com/?code={SECRET}{end}and more")
    assert SECRET not in said
    assert said.startswith("see https://app.example.com/?code=(removed)")
    assert said.endswith(f"{end}and more") or not end


def test_a_word_in_a_sentence_is_no_secret() -> None:
    assert redact("exit code=137 after the key=value pair") == "exit code=137 after the key=value pair"
