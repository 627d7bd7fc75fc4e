"""The commands: each is a class whose fields are its options. Options of building itself are in `BuildOptions`.

To add an option is to add a field. To add a command is to add a class, its name in `COMMANDS`, and its case in
`pymake.app.cli.main.run`. Parser, help and completion follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.app.flags import flags_of, one_of, option, repeated, seconds, switch
from pymake.app.languages import GraphFormat
from pymake.app.options import BuildOptions
from pymake.dataclass import dataclass, field
from pymake.errors import UsageError
from pymake.model.causes import CAUSES
from pymake.reporters.choose import ColorOption

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import ClassVar

    from pymake.door import Looked


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What every command is told: its words (targets and `NAME=VALUE`), and where to look.

    `argv` is the whole command line, and `here` the folder where it was given; both empty if nobody gave one. A command
    that builds has `options`, and `building` names those fields of `BuildOptions` that it takes.
    `looked` is what the fast door saw of the files.
    """

    command: ClassVar[str]
    about: ClassVar[str]
    building: ClassVar[frozenset[str]] = frozenset()

    words: tuple[str, ...] = ()
    argv: tuple[str, ...] = ()
    here: str = ""
    looked: Looked | None = None
    directory: tuple[str, ...] = repeated("-C", "--directory", metavar="DIR", help="Start in DIR (again: below that).")
    files: tuple[str, ...] = repeated("-f", "--file", metavar="FILE", help="Build file instead of the usual ones.")
    fresh: bool = switch("--fresh", help="Evaluate the build files, whatever the snapshot says.")
    debug: bool = switch("--debug", help="Show pymake's own tracebacks.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest(Request):
    """How to build, whether to build or only to look, and how to show it."""

    command: ClassVar[str] = "build"
    about: ClassVar[str] = (
        "Build what is out of date: targets are tasks, files or globs; all tasks (or the default) when none is named."
    )

    building: ClassVar[frozenset[str]] = frozenset(name for name, _ in flags_of(BuildOptions))

    options: BuildOptions = field(default_factory=BuildOptions)
    dry_run: bool = switch("-n", "--dry-run", help="Say what would run, and why.")
    question: bool = switch("-q", "--question", help="Exit 1 if something is out of date.")
    touch: bool = switch("-t", "--touch", help="Take the present state as good instead of building.")
    silent: bool = switch("-s", "--silent", help="Say nothing but failures.")
    verbose: bool = switch("-v", "--verbose", help="Show the command of each job.")
    profile: str | None = option(
        "--profile", metavar="FILE", read=str, default=None, help="Write where the time went, as a Chrome trace."
    )
    explain: bool = switch("--explain", help="Show why each job runs.")
    no_resident: bool = switch("--no-resident", help="Build here, also if a watch of the project could.")
    json: bool = switch("--json", help="One event a line on stdout.")
    color: ColorOption = option(
        "--color", metavar="WHEN", read=one_of(ColorOption), default=ColorOption.AUTO, help="Colours."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRequest(Request):
    """How to build, when to look, and what to do after a build."""

    command: ClassVar[str] = "watch"
    about: ClassVar[str] = "Build, and build again whenever a file changes that matters, until it is ended."
    building: ClassVar[frozenset[str]] = frozenset(
        ["jobs", "keep_going", "timeout", "retries", "load_average", "keep_failed", "jobserver"]
    )

    options: BuildOptions = field(default_factory=BuildOptions)
    no_cancel: bool = switch("--no-cancel", help="Let jobs finish whose input changed, and run them again then.")
    poll: float | None = option(
        "--poll", metavar="S", read=seconds, default=None, help="Look every S seconds instead of waiting for events."
    )
    once_idle: float | None = option(
        "--once-idle", metavar="S", read=seconds, default=None, help="Exit when nothing has happened for S seconds."
    )
    on_success: str | None = option(
        "--on-success", metavar="CMD", read=str, default=None, help="Run CMD when all is up to date after a build."
    )
    on_failure: str | None = option(
        "--on-failure", metavar="CMD", read=str, default=None, help="Run CMD when something failed."
    )
    notify: bool = switch("--notify", help="Show a desktop notice after each build that ran something.")
    no_resident: bool = switch("--no-resident", help="Do not answer a pymake in another terminal.")
    clear: bool = switch("--clear", help="Clear the terminal before each build.")
    silent: bool = switch("-s", "--silent", help="Say nothing but failures.")
    verbose: bool = switch("-v", "--verbose", help="Show the command of each job.")
    explain: bool = switch("--explain", help="Show why each job runs.")
    json: bool = switch("--json", help="One event a line on stdout.")
    color: ColorOption = option(
        "--color", metavar="WHEN", read=one_of(ColorOption), default=ColorOption.AUTO, help="Colours."
    )

    def __post_init__(self) -> None:
        for name, value in (("--poll", self.poll), ("--once-idle", self.once_idle)):
            if value is not None and not value > 0:  # written so that NaN is refused too
                raise UsageError(f"{name} is {value:g} s, and must be above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest(Request):
    """Nothing but the form of the list."""

    command: ClassVar[str] = "list"
    about: ClassVar[str] = "List the tasks: kind, number of jobs, state, doc."

    json: bool = switch("--json", help="As one JSON array.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyRequest(Request):
    """Whose reasons, and in which form."""

    command: ClassVar[str] = "why"
    about: ClassVar[str] = "Say why the targets ran last time, and why they will or will not run next time."

    json: bool = switch("--json", help="One JSON object a line for each job.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRequest(Request):
    """Whose logs."""

    command: ClassVar[str] = "log"
    about: ClassVar[str] = "Show what the jobs of the targets printed when they last ran."

    failed: bool = switch("--failed", help="Only of jobs that failed then, upstream ones too, with the error.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanRequest(Request):
    """Whether to remove, and whether to wait for a build."""

    command: ClassVar[str] = "clean"
    about: ClassVar[str] = "Remove outputs that are still as pymake wrote them (of all jobs, or of the targets)."

    dry_run: bool = switch("-n", "--dry-run", help="Only say what would be removed.")
    orphans: bool = switch("--orphans", help="Only what pymake wrote and no job makes any more.")
    no_wait: bool = switch("--no-wait", help="Exit 1 if a build is under way.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRequest(Request):
    """Which differences to take as good."""

    command: ClassVar[str] = "accept"
    about: ClassVar[str] = (
        "Take the present state as good: nothing runs, no file is touched (all jobs, or the targets)."
    )

    causes: tuple[str, ...] = repeated("--cause", metavar="C", help=f"Only for this cause: {', '.join(CAUSES)}.")
    no_wait: bool = switch("--no-wait", help="Exit 1 if a build is under way.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetRequest(Request):
    """Whose memory goes."""

    command: ClassVar[str] = "forget"
    about: ClassVar[str] = "Forget what is remembered of the jobs of the targets, so that they run at the next build."

    no_wait: bool = switch("--no-wait", help="Exit 1 if a build is under way.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRequest(Request):
    """What to draw, and in which language."""

    command: ClassVar[str] = "graph"
    about: ClassVar[str] = "Write the graph of tasks, or of files and jobs, to stdout."

    form: GraphFormat = option(
        "--format", metavar="FORM", read=one_of(GraphFormat), default=GraphFormat.DOT, help="The language."
    )
    with_files: bool = switch("--files", help="Every job and file, not only tasks.")


COMMANDS: Mapping[str, type[Request]] = {
    kind.command: kind
    for kind in (
        BuildRequest,
        WatchRequest,
        ListRequest,
        WhyRequest,
        LogRequest,
        CleanRequest,
        GraphRequest,
        AcceptRequest,
        ForgetRequest,
    )
}
"""By name; the first is the default."""
