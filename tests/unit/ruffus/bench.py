"""A pipeline in this process, for one row of the vocabulary: what its functions are called with, and what it says."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pymake.ruffus import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable

NO_INPUT = "no input"


class Said:
    """A logger that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.warnings: list[str] = []

    def info(self, text: str) -> None:
        """Keep a line."""
        self.lines += [line.strip() for line in text.split("\n") if line.strip()]

    debug = error = info

    def warning(self, text: str) -> None:
        """Keep a warning."""
        self.warnings.append(text)


def names_in(value: object) -> list[str]:
    """All names in a parameter."""
    if isinstance(value, str):
        return [value]
    return [name for each in value for name in names_in(each)] if isinstance(value, (list, tuple, set)) else []


class Bench:
    """A pipeline `p` in an empty folder, and the `calls` of its functions since they were last asked for."""

    def __init__(self) -> None:
        self.p = Pipeline("p")
        self._calls: list[tuple[object, ...]] = []
        self.said = Said()

    def make(self, *names: str, age: float = 0.0) -> None:
        """Make files, some seconds old."""
        for name in names:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(name, encoding="utf-8")
            moment = time.time() - age
            os.utime(name, (moment, moment))

    def job(self, *parameters: object) -> None:
        """The function of most tasks: notes what it is called with, and makes its outputs."""
        self._calls.append(parameters)
        for name in names_in(parameters[1]) if len(parameters) > 1 else ():
            self.make(name)

    def first(self, *parameters: object) -> None:
        """The function of an `originate`."""
        self._calls.append(parameters)
        self.make(*names_in(parameters[0]))

    def noted(self, *parameters: object) -> None:
        """A function that only notes what it is called with."""
        self._calls.append(parameters)

    def making(self, *names: str) -> Callable[..., None]:
        """A function that makes these files, whatever it is told to make."""

        def function(*parameters: object) -> None:
            self._calls.append(parameters)
            self.make(*names)

        return function

    def run(self, *targets: object, verbose: int = 0, **words: object) -> list[tuple[object, ...]]:
        """Run the pipeline; the calls, in order."""
        self._calls.clear()
        self.said = Said()
        run: Callable[..., None] = self.p.run
        run(list(targets), verbose=verbose, logger=self.said, **words)
        return list(self._calls)

    def calls(self) -> list[tuple[object, ...]]:
        """The calls since they were last asked for, or a run of this object began."""
        found, self._calls[:] = list(self._calls), []
        return found

    def printed(self, *targets: object, **words: object) -> list[str]:
        """The lines of a printout, stripped, without empty ones."""
        found: list[str] = []

        class Stream:
            def write(self, text: str) -> None:
                found.append(text)

        printout: Callable[..., None] = self.p.printout
        printout(Stream(), list(targets), **words)
        return [line.strip() for line in "".join(found).split("\n") if line.strip()]

    def inputs(self, *targets: object) -> list[object]:
        """Run the pipeline; the inputs of the calls."""
        return [call[0] for call in self.run(*targets)]

    def outputs(self, *targets: object) -> list[object]:
        """Run the pipeline; the outputs of the calls that had an input."""
        return [call[1] for call in self.run(*targets) if len(call) > 1]
