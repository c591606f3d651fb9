"""One parser, fuzzed by libFuzzer: `python -m tests.fuzz.guided NAME INPUTS FOLDER`, where atheris is installed.

What is raised does not end it: the shortest input of each place where something is raised is kept in FOLDER, with
what was measured in `result.json`. Processor time is measured, so a busy machine makes no slow case.
"""

import json
import logging
import os
import sys
import time
import traceback
from pathlib import Path
from random import Random
from typing import Any

import atheris  # type: ignore[import-untyped]

SLOW = 2.0
"""Seconds of processor time, under the instruments of the fuzzer, from which on an input is a slow case."""


class Trial:
    """What came of the inputs so far."""

    def __init__(self, name: str, folder: Path, inputs: int) -> None:
        from tests.fuzz.targets import TARGETS

        self.target = TARGETS[name]
        self._folder = folder
        self._inputs = inputs
        self.tried = 0
        self.slowest = 0.0
        self.slow_inputs = 0
        self.faults: dict[str, int] = {}

    def one(self, data: bytes) -> None:
        """Try one input. Raises nothing, whatever the parser does."""
        given = self.target.input_of(data)
        began = time.process_time()
        try:
            self.target.hold(given)
        except (Exception, RecursionError) as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            self._keep(_place(error), given)
        took = time.process_time() - began
        if took > self.slowest:
            self.slowest = took
            (self._folder / "slowest").write_bytes(given)
        self.slow_inputs += took > SLOW
        self.tried += 1
        if self.tried % 1_000 == 0 or self.tried >= self._inputs:
            self.tell()

    def _keep(self, place: str, given: bytes) -> None:
        self.faults[place] = self.faults.get(place, 0) + 1
        kept = self._folder / f"fault-{list(self.faults).index(place)}"
        if not kept.exists() or len(given) < kept.stat().st_size:
            kept.write_bytes(given)
            self.tell()

    def tell(self) -> None:
        """Write what came of it: libFuzzer ends the process without a word to Python."""
        told: dict[str, Any] = {
            "inputs": self.tried,
            "slowest_ms": round(self.slowest * 1000, 1),
            "slow": self.slow_inputs,
            "faults": self.faults,
        }
        (self._folder / "result.json").write_text(json.dumps(told), encoding="utf-8")


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return f"{type(error).__name__} {' '.join(f'{Path(each.filename).name}:{each.lineno}' for each in frames)}"


def main(name: str, inputs: str, folder: str) -> None:
    """Fuzz until so many inputs have been tried."""
    logging.disable(logging.CRITICAL)
    with atheris.instrument_imports(include=["acimedic", "itsdangerous"], enable_loader_override=False):
        trial = Trial(name, Path(folder), int(inputs))
    corpus = Path(folder) / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    begin_with(trial, corpus)
    options = [
        f"-runs={inputs}",
        "-max_len=6000",
        "-len_control=20",
        "-seed=8",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    options += ["-timeout=300", "-rss_limit_mb=3000", f"-artifact_prefix={folder}{os.sep}", str(corpus)]
    atheris.Setup([sys.argv[0], *options], trial.one, custom_mutator=_mutated)
    atheris.Fuzz()


def _mutated(data: bytes, most: int, seed: int) -> bytes:
    """What the fuzzer makes of an input; one in three is made anew, for the fuzzer loves short ones."""
    if seed % 3:
        return bytes(atheris.Mutate(data, most))
    return (b"\1" + Random(seed).randbytes(120))[:most]  # noqa: S311 - to be had again, not to be secret


def begin_with(trial: Trial, corpus: Path) -> None:
    """The real inputs and the faults that were found before, for the fuzzer to begin with."""
    known = Path(__file__).parent / "corpus" / trial.target.name
    found = [path.read_bytes() for path in sorted(known.glob("*"))]
    for number, seed in enumerate([*trial.target.seeds, *found]):
        (corpus / f"seed-{number}").write_bytes(trial.target.as_it_is(seed))
    for number in range(64):  # how inputs are made, from choices that are spread over all there are
        made = bytes((number * step + 7 * at * step) % 256 for at, step in enumerate(range(3, 131)))
        (corpus / f"choices-{number}").write_bytes(b"\1" + made)


if __name__ == "__main__":
    main(*sys.argv[1:])
