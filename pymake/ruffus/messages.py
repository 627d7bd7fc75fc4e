"""What a run says, by verbosity: tasks from 1 on, what they do from 2, jobs from 3, reasons from 4, and so on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pymake.ruffus.jobtext import job_text, reason_lines, shortened, time_lines
from pymake.ruffus.structure import names_in
from pymake.ruffus.timestamps import Compared, Missing
from pymake.ruffus.world import folders_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymake.ruffus.jobs import Parameters
    from pymake.ruffus.jobtext import JobText
    from pymake.ruffus.loggers import Logger
    from pymake.ruffus.readying import Answer
    from pymake.ruffus.tasks import Task

RULE = "_" * 40
NO_JOBS = (
    "!!! No jobs for this task.",
    "Are you sure there is not a error in your code / regular expression?",
)


def description(task: Task) -> str:
    """What a task does, in a line: its docstring; for one that makes folders, which."""
    prepared = task.prepared
    if prepared is not None and prepared.makes_folders and "folders" in task.parsed_args:
        folders = shortened(names_in(_listed(task.parsed_args["folders"])), 0)
        return f"Make missing directories {folders}"
    return re.sub(r"\s+", " ", task.func_description).strip()


def _listed(folders: object) -> object:
    return [str(each) if not isinstance(each, (str, list, tuple, set)) else each for each in _members(folders)]


def _members(folders: object) -> Sequence[object]:
    return folders if isinstance(folders, (list, tuple)) else [folders]


def text_of(task: Task, job: Parameters, abbreviated: int) -> JobText:
    """A job in words."""
    prepared = task.prepared
    assert prepared is not None, "a run prepares every task that it reaches"
    many = prepared.many or task.kind == "originate"
    return job_text(job.shown, abbreviated, folders=prepared.makes_folders, many=many)


def reasons_of(job: Parameters, answer: Answer, abbreviated: int, *, folders: bool) -> tuple[str, ...]:
    """Why a job runs: what stands behind it, then further lines."""
    judgement = answer.judgement
    if judgement is None:
        return (answer.text,)
    if folders and isinstance(judgement, Missing):
        names = ", ".join(names_in(folders_of(job)))
        return (f": Directories '{names}' {'are' if len(names_in(folders_of(job))) > 1 else 'is'} missing",)
    return reason_lines(judgement, abbreviated)


class Messages:
    """Owns what one run says. `verbose` and `abbreviated` are those of `pipeline_run`."""

    def __init__(self, logger: Logger, verbose: int, abbreviated: int) -> None:
        self._logger = logger
        self.verbose = verbose
        self.abbreviated = abbreviated

    def job_name(self, task: Task, job: Parameters) -> str:
        """A job in a line."""
        return text_of(task, job, self.abbreviated).line

    def say(self, level: int, text: str) -> None:
        """Progress, if so much is wanted."""
        if self.verbose >= level:
            self._logger.info(text)

    def warn(self, text: str) -> None:
        """A warning, unless the run is to be silent."""
        if self.verbose:
            self._logger.warning(text)

    def failed(self, text: str) -> None:
        """What went wrong with a job."""
        self._logger.error(text)

    def heading(self, text: str) -> None:
        """The beginning of a list of tasks."""
        for line in ("", RULE, text, "", ""):
            self.say(1, line)

    def up_to_date(self, lines: Iterable[str]) -> None:
        """The tasks that do not enter, already in words."""
        self.heading("Tasks which are up-to-date:")
        for line in lines:
            self.say(1, line)
        for line in (RULE, "", ""):
            self.say(1, line)

    def enters(self, task: Task, *, forced: bool) -> None:
        """A task begins."""
        self.say(1, f"Task enters queue = {task.display_name!r} {': Forced to rerun' if forced else ''}")
        doc = description(task)
        if doc:
            self.say(2, f"    {doc}")

    def job_starts(self, task: Task, job: Parameters, answer: Answer | None) -> None:
        """A job is about to run; `answer` None means that it is forced to."""
        if self.verbose < 3:
            return
        name = text_of(task, job, self.abbreviated).line
        if answer is None:
            self._logger.info(f"    force task {name} to rerun ")
            return
        prepared = task.prepared
        folders = prepared is not None and prepared.makes_folders
        if answer.judgement is not None and self.verbose < 4:
            self._logger.info(f"    {name}")
            return
        first, *more = reasons_of(job, answer, self.abbreviated, folders=folders)
        if isinstance(answer.judgement, Compared):
            more = [*time_lines(answer.judgement, self.abbreviated), ""]
            self._logger.info("\n".join([f"    {name} {first}", *more]))
            return
        self._logger.info("\n".join([f"    {name} {first}", *(f"        {line}" for line in more)]).rstrip("\n"))

    def job_spared(self, task: Task, job: Parameters) -> None:
        """A job is up to date."""
        if self.verbose >= 5:
            self._logger.info(f"    {text_of(task, job, self.abbreviated).line} unnecessary: already Up to date")

    def job_done(self, task: Task, job: Parameters) -> None:
        """A job has run."""
        if self.verbose >= 3:
            self._logger.info(f"    {text_of(task, job, self.abbreviated).line} completed")

    def finished(self, task: Task, *, ran: bool) -> None:
        """A task is finished."""
        self.say(1, f"Completed Task = {task.display_name!r} " if ran else f"Uptodate Task = {task.display_name!r}")

    def no_match(self, task: Task, dropped: Sequence[str]) -> None:
        """A task entered the run, and none of its inputs fits its filter."""
        lines = [
            f"In Task {task.display_name!r}:",
            "No jobs were run because no file names matched.",
            "Please make sure that the regular expression is correctly specified.",
        ]
        if self.verbose >= 4:
            for each in dropped:
                lines += ["Job Warning: Input substitution failed:", *(f"  {line}" for line in each.split("\n"))]
        self.warn("    " + "\n        ".join(lines) + " ")

    def no_match_before(self, task: Task) -> None:
        """None of the inputs of a task fits its filter, and so it counts as up to date."""
        self.warn(
            f"    'In Task\n{task.call() % '...'}\n\n"
            "No jobs were run because no file names matched.\n"
            "Please make sure that the regular expression is correctly specified."
        )

    def two_makers(self, first: Task, second: Task, name: str) -> None:
        """Two tasks of one run make one file."""
        self.warn(f"    Task {first.display_name!r} and Task {second.display_name!r} both make {name}")

    def empty_files(self, task: Task) -> None:
        """A task of written jobs has none."""
        self.warn(f"    'In Task\n{task.call() % '...'}\n\n@files() was empty. Is it a mistake?")
