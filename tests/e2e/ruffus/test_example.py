"""`examples/ruffus` and `docs/ruffus.md`: one pipeline in two spellings, and a page whose program runs."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.example import Example, copy_of

if TYPE_CHECKING:
    from tests.e2e.ruffus.program import Folder

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.fixture
def example(tmp_path: Path) -> Example:
    return copy_of("ruffus", tmp_path)


def test_both_spellings_make_the_same(example: Example) -> None:
    old = example.run(sys.executable, "pipeline.py", "--jobs", "4", "--verbose", "0")
    assert old.code == 0, old.err
    example.build("-j", "4")
    assert example.text("old/report.txt") == example.text("build/report.txt")
    assert example.text("old/index.txt") == example.text("build/index.txt")
    assert example.text("old/report.txt").startswith("2024-01\n  bay ")
    assert (example.root / "old/complete").exists()
    assert (example.root / "build/complete").exists()


@pytest.mark.parametrize("spelling", ["pipeline.py", "pymakefile.py"])
def test_each_spelling_has_what_a_realistic_pipeline_has(example: Example, spelling: str) -> None:
    words = re.findall(r"^@(\w+)", example.text(spelling), re.MULTILINE)
    kinds = {"split", "transform", "subdivide", "collate", "product", "merge"}
    assert {*kinds, "posttask", "jobs_limit"} <= set(words)
    assert len(re.findall(r"^def ", example.text(spelling), re.MULTILINE)) >= 8


def test_nothing_runs_twice(example: Example) -> None:
    for _ in range(2):
        assert example.run(sys.executable, "pipeline.py").code == 0
    assert "will be run:\n\n_" in example.run(sys.executable, "pipeline.py", "-n", "-v").out
    example.build()
    assert example.build().numbers()[0] == 0


def test_a_touch_runs_the_old_spelling_only(example: Example) -> None:
    assert example.run(sys.executable, "pipeline.py").code == 0
    example.build()
    example.touch("readings.csv")
    assert "Task = 'split_readings'" in example.run(sys.executable, "pipeline.py", "-n", "-v", "3").out
    assert example.build().numbers()[0] == 0


def test_a_station_that_is_gone_is_in_no_report(example: Example) -> None:
    assert example.run(sys.executable, "pipeline.py").code == 0
    example.build()
    readings = example.text("readings.csv")
    (example.root / "readings.csv").write_text(readings.replace("bay,", "cape,"), encoding="utf-8")
    assert example.run(sys.executable, "pipeline.py").code == 0
    example.build()
    assert example.text("old/report.txt") == example.text("build/report.txt")
    assert "bay" not in example.text("build/report.txt")


def test_the_program_of_the_page_prints_what_it_says(folder: Folder) -> None:
    page = (DOCS / "ruffus.md").read_text(encoding="utf-8")
    program = re.findall(r"^```py\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    output = re.findall(r"^```output\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert [folder.run(text) for text in program] == [text.splitlines() for text in output]


def test_the_page_names_every_name() -> None:
    from pymake import ruffus  # noqa: PLC0415

    page = (DOCS / "ruffus.md").read_text(encoding="utf-8")
    table = page[page.index("## Every name") :]
    modules = {"cmdline", "combinatorics", "dbdict", "drmaa_wrapper", "graph", "print_dependencies", "proxy_logger"}
    modules |= {"ruffus_exceptions", "ruffus_utility", "ruffus_version", "task"}
    assert [name for name in ruffus.__all__ if name not in modules and f"`{name}`" not in table] == []
