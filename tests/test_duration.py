"""Durations: one way to write each, and none that has no fixed length."""

from datetime import timedelta

import pytest

from acimedic.duration import in_words, iso, parse_duration


@pytest.mark.parametrize(
    ("text", "length", "kept", "words"),
    [
        ("P90D", timedelta(days=90), "P90D", "90 days"),
        ("P1D", timedelta(days=1), "P1D", "1 day"),
        ("P2W", timedelta(days=14), "P14D", "14 days"),
        ("PT36H", timedelta(hours=36), "P1DT12H", "1 day and 12 hours"),
        ("P1DT1H30M", timedelta(days=1, hours=1, minutes=30), "P1DT1H30M", "1 day and 1 hour and 30 minutes"),
        ("PT90M", timedelta(minutes=90), "PT1H30M", "1 hour and 30 minutes"),
        ("PT0M", timedelta(), "PT0M", "0 minutes"),
    ],
)
def test_a_duration_is_read_and_kept(text: str, length: timedelta, kept: str, words: str) -> None:
    assert parse_duration(text) == length
    assert iso(length) == kept
    assert in_words(length) == words
    assert parse_duration(kept) == length


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "P1Y",
        "P1M",
        "PT1S",
        "P1.5D",
        "-P1D",
        "P1W2D",
        "1D",
        "p1d",
        " P1D",
        "P1D ",
        "P\u0661D",
        "P999999D",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)
