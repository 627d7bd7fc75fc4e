"""What a make above was told, as options of this build: its `-n` must not make pymake build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import replace
from pymake.executors.makeflags import LEVEL, VARIABLE, letters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymake.app.cli.requests import BuildRequest


def heeding_make(request: BuildRequest, environ: Mapping[str, str]) -> BuildRequest:
    """The request with what a make that started this process was told: `-n`, `-q`, `-t`, `-k`, `-s`, `-B`.

    A make passes these on in `MAKEFLAGS`, and starts a command that is marked with `+` also under its own `-n`.
    """
    if LEVEL not in environ:
        return request
    told = letters(environ.get(VARIABLE, ""))
    options = replace(
        request.options,
        keep_going=request.options.keep_going or "k" in told,
        always_make=request.options.always_make or "B" in told,
    )
    return replace(
        request,
        options=options,
        dry_run=request.dry_run or "n" in told,
        question=request.question or "q" in told,
        silent=request.silent or "s" in told,
        touch=request.touch or "t" in told,
    )
