"""What a running job printed last."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pymake.executors.local import LocalExecutor
from tests.unit.executors.workbench import Workbench, call, command

if TYPE_CHECKING:
    from tests.unit.executors.conftest import Make

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


def said(bench: Workbench, wanted: str) -> str:
    """What job 0 printed, when it has printed the text that is wanted."""
    assert isinstance(bench.executor, LocalExecutor)
    text = ""
    while wanted not in text:
        text = bench.executor.tails()(0)
    return text


@pytest.mark.parametrize("in_python", [False, True])
def test_the_end_of_the_output_of_a_running_job(local: Make, in_python: bool) -> None:
    def talk() -> None:
        print("x" * 5000 + "\nlast")
        with open("go") as file:
            file.read()

    bench = local({"talk": talk})
    os.mkfifo(bench.root / "go")
    bench.start(call("talk") if in_python else command("yes x | head -5000; echo last; cat go"))
    text = said(bench, "last\n")
    assert (len(text), text[-6:]) == (2000, "\nlast\n")
    (bench.root / "go").write_text("")
    bench.outcomes()
    assert isinstance(bench.executor, LocalExecutor)
    assert bench.executor.tails()(0) == ""
