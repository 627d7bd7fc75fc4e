"""Desktop notices: when, which words, and that a missing or failing program is said once."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from pymake.app.notifying import Notices, notice
from pymake.errors import CommandFailed
from pymake.model.built import Built
from pymake.model.events import Event, Note, Summary
from pymake.model.plan import Plan
from pymake.model.task import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = Summary(ran=3, up_to_date=1, seconds=1.0)
BAD = Summary(ran=1, failed=1, errors=(CommandFailed("exit status 1", task="cc"),))


class Heard:
    """A reporter that keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def handle(self, event: Event) -> None:
        assert isinstance(event, Note)
        self.notes.append(event.text)

    def follow(self, tail: Callable[[int], str]) -> None: ...

    def close(self) -> None: ...


def build(summary: Summary) -> Built:
    return Built(
        project=Project(root="/r"), plan=Plan(), summary=summary, is_ready=lambda _: True, digest=lambda _: None
    )


def test_what_ran_and_what_failed_is_shown(tmp_path: Path) -> None:
    program, shown = tmp_path / "notify-send", tmp_path / "shown"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> {shown}\necho >> {shown}\nexit 3\n')
    program.chmod(0o755)
    heard = Heard()
    which = {"notify-send": str(program)}.get
    notices = Notices("site", os.environ, heard, verbose=True, which=which)
    for count, summary in enumerate([GOOD, BAD], start=1):
        notices.built(build(summary))
        end = time.monotonic() + 60
        while not shown.exists() or len(shown.read_text().splitlines()) < count:
            assert time.monotonic() < end
            time.sleep(0.01)
    for summary in (Summary(up_to_date=4), Summary(ran=1, interrupted=2)):
        notices.built(build(summary))
    while not heard.notes:
        assert list(notices.attend()) == []
    notices.close()
    assert shown.read_text() == (
        "--app-name=pymake|--urgency=normal|--|pymake: site|3 ran, 1 up to date, 0 failed in 1.0 s|\n"
        "--app-name=pymake|--urgency=critical|--|pymake: site|cc: exit status 1|\n"
    )
    assert heard.notes == ["no desktop notices: notify-send failed"]


def test_a_missing_program_is_said_once_to_who_wants_to_know() -> None:
    for verbose in (True, False):
        heard = Heard()
        notices = Notices("site", os.environ, heard, verbose=verbose, which=lambda _: None)
        notices.built(build(GOOD))
        assert (notices.files(), notices.due()) == ((), None)
        notices.close()
        said = ["no desktop notices: there is neither notify-send nor osascript on PATH"]
        assert heard.notes == (said if verbose else [])


def test_a_long_message_is_cut() -> None:
    assert notice("notify-send", "t", "x", is_good=True)[-1] == "x"
