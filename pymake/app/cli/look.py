"""Commands that only look: they never wait for a build and never write."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pymake.app.cli.opening import command_names, open_project
from pymake.app.cli.output import write_lines
from pymake.app.cli.words import split_variables
from pymake.app.languages import GraphFormat
from pymake.app.session import Aim, look
from pymake.app.views import graph as drawing
from pymake.app.views.listing import listing_json, listing_lines
from pymake.app.views.prospects import Detail, out_of_date, prospect_json, prospect_lines
from pymake.app.views.why import why_json, why_lines
from pymake.dataclass import replace

if TYPE_CHECKING:
    from pymake.app.cli.requests import BuildRequest, GraphRequest, ListRequest, Request, WhyRequest
    from pymake.app.session import Session


def question(request: BuildRequest) -> int:
    """1 if something is out of date. Says nothing."""
    return int(out_of_date(_looked(request, _aim(request))))


def dry_run(request: BuildRequest) -> int:
    """Say what would run. Writes nothing."""
    session = opened(request, _aim(request))
    detail = Detail.EVERYTHING if request.verbose else Detail.REASONS
    write_lines(prospect_json(session) if request.json else prospect_lines(session, detail))
    return 0


def list_tasks(request: ListRequest) -> int:
    """One line for each task."""
    session = opened(request, Aim(strict=False, everything=True))
    write_lines([listing_json(session)] if request.json else listing_lines(session))
    return 0


def why(request: WhyRequest) -> int:
    """Reasons of the last and the next run."""
    session = opened(request)
    write_lines(why_json(session) if request.json else why_lines(session))
    return 0


def graph(request: GraphRequest) -> int:
    """The graph as text."""
    session = opened(request)
    drawn = drawing.file_drawing(session) if request.with_files else drawing.task_drawing(session)
    write_lines(drawing.dot(drawn) if request.form is GraphFormat.DOT else drawing.mermaid(drawn))
    return 0


def opened(request: Request, aim: Aim | None = None) -> Session:
    """A session for looking, after its notes were shown. `aim` says more than the targets, which are added."""
    session = _looked(request, aim or Aim())
    for note in (*command_names(session.project, request.command), *session.notes):
        print(f"pymake: {note}", file=sys.stderr)
    return session


def _aim(request: BuildRequest) -> Aim:
    options = request.options
    return Aim(forced=options.always_make, new=options.what_if, old=options.assume_old)


def _looked(request: Request, aim: Aim) -> Session:
    targets, overrides = split_variables(request.words)
    found = open_project(request, overrides)
    return look(found.project, replace(aim, targets=targets, where=found.where), found.basis)
