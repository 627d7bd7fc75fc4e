"""How jobs of a run are judged, carried out and remembered: by times and the history, each called where it belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import replace
from pymake.engine.recorder import Recorded
from pymake.model.job import Began, Call, Cancelled, Failed, Returned, Succeeded
from pymake.model.verdict import AlwaysRuns, Clean, Dirty, Forced
from pymake.ruffus.failures import failed_call, raised_in
from pymake.ruffus.history import WRITE_EVERY
from pymake.ruffus.ruffus_exceptions import MissingInputFileError
from pymake.ruffus.structure import names_in
from pymake.ruffus.timestamps import reason_of
from pymake.ruffus.touching import touch_outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from pymake.engine.recorder import Commit, Run
    from pymake.errors import JobError
    from pymake.interfaces import Executor
    from pymake.model.ids import FileId, JobId
    from pymake.model.job import Action, Launch, Outcome
    from pymake.model.plan import Plan
    from pymake.model.verdict import Reason, Verdict
    from pymake.ruffus.book import Book, Entry
    from pymake.ruffus.readying import Answer


class Timestamps:
    """A rebuilder that goes by the clock and the history, or by what the user's own function says."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def judge(self, job: JobId) -> Verdict:
        """As `Rebuilder` says. What cannot be judged is dirty, and fails when it is to start."""
        entry, messages = self._book.jobs[job], self._book.messages
        try:
            reason, answer = self._found(entry)
            if reason is None:
                messages.job_spared(entry.task, entry.parameters)
                return Clean()
            self._check_inputs(entry)
        except Exception as error:  # noqa: BLE001  # the user's own functions may judge
            self._book.refused[job] = error
            return Dirty(reason=AlwaysRuns())
        messages.job_starts(entry.task, entry.parameters, answer)
        return Dirty(reason=reason)

    def reasons(self, job: JobId) -> Sequence[Reason]:
        """The one reason that this rule finds; none if the job is clean."""
        reason, _ = self._found(self._book.jobs[job])
        return () if reason is None else (reason,)

    def remembered(self, _job: JobId) -> Sequence[str]:
        """Nothing: the parameters of readers are made from the files that are there."""
        return ()

    def gone_inputs(self, _job: JobId) -> Sequence[FileId]:
        """None: nothing is temporary."""
        return ()

    def makers(self, _job: JobId) -> Sequence[JobId]:
        """None: files make no order here."""
        return ()

    def need(self, _job: JobId) -> None:
        """Nothing is temporary."""

    def refusal(self, _job: JobId) -> str | None:
        """Nothing is protected."""
        return None

    def _found(self, entry: Entry) -> tuple[Reason | None, Answer | None]:
        ready = self._book.ready
        if entry.task in ready.forced:
            return Forced(), None
        answer = ready.answer(entry.task, entry.parameters)
        if not answer.needs_update:
            return None, answer
        return AlwaysRuns() if answer.judgement is None else reason_of(answer.judgement), answer

    def _check_inputs(self, entry: Entry) -> None:
        """A job needs its inputs, unless it is forced or judged by a function of the user."""
        task, call = entry.task, entry.parameters.call
        if task in self._book.ready.forced or task.needs_update_func or not entry.prepared.judged or len(call) < 2:
            return
        for name in names_in(call[0]):
            if self._book.now.time(name) is None:
                raise MissingInputFileError(f"No way to run job: Input file '{name}' does not exist")


class Records:
    """Remembers in the history which outputs are complete; implements `Recording`."""

    def __init__(self, plan: Plan, book: Book) -> None:
        self._plan = plan
        self._book = book

    def prepare(self, job: JobId) -> Action:
        """As `Recording` says: from now on the outputs are not known to be complete."""
        if not self._book.conduct.records_only:
            self._forget(job)
        return self._plan.action(job)

    def prepare_ahead(self, jobs: Sequence[JobId]) -> list[tuple[str, ...]]:
        """Never: nothing is lined up."""
        return [() for _ in jobs]

    def take_back(self, job: JobId) -> None:
        """Never: nothing is lined up."""

    def commit(self, runs: Sequence[Run], can_wait_for: Callable[[JobId, JobId], bool]) -> list[Commit]:
        """As `Recording` says. A job need not make what it declares."""
        del can_wait_for
        for run in runs:
            entry = self._book.jobs[run.outcome.job]
            if entry.prepared.judged:
                self._book.now.remember(entry.task, entry.parameters)
            self._book.messages.job_done(entry.task, entry.parameters)
        return [Recorded() for _ in runs]

    def discard(self, job: JobId) -> None:
        """As `Recording` says; the files stay, they may tell what went wrong."""
        self._forget(job)

    def record_failure(self, job: JobId, outcome: Failed | Succeeded, reason: Reason, error: JobError) -> None:
        """As `Recording` says."""
        del outcome, reason
        self._book.job_failed(job, error)

    def _forget(self, job: JobId) -> None:
        entry = self._book.jobs[job]
        if entry.prepared.judged and job not in self._book.refused:
            self._book.now.forget(entry.parameters)


class Carrying:
    """Gives jobs their arguments and has them run where they should; implements `Executor`.

    `pool` runs most of them, `here` those of this process. Folders are made, and files touched, without either.
    """

    def __init__(self, book: Book, pool: Executor, here: Executor) -> None:
        self._book = book
        self._pool = pool
        self._here = here
        self._mine: list[Launch] = []
        self._ended: list[Outcome] = []
        self._running: set[JobId] = set()
        self._cancelled: set[JobId] = set()

    @property
    def running(self) -> Sequence[JobId]:
        """The jobs that were started and have not ended, in their order."""
        return sorted(self._running)

    def room(self) -> int:
        """As `Executor` says."""
        return self._pool.room()

    def start(self, launch: Launch) -> None:
        """As `Executor` says."""
        job, book = launch.job, self._book
        entry = book.jobs[job]
        if (refusal := book.refused.get(job)) is not None:
            self._end(job, failed_call(refusal))
        elif book.conduct.records_only:
            self._end(job, None)
        elif entry.prepared.makes_folders or (entry.prepared.judged and book.conduct.touch_only):
            self._end(job, _done_here(entry))
        else:
            self._send(launch, entry)

    def _send(self, launch: Launch, entry: Entry) -> None:
        assert isinstance(launch.action, Call), "Ruffus runs functions only"
        call = entry.parameters.call
        arguments = call[1:] if entry.task.kind == "originate" else call
        launch = replace(launch, action=Call(task=launch.action.task, arguments=tuple(arguments)))
        self._running.add(launch.job)
        if entry.task.in_main_process:
            self._mine.append(launch)
            return
        try:
            self._pool.start(launch)
        except Exception as error:  # noqa: BLE001  # an argument that cannot be pickled may raise anything
            self._end(launch.job, failed_call(error))

    def line_up_room(self) -> int:
        """None: messages are in the order in which jobs start."""
        return 0

    def line_up(self, launches: Sequence[Launch]) -> None:
        """Never: there is no room."""

    def halt(self) -> None:
        """As `Executor` says: what waits for this process is not started."""
        self._ended += [Cancelled(job=launch.job) for launch in self._mine]
        self._mine.clear()

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """As `Executor` says; records are written when there is time for it."""
        ended, self._ended = self._ended, []
        ended += self._of_pool(0.0)
        if not ended and self._mine:
            self._here.start(self._mine.pop(0))
            ended += self._here.wait(None)
        if not ended:
            ended += self._of_pool(WRITE_EVERY)
        if not ended:
            self._book.now.flush()
            ended += self._of_pool(timeout)
        return [self._heard(outcome) for outcome in ended]

    def _of_pool(self, timeout: float | None) -> Sequence[Outcome]:
        return self._pool.wait(timeout) if len(self._running) > len(self._mine) else ()

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:
        """As `Executor` says."""
        self._cancelled.update(jobs)
        self._pool.cancel(jobs, at_once=at_once)

    def close(self) -> None:
        """As `Executor` says."""
        self._pool.close()
        self._here.close()

    def _heard(self, outcome: Outcome) -> Outcome:
        """Of a job that ended: a break ends the others, and what nobody cancelled was interrupted by the user."""
        match outcome:
            case Failed(error=error) if raised_in(error).breaks:
                self.cancel(self._running - {outcome.job})
            case Cancelled(job=job) if job in self._running and job not in self._cancelled and not self._is_mine(job):
                interrupted = failed_call(KeyboardInterrupt())
                outcome = Failed(job=job, started=0.0, seconds=0.0, printed=False, error=interrupted)
            case Succeeded() | Failed() | Cancelled() | Began() | Returned():
                pass
        self._running.discard(outcome.job)
        return outcome

    def _is_mine(self, job: JobId) -> bool:
        return self._book.jobs[job].task.in_main_process

    def _end(self, job: JobId, error: JobError | None) -> None:
        if error is None:
            self._ended.append(Succeeded(job=job, started=0.0, seconds=0.0, printed=False))
        else:
            self._ended.append(Failed(job=job, started=0.0, seconds=0.0, printed=False, error=error))


def _done_here(entry: Entry) -> JobError | None:
    """Make folders, or touch outputs, without a worker; what went wrong."""
    call = entry.parameters.call
    try:
        if entry.prepared.makes_folders:
            entry.task.user_defined_work_func(call[1] if len(call) > 1 else call[0])
        else:
            touch_outputs(names_in(call[0]), names_in(call[1]))
    except Exception as error:  # noqa: BLE001  # the disk refuses
        return failed_call(error)
    return None
