"""What goes wrong in jobs, in texts: what `RethrownJobError` lists, whatever process it happened in."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.errors import CallFailed, JobError
from pymake.ruffus.ruffus_exceptions import JobSignalledBreak, RethrownJobError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from pymake.ruffus.tasks import Task

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception of a job in texts, as `RethrownJobError` lists them; `breaks` if it asks to stop at once."""

    kind: str
    value: str
    trace: str
    breaks: bool = False
    interrupts: bool = False


class JobRaised(Exception):  # it only carries what was raised
    """Carries what a job raised from wherever it ran."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(raised)
        self.raised = raised


class Guarded:
    """The function of a task; whatever it raises becomes a `JobRaised`, `SystemExit` too."""

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function

    def __call__(self, *arguments: object) -> None:
        """Call the function."""
        try:
            self._function(*arguments)
        except BaseException as error:  # noqa: BLE001  # whatever it is, it ends the job
            raise JobRaised(raised_by(error)) from None


def raised_by(error: BaseException) -> Raised:
    """An exception in texts; the traceback begins where the code of the user does."""
    kind = type(error)
    text = str(error)
    return Raised(
        kind=f"{kind.__module__}.{kind.__qualname__}",
        value=f"({text})" if text else "",
        trace="".join(traceback.format_exception(kind, error, _user_part(error))),
        breaks=isinstance(error, JobSignalledBreak),
        interrupts=isinstance(error, KeyboardInterrupt),
    )


def _user_part(error: BaseException) -> TracebackType | None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        if not os.path.abspath(trace.tb_frame.f_code.co_filename).startswith(_HERE):
            break
        trace = trace.tb_next
    return trace


def failed_call(error: BaseException) -> JobError:
    """The error of a job that raised this."""
    found = CallFailed(str(error))
    found.exception = error
    return found


def raised_in(error: JobError) -> Raised:
    """What a job raised, from its error."""
    exception = error.exception
    if isinstance(exception, JobRaised):
        return exception.raised
    return raised_by(error if exception is None else exception)


def posttask_failed(task: Task, error: BaseException) -> RethrownJobError:
    """The error for a posttask that raised."""
    raised = raised_by(error)
    failed = RethrownJobError([[task._name, "", raised.kind, raised.value, raised.trace]])
    failed.specify_task(task, "Exceptions in posttask")
    return failed


def parameters_failed(task: Task, error: BaseException) -> RethrownJobError:
    """The error for parameters that cannot be made."""
    raised = raised_by(error)
    failed = RethrownJobError([[task._name, "", raised.kind, raised.value, raised.trace]])
    failed.specify_task(task, "Exceptions generating parameters")
    return failed
