"""`build`: from a request to a summary to an exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pymake.app.building import build as build_project
from pymake.app.building import untimed
from pymake.app.cli.lines import given_line, verbosity_of
from pymake.app.cli.opening import open_project
from pymake.app.cli.words import split_variables
from pymake.app.profiling import Profile, ProfilingReporter
from pymake.app.reporting import reporter_for
from pymake.dataclass import replace
from pymake.errors import UsageError
from pymake.fs.clock import SystemClock

if TYPE_CHECKING:
    from pymake.app.cli.requests import BuildRequest
    from pymake.interfaces import Reporter


def build(request: BuildRequest) -> int:
    """Build, show it, and turn the summary into an exit code."""
    targets, overrides = split_variables(request.words)
    if request.options.pdb:
        _check_terminal()
    reporter = _reporter(request)
    profile = None if request.profile is None else Profile(SystemClock(), os.path.abspath(request.profile))
    with untimed("") if profile is None else profile.phase("build files"):
        opened = open_project(request, overrides)
    try:
        summary = build_project(
            opened.project,
            replace(request.options, targets=targets),
            where=opened.where,
            reporter=reporter if profile is None else ProfilingReporter(profile, reporter),
            basis=opened.basis,
            given=given_line(request, opened.variant),
            phase=None if profile is None else profile.phase,
        )
    finally:
        reporter.close()
        if profile is not None:
            profile.write()
    if summary.interrupted is not None:
        return 128 + summary.interrupted
    return 1 if summary.errors else 0


def _check_terminal() -> None:
    from pymake.executors.debugging import can_debug  # noqa: PLC0415  # pdb is 40 ms that few builds want

    if not can_debug():
        raise UsageError("--pdb needs a terminal to talk to", hint="leave it out; the message names file and line")


def _reporter(request: BuildRequest) -> Reporter:
    return reporter_for(
        sys.stderr,
        verbosity=verbosity_of(request),
        explain=request.explain,
        json=request.json,
        color=request.color,
        live=not request.options.pdb,
    )
