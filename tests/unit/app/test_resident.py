"""The resident and the commands that ask it, over a real socket."""

from __future__ import annotations

import marshal
import os
import socket
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from pymake.app.asking import Ways
from pymake.app.options import BuildOptions
from pymake.app.resident import Resident
from pymake.bell import CODE, ERR, NO, QUESTION, TAKEN, frame, frames
from pymake.door import NO_RESIDENT, SOCKET, identity
from pymake.errors import UsageError
from pymake.model.events import BuildEnded, Note, ServiceEvent, ServiceState, Summary
from pymake.store.folder import open_state
from pymake.testing import LogicalClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pymake.interfaces import Visitor

SECONDS = 60.0


def environ() -> dict[str, str]:
    """The environment of both, without what the test runner changes all the time."""
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


HURRIED = "import sys; from pymake.__main__ import main; sys.exit(main())"
PATIENT = f"from pymake import bell; bell.FIRST_WAIT = bell.FURTHER_WAIT = {SECONDS}; {HURRIED}"
"""A test does not ask how busy the machine is."""


class Command:
    """A `pymake` that was given in the folder, while a resident answers."""

    def __init__(self, *words: str, patient: bool = True) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PATIENT if patient else HURRIED, *words],
            env=environ(),
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ended(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, out, err


@pytest.fixture
def clock() -> LogicalClock:
    return LogicalClock()


@pytest.fixture
def resident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: LogicalClock) -> Iterator[Resident]:
    monkeypatch.chdir(tmp_path)
    for name in ("MAKEFLAGS", "MAKELEVEL", "PYMAKE_BUILDING"):
        monkeypatch.delenv(name, raising=False)
    open_state(str(tmp_path), writing=True).close()
    (tmp_path / "pymake.toml").write_text('[task.own]\noutput = "own"\ncommand = "echo own way > own"\n')
    made = started(tmp_path, clock)
    yield made
    made.close()


def started(root: Path, clock: LogicalClock) -> Resident:
    ways = Ways(root=str(root), files=(), overrides={}, options=BuildOptions(), environ=environ())
    return Resident(ways, clock, frozenset)


def visitor(resident: Resident) -> Visitor:
    end = time.monotonic() + SECONDS
    while True:
        found = resident.attend()
        if found:
            return found[0]
        assert time.monotonic() < end
        time.sleep(0.005)


def asked(*words: str, other: dict[bytes, bytes] | None = None) -> socket.socket:
    """A line over which a question went, as a command asks it."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SECONDS)
    line.connect(SOCKET)
    encoded = {os.fsencode(name): os.fsencode(value) for name, value in environ().items()}
    question = identity(), os.getcwd(), words, False, encoded if other is None else other
    line.sendall(frame(QUESTION, marshal.dumps(question)))
    return line


def heard(line: socket.socket) -> list[tuple[bytes, bytes]]:
    data = b""
    while more := line.recv(4096):
        data += more
    line.close()
    found, rest = frames(data)
    assert rest == b""
    return found


def test_a_command_hears_the_events_and_takes_the_code(resident: Resident) -> None:
    command = Command("own")
    guest = visitor(resident)
    assert (guest.targets, guest.where) == (("own",), "")
    guest.handle(Note(text="hello"))
    guest.handle(ServiceEvent(task="serve", state=ServiceState.SAID, text="not for others"))
    guest.handle(BuildEnded(summary=Summary(up_to_date=3)))
    guest.close()
    assert command.ended() == (0, "", "pymake: hello\npymake: nothing to do (3 jobs up to date)\n")
    assert not os.path.exists("own")
    command = Command("nobody")
    guest = visitor(resident)
    guest.refuse(UsageError("no such target"))
    guest.close()
    assert command.ended() == (2, "", "pymake: no such target\n")
    assert not resident.attend()
    assert resident.due() is None


@pytest.mark.parametrize("how", ["option", "differs", "not ended", "interrupted"])
def test_what_the_watch_does_not_do_the_command_does(resident: Resident, how: str) -> None:
    command = Command(*([NO_RESIDENT] if how == "option" else ["-j", "99"] if how == "differs" else []))
    if how == "differs":
        while command.process.poll() is None:
            assert resident.attend() == []
            time.sleep(0.01)
    elif how != "option":
        guest = visitor(resident)
        if how == "interrupted":
            guest.handle(BuildEnded(summary=Summary(interrupted=2)))
        guest.close()
    code, _, err = command.ended()
    assert code == 0, err
    assert "[1/1] own own (" in err
    assert os.path.exists("own")


def test_a_watch_that_does_not_answer_is_not_waited_for(resident: Resident) -> None:
    assert Command(patient=False).ended()[0] == 0  # nobody attends
    assert os.path.exists("own")
    assert resident.attend() == []


def test_ctrl_c_in_the_command(resident: Resident) -> None:
    command = Command()
    guest = visitor(resident)
    command.process.send_signal(2)
    assert command.ended() == (130, "", "")
    end = time.monotonic() + SECONDS
    while not guest.is_gone:
        resident.attend()
        assert time.monotonic() < end
    guest.handle(Note(text="too late"))
    guest.close()


def test_signs_of_life_come_every_second(resident: Resident, clock: LogicalClock) -> None:
    line = asked()
    guest = visitor(resident)
    for _ in range(3):
        due = resident.due()
        assert due is not None
        clock.advance(due - clock.monotonic())
        resident.attend()
        resident.attend()
    guest.handle(BuildEnded(summary=Summary(ran=1, failed=1, errors=(UsageError("x"),))))  # type: ignore[arg-type]  # any
    guest.close()
    found = heard(line)
    assert next(text for kind, text in found if kind == ERR) == (
        b"pymake: waiting for the watch to end the build that it has under way\n"
    )
    assert [kind for kind, _ in found].count(TAKEN) in {4, 5}
    assert found[-1] == (CODE, b"\1")


@pytest.mark.parametrize("data", [b"", b"nonsense that is no frame at all", frame(b"Z", b"x"), frame(ERR)[:3]])
def test_strange_guests_do_no_harm(resident: Resident, data: bytes) -> None:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.connect(SOCKET)
    line.sendall(data)
    assert resident.attend() == []
    line.close()
    assert resident.attend() == []
    assert len(resident.files()) == 1
    stranger = asked(other={b"OTHER": b"1"})
    while resident.files()[1:] or not stranger_heard(stranger):
        assert resident.attend() == []


def stranger_heard(line: socket.socket) -> bool:
    line.settimeout(0.05)
    try:
        return heard(line) == [(NO, b"")]
    except TimeoutError:
        return False


def test_one_who_does_not_read_is_let_go(resident: Resident) -> None:
    line = asked()
    guest = visitor(resident)
    for _ in range(40):
        guest.handle(Note(text="x" * 100_000))
    assert guest.is_gone
    line.close()


def test_the_socket_is_the_users_own_and_goes_with_the_watch(
    resident: Resident, tmp_path: Path, clock: LogicalClock
) -> None:
    path = tmp_path / SOCKET
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError, match="another watch answers here"):
        started(tmp_path, clock)
    resident.close()
    assert not path.exists()
    assert not [name for name in os.listdir(tmp_path / ".pymake") if "socket" in name]


def test_a_socket_that_a_killed_watch_left_behind_does_no_harm(
    resident: Resident, tmp_path: Path, clock: LogicalClock
) -> None:
    os.rename(SOCKET, f"{SOCKET}.kept")
    resident.close()
    os.rename(f"{SOCKET}.kept", SOCKET)
    assert Command().ended()[0] == 0
    assert os.path.exists("own")
    again = started(tmp_path, clock)
    command = Command()
    guest = visitor(again)
    guest.handle(BuildEnded(summary=Summary(up_to_date=1)))
    guest.close()
    assert command.ended() == (0, "", "pymake: nothing to do (1 job up to date)\n")
    again.close()
