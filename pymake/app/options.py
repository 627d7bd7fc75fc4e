"""What the user asks for, as values: from the command line or from Python."""

from __future__ import annotations

from pymake.app.flags import decimal, number, one_of, option, repeated, seconds, switch
from pymake.dataclass import dataclass
from pymake.errors import UsageError
from pymake.executors.makeflags import JobserverForm


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """How to build. `jobs` None means one slot for each usable CPU; `inline` runs Python calls in this process.

    Only from Python: `threads` runs them in threads of it; jobs of `forced_tasks` run whatever their state; `ignored`
    facets do not decide; `terminate` ends running jobs after a failure; `minimal` does not look above a task that is
    up to date; `touching` makes or touches outputs instead of running jobs; `pausing` waits a second before the first
    job of each task; `history` is the file of the journal in the place of the usual one, `:memory:` for none.

    Raises:
        UsageError: a number that makes no sense.
    """

    targets: tuple[str, ...] = ()
    inline: bool = False
    threads: bool = False
    forced_tasks: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    terminate: bool = False
    minimal: bool = False
    touching: bool = False
    pausing: bool = False
    history: str | None = None
    jobs: int | None = option(
        "-j", "--jobs", metavar="N", read=number(1), default=None, help="N jobs at a time; default: CPUs."
    )
    keep_going: bool = switch("-k", "--keep-going", help="Go on after a failed job.")
    always_make: bool = switch("-B", "--always-make", help="Run every job.")
    what_if: tuple[str, ...] = repeated("-W", "--what-if", metavar="FILE", help="Take FILE as changed.")
    assume_old: tuple[str, ...] = repeated(
        "-o", "--assume-old", metavar="FILE", help="Take FILE as unchanged, and do not make it anew."
    )
    timeout: float | None = option(
        "--timeout", metavar="S", read=seconds, default=None, help="Kill a job after S seconds."
    )
    retries: int = option("--retries", metavar="N", read=number(0), default=0, help="Try a failed job N more times.")
    load_average: float | None = option(
        "-l",
        "--load-average",
        metavar="X",
        read=decimal,
        default=None,
        help="Start no further job while the load is X or more.",
    )
    keep_failed: bool = switch("--keep-failed", help="Keep outputs of failed jobs.")
    jobserver: JobserverForm = option(
        "--jobserver",
        metavar="FORM",
        read=one_of(JobserverForm),
        default=JobserverForm.PIPE,
        help="What jobs that run make get to share the number of jobs.",
    )
    pdb: bool = switch("--pdb", help="Open the debugger where a Python job fails; one job at a time.")
    audit: bool = switch("--audit", help="Say what the jobs that run read and write without declaring it.")
    no_wait: bool = switch("--no-wait", help="Exit 1 if another build is under way.")

    def __post_init__(self) -> None:
        if self.jobs is not None and self.jobs < 1:
            raise UsageError(f"jobs is {self.jobs}, and must be at least 1", hint="leave it out for one job a CPU")
        if self.timeout is not None and not self.timeout > 0:  # written so that NaN is refused too
            raise UsageError(f"timeout is {self.timeout:g} s, and must be above 0", hint="leave it out for no limit")
        if self.load_average is not None and not self.load_average > 0:
            raise UsageError(f"load average is {self.load_average:g}, and must be above 0")
        if self.retries < 0:
            raise UsageError(f"retries is {self.retries}, and must be at least 0")
