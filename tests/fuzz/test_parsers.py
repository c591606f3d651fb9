"""Every parser with thousands of inputs from a fixed seed, and with every input that it once stumbled over.

`make fuzz` tries a hundred thousand of each, guided by coverage. What it finds goes into `corpus/`, as short as it can
be made, and is tried here first from then on.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutating import as_bytes
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).with_name("corpus")
FOUND = sorted(CORPUS.glob("*/*"))
EACH = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
CHOICES = st.binary(min_size=100, max_size=100).map(lambda data: b"\1" + data)
ITSELF = st.one_of(st.binary(max_size=60), st.text(max_size=60).map(as_bytes)).map(Target.as_it_is)


@pytest.mark.parametrize("path", FOUND, ids=[f"{path.parent.name}-{path.stem}" for path in FOUND])
def test_what_was_found_once_stays_mended(path: Path) -> None:
    TARGETS[path.parent.name].hold(path.read_bytes())


@EACH
def test_the_answer_is_as_documented_whatever_is_given(target: Target) -> None:
    """Inputs made from real ones and by grammar, and now and then anything at all."""

    @settings(
        max_examples=target.in_check,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(CHOICES, CHOICES, CHOICES, ITSELF))
    def tried(data: bytes) -> None:
        target.hold(target.input_of(data))

    tried()


@EACH
def test_real_inputs_are_understood(target: Target) -> None:
    """What the inputs are made from is itself no fault; an input of nothing is none either."""
    for seed in (*target.seeds, b""):
        target.hold(seed)


def test_a_bundle_that_can_just_be_decoded_is_refused() -> None:
    """Around Python's limit there are depths that can be read and not written again; they hang on the stack below."""
    for depth in range(900, 1000):
        nested = b"[" * depth + b"]" * depth
        TARGETS["bundle"].hold(b'{"bundle": 1, "gateway": false, "evidence": ' + nested + b"}")
