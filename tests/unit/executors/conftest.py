"""Executors in a temporary folder, closed after the test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pymake.executors.inline import InlineExecutor
from pymake.executors.local import LocalExecutor
from pymake.executors.threads import ThreadsExecutor
from pymake.fs.clock import SystemClock
from tests.unit.executors.workbench import Functions, Workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Make = Callable[..., Workbench]


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Make]:
    """Makes a workbench with a `LocalExecutor`; all are closed after the test."""
    made: list[Workbench] = []

    def make(
        functions: Functions | None = None, *, slots: int = 1, patience: float = 3.0, stop_on_failure: bool = True
    ) -> Workbench:
        executor = LocalExecutor(
            slots=slots,
            root=str(tmp_path),
            functions=functions or {},
            environ=dict(os.environ),
            clock=SystemClock(),
            wake=None,
            patience=patience,
            stop_on_failure=stop_on_failure,
        )
        made.append(Workbench(executor, tmp_path))
        return made[-1]

    yield make
    for bench in made:
        bench.executor.close()


@pytest.fixture
def inline(tmp_path: Path) -> Iterator[Make]:
    """Makes a workbench with an `InlineExecutor`; all are closed after the test."""
    made: list[Workbench] = []

    def make(functions: Functions | None = None) -> Workbench:
        executor = InlineExecutor(
            root=str(tmp_path), functions=functions or {}, environ=dict(os.environ), clock=SystemClock(), wake=None
        )
        made.append(Workbench(executor, tmp_path))
        return made[-1]

    yield make
    for bench in made:
        bench.executor.close()


@pytest.fixture
def threads(tmp_path: Path) -> Iterator[Make]:
    """Makes a workbench with a `ThreadsExecutor`; all are closed after the test."""
    made: list[Workbench] = []

    def make(functions: Functions | None = None, *, slots: int = 1) -> Workbench:
        executor = ThreadsExecutor(
            slots=slots,
            root=str(tmp_path),
            functions=functions or {},
            environ=dict(os.environ),
            clock=SystemClock(),
            wake=None,
        )
        made.append(Workbench(executor, tmp_path))
        return made[-1]

    yield make
    for bench in made:
        bench.executor.close()


@pytest.fixture(params=["local", "inline", "threads"])
def either(request: pytest.FixtureRequest) -> Make:
    """Makes a workbench with each executor in turn: what holds for both."""
    make: Make = request.getfixturevalue(request.param)
    return make


@pytest.fixture(params=["local", "inline"])
def with_own_place(request: pytest.FixtureRequest) -> Make:
    """Makes a workbench with each executor that can give a call its own folder and environment."""
    make: Make = request.getfixturevalue(request.param)
    return make
