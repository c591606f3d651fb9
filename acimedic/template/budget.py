"""How much work one evaluation may do, so that no template can hang or fill the memory."""

from __future__ import annotations

from dataclasses import dataclass

from acimedic.template.values import Json, Unresolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits of one evaluation; ARM's own limits (800 copies, 10,000 of a range, 4 MB) lie below them."""

    max_steps: int = 500_000
    max_depth: int = 100
    max_iterations: int = 50_000
    max_characters: int = 4_000_000
    max_value_depth: int = 100


_CELL = 4  # an element or property takes the room of some characters


class OverBudgetError(Exception):
    """A value would be larger than the budget allows; it never leaves the package."""

    def __init__(self, unresolved: Unresolved) -> None:
        super().__init__(unresolved.reason)
        self.unresolved = unresolved


class Meter:
    """Counts the work of one evaluation against its budget."""

    __slots__ = ("_delivered", "_depth", "_iterations", "_produced", "_steps", "_weights", "budget", "stopped")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.stopped: Unresolved | None = None
        self._steps = 0
        self._depth = 0
        self._iterations = 0
        self._produced = 0
        self._delivered = 0
        # Values are never changed once made, so a weight holds as long as the value; the entry keeps it alive.
        self._weights: dict[int, tuple[Json, int, int]] = {}

    def enter(self) -> Unresolved | None:
        """Begin one step one level deeper; a reason instead of None means: do not, and do not leave()."""
        if self.stopped is not None:
            return self.stopped
        self._steps += 1
        if self._steps > self.budget.max_steps:
            return self._stop(f"the template takes more than {self.budget.max_steps} steps to evaluate")
        if self._depth >= self.budget.max_depth:
            return Unresolved(f"nested more than {self.budget.max_depth} levels deep")
        self._depth += 1
        return None

    def leave(self) -> None:
        """End what enter() began."""
        self._depth -= 1

    def loop(self, count: int) -> Unresolved | None:
        """Ask for `count` rounds of a loop."""
        if self.stopped is not None:
            return self.stopped
        if count > self.budget.max_iterations:
            return Unresolved(f"a loop of {count} rounds is more than the {self.budget.max_iterations} evaluated")
        self._iterations += count
        if self._iterations > self.budget.max_iterations:
            return self._stop(f"the template's loops take more than {self.budget.max_iterations} rounds")
        return None

    def work(self, steps: int) -> None:
        """Ask for work inside one function that takes as long as so many steps."""
        self._steps += steps
        if self._steps > self.budget.max_steps:
            self._stop(f"the template takes more than {self.budget.max_steps} steps to evaluate")
        if self.stopped is not None:
            raise OverBudgetError(self.stopped)

    def weight(self, value: Json) -> int:
        """The size of a value written out in full."""
        return self._weigh(value, 0)[0]

    def produce(self, size: int) -> None:
        """Ask, before making it, for a value of `size` characters or cells."""
        if size > self.budget.max_characters:
            raise OverBudgetError(Unresolved(f"a value of {size} characters is too large"))
        self._produced += size
        if self._produced > self.budget.max_characters:
            self._stop(f"the template makes more than {self.budget.max_characters} characters")
        if self.stopped is not None:
            raise OverBudgetError(self.stopped)

    def admit(self, value: Json) -> Json:
        """The value just made, or a reason where it is too large or too deep to go on with."""
        try:
            if isinstance(value, str):
                self.produce(len(value))
            elif isinstance(value, int):
                self._weigh(value, 0)
            elif isinstance(value, list | dict) and id(value) not in self._weights:
                self.produce(_CELL * len(value))
                self._weigh(value, 0)
        except OverBudgetError as over:
            return over.unresolved
        return value

    def deliver(self, value: Json) -> Json:
        """The value, where all that is delivered stays small enough for a reader to walk through."""
        try:
            self._delivered += self._weigh(value, 0)[0]
        except OverBudgetError as over:
            return over.unresolved
        if self._delivered > self.budget.max_characters:
            return self._stop(f"the evaluated template has more than {self.budget.max_characters} characters")
        return value

    def _weigh(self, value: Json, level: int) -> tuple[int, int]:
        """Size and depth of a value written out in full: shared parts count each time they occur."""
        if isinstance(value, str):
            return len(value) + 1, 0
        if not isinstance(value, list | dict):
            if isinstance(value, int) and value.bit_length() > 64:
                raise OverBudgetError(Unresolved("an integer of more than 64 bits"))
            return 1, 0
        known = self._weights.get(id(value))
        if known is not None:
            return known[1], known[2]
        if level > self.budget.max_value_depth:
            raise OverBudgetError(Unresolved(f"a value nested more than {self.budget.max_value_depth} levels deep"))
        weight, depth = 1, 0
        if isinstance(value, dict):
            weight += sum(map(len, value))
        for each in value.values() if isinstance(value, dict) else value:
            inner_weight, inner_depth = self._weigh(each, level + 1)
            weight += inner_weight
            depth = max(depth, inner_depth)
        depth += 1
        if weight > self.budget.max_characters:
            raise OverBudgetError(Unresolved(f"a value of more than {self.budget.max_characters} characters"))
        if depth > self.budget.max_value_depth:
            raise OverBudgetError(Unresolved(f"a value nested more than {self.budget.max_value_depth} levels deep"))
        self._weights[id(value)] = (value, weight, depth)
        return weight, depth

    def _stop(self, reason: str) -> Unresolved:
        self.stopped = self.stopped or Unresolved(reason)
        return self.stopped
