"""Flowcharts (chapter 11): every parameter, what is drawn, and the colour of each part."""

from __future__ import annotations

import io
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pymake import ruffus
from pymake.ruffus import Pipeline, suffix
from pymake.ruffus.graph import graph_colour_demo_printout

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.ruffus.bench import Bench

LABEL = re.compile(r'^(?:t|k)\d+(?:_1)?\[.*label="([^"]*)"', re.MULTILINE)
COLOURS = {
    "run": 'color="#0044A0", fillcolor="#EBF3FF", fontcolor="#0044A0"',
    "dragged": 'color="#0044A0", fillcolor=transparent, fontcolor="#0044A0"',
    "done": 'color="#006000", fillcolor="#B8CC6E", fontcolor="#006000"',
    "forced": "color=black, fillcolor=transparent, fontcolor=black",
    "target": 'color=black, fillcolor="#EFA03B", fontcolor=black',
    "target done": 'color="#006000", fillcolor="#EFA03B", fontcolor="#006000"',
    "below": "color=gray, fillcolor=white, fontcolor=gray",
    "circle": 'color=white, fillcolor="#FF3232", fontcolor=white',
}
PARTS = {colours: part for part, colours in COLOURS.items()}


def drawn(pipeline: Pipeline, *targets: object, **words: object) -> str:
    """The graph in the dot language."""
    stream = io.BytesIO()
    draw: Callable[..., None] = pipeline.printout_graph
    draw(stream, "dot", list(targets), **words)
    return stream.getvalue().decode()


def labels(text: str) -> list[str]:
    return LABEL.findall(text.partition("clusterkey1")[0])


def parts(text: str) -> dict[str, str]:
    """What each task is, by its colours."""
    found = re.findall(r'^t\d+\[(color=.*fontcolor=[^,]*),.*label="([^"]*)"', text, re.MULTILINE)
    return {label: PARTS[re.sub(r", (?:height|peripheries)=[^,]*", "", colours)] for colours, label in found}


def chain(bench: Bench) -> Pipeline:
    """One, two, three and four, each after the one before."""
    before: object = bench.p.originate(bench.first, ["a.0"], name="one")
    for number, name in enumerate(["two", "three", "four"]):
        before = bench.p.transform(bench.job, before, suffix(f".{number}"), f".{number + 1}", name=name)
    return bench.p


def test_targets_what_is_below_them_and_all_above_that_is_drawn(bench: Bench) -> None:
    chain(bench)
    other = bench.p.originate(bench.first, ["b"], name="other")
    bench.p.merge(bench.job, [bench.p["three"], other], "all", name="join")
    bench.p.originate(bench.first, ["c"], name="apart")
    assert sorted(labels(drawn(bench.p, "two"))) == ["four", "join", "one", "other", "three", "two"]
    assert labels(drawn(bench.p, "two", ignore_upstream_of_target=True)) == ["one", "two"]
    assert "apart" in labels(drawn(bench.p))


def test_each_part_has_its_colour(bench: Bench) -> None:
    p = chain(bench)
    assert parts(drawn(p, "three")) == {"one": "run", "two": "run", "three": "target", "four": "below"}
    bench.run()
    assert parts(drawn(p, "three")) == {"one": "done", "two": "done", "three": "target done", "four": "below"}
    assert parts(drawn(p, "four", forcedtorun_tasks=["one"])) == {
        "one": "forced",
        "two": "dragged",
        "three": "dragged",
        "four": "target",
    }


def test_tasks_below_one_that_runs_are_asked_unless_told_otherwise(bench: Bench) -> None:
    p = chain(bench)
    bench.run()
    bench.make("a.0", age=-5)
    assert parts(drawn(p, "four"))["three"] == "dragged"
    assert parts(drawn(p, "four", test_all_task_for_update=False))["three"] == "run"


def test_the_minimal_way_does_not_look_above_what_is_up_to_date(bench: Bench) -> None:
    p = chain(bench)
    bench.run()
    bench.make("a.0", age=-5)
    assert parts(drawn(p, "four"))["two"] == "run"
    assert parts(drawn(p, "four", gnu_make_maximal_rebuild_mode=False))["two"] == "done"


def test_what_is_up_to_date_can_be_left_out(bench: Bench) -> None:
    p = chain(bench)
    bench.run("two")
    assert labels(drawn(p, "four", skip_uptodate_tasks=True)) == ["three", "four"]


def test_a_circle_is_drawn(bench: Bench) -> None:
    one = bench.p.originate(bench.first, ["a"], name="one")
    two = bench.p.transform(bench.job, one, suffix("a"), "b", name="two")
    one.follows(two)
    assert parts(drawn(bench.p)) == {"one": "circle", "two": "circle"}


def test_shapes_tell_kinds_and_attributes_override(bench: Bench) -> None:
    split = bench.p.split(bench.job, None, "*.x", name="split")
    merge = bench.p.merge(bench.job, split, "all", name="merge")
    bench.p.transform(bench.job, merge, suffix("all"), "b", name="plain").graphviz(
        shape="egg", fillcolor='"#123456"', label_prefix="before ", label_suffix=" after"
    )
    lines = drawn(bench.p).splitlines()
    assert any(re.search(r'label="split", peripheries=2, shape=house, style=filled\];$', line) for line in lines)
    assert any(re.search(r'label="merge", .*shape=invhouse', line) for line in lines)
    assert any('fillcolor="#123456", fontcolor=black, label="before plain after", shape=egg' in line for line in lines)


def test_folders_are_tasks_and_what_is_inactive_looks_like_any_other(bench: Bench) -> None:
    one = bench.p.originate(bench.first, ["a"], name="one").mkdir("folder").active_if(False)
    bench.p.merge(bench.job, one, "b", name="two")
    assert sorted(labels(drawn(bench.p))) == ["mkdir('folder') \\nbefore one ", "one", "two"]


def test_names_of_tasks_do_not_carry_the_pipeline(bench: Bench) -> None:
    bench.p.originate(bench.first, ["a"], name="one")
    assert labels(drawn(bench.p)) == ["one"]


def test_title_size_and_direction(bench: Bench) -> None:
    p = chain(bench)
    text = drawn(p, pipeline_name="Mine", size=(4, 3.5), draw_vertically=False)
    assert text.startswith('digraph "Mine"\n{\nsize="3.5,4";\n')
    assert 'label = "Mine";' in text
    assert 'rankdir="LR";' in text
    assert "rankdir" not in drawn(p)


def test_the_legend_explains_what_is_used_or_all_or_nothing(bench: Bench) -> None:
    p = chain(bench)
    bench.run("two")

    def legend(**words: object) -> list[str]:
        return LABEL.findall(drawn(p, "four", **words).partition("clusterkey1")[2])

    assert legend() == ["Up-to-date task", "Task to run", "Final target"]
    assert len(legend(minimal_key_legend=False)) >= 8
    assert legend(no_key_legend=True) == []


def test_colours_are_those_of_a_scheme_or_of_the_user(bench: Bench) -> None:
    p = chain(bench)
    assert drawn(p, user_colour_scheme={"colour_scheme_index": 3}) != drawn(p)
    own = {
        "Final target": {"fillcolor": '"#111111"', "fontcolor": "white", "color": "red", "dashed": 1},
        "Task to run": {"linecolor": '"#222222"'},
        "Pipeline": {"fontcolor": '"#333333"'},
        "Key": {"fontcolor": '"#444444"', "fillcolor": '"#555555"'},
    }
    text = drawn(p, "four", user_colour_scheme=own)
    assert 'color=red, fillcolor="#111111", fontcolor=white, label="four", shape=box3d, style=dashed' in text
    assert 't0 -> t1[color="#222222"];' in text
    assert 'fontcolor = "#333333";' in text
    assert 'color="#555555";' in text
    assert 'fontcolor = "#444444";' in text


def test_values_levels_and_histories_count_as_in_a_run(bench: Bench) -> None:
    first = bench.p.originate(bench.first, ["a"], name="one")
    bench.p.merge(bench.job, [first, ruffus.runtime_parameter("more")], "m", name="two")
    bench.make("b", age=9)
    bench.run(runtime_data={"more": "b"}, history_file="own")
    assert parts(drawn(bench.p, "two", runtime_data={"more": "b"}))["one"] == "run"
    for words in ({"history_file": "own"}, {"checksum_level": 0}):
        found = parts(drawn(bench.p, "two", runtime_data={"more": "b"}, **words))
        assert found == {"one": "done", "two": "target done"}


def a_dot(status: int) -> None:
    """A program `dot` in this folder that says how it was called."""
    Path("dot").write_text(f'#!/bin/sh\necho "$@"\nhead -n 1\nexit {status}\n', encoding="utf-8")
    os.chmod("dot", 0o755)


def test_other_formats_are_drawn_by_dot(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    chain(bench)
    a_dot(0)
    monkeypatch.setenv("PATH", os.getcwd() + os.pathsep + os.environ["PATH"])
    for name in ("chart.svg", "chart.png", "chart.jpg"):
        bench.p.printout_graph(name, dpi=99)
        form = name.partition(".")[2]
        assert Path(name).read_text(encoding="utf-8") == f'-Gdpi=99 -T{form}\ndigraph "Pipeline:"\n'
    bench.p.printout_graph("chart.dot")
    assert Path("chart.dot").read_text(encoding="utf-8").startswith('digraph "Pipeline:"\n{\n')
    a_dot(3)
    with pytest.raises(subprocess.CalledProcessError):
        bench.p.printout_graph("bad.svg")
    assert not Path("bad.svg").exists()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(FileNotFoundError):
        bench.p.printout_graph("bad.svg")


def test_all_schemes_can_be_looked_at() -> None:
    stream = io.BytesIO()
    graph_colour_demo_printout(stream, "dot")
    text = stream.getvalue().decode()
    assert [f'label = "Colour scheme {number}";' in text for number in range(8)] == [True] * 8
