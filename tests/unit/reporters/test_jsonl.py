"""Each line, to the letter; all lines keep the schema, and so do those in the manual."""

from __future__ import annotations

import io
import json
import os
import re
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pymake import errors
from pymake.errors import BuildFileError, CallFailed, JobError, Place
from pymake.model.events import (
    BuildEnded,
    BuildStarted,
    ChangesFound,
    Event,
    Note,
    Progress,
    ServiceEvent,
    ServiceState,
    Summary,
    WatchBroken,
    WatchEnded,
    WatchStarted,
)
from pymake.reporters.jsonl import JsonReporter, described
from tests.unit.reporters.samples import FAILURE, ended, started

SCHEMA = json.loads(files("pymake.reporters").joinpath("events.schema.json").read_text())
MANUAL = (Path(__file__).parents[3] / "docs" / "events.md").read_text()

ERROR = (
    '{"kind": "command-failed", "task": "objects", "outputs": ["build/a.o"], "message": "exit status 1", '
    '"place": {"path": "pymake.toml", "line": 12}, '
    '"facts": [{"name": "command", "value": "cc -c a.c -o build/a.o"}], "hint": null}'
)

EVENTS: list[tuple[Event, str]] = [
    (
        BuildStarted(total=10, suspects=4, slots=2, usual=1.6),
        '{"schema": 1, "event": "build-started", "total": 10, "suspects": 4, "slots": 2, "usual": 1.6}',
    ),
    (
        started(3, usual=0.4),
        (
            '{"schema": 1, "event": "job-started", "job": 3, "task": "objects", "label": "objects build/a.o", '
            '"outputs": ["build/a.o"], "command": "cc -c a.c -o build/a.o", '
            '"reason": "input a.c changed", "usual": 0.4, "interactive": false}'
        ),
    ),
    (
        ended(3, expected=4),
        (
            '{"schema": 1, "event": "job-ended", "job": 3, "task": "objects", "label": "objects build/a.o", '
            '"outputs": ["build/a.o"], "seconds": 0.41, "done": 3, "expected": 4, "printed": "", "left_out": 0, '
            '"error": null}'
        ),
    ),
    (
        ended(3, expected=4, printed="a.c:1: error: no\n", error=FAILURE),
        (
            '{"schema": 1, "event": "job-ended", "job": 3, "task": "objects", "label": "objects build/a.o", '
            '"outputs": ["build/a.o"], "seconds": 0.41, "done": 3, "expected": 4, "printed": "a.c:1: error: no\\n", '
            f'"left_out": 0, "error": {ERROR}}}'
        ),
    ),
    (
        ServiceEvent(task="serve", state=ServiceState.STARTED, text="started on http://localhost:8000"),
        (
            '{"schema": 1, "event": "service", "task": "serve", "state": "started", '
            '"text": "started on http://localhost:8000"}'
        ),
    ),
    (Progress(done=3, expected=3), '{"schema": 1, "event": "progress", "done": 3, "expected": 3}'),
    (
        Note(text="the pattern src/*.cc matches nothing"),
        '{"schema": 1, "event": "note", "text": "the pattern src/*.cc matches nothing"}',
    ),
    (
        BuildEnded(summary=Summary(ran=3, up_to_date=7, seconds=1.21)),
        (
            '{"schema": 1, "event": "build-ended", "ran": 3, "up_to_date": 7, "failed": 0, "not_run": 0, '
            '"seconds": 1.21, "interrupted": null, "stopped": null, "errors": []}'
        ),
    ),
    (
        BuildEnded(
            summary=Summary(ran=2, failed=1, not_run=1, seconds=1 / 3, interrupted=15, errors=(FAILURE,)),
        ),
        (
            '{"schema": 1, "event": "build-ended", "ran": 2, "up_to_date": 0, "failed": 1, "not_run": 1, '
            f'"seconds": 0.333333, "interrupted": 15, "stopped": null, "errors": [{ERROR}]}}'
        ),
    ),
    (
        WatchStarted(files=12, folders=3, polls=False),
        '{"schema": 1, "event": "watch-started", "files": 12, "folders": 3, "polls": false}',
    ),
    (
        ChangesFound(paths=("src/a.c",)),
        '{"schema": 1, "event": "changes-found", "paths": ["src/a.c"], "more": 0}',
    ),
    (
        WatchBroken(error=BuildFileError("not TOML", place=Place(path="pymake.toml", line=3))),
        (
            '{"schema": 1, "event": "watch-broken", "error": {"kind": "build-file-error", "message": "not TOML", '
            '"place": {"path": "pymake.toml", "line": 3}, "facts": [], "hint": null}}'
        ),
    ),
    (WatchEnded(builds=7), '{"schema": 1, "event": "watch-ended", "builds": 7}'),
]


def written(event: Event) -> str:
    stream = io.StringIO()
    JsonReporter(stream).handle(event)
    return stream.getvalue()


@pytest.mark.parametrize(("event", "line"), EVENTS)
def test_each_line(event: Event, line: str) -> None:
    assert written(event) == line + "\n"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(("event", "line"), EVENTS)
def test_each_line_keeps_the_schema_which_knows_every_field(event: Event, line: str) -> None:
    found = json.loads(line)
    Draft202012Validator(SCHEMA).validate(found)
    assert list(SCHEMA["$defs"][found["event"]]["properties"]) == list(found)
    assert SCHEMA["$defs"][found["event"]]["required"] == list(found)
    for error in [*found.get("errors", []), found.get("error")]:
        if error is not None:
            form = "trouble" if found["event"] == "watch-broken" else "error"
            assert list(SCHEMA["$defs"][form]["properties"]) == list(error)


@pytest.mark.parametrize(
    "line",
    [
        '{"schema": 2, "event": "note", "text": "x"}',
        '{"schema": 1, "event": "other"}',
        '{"schema": 1, "event": "note"}',
        '{"schema": 1, "event": "progress", "done": "3", "expected": 3}',
    ],
)
def test_the_schema_refuses(line: str) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(json.loads(line))


def test_every_kind_of_event_is_in_schema_and_manual() -> None:
    kinds = {json.loads(line)["event"] for _, line in EVENTS}
    assert {reference["$ref"].rpartition("/")[2] for reference in SCHEMA["oneOf"]} == kinds
    assert {*re.findall(r"(?m)^## ([a-z-]+)$", MANUAL)} == kinds


def test_the_examples_of_the_manual_are_what_is_written() -> None:
    examples = re.findall(r"(?m)^```json\n(.*)\n```$", MANUAL)
    assert len(examples) == 11
    assert {*examples} <= {line for _, line in EVENTS}


def test_every_kind_of_error_is_in_schema_and_manual() -> None:
    kinds = []
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, JobError) and kind is not JobError:
            line = json.loads(written(ended(error=kind("no"))))
            kinds.append(line["error"]["kind"])
            assert line["error"]["kind"].replace("-", "") == name.lower()
    assert "input-keeps-changing" in kinds
    for kind_name in kinds:
        assert f"`{kind_name}`" in MANUAL
        assert kind_name in SCHEMA["$defs"]["error"]["properties"]["kind"]["description"]


def test_an_error_without_a_line_and_one_without_a_place() -> None:
    error = described(ended(error=CallFailed("no", place=Place(path="pymakefile.py"), hint="x")))["error"]
    assert isinstance(error, dict)
    assert error["place"] == {"path": "pymakefile.py", "line": None}
    assert error["hint"] == "x"
    error = described(ended(error=CallFailed("no")))["error"]
    assert isinstance(error, dict)
    assert error["place"] is None


def test_a_name_that_is_not_utf_8_survives_any_stream() -> None:
    name = os.fsdecode(b"caf\xe9 \xc3\xbc")
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", errors="strict")
    JsonReporter(stream).handle(started(output=name))
    assert b'"outputs": ["caf\\udce9 \\u00fc"]' in raw.getvalue()
    assert os.fsencode(json.loads(raw.getvalue())["outputs"][0]) == b"caf\xe9 \xc3\xbc"


def test_a_line_stays_one_line() -> None:
    assert written(Note(text="a\nb\r\u2028c")).count("\n") == 1
    assert written(Note(text="a\nb\r\u2028c")).splitlines() == [written(Note(text="a\nb\r\u2028c"))[:-1]]


def test_a_reader_that_left_ends_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w")
    reporter = JsonReporter(stream)
    reporter.handle(Note(text="lost"))
    reporter.handle(Note(text="lost"))
    reporter.close()
    with pytest.raises(BrokenPipeError):
        stream.close()
