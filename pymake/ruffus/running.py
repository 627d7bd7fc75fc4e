"""Running a pipeline: the parts of one build of the engine, as Ruffus has them, put together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.app.machine import Machine
from pymake.engine.loop import Build
from pymake.engine.parts import Conduct as Behaviour
from pymake.engine.parts import Parts
from pymake.engine.scheduler import Scheduler
from pymake.engine.survey import Survey
from pymake.errors import Place, PymakeError
from pymake.executors.inline import InlineExecutor
from pymake.executors.manners import PausingExecutor
from pymake.executors.threads import ThreadsExecutor
from pymake.fs.clock import SystemClock
from pymake.model.plan import Plan
from pymake.model.task import Task as PlanTask
from pymake.ruffus.book import Book
from pymake.ruffus.carrying import Carrying, Records, Timestamps
from pymake.ruffus.entering import Entering, Finishing
from pymake.ruffus.failures import Guarded, raised_by
from pymake.ruffus.sending import check_parameters
from pymake.ruffus.silence import NoInterrupts, NoKeys, NoLogs, NothingPasses, Silent
from pymake.ruffus.workers import Processes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymake.interfaces import Executor
    from pymake.model.ids import JobId
    from pymake.ruffus.book import Conduct
    from pymake.ruffus.messages import Messages
    from pymake.ruffus.readying import Ready
    from pymake.ruffus.tasks import Task


def run(ready: Ready, tasks: Sequence[Task], conduct: Conduct, messages: Messages, *, threads: bool) -> None:
    """Run these tasks, parents first.

    Raises:
        RethrownJobError: jobs failed, parameters could not be made, or a posttask raised.
    """
    book = Book(ready, tasks, conduct, messages)
    processes = conduct.slots > 1 and not threads
    if processes and not conduct.touch_only:
        check_parameters(book)
    carrying = _executor(book, threads=threads)
    try:
        Build(_parts(book, carrying), Behaviour(slots=conduct.slots, terminate=conduct.terminate_at_once)).run()
    except KeyboardInterrupt as error:
        raised = raised_by(error)
        for job in carrying.running:
            ready.now.forget(book.jobs[job].parameters)
        book.interrupted(carrying.running, raised.kind, raised.trace)
    except PymakeError:
        if not len(book.failed):
            raise
    finally:
        carrying.close()
    if len(book.failed):
        raise book.failed


def _parts(book: Book, carrying: Carrying) -> Parts:
    plan = Plan()
    for number, task in enumerate(book.tasks):
        limit = None if task.limit is None else task.limit.name
        cores = 0 if task.in_main_process else 1
        row = plan.add_task(
            PlanTask(name=str(number), place=Place(path=task.func_module_name), pool=limit, cores=cores)
        )
        plan.add_expand_job(row, ())
    suspects = bytearray(b"\1" * len(book.tasks))
    survey = Survey(suspects=suspects, expand_jobs=len(book.tasks))
    entering = Entering(plan, book, suspects)
    limits = {task.limit.name: task.limit.most for task in book.tasks if task.limit is not None}
    return Parts(
        plan=plan,
        survey=survey,
        scheduler=Scheduler(plan=plan, survey=survey, slots=book.conduct.slots, pools=limits),
        rebuilder=Timestamps(book),
        recorder=Records(plan, book),
        temporaries=NothingPasses(),
        manifests=NoKeys(),
        executor=_pausing(book, carrying) if book.conduct.one_second else carrying,
        reporter=Silent(),
        interrupts=NoInterrupts(),
        logs=NoLogs(),
        clock=SystemClock(),
        machine=Machine(),
        env_of=lambda _: (),
        growth=entering,
        posttasks=Finishing(plan, book, entering),
    )


def _executor(book: Book, *, threads: bool) -> Carrying:
    functions = {str(number): Guarded(task.user_defined_work_func) for number, task in enumerate(book.tasks)}
    here = _inline(functions)
    if book.conduct.slots == 1:
        return Carrying(book, _inline(functions), here)
    if threads:
        pool: Executor = ThreadsExecutor(
            slots=book.conduct.slots,
            root=os.getcwd(),
            functions=functions,
            environ={},
            clock=SystemClock(),
            wake=None,
        )
        return Carrying(book, pool, here)
    return Carrying(book, Processes(functions, book.conduct.slots), here)


def _inline(functions: Mapping[str, Guarded]) -> Executor:
    return InlineExecutor(root=os.getcwd(), functions=functions, environ={}, clock=SystemClock(), wake=None)


def _pausing(book: Book, carrying: Carrying) -> Executor:
    """With a second of pause before the first job of each task, an `originate` excepted."""

    def task_of(job: JobId) -> str | None:
        task = book.jobs[job].task
        return None if task.kind == "originate" else task.reference

    return PausingExecutor(carrying, task_of)
