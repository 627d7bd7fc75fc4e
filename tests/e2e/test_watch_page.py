"""`docs/watch.md`: its first project is watched as the page shows, and its words are those of the program."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.workspace import without_times

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

PAGE = (Path(__file__).resolve().parents[2] / "docs/watch.md").read_text(encoding="utf-8")


def plain(text: str) -> list[str]:
    """Without times and counts of folders, and jobs that run at the same time in one order."""
    lines = re.sub(r"\d+ files in \d+ folders| in \d\.\d s|^\[\d+", "N", without_times(text), flags=re.MULTILINE)
    return sorted(lines.splitlines())


def test_the_first_project(workspace: Workspace) -> None:
    (build_file,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[:1]
    (command, said) = re.findall(r"^```console\n\$ pymake (.*?)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]
    workspace.write("pymake.toml", build_file)
    workspace.write("texts/one.txt", "one\n")
    workspace.write("texts/two.txt", "two words\n")
    assert plain(workspace.pymake(*command.split()).err) == plain(said)


def test_every_option_of_a_watch_is_on_the_page(workspace: Workspace) -> None:
    offered = set(re.findall(r"--[a-z][a-z-]+", workspace.pymake("watch", "--help").out))
    common = {"--directory", "--file", "--fresh", "--debug", "--help", "--jobs", "--load-average", "--keep-going"}
    short = {"--silent", "--verbose", "--version", "--show-completion"}
    assert offered - common - short <= set(re.findall(r"--[a-z][a-z-]+", PAGE))
