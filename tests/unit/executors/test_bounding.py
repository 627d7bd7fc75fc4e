"""The log of a job that prints without end takes no more room than its bounds while it runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pymake.executors.bounding import HEAD, TAIL, bound
from tests.unit.executors.workbench import call, command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.executors.conftest import Make

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
MOST = HEAD + TAIL + 200_000


def room(path: Path) -> int:
    """Bytes that a file takes on the disk."""
    return path.stat().st_blocks * 512


@pytest.fixture(autouse=True)
def holes(tmp_path: Path) -> None:
    """Nothing is to be seen where there are no holes."""
    file = tmp_path / "holes"
    file.write_bytes(bytes(MOST + 5_000_000))
    bound(str(file))
    has = room(file) <= MOST
    file.unlink()
    if not has:
        pytest.skip("no holes on this file system")


def test_the_middle_goes_and_head_and_tail_stay(tmp_path: Path) -> None:
    log = tmp_path / "log"
    head, middle, tail = b"h" * HEAD, b"m" * 30_000_000, b"t" * TAIL
    log.write_bytes(head + middle + tail)
    bound(str(log))
    kept = log.read_bytes()
    assert room(log) <= MOST
    assert len(kept) == len(head + middle + tail)
    assert (kept[:HEAD], kept[-TAIL:]) == (head, tail)
    assert 0 in kept[HEAD:-TAIL]


def test_a_short_log_and_one_that_is_gone_are_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"x" * 1000)
    bound(str(log))
    bound(str(tmp_path / "gone"))
    assert log.read_bytes() == b"x" * 1000


@pytest.mark.parametrize("in_python", [False, True])
def test_while_the_job_runs(local: Make, in_python: bool) -> None:
    """The job itself waits until its log is small again; without bounds it would wait until its timeout."""
    name = "worker-0" if in_python else "slot-0"

    def talk() -> None:
        for _ in range(40):
            print("x" * 1_000_000)
        while os.stat(f".pymake/logs/{name}").st_blocks * 512 > MOST:
            pass
        print("end")

    bench = local({"talk": talk})
    text = (
        "yes x | head -c 40000000; "
        f"while [ $(stat -c %b .pymake/logs/{name}) -gt {MOST // 512} ]; do sleep 0.05; done; echo end"
    )
    bench.start(call("talk") if in_python else command(text), timeout=60.0)
    (outcome,) = bench.outcomes()
    assert getattr(outcome, "error", None) is None
    (log,) = [path for path in bench.root.rglob("*") if path.is_file() and path.stat().st_size > 30_000_000]
    assert log.read_bytes().endswith(b"end\n")
