"""What a command line means: its command, its options, its targets and variables."""

from __future__ import annotations

import pytest

from pymake.app.cli.requests import COMMANDS, BuildRequest, GraphRequest, ListRequest
from pymake.app.cli.usage import usage_lines
from pymake.app.cli.words import options_of, request_of, split_command, split_variables
from pymake.app.flags import flags_of
from pymake.app.languages import GraphFormat
from pymake.app.options import BuildOptions
from pymake.reporters.choose import ColorOption


@pytest.mark.parametrize(
    ("line", "command", "rest"),
    [
        ("", "build", ""),
        ("app", "build", "app"),
        ("list", "list", ""),
        ("build list", "build", "list"),
        ("-j 5 app", "build", "-j 5 app"),
        ("-j5 list", "list", "-j5"),
        ("-j list", "build", "-j list"),
        ("-C list list", "list", "-C list"),
        ("--directory list why x", "why", "--directory list x"),
        ("--directory=sub why x", "why", "--directory=sub x"),
        ("-kj 4 clean", "clean", "-kj 4"),
        ("-kj4 clean", "clean", "-kj4"),
        ("app list", "build", "app list"),
        ("-- list", "build", "-- list"),
        ("-n clean", "clean", "-n"),
        ("--dir list why", "why", "--dir list"),
        ("--nonsense list", "build", "--nonsense list"),
    ],
)
def test_the_first_word_that_is_no_option_decides(line: str, command: str, rest: str) -> None:
    assert split_command(line.split()) == (command, rest.split())


def test_variables_are_told_from_targets() -> None:
    words = ["a", "X=1", "X=2", "_y=", "./b=c", "1=2", "Z=a=b"]
    assert split_variables(words) == (("a", "./b=c", "1=2"), {"X": "2", "_y": "", "Z": "a=b"})


@pytest.mark.parametrize(
    "line", ["-j5 -k app", "app -j 5 -k", "-kj5 app", "app --jobs=5 --keep-going", "--jobs 5 -k app"]
)
def test_options_may_be_written_in_every_usual_way(line: str) -> None:
    assert request_of(line.split()) == BuildRequest(words=("app",), options=BuildOptions(jobs=5, keep_going=True))


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("", BuildRequest()),
        ("-j 3 -j 4", BuildRequest(options=BuildOptions(jobs=4))),
        ("-C a -C b", BuildRequest(directory=("a", "b"))),
        ("-f a.toml -fb.py x", BuildRequest(files=("a.toml", "b.py"), words=("x",))),
        ("a -n -- -k --jobs", BuildRequest(dry_run=True, words=("a", "-k", "--jobs"))),
        ("- -q", BuildRequest(question=True, words=("-",))),
        ("--color never --debug", BuildRequest(color=ColorOption.NEVER, debug=True)),
        ("--timeout 1.5 --retries=2", BuildRequest(options=BuildOptions(timeout=1.5, retries=2))),
        ("list --json a", ListRequest(json=True, words=("a",))),
        ("graph --format=mermaid --files", GraphRequest(form=GraphFormat.MERMAID, with_files=True)),
        ("build list", BuildRequest(words=("list",))),
        ("-h", ("build", "help")),
        ("x --help -k", ("build", "help")),
        ("clean -h", ("clean", "help")),
        ("--version", ("build", "version")),
    ],
)
def test_words_make_a_request(line: str, request_: object) -> None:
    assert request_of(line.split()) == request_


def test_posix_order_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSIXLY_CORRECT", "1")
    assert request_of(["app", "-k"]) == BuildRequest(words=("app",), options=BuildOptions(keep_going=True))


def test_an_option_of_two_commands_takes_a_value_in_both_or_in_none() -> None:
    takes: dict[str, set[bool]] = {}
    for command in COMMANDS:
        for name, (_, flag) in options_of(command).items():
            takes.setdefault(name, set()).add(flag.takes_value)
    assert [name for name, found in takes.items() if len(found) > 1] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_every_option_in_80_columns(command: str) -> None:
    text = "\n".join(usage_lines(command))
    assert [name for name in options_of(command) if name not in text.replace(",", " ").split()] == []
    assert [line for line in text.splitlines() if len(line) > 80] == []


def test_no_option_of_building_shares_its_field_with_one_of_showing() -> None:
    building = {name for name, _ in flags_of(BuildOptions)}
    assert building.isdisjoint(name for name, _ in flags_of(BuildRequest))


def test_the_value_of_an_option_may_look_like_one() -> None:
    request = request_of(["list", "-C", "--keep"])
    assert isinstance(request, ListRequest)
    assert request.directory == ("--keep",)
