"""Taking part in a jobserver, on real pipes and fifos."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from pymake.errors import StateError
from pymake.executors.jobserver import Share, join
from pymake.executors.local import LocalExecutor
from pymake.executors.makeflags import JobserverForm
from pymake.executors.sharing import SharingExecutor, sharing
from pymake.executors.tokens import Tokens
from pymake.fs.clock import SystemClock
from tests.unit.executors.workbench import DEADLINE, Workbench, command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pymake.interfaces import Executor

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


class Parent:
    """A jobserver of somebody else."""

    def __init__(self, tokens: bytes) -> None:
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        os.write(self.writing, tokens)
        self.makeflags = f" -j9 --jobserver-auth={self.reading},{self.writing}"

    def tokens(self) -> bytes:
        """What is in the pipe now; it stays there."""
        try:
            found = os.read(self.reading, 100)
        except BlockingIOError:
            return b""
        os.write(self.writing, found)
        return found

    def close(self) -> None:
        os.close(self.reading)
        os.close(self.writing)


@pytest.fixture
def parent() -> Iterator[Parent]:
    made = Parent(b"ab")
    os.set_blocking(made.reading, True)  # as most makes have it: nobody may depend on it, or change it
    os.set_blocking(made.reading, False)
    yield made
    made.close()


def joined(makeflags: str | None, tmp_path: Path, *, jobs: int | None, form: str = "pipe") -> Share:
    environ = {"HOME": "/", **({} if makeflags is None else {"MAKEFLAGS": makeflags})}
    return join(environ, jobs=jobs, cpus=4, form=JobserverForm(form), fifo=str(tmp_path / "fifo"))


def test_tokens_are_taken_one_by_one_and_returned_as_they_were(parent: Parent) -> None:
    tokens = Tokens(parent.reading, parent.writing, 5)
    assert [tokens.take(), tokens.take(), tokens.take()] == [True, True, False]
    assert (tokens.held, parent.tokens()) == (2, b"")
    tokens.keep(1)
    assert parent.tokens() == b"b"
    tokens.close()
    assert sorted(parent.tokens()) == sorted(b"ab")


def test_no_more_tokens_are_taken_than_slots_need(parent: Parent) -> None:
    tokens = Tokens(parent.reading, parent.writing, 1)
    assert [tokens.take(), tokens.take()] == [True, False]
    tokens.close()


def test_the_guard_returns_what_a_killed_engine_held(parent: Parent) -> None:
    tokens = Tokens(parent.reading, parent.writing, 2)
    tokens.take()
    engine = os.fork()
    if not engine:
        tokens.take()
        os._exit(9)
    os.waitpid(engine, 0)
    tokens.return_all()
    assert sorted(parent.tokens()) == sorted(b"ab")


def test_a_server_that_is_gone_gives_no_token() -> None:
    parent = Parent(b"a")
    tokens = Tokens(parent.reading, parent.writing, 3)
    assert tokens.take()
    parent.close()
    assert not tokens.take()
    tokens.close()


@pytest.mark.parametrize(("left", "total"), [(b"", 2), (b"+", 2), (b"++", 2), (b"+++++", 2), (b"+", 0)])
def test_a_server_makes_good_what_killed_jobs_took_along(left: bytes, total: int) -> None:
    parent = Parent(left)
    tokens = Tokens(parent.reading, parent.writing, total)
    tokens.restock(total)
    assert parent.tokens() == b"+" * total
    tokens.close()
    parent.close()


@pytest.mark.parametrize("form", ["pipe", "fifo"])
def test_without_a_parent_it_is_the_server(form: str, tmp_path: Path) -> None:
    share = joined("k -j7 -- CC=cc", tmp_path, jobs=3, form=form)
    assert share.tokens is not None
    where = share.environ["MAKEFLAGS"]
    assert (share.slots, share.served, share.note) == (3, 2, None)
    assert where.startswith("k -j3 --jobserver-")
    assert where.endswith(" -- CC=cc")
    assert (f"--jobserver-auth=fifo:{tmp_path}/fifo" in where) is (form == "fifo")
    child = join(share.environ, jobs=None, cpus=4, form=JobserverForm.PIPE, fifo="")
    assert (child.slots, child.served, child.note) == (4, None, None)
    assert child.tokens is not None
    assert [child.tokens.take() for _ in range(3)] == [True, True, False]
    child.close()
    assert [share.tokens.take() for _ in range(3)] == [True, True, False]
    share.close()
    assert list(tmp_path.iterdir()) == []


def test_a_fifo_that_was_left_behind_is_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    share = joined(None, tmp_path, jobs=2, form="fifo")
    assert share.tokens is not None
    assert [share.tokens.take(), share.tokens.take()] == [True, False]
    share.close()


def test_a_fifo_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(StateError) as caught:
        joined(None, tmp_path / "no", jobs=2, form="fifo")
    assert str(caught.value) == (
        f"cannot make the jobserver {tmp_path}/no/fifo\n  reason: No such file or directory\n"
        "  try: --jobserver pipe, which needs no file"
    )


@pytest.mark.parametrize(("jobs", "slots"), [(None, 4), (2, 2), (9, 9)])
def test_as_a_client_the_bound_is_what_was_asked_for_or_the_cpus(
    parent: Parent, tmp_path: Path, jobs: int | None, slots: int
) -> None:
    share = joined(parent.makeflags, tmp_path, jobs=jobs)
    assert (share.slots, share.served, share.note) == (slots, None, None)
    assert share.environ["MAKEFLAGS"] == parent.makeflags
    share.close()


@pytest.mark.parametrize("where", ["97,98", "-2,-2", "x,y", "fifo:/no/such", "0", ""])
@pytest.mark.parametrize(("jobs", "slots", "count"), [(None, 1, "1 job"), (3, 3, "3 jobs")])
def test_a_jobserver_that_cannot_be_reached_is_a_note(
    tmp_path: Path, where: str, jobs: int | None, slots: int, count: str
) -> None:
    share = joined(f"k -j8 --jobserver-auth={where}", tmp_path, jobs=jobs)
    assert share.slots == slots
    assert share.served == slots - 1
    assert share.note == (
        f"the jobserver of the make above cannot be reached ({where}); {count} at a time: "
        "put + before the command in the makefile"
    )
    assert share.environ["MAKEFLAGS"].startswith(f"k -j{slots} --jobserver-fds=")
    share.close()


def test_a_file_that_is_no_pipe_is_no_jobserver(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("++")
    with (tmp_path / "file").open("r+b") as file:
        share = joined(f" --jobserver-auth={file.fileno()},{file.fileno()}", tmp_path, jobs=None)
    assert share.note is not None
    share.close()
    share = joined(f" --jobserver-auth=fifo:{tmp_path}/file", tmp_path, jobs=None)
    assert share.note is not None
    share.close()


def test_with_none_it_takes_no_part(parent: Parent, tmp_path: Path) -> None:
    share = joined(parent.makeflags, tmp_path, jobs=None, form="none")
    assert (share.slots, share.tokens, dict(share.environ)) == (4, None, {"HOME": "/"})
    share.close()


class Floor(Workbench):
    """An executor that shares the jobserver of `parent`."""

    def __init__(self, root: Path, share: Share) -> None:
        self.local = LocalExecutor(
            slots=share.slots, root=str(root), functions={}, environ=os.environ, clock=SystemClock(), wake=None
        )
        self.share = share
        super().__init__(sharing(self.local, share), root)

    def close(self) -> None:
        self.executor.close()
        self.share.close()


@pytest.fixture
def floor(parent: Parent, tmp_path: Path) -> Iterator[Floor]:
    (tmp_path / "logs").mkdir()
    made = Floor(tmp_path, joined(parent.makeflags, tmp_path, jobs=4))
    yield made
    made.close()


def test_each_job_beyond_the_first_holds_a_token(parent: Parent, floor: Floor) -> None:
    for left in (b"ab", b"b", b""):
        assert floor.executor.room() == 1
        floor.start(command("read x"))
        assert parent.tokens() == left
    assert floor.executor.room() == 0
    floor.outcomes(3)
    assert floor.executor.room() == 1
    assert sorted(parent.tokens()) == sorted(b"ab")


def test_what_is_not_used_is_returned_before_waiting(parent: Parent, floor: Floor) -> None:
    assert floor.executor.room()
    floor.start(command("until [ -e go ]; do sleep 0.01; done"))
    assert floor.executor.room()
    assert parent.tokens() == b"b"
    assert floor.executor.wait(0.01) == []
    assert parent.tokens() == b"ba"
    (floor.root / "go").touch()
    floor.outcomes(1)


def test_a_token_that_comes_free_ends_the_wait(parent: Parent, floor: Floor) -> None:
    taken = os.read(parent.reading, 2)
    assert floor.executor.room()
    floor.start(command("until [ -e go ]; do sleep 0.01; done"))
    assert floor.executor.room() == 0
    os.write(parent.writing, taken)
    began = time.monotonic()
    assert floor.executor.wait(DEADLINE) == []
    assert time.monotonic() - began < DEADLINE / 2
    assert floor.executor.room() == 1
    (floor.root / "go").touch()
    floor.outcomes(1)


def test_without_tokens_the_executor_is_as_it_was(tmp_path: Path) -> None:
    share = joined(None, tmp_path, jobs=4, form="none")
    floor = Floor(tmp_path, share)
    plain: Executor = floor.executor
    assert plain is floor.local
    assert not isinstance(plain, SharingExecutor)
    floor.close()
