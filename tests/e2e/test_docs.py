"""The README and the documentation say what is so: their build files load, their tour can be replayed."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pymake.app.cli.requests import COMMANDS
from pymake.frontends.modules import close_roots
from pymake.frontends.project import load_project
from tests.e2e.workspace import Workspace, without_times

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md"))))

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A block of code of a page."""

    page: str
    number: int
    language: str
    text: str


def blocks(*languages: str, pages: tuple[str, ...] = PAGES) -> list[Block]:
    """All blocks in these languages."""
    return [
        Block(page, number, language, text)
        for page in pages
        for number, (language, text) in enumerate(_BLOCK.findall((ROOT / page).read_text(encoding="utf-8")))
        if language in languages
    ]


def test_the_pages_hold_what_these_tests_read() -> None:
    assert len(blocks("toml")) >= 8
    assert len(blocks("python")) >= 3
    assert len(blocks("console", pages=("README.md",))) == 2


@pytest.fixture
def no_root_left() -> Iterator[None]:
    """A build file that was loaded in this process leaves nothing to the tests that follow."""
    yield
    close_roots()


@pytest.mark.usefixtures("no_root_left")
@pytest.mark.parametrize("block", blocks("toml"), ids=lambda block: f"{block.page}-{block.number}")
def test_every_toml_block_is_a_build_file(workspace: Workspace, block: Block) -> None:
    workspace.write("pymake.toml", block.text)
    workspace.write("reports.py", "def summarise(inputs, output, language, most):\n    pass\n")
    project = load_project(str(workspace.root), None, {})
    assert project.tasks
    listed = workspace.pymake("list")
    assert [line.split()[0] for line in listed.out.splitlines()] == [task.name for task in project.tasks]


@pytest.mark.usefixtures("no_root_left")
@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: f"{block.page}-{block.number}")
def test_every_python_block_loads(workspace: Workspace, block: Block) -> None:
    if ".run(" in block.text:
        workspace.write("pages/one.txt", "one\n")
        workspace.write("pages/two.txt", "two\n")
        workspace.write("script.py", block.text)
        ended = workspace.run([sys.executable, "script.py"])
        assert (ended.code, ended.out) == (0, "3 ran, 0 up to date\n")
        assert workspace.read("site/index.html") == "ONE\nTWO\n"
        return
    workspace.write("pymakefile.py", block.text)
    assert load_project(str(workspace.root), None, {}).tasks


SOURCES = {
    "src/main.c": "int words(void);\nint main(void) { return words(); }\n",
    "src/words.c": "int words(void) { return 0; }\n",
    "texts/one.txt": "one two\n",
    "texts/two.txt": "three\n",
}


def shown(text: str) -> list[str]:
    """Lines without times, and jobs that run at the same time in one order."""
    lines = re.sub(r" in \d+\.\d s", " in T s", without_times(text)).splitlines()
    jobs = sorted(re.sub(r"^\[\d+", "[n", line) for line in lines if line.startswith("["))
    return [line for line in lines if not line.startswith("[")] + jobs


@pytest.mark.skipif(shutil.which("cc") is None, reason="the tour compiles C")
@pytest.mark.parametrize("chapter", ["Commands", "Functions"])
def test_the_tour_can_be_replayed(workspace: Workspace, chapter: str) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").split(f"### {chapter}")[1].split("\n### ")[0]
    found = dict(_BLOCK.findall(text))
    for path, source in SOURCES.items():
        workspace.write(path, source)
    workspace.write("pymake.toml" if "toml" in found else "pymakefile.py", found.get("toml") or found["python"])
    command = f'pymake() {{ "{sys.executable}" -m pymake "$@"; }}; '
    for part in found["console"].split("$ ")[1:]:
        line, _, expected = part.partition("\n")
        ended = workspace.run(["/bin/sh", "-c", f"{command}{line}"])
        assert ended.code == 0, ended.err
        assert shown(ended.out + ended.err) == shown(expected), line


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)):
        path, _, anchor = target.partition("#")
        if ":" in path:
            continue
        linked = (ROOT / page).parent / path if path else ROOT / page
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(_slug, headings), target


def test_every_option_of_the_documentation_is_one_and_the_other_way_round(workspace: Workspace) -> None:
    documented = set(re.findall(r"--[a-z][a-z-]+", (ROOT / "docs/command-line.md").read_text(encoding="utf-8")))
    offered: set[str] = set()
    for command in COMMANDS:
        offered |= set(re.findall(r"--[a-z][a-z-]+", workspace.pymake(command, "--help").out))
    assert documented == offered
