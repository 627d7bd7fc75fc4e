"""`examples/c-program`: exactly the right objects, and what its README promises."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.e2e.example import Example, copy_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler called cc")

VARIANTS = ("debug", "release")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Example:
    example = copy_of("c-program", tmp_path_factory.mktemp("built"))
    assert example.build("-j", "2").numbers() == (39, 0, 0)
    return example


@pytest.fixture
def program(built: Example, tmp_path: Path) -> Example:
    return built.copy(tmp_path)


def objects(names: list[str]) -> list[str]:
    """The jobs that compile these modules, in both variants."""
    return sorted(f"{variant}-objects build/{variant}/{name}.o" for variant in VARIANTS for name in names)


def compiled(jobs: list[str]) -> list[str]:
    return [job for job in jobs if job.endswith(".o")]


def readers(example: Example, header: str) -> list[str]:
    """The modules that include a header, directly or not, by the compiler's own word."""
    names = []
    for source in sorted(example.root.glob("src/*.c")):
        words = subprocess.run(["cc", "-MM", source], capture_output=True, text=True, check=True).stdout.split()
        if any(word.endswith(f"/{header}") for word in words):
            names.append(source.stem)
    return names


def modules(example: Example) -> list[str]:
    return sorted(path.stem for path in example.root.glob("src/*.c"))


def test_is_a_program_of_some_size(tmp_path: Path) -> None:
    example = copy_of("c-program", tmp_path)
    assert len(modules(example)) >= 10
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in example.root.glob("src/*")) >= 600


def test_compiles_without_a_warning(tmp_path: Path) -> None:
    ended = copy_of("c-program", tmp_path).pymake("-j", "2", "CFLAGS=-Wall -Wextra -Werror")
    assert ended.code == 0, ended.err


def test_both_programs_work(program: Example) -> None:
    expected = "".join(f"{report}: as expected\n" for report in ("balance", "monthly", "register", "summary"))
    assert program.text("build/check.txt") == expected * 2
    for variant in VARIANTS:
        ended = program.run(f"build/{variant}/ledgerlet", "summary", "data/household.journal")
        assert ended.out == "89 transactions, 205 postings, 22 accounts, 2025-01-01 to 2025-06-30\n"


def test_builds_nothing_twice(program: Example) -> None:
    assert program.build().err == "pymake: nothing to do (39 jobs up to date)\n"


def test_touch_builds_nothing(program: Example) -> None:
    for pattern in ("src/*", "data/*", "expected/*", "check.sh", "pymake.toml", "build/*/*"):
        program.touch(pattern)
    assert program.build().numbers() == (0, 39, 0)


@pytest.mark.parametrize(
    ("header", "modules_of_it"),
    [
        ("table.h", ["balance", "monthly", "register", "table"]),
        ("source.h", ["parser", "source"]),
        ("money.h", None),
    ],
)
def test_a_header_rebuilds_exactly_its_readers(program: Example, header: str, modules_of_it: list[str] | None) -> None:
    expected = readers(program, header)
    assert 2 <= len(expected) < len(modules(program))
    assert modules_of_it is None or expected == modules_of_it
    program.append(f"src/{header}", "\nextern int declared_for_a_test;\n")
    assert compiled(program.build().jobs()) == objects(expected)
    assert program.build().numbers() == (0, 39, 0)


def test_a_header_changed_back_builds_nothing(program: Example) -> None:
    text = program.text("src/table.h")
    program.append("src/table.h", "\nextern int declared_for_a_test;\n")
    (program.root / "src/table.h").write_text(text, encoding="utf-8")
    assert program.build().numbers() == (0, 39, 0)


def test_a_changed_function_is_compiled_linked_and_checked(program: Example) -> None:
    program.replace("src/summary.c", "%zu accounts", "%zu names")
    ended = program.pymake("-k")
    assert ended.code == 1
    assert compiled(ended.jobs()) == objects(["summary"])
    assert "205 postings, 22 names" in ended.err
    assert "-89 transactions, 205 postings, 22 accounts" in ended.err


def test_a_comment_links_nothing_in_release(program: Example) -> None:
    program.append("src/summary.c", "/* The end. */\n")
    jobs = program.build().jobs()
    assert compiled(jobs) == objects(["summary"])
    assert "release build/release/ledgerlet" not in jobs


def test_other_flags_build_everything_affected(program: Example) -> None:
    jobs = program.build("CFLAGS=-O0").jobs()
    assert compiled(jobs) == objects(modules(program))
    assert "release build/release/ledgerlet" in jobs
    assert "check-release build/release/check.txt" in jobs
    assert program.build("CFLAGS=-O0").numbers() == (0, 39, 0)
    assert compiled(program.build().jobs()) == objects(modules(program))


def test_flags_of_several_words_are_several_arguments(program: Example) -> None:
    ended = program.build("CFLAGS=-DGREETING='\"two words\"' -Wall", "build/debug/text.o")
    assert ended.jobs() == ["debug-objects build/debug/text.o"]


def test_one_program_alone(tmp_path: Path) -> None:
    program = copy_of("c-program", tmp_path)
    assert program.build("release").numbers() == (18, 0, 0)
    assert not (program.root / "build/debug").exists()


def test_a_target_from_a_folder_below(tmp_path: Path) -> None:
    program = copy_of("c-program", tmp_path)
    ended = program.pymake("../build/debug/money.o", below="src")
    assert ended.jobs() == ["debug-objects build/debug/money.o"]


def test_a_failed_check_shows_the_difference(program: Example) -> None:
    program.replace("data/household.journal", "2,140.55", "2,140.56")
    ended = program.pymake("-k")
    assert ended.code == 1
    assert ended.numbers() == (2, 36, 2)
    assert "-equity          -8,525.55" in ended.err
    assert "+equity          -8,525.56" in ended.err
    program.replace("data/household.journal", "2,140.56", "2,140.55")
    assert program.build().numbers()[2] == 0


def test_the_script_of_the_check_counts_as_an_input(program: Example) -> None:
    program.replace("check.sh", "as expected", "as it should be")
    jobs = program.build().jobs()
    assert jobs == [
        "check build/check.txt",
        "check-debug build/debug/check.txt",
        "check-release build/release/check.txt",
    ]
