"""Outputs that are known only after a run: jobs of readers join piece by piece, and nobody reads what is stale."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pymake import (
    JobsFailed,
    Pipeline,
    PymakeError,
    collate,
    formatter,
    main,
    merge,
    regex,
    split,
    subdivide,
    suffix,
    transform,
)
from pymake.app.api import pipeline_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pymake.model.events import Summary

PATIENCE = 20.0
"""Seconds until what a job waits for counts as never happening."""

ran: list[str] = []
"""The first outputs, or inputs, of the jobs that ran."""


@pytest.fixture(autouse=True)
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    Pipeline.clear_all()
    ran.clear()
    yield
    Pipeline.clear_all()


def note(path: str) -> None:
    """This job runs."""
    ran.append(path)


def write(path: str, text: str) -> None:
    """Make a file."""
    Path(path).write_text(text, encoding="utf-8")


def read(path: str) -> str:
    """The text of a file."""
    return Path(path).read_text(encoding="utf-8")


def pieces(source: str, outputs: Sequence[str]) -> None:
    """One file for each word: `a.in` with `1 2` becomes `a.1.part` and `a.2.part`.

    The word `?x` waits for the file x, `!` fails.
    """
    note(source)
    for stale in outputs:
        os.unlink(stale)
    for word in read(source).split():
        if word == "!":
            raise ValueError(source)
        if word.startswith("?"):
            deadline = time.monotonic() + PATIENCE
            while not os.path.exists(word[1:]):
                assert time.monotonic() < deadline, f"{word[1:]} did not come"
                time.sleep(0.005)
            continue
        write(f"{source.removesuffix('.in').removesuffix('.part')}.{word}.part", word)


def copy(source: str, output: str) -> None:
    """Make a copy."""
    note(output)
    write(output, read(source))


def join(sources: Sequence[str], output: str) -> None:
    """All that was read, with names."""
    note(output)
    write(output, " ".join(f"{source}={read(source)}" for source in sources))


def run(**named: object) -> Summary:
    """One build."""
    ran.clear()
    return pipeline_run(verbose=0, **named)  # type: ignore[arg-type]  # a table of parameters


def declare() -> None:
    """From subdivide to transform to transform to merge, and collate beside it."""
    parts = subdivide("*.in", suffix(".in"), r"\1.*.part")(pieces)
    main_copy = transform(parts, suffix(".part"), ".copy")(copy)

    @transform(main_copy, suffix(".copy"), ".twice")
    def again(source: str, output: str) -> None:
        copy(source, output)

    @collate(parts, regex(r"^(.)\..*"), r"\1.all")
    def together(sources: Sequence[str], output: str) -> None:
        join(sources, output)

    merge(again, "everything")(join)


def test_readers_of_one_job_do_not_wait_for_the_others() -> None:
    declare()
    write("a.in", "1 2")
    write("b.in", "3 ?a.2.twice")  # b is done only after the readers of a are
    summary = run(multithread=2)
    assert (summary.ran, summary.failed) == (2 + 3 + 3 + 2 + 1, 0)
    assert read("everything") == "a.1.twice=1 a.2.twice=2 b.3.twice=3"
    assert run(multithread=2).ran == 0


def test_named_targets_do_not_make_readers_wait() -> None:
    declare()
    write("a.in", "1")
    write("b.in", "?a.1.twice")
    assert run(multithread=2, target_tasks=["join"]).failed == 0


def test_a_division_of_divisions_goes_on_for_each_piece() -> None:
    first = subdivide("*.in", suffix(".in"), r"\1.?.part")(pieces)

    @subdivide(first, formatter(r"/(?P<name>\w\.\w)\.part$"), "{name[0]}.[xy].part")
    def finer(source: str, outputs: Sequence[str]) -> None:
        note(source)
        for word in "xy":
            write(f"{source.removesuffix('.part')}.{word}.part", read(source) + word)

    transform(finer, suffix(".part"), ".copy")(copy)
    merge(finer, "everything")(join)
    write("a.in", "1 2")
    write("b.in", "3 ?a.2.y.copy")
    assert run(multithread=2).failed == 0
    assert read("everything") == "a.1.x.part=1x a.1.y.part=1y a.2.x.part=2x a.2.y.part=2y b.3.x.part=3x b.3.y.part=3y"
    assert run().ran == 0
    write("a.in", "2")
    assert run().failed == 0
    assert sorted(ran) == ["a.in", "everything"]
    assert read("everything") == "a.2.x.part=2x a.2.y.part=2y b.3.x.part=3x b.3.y.part=3y"
    assert run().ran == 0


def test_with_keep_going_readers_of_the_good_ones_run() -> None:
    declare()
    write("a.in", "1 2")
    write("b.in", "!")
    with pytest.raises(JobsFailed) as caught:
        run(keep_going=True)
    assert [error.task for error in caught.value.errors] == ["pieces"]
    assert sorted(ran) == ["a.1.copy", "a.1.twice", "a.2.copy", "a.2.twice", "a.in", "b.in"]
    write("b.in", "3")
    assert run().failed == 0
    assert sorted(ran) == ["a.all", "b.3.copy", "b.3.twice", "b.all", "b.in", "everything"]
    assert run().ran == 0


def test_without_it_nothing_new_starts() -> None:
    declare()
    write("a.in", "!")
    write("b.in", "3")
    with pytest.raises(JobsFailed):
        run()
    assert ran == ["a.in"]


def test_more_and_fewer_files_from_build_to_build() -> None:
    declare()
    write("a.in", "1 2")
    write("b.in", "3")
    run()
    write("a.in", "2 4 5")
    run()
    assert sorted(ran) == sorted(["a.in", "a.4.copy", "a.4.twice", "a.5.copy", "a.5.twice", "a.all", "everything"])
    assert read("everything") == "a.2.twice=2 a.4.twice=4 a.5.twice=5 b.3.twice=3"
    write("a.in", "")
    run()
    assert sorted(ran) == ["a.in", "everything"]
    assert read("everything") == "b.3.twice=3"
    assert not os.path.exists("a.2.part")
    assert run().ran == 0


def test_an_input_that_is_gone_takes_its_pieces_along() -> None:
    declare()
    write("a.in", "1")
    write("b.in", "3")
    run()
    os.unlink("a.in")
    run()
    assert ran == ["everything"]
    assert read("everything") == "b.3.twice=3"


def test_a_filter_has_to_take_something_of_all_pieces_not_of_each() -> None:
    parts = subdivide("*.in", suffix(".in"), r"\1.*.part")(pieces)
    transform(parts, regex(r"^(a\..)\.part$"), r"\1.copy")(copy)
    write("a.in", "1")
    write("b.in", "3")
    run()
    assert sorted(ran) == ["a.1.copy", "a.in", "b.in"]
    os.unlink("a.in")
    with pytest.raises(PymakeError) as caught:
        run()
    assert caught.value.message == "task copy: no input matches regex('^(a\\\\..)\\\\.part$')"


def test_two_pieces_with_one_output_are_an_error_as_soon_as_it_shows() -> None:
    parts = subdivide("*.in", suffix(".in"), r"\1.*.part")(pieces)
    transform(parts, regex(r"^.\.(.)\.part$"), r"\1.copy")(copy)
    write("a.in", "1")
    write("b.in", "1")
    with pytest.raises(PymakeError) as caught:
        run()
    assert caught.value.message == "two jobs of task copy make 1.copy"


def test_other_inputs_beside_a_division_are_read_too() -> None:
    parts = subdivide("*.in", suffix(".in"), r"\1.*.part")(pieces)
    single = split("c.in2", "c.*.part")(lambda source, outputs: write("c.9.part", read(source)))
    transform([parts, single, "plain.part"], suffix(".part"), ".copy")(copy)
    write("a.in", "1")
    write("b.in", "3 ?a.1.copy")
    write("c.in2", "9")
    write("plain.part", "p")
    run(multithread=2)
    assert sorted(path for path in ran if path.endswith("copy")) == ["a.1.copy", "b.3.copy", "c.9.copy", "plain.copy"]
    assert run().ran == 0


def test_an_open_task_without_jobs_leaves_its_readers_what_else_they_read() -> None:
    parts = subdivide("*.in", suffix(".in"), r"\1.*.part")(pieces)
    merge([parts, "plain"], "everything")(join)
    write("plain", "p")
    run()
    assert ran == ["everything"]
    assert read("everything") == "plain=p"


def test_readers_by_template_do_not_wait_either() -> None:
    subdivide("*.in", suffix(".in"), r"\1.*.part")(pieces)
    transform("{name}.{word}.part", "copies/{word}-{name}")(copy)

    @transform(["copies/*"], formatter(r"/(?P<name>[^/]+)$"), "again/{name[0]}")
    def again(source: str, output: str) -> None:
        copy(source, output)

    merge("again/*", "everything")(join)
    write("a.in", "1 2")
    write("b.in", "3 ?again/2-a")
    assert run(multithread=2).failed == 0
    assert read("everything") == "again/1-a=1 again/2-a=2 again/3-b=3"
    assert run().ran == 0
    write("a.in", "2")
    assert run().failed == 0
    assert read("everything") == "again/2-a=2 again/3-b=3"


def parted(source: str, outputs: Sequence[str]) -> None:
    """One file, in a folder of its own."""
    os.makedirs(source.removesuffix(".in"), exist_ok=True)
    write(f"{source.removesuffix('.in')}/1.part", "x")


def calls_of_a_build(count: int) -> int:
    """How many calls of Python functions a build takes that divides so many files, and goes on with the pieces."""
    Pipeline.clear_all()
    for number in range(count):
        write(f"{number:03}.in", "x")
    parts = main.subdivide(parted, "*.in", suffix(".in"), r"\1/*.part")
    copies = main.transform(copy, parts, suffix(".part"), ".copy")
    main.transform(copy, copies, suffix(".copy"), ".twice", name="twice")
    calls = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        assert run(history_file=":memory:").failed == 0
    finally:
        sys.setprofile(before)
    return calls


def test_a_piece_costs_what_it_adds() -> None:
    calls_of_a_build(2)  # imports
    few, many = calls_of_a_build(5), calls_of_a_build(20)
    more = calls_of_a_build(35)
    assert more - many <= 1.1 * (many - few)


def test_a_known_task_beside_an_open_one_does_not_wait_for_it() -> None:
    parts = subdivide("*.in", suffix(".in"), r"\1.*.part")(pieces)
    plain = transform("*.txt", suffix(".txt"), ".copy")(copy)
    merge([parts, plain], "everything")(join)
    write("a.in", "?x.copy")
    write("x.txt", "x")
    assert run(multithread=2, target_tasks=["join"]).ran == 3
    assert read("everything") == "x.copy=x"


def test_what_becomes_wanted_late_is_called_too() -> None:
    parts = subdivide("*.in", suffix(".in"), r"\1.*.part")(pieces)
    plain = transform("*.txt", suffix(".txt"), ".copy")(copy)
    collate([parts, plain], regex(r"^(.).*"), r"\1.all")(join)
    write("a.in", "1")
    write("x.txt", "x")
    assert run(target_tasks=["join"]).ran == 4
    assert read("x.all") == "x.copy=x"
