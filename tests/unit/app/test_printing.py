"""Looking from a script: what would run, as text and as a drawing, by every parameter."""

from __future__ import annotations

import io
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from pymake import (
    Pipeline,
    follows,
    graphviz,
    main,
    merge,
    originate,
    pipeline_printout,
    pipeline_printout_graph,
    pipeline_run,
    split,
    suffix,
    transform,
)
from pymake.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tasks make, up, join and parts, each after the one before; in a folder of their own, as a script has them."""
    monkeypatch.chdir(tmp_path)
    Pipeline.clear_all()

    @originate(["deep/down/a.txt", "deep/down/b.txt"])
    def make(output: str) -> None:
        """Files to begin with."""
        write(output)

    @transform(make, suffix(".txt"), ".up")
    def up(_: str, output: str) -> None:
        write(output)

    @merge(up, "all")
    def join(_: object, output: str) -> None:
        write(output)

    @follows(join)
    @graphviz(label_prefix="the ", color="red", URL="http://x/")
    @split(None, ["1", "2"])
    def parts(_: object, outputs: list[str]) -> None:
        for output in outputs:
            write(output)

    yield
    Pipeline.clear_all()


def write(output: str) -> None:
    """Make a file."""
    with open(output, "w", encoding="utf-8") as file:
        file.write("x")


def printed(*arguments: object, **named: object) -> str:
    """What is printed."""
    stream = io.StringIO()
    pipeline_printout(stream, *arguments, **named)  # type: ignore[arg-type]  # a table of parameters
    return stream.getvalue()


@pytest.mark.parametrize(
    ("verbose", "text"),
    [
        (0, ""),
        (1, "will run (5):\n    make\n    up\n    join\n"),
        (2, "will run (5):\n    make: Files to begin with.\n    up\n    join\n"),
        (
            3,
            """\
            will run (5):
                make deep/down/a.txt
                make deep/down/b.txt
                up deep/down/a.up
                up deep/down/b.up
                join all
            """,
        ),
    ],
)
def test_verbose_says_how_much(verbose: int, text: str) -> None:
    assert printed(["join"], verbose=verbose) == dedent(text)


def test_parameters_stand_in_the_order_of_ruffus() -> None:
    text = printed(["join"], [], 4, 1, True, 30, None, None, None, 1, None)
    assert text == dedent(
        """\
        will run (5):
         make .../a.txt: never ran
         make .../b.txt: never ran
         up .../a.up: never ran
         up .../b.up: never ran
         join all: never ran
        """
    )
    assert printed(["join"], verbose=4, indent=2, wrap_width=24).splitlines()[1:3] == [
        "  make deep/down/a.txt:",
        "    never ran",
    ]


def test_what_is_up_to_date_is_counted_and_named_on_request() -> None:
    pipeline_run(["join"], verbose=0)
    assert printed(["join"]).startswith("up to date (5):\n    make deep/down/a.txt\n")
    assert printed(["join"], verbose=3) == "up to date (5)\n"
    assert printed(["join"], verbose=1) == "up to date (5):\n    make\n    up\n    join\n"
    assert "make deep/down/a.txt: forced" in printed(["join"], ["make"])
    assert "never ran" in printed(["join"], history_file="other")
    assert "never ran" in printed(["join"], history_file=":memory:")


def test_the_minimal_mode_looks_no_further_up_than_what_is_up_to_date(tmp_path: Path) -> None:
    pipeline_run(["join"], verbose=0)
    (tmp_path / "deep/down/a.txt").unlink()
    assert "will run (1):" in printed(["join"])
    assert printed(["join"], gnu_make_maximal_rebuild_mode=False) == "up to date (1):\n    join all\n"


def test_a_pipeline_prints_and_draws_itself(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    other = Pipeline("other")
    other.originate(write, ["o"], name="first")
    other.printout(sys.stdout)
    other.printout_graph(str(tmp_path / "g.dot"))
    assert capsys.readouterr().out == "will run (1):\n    other::first o: never ran\n"
    assert 'label="other::first"' in (tmp_path / "g.dot").read_text()


def drawn(*arguments: object, **named: object) -> list[str]:
    """The lines of a drawing."""
    stream = io.BytesIO()
    pipeline_printout_graph(stream, "dot", *arguments, **named)  # type: ignore[arg-type]  # a table of parameters
    return [line.strip() for line in stream.getvalue().decode().splitlines()]


def boxes(lines: list[str]) -> dict[str, str]:
    """The fill of each task by its label, and the dashes."""
    found = {}
    for line in lines:
        if line.startswith("t") and "label=" in line and "->" not in line:
            label = line.split('label="')[1].split('"')[0]
            found[label] = line.split("fillcolor=")[1].split(",")[0].strip('"')
    return found


def test_tasks_are_coloured_by_what_is_expected_of_them(tmp_path: Path) -> None:
    will, target, clean = "#EBF3FF", "#EFA03B", "#B8CC6E"
    assert boxes(drawn()) == {"make": will, "up": will, "join": will, "the parts": target}
    pipeline_run(["join"], verbose=0)
    assert boxes(drawn()) == {"make": clean, "up": clean, "join": clean, "the parts": target}
    (tmp_path / "deep/down/a.txt").write_text("edited")
    assert boxes(drawn(["join"])) == {"make": will, "up": "transparent", "join": target, "the parts": "white"}
    assert boxes(drawn(["join"], ["up"]))["up"] == "transparent"


def test_what_comes_after_the_targets_is_drawn_unless_left_out() -> None:
    assert boxes(drawn(["up"])) == {"make": "#EBF3FF", "up": "#EFA03B", "join": "white", "the parts": "white"}
    assert boxes(drawn(["up"], ignore_upstream_of_target=True)) == {"make": "#EBF3FF", "up": "#EFA03B"}
    pipeline_run(["make"], verbose=0)
    assert boxes(drawn(["up"], ignore_upstream_of_target=True, skip_uptodate_tasks=True)) == {"up": "#EFA03B"}


def test_the_parameters_of_the_drawing() -> None:
    lines = drawn([], [], False, False, False, True, True, True, True, None, "All of it", (4, 3), 50)
    assert lines[:3] == [
        'digraph "All of it" {',
        'size="4,3"; splines=true; fontsize=30; ranksep=0.3; node [fontsize=20];',
        "rankdir=LR;",
    ]
    assert not any("cluster_legend" in line for line in lines)
    legend = [line.split('label="')[1].split('"')[0] for line in drawn() if line.startswith("k") and "label" in line]
    assert legend == ["Task to run", "Final target"]
    assert sum(line.startswith("k") and "label" in line for line in drawn(minimal_key_legend=False)) == 8


def test_colours_may_be_given() -> None:
    scheme: dict[str, object] = {
        "colour_scheme_index": 1,
        "Task to run": {"fillcolor": "pink", "linecolor": "blue"},
        "Final target": {"dashed": 1},
        "Key": {"fillcolor": "gold"},
        "Pipeline": {"fontcolor": "green"},
    }
    text = "\n".join(drawn(user_colour_scheme=scheme))
    assert boxes(drawn(user_colour_scheme=scheme))["make"] == "pink"
    assert "t0 -> t1 [color=blue];" in text
    assert "t2 -> t3 [color=blue, style=dashed];" in text
    assert "style=dashed" in next(line for line in text.splitlines() if "the parts" in line)
    assert "color=gold;" in text
    assert "fontcolor=green;" in text


def test_attributes_of_a_task_override_its_looks() -> None:
    line = next(line for line in drawn() if "the parts" in line)
    assert line == (
        't3 [URL="http://x/", color=red, fillcolor="#EFA03B", fontcolor=black, label="the parts", '
        "peripheries=2, shape=house, style=filled];"
    )
    main["join"].graphviz(label="<b>", label_suffix="!", style='"bold, filled"')
    line = next(line for line in drawn() if "<b!>" in line)
    assert 'style="bold, filled"' in line


def test_without_own_reasons_what_comes_after_may_run() -> None:
    assert boxes(drawn(["join"], ignore_upstream_of_target=True, test_all_task_for_update=False)) == {
        "make": "#EBF3FF",
        "up": "transparent",
        "join": "#EFA03B",
    }


def test_the_format_is_the_end_of_the_name(tmp_path: Path) -> None:
    with open(tmp_path / "x.dot", "wb") as stream:
        pipeline_printout_graph(stream)
    assert (tmp_path / "x.dot").read_text().startswith('digraph "Pipeline:" {')
    with pytest.raises(UsageError) as caught:
        pipeline_printout_graph(io.BytesIO())
    assert str(caught.value) == (
        'no format for the graph\n  try: name it: output_format="svg", or end the file in .svg'
    )
