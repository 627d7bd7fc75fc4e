"""What a service is: which keys of a task go with one, and the tasks that are some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import BuildFileError, Place
from pymake.model.task import CommandText, Function, Kind, Task

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENDS = "a service runs until the watch ends it"
_NO_SLOT = "a service takes no slot of a build"
_NO_OUTPUT = "a service makes nothing; what it serves is its input"

NOT_FOR_SERVICES: Mapping[str, str] = {
    "output": _NO_OUTPUT,
    "python": "a service is a program; write its command",
    "temporary": _NO_OUTPUT,
    "protected": _NO_OUTPUT,
    "depfile": _NO_OUTPUT,
    "interactive": "a service runs beside the watch, which has the terminal",
    "always": "a service is started anew when an input changed",
    "timeout": _ENDS,
    "retries": "a service that died is started again anyway",
    "retry_delay": "a service that died is started again anyway",
    "retry_backoff": "a service that died is started again anyway",
    "pool": _NO_SLOT,
    "cores": _NO_SLOT,
    "memory": _NO_SLOT,
    "fresh_process": "a service has a process of its own",
    "audit": "what a service reads is not watched",
}
"""The keys that make no sense in a service, with the reason."""

_FIELDS = {"python": "action", "audit": "records_reads"}
_FURTHER = ("posttask", "jobs_limit", "check_if_uptodate")
_PLAIN = Task(name="", place=Place(path=""))


def check_service(task: Task) -> None:
    """Make sure that a service can be one, and that only a service has a port.

    Raises:
        BuildFileError: a key that does not go with a service, or no command, or more than one.
    """
    if not task.service:
        if task.port is not None:
            raise _error(task, "has port, but no service", "add service = true, or leave out port")
        return
    if isinstance(task.action, Function):
        raise _error(task, "is a service and calls a function", NOT_FOR_SERVICES["python"])
    if task.kind is not Kind.TASK:
        raise _error(
            task, f"is a service and a {task.kind.value}", "declare it without a kind: a service is one process"
        )
    for key, reason in {**NOT_FOR_SERVICES, **dict.fromkeys(_FURTHER, _NO_SLOT)}.items():
        field = _FIELDS.get(key, key)
        if key != "python" and getattr(task, field) != getattr(_PLAIN, field):
            raise _error(task, f"has both service and {key}", f"leave out {key}: {reason}")
    if not isinstance(task.action, CommandText) or len(task.action.commands) != 1:
        raise _error(task, "is a service, and needs one command", "several programs are several services")


def service_key(name: str) -> str:
    """The key under which the log of a service is kept: no job has such a one."""
    return f"\0service {name}"


def awaits_service(task: Task, service: str) -> BuildFileError:
    """What is wrong with a task that has a service as its input, or follows one."""
    return _error(
        task,
        f"waits for {service}, a service, which is never done",
        f"name both as targets of a watch, or let {task.name} follow what the service reads",
    )


def _error(task: Task, said: str, hint: str) -> BuildFileError:
    return BuildFileError(f"task {task.name} {said}", place=task.place, hint=hint)
