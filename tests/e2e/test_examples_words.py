"""`examples/words`: what its README promises."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.e2e.example import Example, copy_of

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ("alice", "as-you-like-it", "genesis", "paradise-lost")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Example:
    example = copy_of("words", tmp_path_factory.mktemp("built"))
    assert example.build("-j", "5").numbers() == (10, 0, 0)
    return example


@pytest.fixture
def words(built: Example, tmp_path: Path) -> Example:
    return built.copy(tmp_path)


def test_builds_a_report_and_a_picture(words: Example) -> None:
    report = words.text("build/report.txt")
    assert "Alice                26,679      2,633      1,147            4.06\n" in report
    assert "Commonest longer words: rosalind (275), orlando (164), celia (126)," in report
    picture = ET.parse(words.root / "build/report.svg").getroot()
    titles = [part.text for part in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert titles[0] == "The words of Alice, As You Like It, Genesis and Paradise Lost"
    assert len(titles) > 100


def test_builds_nothing_twice(words: Example) -> None:
    assert words.build("-j", "5").err == "pymake: nothing to do (10 jobs up to date)\n"


def test_touched_texts_are_the_same_texts(words: Example) -> None:
    words.touch("texts/*.txt")
    assert words.build().numbers() == (0, 10, 0)


def test_an_empty_line_is_counted_and_changes_no_reader(words: Example) -> None:
    words.append("texts/alice.txt", "\n")
    ended = words.build()
    assert ended.jobs() == ["count build/alice.counts"]
    assert ended.numbers() == (1, 9, 0)


def test_new_words_go_all_the_way(words: Example) -> None:
    words.append("texts/alice.txt", "rabbit " * 500)
    assert words.build().jobs() == [
        "chart build/report.svg",
        "count build/alice.counts",
        "report build/report.txt",
        "top build/alice.top",
    ]
    assert "rabbit (5" in words.text("build/report.txt")


def test_another_argument_runs_its_task_and_its_readers(words: Example) -> None:
    words.replace("pymakefile.py", '".top", 5, 15)', '".top", 7, 15)')
    assert words.build().jobs() == ["report build/report.txt", *(f"top build/{name}.top" for name in TEXTS)]


def test_one_more_text(words: Example) -> None:
    (words.root / "texts/short.txt").write_text("A short text, a very short text.\n", encoding="utf-8")
    assert words.build().numbers() == (4, 8, 0)
    assert "Short                     7          4" in words.text("build/report.txt")


def test_a_target_needs_only_its_own(tmp_path: Path) -> None:
    words = copy_of("words", tmp_path)
    assert words.build("build/report.svg").jobs() == [
        "chart build/report.svg",
        *(f"count build/{name}.counts" for name in TEXTS),
    ]


def test_clean_leaves_no_output(words: Example) -> None:
    assert words.pymake("clean").code == 0
    assert not [path for path in (words.root / "build").rglob("*") if path.is_file()]
    assert words.build("-j", "5").numbers() == (10, 0, 0)
