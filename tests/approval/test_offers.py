"""An offer ends at one moment, in whatever zone it was thought of."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from acimedic.approval import ExpiredError, offer, read, sign

KEYS = ("k" * 32,)
EAST = datetime(2026, 11, 20, 17, 0, tzinfo=timezone(timedelta(hours=9)))


def test_an_offer_says_its_end_in_utc() -> None:
    made = offer("incident", "plan", "approve", expires=EAST)
    assert f"{made.expires:%Y-%m-%d %H:%M}" == "2026-11-20 08:00"


def test_whoever_comes_too_late_is_told_the_end_in_utc() -> None:
    token = sign(offer("incident", "plan", "approve", expires=EAST), KEYS)
    with pytest.raises(ExpiredError, match="the link was good until 2026-11-20 08:00 UTC"):
        read(token, KEYS, now=datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
