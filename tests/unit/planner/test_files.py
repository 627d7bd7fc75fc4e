"""Which files patterns find, on disk and among declared outputs."""

from __future__ import annotations

import pytest

from pymake.model.patterns import Pattern, read
from pymake.model.trace import Stamp
from pymake.planner.files import Files
from tests.unit.planner.sample import CountingDisk

DISK = ["src/a.c", "src/b.c", "src/.h.c", "src/x/c.c", "src/x/y/d.c", ".git/e.c", ".pymake/f.c", "g.c", "src/x.d/z"]


def found(files: Files, text: str) -> list[str]:
    pattern = read(text)
    assert isinstance(pattern, Pattern)
    return [match.path for match in files.matches(pattern)]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("*.c", ["g.c"]),
        ("src/*.c", ["src/a.c", "src/b.c"]),
        ("src/a*", ["src/a.c"]),
        ("src/.*", ["src/.h.c"]),
        ("*/*.c", ["src/a.c", "src/b.c"]),
        ("*/x/*.c", ["src/x/c.c"]),
        ("**/*.c", ["g.c", "src/a.c", "src/b.c", "src/x/c.c", "src/x/y/d.c"]),
        ("src/**/y/*", ["src/x/y/d.c"]),
        (".git/*", [".git/e.c"]),
        (".pymake/*", []),
        (".*/*.c", [".git/e.c"]),
        ("src/*/", ["src/x", "src/x.d"]),
        ("no/*", []),
        ("src/x/{d:**}/{n}.c", ["src/x/c.c", "src/x/y/d.c"]),
    ],
)
def test_files_on_disk(text: str, paths: list[str]) -> None:
    assert found(Files(CountingDisk(DISK)), text) == paths


def test_declared_outputs_are_files() -> None:
    files = Files(CountingDisk(["o/a"]))
    assert found(files, "o/*") == ["o/a"]
    files.declare(["o/b", "o/p/q/c", "o/a"])
    assert found(files, "o/*") == ["o/a", "o/b"]
    assert found(files, "**/c") == ["o/p/q/c"]
    assert found(files, "o/*/q/*") == ["o/p/q/c"]
    assert files.is_file("o/b")
    files.withdraw(["o/b", "o/p/q/c", "o/a"])
    assert found(files, "o/**") == ["o/a"]
    assert not files.is_file("o/b")


def test_a_file_declared_twice_and_withdrawn_once_is_still_made() -> None:
    files = Files(CountingDisk())
    files.declare(["o/a"])
    files.declare(["o/a"])
    files.withdraw(["o/a"])
    assert found(files, "o/*") == ["o/a"]


@pytest.mark.parametrize("count", [3, 300])
def test_names_stay_sorted_as_they_come(count: int) -> None:
    files = Files(CountingDisk(["o/m"]))
    names = [f"o/{n * 7919 % 1000:04}" for n in range(count)]
    for name in names:
        found(files, "o/*")
        files.declare([name])
    assert found(files, "o/0*") == sorted(names)
    assert found(files, "o/*") == [*sorted(names), "o/m"]


def test_an_orphan_is_matched_only_if_it_is_made() -> None:
    files = Files(CountingDisk(["o/a", "o/b"]), orphans={"o/b"})
    assert found(files, "o/*") == ["o/a"]
    files.declare(["o/b"])
    assert found(files, "o/*") == ["o/a", "o/b"]


def test_links_do_not_lead_round_in_a_circle() -> None:
    class Looped(CountingDisk):
        """The folder d/loop is d itself."""

        def scan(self, folder: str) -> list[tuple[str, bool]]:
            self.scanned.append(folder)
            return [("a", False), ("loop", True)] if folder.startswith("d") else [("d", True)]

        def stamp(self, path: str) -> Stamp:
            return Stamp(0, 0, -1, 7 if path.startswith("d") else 1)

    assert found(Files(Looped()), "**/a") == ["d/a"]


def test_only_folders_that_can_hold_a_match_are_scanned() -> None:
    disk = CountingDisk(DISK)
    found(Files(disk), "src/*/c*")
    assert disk.scanned == ["src", "src/x", "src/x.d"]
