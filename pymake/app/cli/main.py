"""The commands, their options, and exit codes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pymake._version import __version__
from pymake.app.cli import commands
from pymake.app.cli.output import prepare_streams, settle
from pymake.app.cli.words import split_command
from pymake.app.options import BuildOptions
from pymake.errors import Interrupted, PymakeError
from pymake.reporters.choose import ColorOption

app = typer.Typer(
    name="pymake",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Directory = Annotated[str | None, typer.Option("-C", "--directory", metavar="DIR", help="Start in DIR.")]
Files = Annotated[
    list[str] | None, typer.Option("-f", "--file", metavar="FILE", help="Build file instead of the usual ones.")
]
Words = Annotated[list[str] | None, typer.Argument(metavar="[TARGETS]... [NAME=VALUE]...", show_default=False)]
Targets = Annotated[list[str] | None, typer.Argument(metavar="TARGETS...", show_default=False)]
Debug = Annotated[bool, typer.Option("--debug", help="Show pymake's own tracebacks.")]

_EPILOG = "Commands: build (the default), list, why, log, clean, graph. More: pymake COMMAND --help."


def _version(wanted: bool) -> None:  # noqa: FBT001  # typer calls it so
    if wanted:
        typer.echo(f"pymake {__version__}")
        raise typer.Exit


@app.command(epilog=_EPILOG)
def build(
    words: Words = None,
    *,
    jobs: Annotated[
        int | None, typer.Option("-j", "--jobs", min=1, metavar="N", help="N jobs at a time; default: CPUs.")
    ] = None,
    keep_going: Annotated[bool, typer.Option("-k", "--keep-going", help="Go on after a failed job.")] = False,
    dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Say what would run, and why.")] = False,
    always_make: Annotated[bool, typer.Option("-B", "--always-make", help="Run every job.")] = False,
    question: Annotated[bool, typer.Option("-q", "--question", help="Exit 1 if something is out of date.")] = False,
    directory: Directory = None,
    files: Files = None,
    silent: Annotated[bool, typer.Option("-s", "--silent", help="Say nothing but failures.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show the command of each job.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show why each job runs.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One event a line on stdout.")] = False,
    timeout: Annotated[float | None, typer.Option("--timeout", metavar="S", help="Kill a job after S seconds.")] = None,
    retries: Annotated[int, typer.Option("--retries", min=0, metavar="N", help="Try a failed job N more times.")] = 0,
    keep_failed: Annotated[bool, typer.Option("--keep-failed", help="Keep outputs of failed jobs.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Exit 1 if another build is under way.")] = False,
    color: Annotated[ColorOption, typer.Option("--color", help="Colours.")] = ColorOption.AUTO,
    debug: Debug = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Build what is out of date: targets are tasks, files or globs; all tasks (or the default) when none is named."""
    request = commands.BuildRequest(
        words=tuple(words or ()),
        directory=directory,
        files=tuple(files or ()),
        options=BuildOptions(
            jobs=jobs,
            keep_going=keep_going,
            always_make=always_make,
            keep_failed=keep_failed,
            no_wait=no_wait,
            timeout=timeout,
            retries=retries,
        ),
        silent=silent,
        verbose=verbose,
        explain=explain,
        json=json,
        color=color,
    )
    if question:
        code = commands.question(request)
    elif dry_run:
        code = commands.dry_run(request)
    else:
        code = commands.build(request)
    raise typer.Exit(code)


@app.command("list")
def list_(
    words: Words = None,
    *,
    directory: Directory = None,
    files: Files = None,
    json: Annotated[bool, typer.Option("--json", help="As one JSON array.")] = False,
    debug: Debug = False,
) -> None:
    """List the tasks: kind, number of jobs, state, doc."""
    raise typer.Exit(commands.list_tasks(_look("list", words, directory, files), json=json))


@app.command()
def why(words: Words = None, *, directory: Directory = None, files: Files = None, debug: Debug = False) -> None:
    """Say why the targets ran last time, and why they will or will not run next time."""
    raise typer.Exit(commands.why(_look("why", words, directory, files)))


@app.command()
def log(words: Words = None, *, directory: Directory = None, files: Files = None, debug: Debug = False) -> None:
    """Show what the jobs of the targets printed when they last ran."""
    raise typer.Exit(commands.log(_look("log", words, directory, files)))


@app.command()
def clean(
    words: Words = None,
    *,
    dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Only say what would be removed.")] = False,
    directory: Directory = None,
    files: Files = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Exit 1 if a build is under way.")] = False,
    debug: Debug = False,
) -> None:
    """Remove outputs that are still as pymake wrote them (of all jobs, or of the targets)."""
    raise typer.Exit(commands.clean(_look("clean", words, directory, files), dry_run=dry_run, no_wait=no_wait))


@app.command()
def graph(
    words: Words = None,
    *,
    form: Annotated[str, typer.Option("--format", metavar="FORM", help="dot or mermaid.")] = "dot",
    jobs: Annotated[bool, typer.Option("--files", help="Every job and file, not only tasks.")] = False,
    directory: Directory = None,
    files: Files = None,
    debug: Debug = False,
) -> None:
    """Write the graph of tasks, or of files and jobs, to stdout."""
    raise typer.Exit(commands.graph(_look("graph", words, directory, files), form=form, with_files=jobs))


def _look(command: str, words: list[str] | None, directory: str | None, files: list[str] | None) -> commands.Request:
    return commands.Request(command=command, words=tuple(words or ()), directory=directory, files=tuple(files or ()))


def main(argv: list[str] | None = None) -> int:
    """Run a command line and return the exit code; nothing but a bug of pymake leaves a traceback."""
    words = sys.argv[1:] if argv is None else argv
    command, rest = split_command(words)
    debug = "--debug" in rest
    prepare_streams()
    try:
        app([command, *rest], prog_name="pymake", standalone_mode=True)
    except SystemExit as end:
        return settle(end.code if isinstance(end.code, int) else int(end.code is not None))
    except Interrupted as error:
        return 128 + error.signal_number
    except KeyboardInterrupt:
        return 130
    except PymakeError as error:
        if debug:
            raise
        print(f"pymake: {error}", file=sys.stderr)
        return settle(error.exit_code)
    except BrokenPipeError:
        return settle(1)
    except Exception as error:
        if debug:
            raise
        print(f"pymake: internal error: {type(error).__name__}: {error}", file=sys.stderr)
        print("  try: the same with --debug shows the traceback; please report it", file=sys.stderr)
        return settle(2)
    return 0
