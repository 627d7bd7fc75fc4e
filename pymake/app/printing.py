"""Looking from a script, in the words of Ruffus: `pipeline_printout` and `pipeline_printout_graph`."""

from __future__ import annotations

import os
import sys
import textwrap
from typing import TYPE_CHECKING

from pymake.app.script import forced_of, ignored_facets, names_of, scope_of, targets_of
from pymake.app.session import Aim, look
from pymake.app.views.flowchart import Chart, write_flowchart
from pymake.app.views.prospects import Detail, prospect_lines
from pymake.frontends.context import current
from pymake.frontends.made import project
from pymake.reporters.abbreviating import with_abbreviated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import BinaryIO, TextIO

    from pymake.app.script import Target
    from pymake.app.session import Session
    from pymake.frontends.pipeline import Pipeline

_DETAILS = (None, Detail.TASKS, Detail.DOCS, Detail.JOBS, Detail.REASONS, Detail.EVERYTHING)
"""What is said from each value of `verbose` on."""

_USUAL = 4
_IN_MEMORY = ":memory:"


def pipeline_printout(
    output_stream: TextIO | None = None,
    target_tasks: Target | Iterable[Target] = (),
    forcedtorun_tasks: Target | Iterable[Target] = (),
    verbose: int | None = None,
    indent: int = 4,
    gnu_make_maximal_rebuild_mode: bool = True,
    wrap_width: int = 100,
    runtime_data: Mapping[str, object] | None = None,
    checksum_level: int | None = None,
    history_file: str | os.PathLike[str] | None = None,
    verbose_abbreviated_path: int | None = None,
    pipeline: Pipeline | str | None = None,
) -> None:
    """Say what `pipeline_run` would do, in the three classes of `pymake -n`; changes nothing.

    `verbose`: 0 nothing, 1 the tasks, 2 also what they are for, 3 their jobs, 4 (default) also the reasons, 5 also
    every job that is up to date. What stands below a heading is indented by `indent`, and wrapped at `wrap_width` (0:
    never); paths are cut as `pipeline_run` does. The stream is stdout unless given.
    """
    detail = _DETAILS[max(0, min(_USUAL if verbose is None else verbose, len(_DETAILS) - 1))]
    if detail is None:
        return
    session = _looked(
        target_tasks,
        forcedtorun_tasks,
        pipeline,
        runtime_data=runtime_data,
        checksum_level=checksum_level,
        history_file=history_file,
        minimal=not gnu_make_maximal_rebuild_mode,
    )
    stream = sys.stdout if output_stream is None else output_stream
    for line in prospect_lines(session, detail, indent=indent):
        cut = with_abbreviated(line, verbose_abbreviated_path or 0)
        stream.write("".join(f"{piece}\n" for piece in _wrapped(cut, wrap_width, indent)))


def pipeline_printout_graph(
    stream: str | os.PathLike[str] | BinaryIO,
    output_format: str | None = None,
    target_tasks: Target | Iterable[Target] = (),
    forcedtorun_tasks: Target | Iterable[Target] = (),
    draw_vertically: bool = True,
    ignore_upstream_of_target: bool = False,
    skip_uptodate_tasks: bool = False,
    gnu_make_maximal_rebuild_mode: bool = True,
    test_all_task_for_update: bool = True,
    no_key_legend: bool = False,
    minimal_key_legend: bool = True,
    user_colour_scheme: Mapping[str, object] | None = None,
    pipeline_name: str = "Pipeline:",
    size: tuple[float, float] = (11, 8),
    dpi: int = 120,
    runtime_data: Mapping[str, object] | None = None,
    checksum_level: int | None = None,
    history_file: str | os.PathLike[str] | None = None,
    pipeline: Pipeline | str | None = None,
) -> None:
    """Draw tasks, coloured by what is expected of them, into a file or binary stream.

    `docs/script.md` has every parameter.
    The format is by default the end of the file's name: `dot`, or what the program `dot` can write (svg, png, jpg …).

    Raises:
        UsageError: no format, or there is no program `dot` for it, or it refuses.
    """
    scope = scope_of(pipeline)
    session = _looked(
        target_tasks,
        forcedtorun_tasks,
        pipeline,
        runtime_data=runtime_data,
        checksum_level=checksum_level,
        history_file=history_file,
        minimal=not gnu_make_maximal_rebuild_mode,
    )
    chart = Chart(
        vertical=draw_vertically,
        with_downstream=not ignore_upstream_of_target,
        skip_up_to_date=skip_uptodate_tasks,
        own_reasons=test_all_task_for_update,
        legend=not no_key_legend,
        minimal_legend=minimal_key_legend,
        colours=user_colour_scheme or {},
        title=pipeline_name,
        size=size,
        dpi=dpi,
        targets=frozenset(names_of(target_tasks, scope)),
        forced=forced_of(forcedtorun_tasks, scope),
    )
    write_flowchart(session, chart, stream, output_format)


def _looked(
    targets: object,
    forced: object,
    pipeline: object,
    *,
    runtime_data: Mapping[str, object] | None,
    checksum_level: int | None,
    history_file: str | os.PathLike[str] | None,
    minimal: bool,
) -> Session:
    scope = scope_of(pipeline)
    aim = Aim(
        targets=targets_of(targets, scope),
        forced_tasks=forced_of(forced, scope),
        ignored=ignored_facets(checksum_level),
        minimal=minimal,
        strict=False,
    )
    root = os.getcwd()
    history = None if history_file is None else os.fspath(history_file)
    journal = os.devnull if history == _IN_MEMORY else None if history is None else os.path.join(root, history)
    return look(project(current(), root, runtime_data or {}), aim, journal=journal)


def _wrapped(line: str, width: int, indent: int) -> list[str]:
    """The line in pieces; names stay whole, however long."""
    if width <= 0 or len(line) <= width:
        return [line]
    start = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line,
        max(width, len(start) + 1),
        subsequent_indent=start + " " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
