"""How often a diagnosis may be asked for."""

from dataclasses import dataclass

import pytest

from acimedic.web.limits import Limits, TooManyError


@dataclass
class Clock:
    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


def spent(limits: Limits, caller: str, most: int = 1000) -> int:
    """How many requests are let through before one is not."""
    for number in range(most):
        try:
            limits.take(caller)
        except TooManyError:
            return number
    return most


def test_a_minutes_worth_may_come_at_once() -> None:
    assert spent(Limits(5, Clock()), "one") == 5


def test_the_next_is_told_when_to_come() -> None:
    limits = Limits(5, Clock())
    spent(limits, "one")
    with pytest.raises(TooManyError) as raised:
        limits.take("one")
    assert raised.value.wait == 12


def test_whoever_waits_as_long_as_told_is_let_through() -> None:
    clock = Clock()
    limits = Limits(5, clock)
    spent(limits, "one")
    clock.at += 12
    assert spent(limits, "one") == 1


def test_what_is_refused_is_not_counted() -> None:
    clock = Clock()
    limits = Limits(5, clock)
    spent(limits, "one")
    for _ in range(50):
        with pytest.raises(TooManyError):
            limits.take("one")
    clock.at += 12
    assert spent(limits, "one") == 1


def test_no_more_than_a_minutes_worth_is_saved_up() -> None:
    clock = Clock()
    limits = Limits(5, clock)
    clock.at += 3600
    assert spent(limits, "one") == 5


def test_one_caller_leaves_another_his_own() -> None:
    limits = Limits(5, Clock())
    spent(limits, "one")
    assert spent(limits, "other") == 5


def test_all_callers_together_are_bounded_too() -> None:
    limits = Limits(5, Clock())
    assert sum(spent(limits, f"caller {number}") for number in range(50)) == 20


def test_a_crowd_of_callers_is_not_remembered_for_ever() -> None:
    clock = Clock()
    limits = Limits(1, clock)
    for number in range(5000):
        clock.at += 60
        limits.take(f"caller {number}")
    assert len(limits._callers) <= 1000
