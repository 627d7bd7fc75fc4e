"""What terminals and environments ask for."""

from __future__ import annotations

import io

import pytest

from pymake.reporters.choose import ColorOption, is_live, wants_color


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("environ", "live"),
    [
        (XTERM, True),
        ({"TERM": "linux", "NO_COLOR": "1"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, False),
        ({"TERM": "unknown"}, False),
        ({"TERM": ""}, False),
        ({}, False),
    ],
)
def test_a_terminal_is_live_if_it_can_move_its_cursor(environ: dict[str, str], live: bool) -> None:
    assert is_live(Terminal(), environ) is live


def test_a_pipe_is_never_live() -> None:
    assert not is_live(io.StringIO(), {**XTERM, "FORCE_COLOR": "1"})


def test_a_closed_stream_is_not_live() -> None:
    stream = io.StringIO()
    stream.close()
    assert not is_live(stream, XTERM)
    assert not wants_color(stream, XTERM, ColorOption.AUTO)


@pytest.mark.parametrize(
    ("environ", "on_terminal", "on_pipe"),
    [
        (XTERM, True, False),
        ({}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({**XTERM, "NO_COLOR": "1"}, False, False),
        ({**XTERM, "NO_COLOR": "0"}, False, False),
        ({**XTERM, "NO_COLOR": ""}, True, False),
        ({**XTERM, "FORCE_COLOR": "1"}, True, True),
        ({**XTERM, "FORCE_COLOR": ""}, True, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
        ({**XTERM, "NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ],
)
def test_color_by_the_environment(environ: dict[str, str], on_terminal: bool, on_pipe: bool) -> None:
    assert wants_color(Terminal(), environ, ColorOption.AUTO) is on_terminal
    assert wants_color(io.StringIO(), environ, ColorOption.AUTO) is on_pipe


def test_the_option_is_stronger_than_the_environment() -> None:
    assert wants_color(io.StringIO(), {"NO_COLOR": "1"}, ColorOption.ALWAYS)
    assert not wants_color(Terminal(), {**XTERM, "FORCE_COLOR": "1"}, ColorOption.NEVER)


def test_the_option_reads_as_on_the_command_line() -> None:
    assert [option.value for option in ColorOption] == ["auto", "always", "never"]
