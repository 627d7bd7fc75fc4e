"""`examples/table`: commands and Python functions in one pipeline, and what its README promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.example import Example, copy_of

if TYPE_CHECKING:
    from pathlib import Path

STATIONS = ("forest", "harbour", "hill", "town")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Example:
    example = copy_of("table", tmp_path_factory.mktemp("built"))
    assert example.build("-j", "4").numbers() == (15, 0, 0)
    return example


@pytest.fixture
def table(built: Example, tmp_path: Path) -> Example:
    return built.copy(tmp_path)


def test_commands_feed_functions_and_back(table: Example) -> None:
    page = table.text("build/report.md")
    coldest = "| hill | -0.4 °C (2025-03-08) | 18.1 °C (2025-06-23) | 23.0 mm (2025-05-29) | 8 days |\n"
    assert coldest in page
    assert "| month | all | forest | harbour | hill | town |\n" in page
    assert page.endswith("Wettest: 2025-05 (920.9 mm), 2025-06 (402.8 mm), 2025-04 (321.5 mm).\n")


def test_builds_nothing_twice(table: Example) -> None:
    assert table.build().err == "pymake: nothing to do (15 jobs up to date)\n"


def test_a_new_day_of_one_station(table: Example) -> None:
    table.append("data/hill.csv", "2025-07-01,9.0,18.5,0.0\n")
    jobs = table.build().jobs()
    assert [job for job in jobs if "hill" in job] == [
        "clean build/clean/hill.csv",
        "extremes build/extremes/hill.json",
        "rain build/rain/hill.csv",
    ]
    assert "months build/months.csv" in jobs
    assert not [job for job in jobs if any(name in job for name in STATIONS if name != "hill")]
    assert "| 2025-07 | 0.0 | 0.0 | 0.0 | 0.0 | 0.0 |\n" in table.text("build/report.md")


def test_a_repeated_row_changes_no_reader(table: Example) -> None:
    table.append("data/hill.csv", table.text("data/hill.csv").splitlines()[-1] + "\n")
    assert table.build().jobs() == ["clean build/clean/hill.csv"]


def test_a_variable_of_one_command(table: Example) -> None:
    assert table.build("wettest=2").jobs() == ["report build/report.md", "wettest build/wettest.csv"]
    assert table.text("build/report.md").endswith("Wettest: 2025-05 (920.9 mm), 2025-06 (402.8 mm).\n")


def test_a_task_of_the_other_file_as_target(tmp_path: Path) -> None:
    table = copy_of("table", tmp_path)
    assert table.build("wettest").numbers() == (10, 0, 0)
    assert not (table.root / "build/extremes").exists()


def test_a_target_from_the_folder_of_outputs(table: Example) -> None:
    (table.root / "build/months.csv").unlink()
    assert table.pymake("months.csv", below="build").jobs() == ["months build/months.csv"]


def test_the_list_names_the_tasks_of_both_files(table: Example) -> None:
    listed = table.pymake("list").out
    for name in ("clean", "rain", "wettest", "extremes", "months", "report"):
        assert name in listed
