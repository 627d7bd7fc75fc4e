"""Command lines that a snapshot may be kept for."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pymake.app.options import BuildOptions
from pymake.dataclass import replace
from pymake.reporters.choose import wants_color
from pymake.reporters.lines import Lines, Verbosity

if TYPE_CHECKING:
    from pymake.app.cli.requests import BuildRequest, WatchRequest
    from pymake.app.keeping import Given
    from pymake.store.values import Variant


def verbosity_of(request: BuildRequest | WatchRequest) -> Verbosity:
    """How much a build says."""
    return Verbosity.SILENT if request.silent else Verbosity.VERBOSE if request.verbose else Verbosity.NORMAL


def given_line(request: BuildRequest, variant: Variant) -> Given | None:
    """The line as the next build may meet it; None if a build with such options tells nothing about the next one.

    Options that nobody has thought of here are of that kind.
    """
    options = request.options
    if not request.here or replace(options, always_make=False) != _harmless(options):
        return None
    from pymake.app.keeping import Given  # noqa: PLC0415  # not on every system

    color = wants_color(sys.stderr, os.environ, request.color)
    return Given(
        words=request.argv,
        here=request.here,
        lines=Lines(verbosity=verbosity_of(request), explain=request.explain, color=color),
        variant=variant,
        is_final=not (request.json or request.fresh or request.profile or options.always_make),
    )


def _harmless(options: BuildOptions) -> BuildOptions:
    """The same as far as they say how jobs are run, and not which."""
    return replace(
        BuildOptions(),
        targets=options.targets,
        jobs=options.jobs,
        keep_going=options.keep_going,
        keep_failed=options.keep_failed,
        no_wait=options.no_wait,
        timeout=options.timeout,
        retries=options.retries,
        load_average=options.load_average,
    )
