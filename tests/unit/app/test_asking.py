"""Which commands a watch may answer and build for: those for which it would do just the same."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pymake.app.asking import Ways, wanted
from pymake.app.options import BuildOptions
from pymake.door import identity
from pymake.reporters.lines import Lines, Verbosity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ENVIRON = {"PATH": "/bin", "HOME": "/h", "TERM": "xterm", "PWD": "/here", "CC": "gcc"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pymake.toml").touch()
    (tmp_path / "sub" / "other").mkdir(parents=True)
    (tmp_path / "sub" / "other" / "pymake.toml").touch()
    return tmp_path.resolve()


def found(
    root: Path,
    *words: str,
    here: str = "",
    environ: Mapping[str, str] = ENVIRON,
    options: BuildOptions | None = None,
    files: tuple[str, ...] = (),
    overrides: Mapping[str, str] | None = None,
    deciding: frozenset[str] = frozenset(),
    who: str | None = None,
) -> tuple[tuple[str, ...], str, Lines] | None:
    ways = Ways(
        root=str(root),
        files=tuple(str(root / file) for file in files),
        overrides=overrides or {},
        options=options or BuildOptions(),
        environ=ENVIRON,
    )
    encoded = {os.fsencode(name): os.fsencode(value) for name, value in environ.items()}
    question = (who or identity(), str(root / here), words, False, encoded)
    wish = wanted(question, ways, deciding)
    return None if wish is None else (wish.targets, wish.where, wish.lines)


@pytest.mark.parametrize(
    ("words", "here", "targets", "where"),
    [
        ((), "", (), ""),
        (("app", "b/*.o"), "", ("app", "b/*.o"), ""),
        (("app",), "sub", ("app",), "sub"),
        (("-C", "sub", "app"), "", ("app",), "sub"),
        (("-Csub", "app"), "", ("app",), "sub"),
        (("-C", "..", "build", "app"), "sub", ("app",), ""),
        (("--no-wait", "app"), "", ("app",), ""),
    ],
)
def test_targets_and_where_they_stand(
    root: Path, words: tuple[str, ...], here: str, targets: tuple[str, ...], where: str
) -> None:
    assert found(root, *words, here=here) == (targets, where, Lines())


@pytest.mark.parametrize(
    "words",
    [
        *(("-n",), ("-q",), ("-t",), ("-B",), ("-W", "a"), ("-o", "a"), ("--json",), ("--fresh",), ("--audit",)),
        *(("--pdb",), ("--profile", "f"), ("--debug",), ("list",), ("why", "app"), ("--help",), ("--version",)),
        *(("--no-such-option",), ("CC=clang",), ("-k",), ("-j", "99"), ("--timeout", "3"), ("--keep-failed",)),
        *(("-C", "sub/other"), ("-C", "nowhere"), ("-f", "sub/other/pymake.toml"), ("-f", "pymake.toml")),
    ],
)
def test_what_goes_its_own_way(root: Path, words: tuple[str, ...]) -> None:
    assert found(root, *words) is None


def test_options_and_variables_of_the_watch_are_no_difference(root: Path) -> None:
    options = BuildOptions(jobs=99, keep_going=True, timeout=3.0)
    assert found(root, "-kj99", "--timeout=3", options=options) is not None
    assert found(root, "-kj99", options=options) is None
    assert found(root, "A=1", "app", overrides={"A": "1"}) == (("app",), "", Lines())
    assert found(root, "app", overrides={"A": "1"}) is None
    assert found(root, "-f", "pymake.toml", files=("pymake.toml",)) is not None
    assert found(root, "-f", "../pymake.toml", here="sub", files=("pymake.toml",)) == ((), "sub", Lines())


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"TERM": "dumb", "PWD": "/there", "SHLVL": "3", "TMUX": "1", "NO_COLOR": "1"}, True),
        ({"CC": "clang"}, False),
        ({"NEW": ""}, False),
        ({"MAKELEVEL": "1"}, False),
        ({"MAKEFLAGS": "-j"}, False),
        ({"PYMAKE_BUILDING": "/elsewhere"}, False),
    ],
)
def test_the_environment(root: Path, other: Mapping[str, str], same: bool) -> None:
    assert (found(root, environ={**ENVIRON, **other}) is not None) == same


def test_a_variable_that_is_gone_is_a_difference(root: Path) -> None:
    assert found(root, environ={name: value for name, value in ENVIRON.items() if name != "CC"}) is None
    assert found(root, environ={name: value for name, value in ENVIRON.items() if name != "TERM"}) is not None


def test_a_variable_of_the_terminal_that_a_job_reads_decides(root: Path) -> None:
    assert found(root, environ={**ENVIRON, "TERM": "dumb"}, deciding=frozenset({"TERM"})) is None


def test_another_pymake_goes_its_own_way(root: Path) -> None:
    assert found(root, who="0.0 3.9") is None


def test_how_it_is_shown_is_up_to_the_command(root: Path) -> None:
    shown = found(root, "-v", "--explain", "--color", "always")
    assert shown == ((), "", Lines(verbosity=Verbosity.VERBOSE, explain=True, color=True))
    assert found(root, environ={**ENVIRON, "FORCE_COLOR": "1"}) == ((), "", Lines(color=True))
