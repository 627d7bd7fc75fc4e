"""The services of a watch: started when their inputs are ready, anew when these changed, and ended with the watch.

What is done when is decided in `model.serving`; here it is done. Each service has a minder, see `minder`.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, field
from pymake.errors import CommandFailed
from pymake.executors.endings import UNKNOWN, describe_status
from pymake.executors.groups import send
from pymake.executors.minding import Minded
from pymake.executors.ports import holder, is_free, listening
from pymake.executors.starting import Starter
from pymake.model.events import ServiceEvent, ServiceState
from pymake.model.ids import TaskId
from pymake.model.job import Command
from pymake.model.service import service_key
from pymake.model.serving import Course, Move, Phase, ended, passed, port_looked_at, refused, want

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from pymake.interfaces import Clock, Logs, Reporter, Visitor
    from pymake.model.built import Built
    from pymake.model.ids import JobId
    from pymake.model.task import Project

PATIENCE = 3.0
"""Seconds that a service gets to end by itself."""
_LOOK_EVERY = 0.1
"""Seconds between two looks whether a port is free; nothing reports that."""
_TELL_AFTER = 1.0
"""Seconds after which the user hears what a service waits for."""
_DEATH = 5.0
"""Seconds beyond the patience after which an end is not waited for any longer."""


@dataclass(slots=True, kw_only=True)
class _Service:
    name: str
    log: str
    command: Command = field(default_factory=lambda: Command(commands=()))
    env: tuple[tuple[str, str], ...] = ()
    port: int | None = None
    course: Course = field(default_factory=Course)
    minded: Minded | None = None
    ports: Collection[int] = ()
    blocked: float | None = None
    """Since when a port is not free; infinity if the user knows."""


class Services:
    """A `Companion`. Owns all services of a watch; `wants(project, name)` says which tasks of them are asked for.

    `environ` is what services get, under that of their task; `digest` makes a fingerprint.
    """

    def __init__(
        self,
        *,
        root: str,
        wants: Callable[[Project, str], bool],
        environ: Mapping[str, str],
        digest: Callable[[bytes], bytes],
        clock: Clock,
        logs: Logs,
        reporter: Reporter,
        patience: float = PATIENCE,
    ) -> None:
        self._root = root
        self._wants = wants
        self._digest = digest
        self._clock = clock
        self._logs = logs
        self._reporter = reporter
        self._patience = patience
        self._starter = Starter(root, environ)
        self._services: dict[str, _Service] = {}

    def files(self) -> Sequence[int]:
        """See `Companion.files`."""
        return [fd for service in self._services.values() if service.minded for fd in service.minded.files()]

    def due(self) -> float | None:
        """See `Companion.due`."""
        moments = [service.course.due for service in self._services.values() if service.course.due is not None]
        return min(moments, default=None)

    def attend(self) -> Sequence[Visitor]:
        """See `Companion.attend`: nobody asks here."""
        for service in list(self._services.values()):
            self._hear(service)
            self._take(service, passed(service.course, self._clock.monotonic()))
        return ()

    def built(self, built: Built) -> None:
        """See `Companion.built`: what is not ready stays as it is, what is gone from the build file ends."""
        found: dict[str, JobId] = {}
        for number in range(built.plan.task_count):
            task = built.plan.task(TaskId(number))
            if task.service and self._wants(built.project, task.name):
                found.update((task.name, job) for job in built.plan.task_jobs(TaskId(number)))
        for name in self._services.keys() - found.keys():
            self._take(self._services[name], want(self._services[name].course, None))
        for name, job in found.items():
            if built.is_ready(job):
                self._want(built, name, job)

    def close(self) -> None:
        """See `Companion.close`."""
        for service in self._services.values():
            self._take(service, want(service.course, None))
        until = self._clock.monotonic() + self._patience + _DEATH
        while any(service.minded for service in self._services.values()) and self._clock.monotonic() < until:
            with contextlib.suppress(InterruptedError):
                select.select(self.files(), [], [], 0.2)
            for service in self._services.values():
                self._hear(service)
        self._starter.close()

    def _want(self, built: Built, name: str, job: JobId) -> None:
        plan = built.plan
        task, action = plan.task(plan.task_of(job)), plan.action(job)
        if not isinstance(action, Command):
            return
        service = self._services.get(name)
        if service is None:
            log = os.path.join(self._root, self._logs.path(service_key(name)))
            service = self._services[name] = _Service(name=name, log=log)
        service.command, service.port = action, task.port
        service.env = tuple({**built.project.env, **task.env}.items())
        inputs = [(plan.path(file), built.digest(file)) for file in plan.dirtying(job)]
        decides = (action.commands, action.cwd, service.env, task.port, plan.facts(job), inputs)
        self._take(service, want(service.course, self._digest(repr(decides).encode("utf-8", "surrogatepass"))))

    def _take(self, service: _Service, decided: tuple[Course, Move]) -> None:
        service.course, move = decided
        match move:
            case Move.LOOK:
                self._look(service)
            case Move.START:
                self._start(service)
            case Move.END:
                self._end(service)
            case Move.NOTHING:
                pass

    def _look(self, service: _Service) -> None:
        now = self._clock.monotonic()
        ports = service.ports if service.port is None else {service.port}
        taken = next((port for port in ports if not is_free(port)), None)
        if taken is None:
            service.blocked = None
        else:
            service.blocked = now if service.blocked is None else service.blocked
            if now - service.blocked >= _TELL_AFTER:
                service.blocked = float("inf")
                self._tell(service, ServiceState.WAITING, f"waits for port {taken}, which {holder(taken)} has")
        course = port_looked_at(service.course, now, is_free=taken is None, look_again=_LOOK_EVERY)
        self._take(service, course)

    def _start(self, service: _Service) -> None:
        try:
            service.minded = Minded(self._starter, service.command, service.env, service.log, self._patience)
        except (CommandFailed, OSError) as error:
            self._refuse(service, str(error))

    def _end(self, service: _Service) -> None:
        minded = service.minded
        if minded is not None:
            if service.port is None and minded.process:
                service.ports = listening(minded.process)
            minded.end()

    def _hear(self, service: _Service) -> None:
        minded = service.minded
        if minded is None:
            return
        told = minded.told()
        for line in minded.printed():
            self._tell(service, ServiceState.SAID, line)
        for what, text in told:
            match what:
                case "began":
                    place = "" if service.port is None else f" on http://localhost:{service.port}"
                    self._tell(service, ServiceState.STARTED, f"started{place}")
                case "refused":
                    self._let_go(service)
                    self._refuse(service, f"cannot be started: {text}")
                case _:
                    self._let_go(service)
                    self._ended(service, minded.process, int(text))

    def _let_go(self, service: _Service) -> None:
        assert service.minded is not None, "it has just told"
        for line in service.minded.printed(is_over=True):
            self._tell(service, ServiceState.SAID, line)
        service.minded.close()
        service.minded = None

    def _ended(self, service: _Service, process: int, status: int) -> None:
        if status == UNKNOWN:
            send(process, signal.SIGKILL)  # somebody killed the minder, which can end nothing any more
        was, now = service.course.phase, self._clock.monotonic()
        course, move = ended(service.course, now)
        if course.phase is Phase.PAUSING and course.due is not None:
            how = "minder was killed" if status == UNKNOWN else describe_status(status)
            self._tell(service, ServiceState.DIED, f"died ({how}); starts again in {course.due - now:g} s")
        elif was is Phase.ENDING:
            text = "ended" if course.wanted is None else "ended, to be started with what is new"
            self._tell(service, ServiceState.ENDED, text)
        self._take(service, (course, move))

    def _refuse(self, service: _Service, why: str) -> None:
        self._take(service, refused(service.course))
        self._tell(service, ServiceState.REFUSED, why)

    def _tell(self, service: _Service, state: ServiceState, text: str) -> None:
        self._reporter.handle(ServiceEvent(task=service.name, state=state, text=text))
