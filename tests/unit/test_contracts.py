"""The fakes keep the contracts of the real adapters: one suite for both."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import pytest

from pymake.errors import InternalError
from pymake.fs.disk import RealDisk
from pymake.model.ids import VersionId
from pymake.model.trace import FOLDER_SIZE, Facet, Failure, Stamp, Start, Trace, Version
from pymake.store.journal import Journal
from pymake.store.logs import FileLogs
from pymake.testing import MemoryDisk, ScratchLogs, ScratchMemory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pymake.interfaces import Disk, Logs, Memory


class Tree(Protocol):
    """A disk, and a hand to write on it."""

    @property
    def disk(self) -> Disk: ...

    def write(self, path: str, text: str) -> None: ...


class RealTree:
    def __init__(self, root: Path) -> None:
        self._root = root
        self.disk = RealDisk(str(root), at_root=False)

    def write(self, path: str, text: str) -> None:
        (self._root / path).parent.mkdir(parents=True, exist_ok=True)
        (self._root / path).write_text(text)


class MemoryTree:
    def __init__(self) -> None:
        self.disk = MemoryDisk()

    def write(self, path: str, text: str) -> None:
        self.disk.write(path, text)


@pytest.fixture(params=["real", "memory"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Tree:
    return RealTree(tmp_path) if request.param == "real" else MemoryTree()


def test_nothing_is_none_everywhere(tree: Tree) -> None:
    disk = tree.disk
    tree.write("file", "x")
    for path in ("gone", "gone/deep", "file/below"):
        assert (disk.stamp(path), disk.digest(path), disk.read(path)) == (None, None, None)
    assert (disk.scan("gone"), disk.scan("file")) == ([], [])


def test_stamps_are_those_of_each_path_in_order(tree: Tree) -> None:
    tree.write("a", "x")
    tree.write("b", "longer")
    stamps = tree.disk.stamps(["b", "gone", "a"])
    assert stamps == [tree.disk.stamp("b"), None, tree.disk.stamp("a")]
    assert [stamp and stamp.size for stamp in stamps] == [6, None, 1]


def test_protecting_twice_or_what_is_not_there_is_fine_and_content_can_still_go(tree: Tree) -> None:
    tree.write("a", "x")
    tree.write("folder/b", "y")
    before = tree.disk.digest("a"), tree.disk.digest("folder")
    for path in ("a", "a", "folder", "gone", "a/below"):
        tree.disk.protect(path)
    assert (tree.disk.digest("a"), tree.disk.digest("folder")) == before
    tree.disk.remove("folder")
    tree.disk.remove("a")
    assert (tree.disk.stamp("a"), tree.disk.stamp("folder")) == (None, None)


def test_a_digest_follows_the_content_and_nothing_else(tree: Tree) -> None:
    tree.write("a", "one")
    tree.write("other/b", "one")
    first = tree.disk.digest("a")
    assert first is not None
    assert len(first) == 16
    assert tree.disk.digest("other/b") == first
    tree.write("a", "two")
    assert tree.disk.digest("a") != first
    tree.write("a", "one")
    assert tree.disk.digest("a") == first


def test_the_digest_of_a_folder_goes_over_names_and_contents(tree: Tree) -> None:
    disk = tree.disk
    tree.write("d/x", "1")
    tree.write("d/sub/y", "2")
    tree.write("e/x", "1")
    tree.write("e/sub/y", "2")
    before = disk.digest("d")
    assert before is not None
    assert disk.digest("e") == before
    assert disk.digest("e/") == before
    tree.write("e/sub/y", "3")
    assert disk.digest("e") != before
    tree.write("e/sub/y", "2")
    disk.make_folder("e/empty")
    assert disk.digest("e") != before


def test_the_stamp_of_a_tree_tells_of_every_change_below(tree: Tree) -> None:
    disk = tree.disk
    tree.write("folder/deep/a", "x")
    tree.write("folder/b", "y")
    tree.write("beside", "z")
    seen = [disk.tree_stamp("folder")]
    assert seen[0] is not None
    assert seen[0].size == FOLDER_SIZE
    assert not disk.is_racy(seen[0], disk.now() + 10**12)
    assert disk.is_racy(seen[0], seen[0].ctime)
    tree.write("beside", "other")
    assert disk.tree_stamp("folder") == seen[0]
    changes: list[Callable[[], None]] = [
        lambda: tree.write("folder/deep/a", "longer"),
        lambda: tree.write("folder/c", ""),
        lambda: disk.remove("folder/c"),
        lambda: disk.make_folder("folder/empty"),
        lambda: disk.remove("folder/deep"),
    ]
    for change in changes:
        change()
        seen.append(disk.tree_stamp("folder"))
    assert len(set(seen)) == len(seen)
    assert (disk.tree_stamp("gone"), disk.tree_stamp("beside")) == (None, None)


def test_a_file_stops_being_racy_when_it_is_older_than_the_hashing(tree: Tree) -> None:
    tree.write("a", "x")
    stamp = tree.disk.stamp("a")
    assert stamp is not None
    assert tree.disk.is_racy(stamp, stamp.ctime)
    assert not tree.disk.is_racy(stamp, stamp.ctime + 10**10)


def test_a_file_written_now_is_not_older_than_now(tree: Tree) -> None:
    moment = tree.disk.now()
    tree.write("a", "x")
    stamp = tree.disk.stamp("a")
    assert stamp is not None
    assert stamp.ctime >= moment


def test_remove_takes_files_and_whole_folders_and_minds_nothing(tree: Tree) -> None:
    disk = tree.disk
    tree.write("a", "x")
    tree.write("d/sub/x", "x")
    tree.write("dd/x", "x")
    for path in ("a", "d/", "gone", "gone/deep"):
        disk.remove(path)
    assert disk.scan("") == [("dd", True)]
    assert disk.read("dd/x") == b"x"


def test_scan_lists_names_in_order_with_their_kind(tree: Tree) -> None:
    tree.write("b", "x")
    tree.write("a/deep/x", "x")
    tree.write("a/.hidden", "x")
    assert list(tree.disk.scan("")) == [("a", True), ("b", False)]
    assert list(tree.disk.scan("a")) == [(".hidden", False), ("deep", True)]


def test_read_gives_bytes_of_files_only(tree: Tree) -> None:
    tree.write("d/a", "text")
    assert tree.disk.read("d/a") == b"text"
    assert tree.disk.read("d") is None


@pytest.fixture(params=["journal", "journal read again", "scratch"])
def memories(request: pytest.FixtureRequest, tmp_path: Path) -> Memories:
    return Memories(request.param, str(tmp_path / "journal"))


class Memories:
    """A memory, and the same one in the next build."""

    def __init__(self, kind: str, path: str) -> None:
        self._kind = kind
        self._path = path
        self.first: Memory = ScratchMemory() if kind == "scratch" else Journal(path, writable=True)

    def later(self) -> Memory:
        if self._kind != "journal read again":
            return self.first
        assert isinstance(self.first, Journal)
        self.first.close()
        return Journal(self._path, writable=False)


def trace(key: str, task: str = "t") -> Trace:
    return Trace(
        key=key,
        action=bytes(range(16)),
        inputs=array("I"),
        discovered=array("I"),
        outputs=array("I"),
        facets=(),
        task=task,
        started=1.5,
        seconds=0.25,
        reason="never ran",
        printed=False,
    )


def failure(key: str) -> Failure:
    return Failure(key=key, task="t", started=1.5, seconds=0.25, reason="never ran", error="boom\nagain")


def test_a_new_memory_knows_nothing(memories: Memories) -> None:
    memory = memories.later()
    assert (memory.trace("k"), memory.failure("k"), memory.sighting("p")) == (None, None, None)
    assert memory.find_version("p", bytes(16)) is None
    assert list(memory.keys()) == []
    with pytest.raises(InternalError) as caught:
        memory.version(VersionId(0))
    assert str(caught.value) == "no version has the number 0"


def test_a_start_lasts_until_the_job_ended_in_whatever_way(memories: Memories) -> None:
    memory = memories.first
    for key in ("ok", "bad", "stopped", "forgotten", "killed"):
        memory.record_starts([Start(key=key, outputs=(key, f"{key}.map"))])
    assert memory.start("ok") == Start(key="ok", outputs=("ok", "ok.map"))
    memory.record_traces([trace("ok")])
    memory.record_failure(Failure(key="bad", task="t", started=0.0, seconds=0.0, reason="", error=""))
    memory.record_end("stopped")
    memory.forget("forgotten")
    later = memories.later()
    assert [later.start(key) for key in ("ok", "bad", "stopped", "forgotten")] == [None] * 4
    assert later.start("killed") == Start(key="killed", outputs=("killed", "killed.map"))
    begun = [path for key in ("ok", "bad", "stopped", "killed") for path in (key, f"{key}.map") if later.is_begun(path)]
    assert begun == ["killed", "killed.map"]
    assert list(later.keys()) == ["ok"]


def test_a_trace_comes_back_as_it_was(memories: Memories) -> None:
    memory = memories.first
    numbers = [memory.record_version(path, path.encode() * 16) for path in ("a", "b", "c", "d")]
    given = replace(
        trace("odd \udcff näme\n"),
        inputs=array("I", numbers[:2]),
        discovered=array("I", numbers[2:3]),
        outputs=array("I", numbers[3:]),
        facets=(Facet("command", "cc -c \U0001f600\0"), Facet("env X", "")),
        printed=True,
    )
    memory.record_traces([given])
    assert memories.later().trace(given.key) == given


def test_what_decides_of_a_trace_is_told_without_the_rest(memories: Memories) -> None:
    memory = memories.first
    number = memory.record_version("a", b"a" * 16)
    memory.record_traces([replace(trace("k"), inputs=array("I", [number]))])
    outline = memories.later().outline("k")
    assert outline is not None
    assert (outline.action, list(outline.inputs), list(outline.outputs)) == (bytes(range(16)), [number], [])
    assert (outline.seconds, memory.outline("none")) == (0.25, None)


def test_what_a_job_made_is_known_by_each_of_its_outputs(memories: Memories) -> None:
    memory = memories.first
    old, a, b, source = (
        memory.record_version(path, data * 16) for path, data in zip("aabs", (b"0", b"1", b"2", b"3"), strict=False)
    )
    memory.record_traces([replace(trace("a"), inputs=array("I", [source]), outputs=array("I", [old]))])
    memory.record_traces([replace(trace("a"), inputs=array("I", [source]), outputs=array("I", [a, b]))])
    later = memories.later()
    assert [later.made(path) for path in ("a", "b", "s", "none")] == [a, b, None, None]
    assert old != a


def test_a_later_trace_replaces_the_earlier(memories: Memories) -> None:
    memories.first.record_traces([trace("k", task="old")])
    memories.first.record_traces([trace("other")])
    memories.first.record_traces([trace("k", task="new")])
    later = memories.later()
    assert later.trace("k") == trace("k", task="new")
    assert sorted(later.keys()) == ["k", "other"]


def test_a_failure_leaves_the_trace_and_goes_with_the_next_one(memories: Memories) -> None:
    memories.first.record_traces([trace("both")])
    memories.first.record_failure(failure("both"))
    memories.first.record_failure(failure("mended"))
    memories.first.record_traces([trace("mended")])
    later = memories.later()
    assert (later.trace("both"), later.failure("both")) == (trace("both"), failure("both"))
    assert (later.trace("mended"), later.failure("mended")) == (trace("mended"), None)


def test_forget_drops_trace_and_failure(memories: Memories) -> None:
    memories.first.record_traces([trace("k")])
    memories.first.record_failure(failure("k"))
    memories.first.forget("k")
    memories.first.forget("never there")
    later = memories.later()
    assert (later.trace("k"), later.failure("k"), list(later.keys())) == (None, None, [])


def test_equal_content_has_its_old_number(memories: Memories) -> None:
    memory = memories.first
    a, b = bytes(16), bytes(range(16))
    first = memory.record_version("p", a)
    assert memory.record_version("p", b) != first
    assert memory.record_version("p", a) == first
    assert memory.record_version("q", a) != first
    later = memories.later()
    assert later.find_version("p", a) == first
    assert later.record_version("p", a) == first
    assert later.version(first) == Version("p", a)
    assert later.find_version("p", b"x" * 16) is None


def test_the_last_sighting_counts(memories: Memories) -> None:
    memory = memories.first
    old, new = Stamp(1, 2, 3, 4), Stamp(-5, 2**62, 2**40, 2**63 - 1)
    a, b = memory.record_version("p", bytes(16)), memory.record_version("p", bytes(range(16)))
    memory.record_sighting("p", old, a)
    assert memory.sighting("p") == (old, a)
    memory.record_sighting("p", new, b)
    assert memories.later().sighting("p") == (new, b)


@pytest.fixture(params=["files", "scratch"])
def logs(request: pytest.FixtureRequest, tmp_path: Path) -> Logs:
    return FileLogs(str(tmp_path)) if request.param == "files" else ScratchLogs()


def test_each_key_has_a_log_of_its_own(logs: Logs) -> None:
    assert logs.path("a") == logs.path("a")
    assert logs.path("a") != logs.path("b")
    assert logs.excerpt(logs.path("a")) == ("", 0)
