"""Services with real processes: what they print, their ends, their ports, and that nothing of them is left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from hashlib import blake2b
from typing import TYPE_CHECKING

import pytest

from pymake.errors import Place
from pymake.executors.ports import holder, is_free, listening
from pymake.executors.services import Services
from pymake.fs.clock import SystemClock
from pymake.model.built import Built
from pymake.model.events import Event, ServiceEvent, ServiceState, Summary
from pymake.model.job import Command, JobSpec
from pymake.model.plan import Plan
from pymake.model.service import service_key
from pymake.model.task import Project, Task
from pymake.store.logs import FileLogs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pymake.model.ids import FileId, JobId

PYTHON = sys.executable
SECONDS = 60.0

# Takes a port, starts a child that ignores TERM and one that leaves the group, and says so.
SERVER = """
import os, signal, socket, subprocess, sys, time
listening = socket.socket()
listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listening.bind(("127.0.0.1", int(sys.argv[1])))
listening.listen()
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(1000)"
children = [
    subprocess.Popen([sys.executable, "-c", deaf]),
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True),
]
print("has", *[child.pid for child in children], os.getpid(), listening.getsockname()[1], flush=True)
time.sleep(1000)
"""


class Heard:
    """A reporter that keeps the events."""

    def __init__(self) -> None:
        self.events: list[ServiceEvent] = []

    def handle(self, event: Event) -> None:
        assert isinstance(event, ServiceEvent)
        self.events.append(event)

    def follow(self, tail: Callable[[int], str]) -> None: ...

    def close(self) -> None: ...

    def texts(self, state: ServiceState) -> list[str]:
        return [event.text for event in self.events if event.state is state]


class Bench:
    """Services in a folder, and builds that end as the test says."""

    def __init__(self, root: Path, *, patience: float) -> None:
        self.heard = Heard()
        self.services = Services(
            root=str(root),
            wants=lambda _, name: name != "unwanted",
            environ=os.environ,
            digest=lambda data: blake2b(data).digest(),
            clock=SystemClock(),
            logs=FileLogs(str(root)),
            reporter=self.heard,
            patience=patience,
        )

    def built(
        self, *words: str, port: int | None = None, content: bytes = b"1", ready: bool = True, name: str = "serve"
    ) -> None:
        """A build has ended, with the input as given; without words, the service is gone from the build file."""
        plan = Plan()
        if words:
            place = Place(path="b.toml", line=1)
            task = plan.add_task(Task(name=name, place=place, service=True, port=port))
            plan.add_job(task, JobSpec(inputs=("page",), outputs=(), action=Command(commands=(words,))))

        def digest(_: FileId) -> bytes:
            return content

        def is_ready(_: JobId) -> bool:
            return ready

        project = Project(root="/r", env={"KIND": "test"})
        self.services.built(Built(project=project, plan=plan, summary=Summary(), is_ready=is_ready, digest=digest))

    def until(self, state: ServiceState, count: int = 1) -> list[str]:
        """Attend until so many events of the state have come; their texts."""
        end = time.monotonic() + SECONDS
        while len(found := self.heard.texts(state)) < count:
            assert time.monotonic() < end, self.heard.events
            time.sleep(0.005)
            assert list(self.services.attend()) == []
        return found


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path, patience=0.3)
    yield made
    made.services.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_alive(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def processes(text: str) -> list[int]:
    return [int(word) for word in text.split()[1:4]]


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_a_server_is_restarted_when_an_input_changed_and_the_port_is_free(bench: Bench, tmp_path: Path) -> None:
    port = free_port()
    descriptors = os.listdir("/proc/self/fd")
    bench.built("false", ready=False)
    bench.built("false", name="unwanted")
    assert bench.heard.events == []
    bench.built(PYTHON, "-c", SERVER, str(port))
    first = next(text for text in bench.until(ServiceState.SAID, 2) if text.startswith("has"))
    assert not is_free(port)
    assert holder(port).endswith(f"(process {processes(first)[2]})")
    assert listening(processes(first)[2]) == {port}
    bench.built(PYTHON, "-c", SERVER, str(port))  # nothing changed
    bench.built(PYTHON, "-c", SERVER, str(port), content=b"2", ready=False)  # not ready: it goes on as it is
    assert len(bench.services.files()) == 2
    bench.built(PYTHON, "-c", SERVER, str(port), content=b"2")
    said = bench.until(ServiceState.SAID, 4)
    assert bench.heard.texts(ServiceState.ENDED) == ["ended, to be started with what is new"]
    assert not any(map(is_alive, processes(first)))
    second = [text for text in said if text.startswith("has")][1]
    assert all(map(is_alive, processes(second)))
    bench.built()
    assert bench.until(ServiceState.ENDED, 2)[1] == "ended"
    assert not any(map(is_alive, processes(second)))
    assert is_free(port)
    assert bench.services.files() == []
    assert bench.services.due() is None
    assert os.listdir("/proc/self/fd") == descriptors
    log = (tmp_path / FileLogs(str(tmp_path)).path(service_key("serve"))).read_text()
    assert "deaf\n" in log
    assert second in log
    assert first not in log


def test_one_that_dies_is_reported_and_started_again(bench: Bench) -> None:
    bench.built("/bin/sh", "-c", 'printf "$KIND $0\\nno end"; exit 3', "arg")
    died = bench.until(ServiceState.DIED, 2)
    assert died == ["died (exit status 3); starts again in 0.5 s", "died (exit status 3); starts again in 1 s"]
    assert bench.heard.texts(ServiceState.SAID)[:2] == ["test arg", "no end"]
    assert bench.services.due() is not None
    bench.built("/bin/sh", "-c", "echo new; exec sleep 1000", content=b"2")  # a change does not wait for the pause
    bench.until(ServiceState.STARTED, 3)
    assert len(bench.until(ServiceState.SAID, 5)) == 5


def test_what_cannot_be_started_waits_for_a_change(bench: Bench) -> None:
    bench.built("no-such-program-here")
    assert bench.until(ServiceState.REFUSED) == ["cannot be started: No such file or directory"]
    assert (bench.services.files(), bench.services.due()) == ([], None)
    bench.built("no-such-program-here")
    assert bench.services.files() == []
    bench.built("/bin/sh", "-c", "exec sleep 1000", content=b"2")
    assert bench.until(ServiceState.STARTED) == ["started"]


def test_a_port_that_another_program_has_is_waited_for(bench: Bench) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        bench.built("sleep", "1000", port=port)
        (text,) = bench.until(ServiceState.WAITING)
        assert text.startswith(f"waits for port {port}, which ")
        assert bench.heard.texts(ServiceState.STARTED) == []
    assert bench.until(ServiceState.STARTED) == [f"started on http://localhost:{port}"]


WATCH = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from tests.unit.executors.test_services import Bench, PYTHON, SERVER
from pymake.model.events import ServiceState
bench = Bench(Path(sys.argv[2]), patience=0.3)
bench.built(PYTHON, "-c", SERVER, "0")
print(*[text for text in bench.until(ServiceState.SAID, 2) if text.startswith("has")], flush=True)
time.sleep(1000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
@pytest.mark.parametrize("victim", ["watch", "minder"])
def test_nothing_of_it_survives_a_kill(tmp_path: Path, victim: str) -> None:
    here = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))
    with subprocess.Popen([PYTHON, "-c", WATCH, here, str(tmp_path)], stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        started = processes(watch.stdout.readline())
        minder = parent_of(started[2])
        os.kill(watch.pid if victim == "watch" else minder, signal.SIGKILL)
        end = time.monotonic() + SECONDS
        wanted = started if victim == "watch" else started[2:]
        while any(map(is_alive, wanted)):
            assert time.monotonic() < end
            time.sleep(0.02)
        watch.kill()
    for process in filter(is_alive, started):  # whoever left the group outlives a killed minder
        os.kill(process, signal.SIGKILL)


def parent_of(process: int) -> int:
    with open(f"/proc/{process}/stat", encoding="utf-8") as file:
        return int(file.read().rpartition(")")[2].split()[1])


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_what_is_ended_while_it_starts_processes_leaves_none(bench: Bench) -> None:
    for number in range(8):
        bench.built("/bin/sh", "-c", "sleep 1000 & sleep 1000 & echo $!; wait", content=b"%d" % number)
        bench.until(ServiceState.STARTED, number + 1)
        time.sleep(0.002 * number)
        bench.built()
        bench.until(ServiceState.ENDED, number + 1)
    assert not [text for text in bench.heard.texts(ServiceState.SAID) if is_alive(int(text))]
