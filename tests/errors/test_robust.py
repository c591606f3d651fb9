"""Whatever is pasted, an answer comes, and soon."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acimedic.errors import classify, event_tail, parse

MILLIONS = 10_000_000

words = st.sampled_from(
    ["error", "code", "message", "details", "innererror", "statusMessage", "properties", "records", "target", "id"]
)
texts = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["InaccessibleImage", "DeploymentFailed", '{"error": {"code": "X"}}', "The image 'a' in container group 'b'"]
    ),
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(words, texts), inner, max_size=5)),
    max_leaves=25,
)
PIECES = [
    'Code="',
    "(InaccessibleImage) ",
    "Message=",
    "The image '",
    "' in container group '",
    "##[error]",
    "\\",
    '"',
    "{",
    "}",
    "[",
    "\n",
    '{"error":{"code":"A","message":"',
    'pulling image "',
    ";",
    "│ ",
    "Failed to pull image",
    "denied: client with IP '",
    "Path 'properties.",
]


@settings(derandomize=True, deadline=None)
@given(values)
def test_any_json_is_read(payload: object) -> None:
    """No decoded JSON raises."""
    chain = parse(payload)
    classify(chain)
    assert chain.for_group("b").code in (None, *chain.codes)


@settings(derandomize=True, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.binary()))
def test_any_text_is_read(payload: str | bytes) -> None:
    """No text and no bytes raise, and no text becomes longer."""
    chain = parse(payload)
    classify(chain)
    event_tail(chain.text)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        " ",
        "\n",
        "{",
        '{"a":',
        "[{",
        "\\",
        '"',
        'Code="',
        "(InaccessibleImage) ",
        "The image '",
        "AbCd",
        "\x1b[",
        "%",
    ],
)
def test_ten_megabytes_come_to_an_end(piece: str) -> None:
    """A pattern that explodes would never end; what is read holds no more than was given."""
    chain = parse((piece * (MILLIONS // len(piece) + 1))[:MILLIONS])
    classify(chain)
    assert len(chain.text) <= MILLIONS


def test_the_cause_is_found_amid_ten_megabytes_of_log() -> None:
    """A pipeline's whole log may be pasted."""
    noise = "2024-05-14T10:01:12.1234567Z downloading layer after layer\n" * 80_000
    text = f"{noise}##[error]InaccessibleImage: The image 'a/b' in container group 'cg' is not accessible.\n{noise}"
    assert (parse(text).image, parse(text).code) == ("a/b", "InaccessibleImage")


def test_a_thousand_wrappers_are_opened() -> None:
    """Depth is bounded by no recursion."""
    value: object = {"code": "InaccessibleImage", "message": "x"}
    for _ in range(1000):
        value = {"error": {"code": "DeploymentFailed", "message": "x", "details": [value]}}
    assert parse(value).code == "InaccessibleImage"


def test_text_nested_too_deep_to_decode_is_read_as_text() -> None:
    """The decoder's own limit is no end."""
    opened = '{"error":{"code":"DeploymentFailed","message":"x","details":[' * 3000
    assert parse(opened + '{"code":"InaccessibleImage","message":"x"}').has_code("InaccessibleImage")
