"""The folder `.pymake`: made, recognised, refused."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pymake.errors import StateError
from pymake.store.folder import open_state
from tests.unit.store.records_of_all_kinds import first_job

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HINT = "  try: move .pymake away: pymake keeps its memory in a folder of that name"


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_new_folder_ignores_itself_and_says_whose_it_is(tmp_path: Path) -> None:
    state = open_state(str(tmp_path), writing=True)
    first_job(state.memory)
    state.close()
    found = tree(tmp_path)
    assert (found[".pymake/.gitignore"], found[".pymake/format"]) == (b"*\n", b"pymake state 1\n")
    assert sorted(found) == [".pymake/.gitignore", ".pymake/format", ".pymake/journal"]
    assert list(open_state(str(tmp_path), writing=False).memory.keys()) == ["a"]
    assert open_state(str(tmp_path), writing=False).notes == ()


def test_looking_makes_nothing(tmp_path: Path) -> None:
    state = open_state(str(tmp_path), writing=False)
    first_job(state.memory)
    state.close()
    assert list(tmp_path.iterdir()) == []


def a_file(path: Path) -> None:
    path.write_text("mine")


def a_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def a_full_folder(path: Path) -> None:
    path.mkdir()
    (path / "thesis.txt").write_text("mine")


def another_format(path: Path) -> None:
    path.mkdir()
    (path / "format").write_text("A4, landscape")


@pytest.mark.parametrize("writing", [True, False])
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (a_file, ".pymake is not a folder"),
        (a_dangling_link, ".pymake is not a folder"),
        (a_full_folder, ".pymake exists and was not made by pymake"),
        (another_format, ".pymake exists and was not made by pymake"),
    ],
)
def test_what_is_not_ours_is_refused_and_left_alone(
    tmp_path: Path, make: Callable[[Path], None], message: str, writing: bool
) -> None:
    make(tmp_path / ".pymake")
    before = tree(tmp_path)
    with pytest.raises(StateError) as caught:
        open_state(str(tmp_path), writing=writing)
    assert str(caught.value) == f"{message}\n{HINT}"
    assert caught.value.exit_code == 2
    assert tree(tmp_path) == before


@pytest.mark.parametrize("left", [(), (".gitignore",), ("format",), ("lock",), ("logs",), ("logs", "journal")])
def test_a_folder_that_was_made_or_removed_while_pymake_ran_is_ours(tmp_path: Path, left: tuple[str, ...]) -> None:
    (tmp_path / ".pymake").mkdir()
    for name in left:
        (tmp_path / ".pymake" / name).touch()
    open_state(str(tmp_path), writing=True).close()
    assert (tmp_path / ".pymake" / "format").read_text() == "pymake state 1\n"


def test_another_layout_is_set_aside_by_who_builds(tmp_path: Path) -> None:
    state = open_state(str(tmp_path), writing=True)
    first_job(state.memory)
    state.close()
    (tmp_path / ".pymake" / "format").write_text("pymake state 7\n")
    before = tree(tmp_path)
    said = ".pymake has layout 7, which this pymake does not know; every job runs again"

    looking = open_state(str(tmp_path), writing=False)
    assert (list(looking.memory.keys()), looking.notes) == ([], (said,))
    assert tree(tmp_path) == before

    building = open_state(str(tmp_path), writing=True)
    assert building.notes == (f"{said}; its journal is now .pymake/journal.bad-1",)
    assert list(building.memory.keys()) == []
    building.close()
    assert tree(tmp_path)[".pymake/journal.bad-1"] == before[".pymake/journal"]
    assert open_state(str(tmp_path), writing=False).notes == ()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_an_error_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / ".pymake").mkdir(mode=0o555)
    with pytest.raises(StateError) as caught:
        open_state(str(tmp_path), writing=True)
    assert str(caught.value) == "cannot write .pymake\n  reason: Permission denied"


def test_a_root_that_is_no_folder_is_an_error_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("x")
    with pytest.raises(StateError) as caught:
        open_state(str(tmp_path / "root"), writing=True)
    assert str(caught.value) == "cannot make the folder .pymake\n  reason: Not a directory"
