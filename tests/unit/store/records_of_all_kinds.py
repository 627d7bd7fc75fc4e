"""A small journal with every kind of record, written one call at a time."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from pymake.model.trace import Facet, Failure, Stamp, Start, Trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.interfaces import Memory


def trace(key: str, *, inputs: tuple[int, ...] = (), outputs: tuple[int, ...] = (), task: str = "copy") -> Trace:
    return Trace(
        key=key,
        action=bytes(range(16)),
        inputs=array("I", inputs),
        discovered=array("I"),
        outputs=array("I", outputs),
        facets=(Facet("command", f"cp in {key}"),),
        task=task,
        started=1_700_000_000.5,
        seconds=0.25,
        reason="never ran",
        printed=False,
    )


def failure(key: str) -> Failure:
    return Failure(key=key, task="copy", started=1_700_000_000.5, seconds=0.25, reason="never ran", error="no")


def first_job(memory: Memory) -> None:
    source = memory.record_version("in", b"1" * 16)
    memory.record_sighting("in", Stamp(1, 2, 3, 4), source)
    memory.record_traces([trace("a", inputs=(source,), outputs=(memory.record_version("a", b"2" * 16),))])


def edited(memory: Memory) -> None:
    source = memory.record_version("in", b"3" * 16)
    memory.record_sighting("in", Stamp(5, 6, 7, 8), source)
    memory.record_traces([trace("a", inputs=(source,), outputs=(memory.record_version("a", b"4" * 16),))])


def fails(memory: Memory) -> None:
    memory.record_failure(failure("b"))


def fails_too(memory: Memory) -> None:
    memory.record_failure(failure("c"))


def mended(memory: Memory) -> None:
    memory.record_traces([trace("b", task="t\u00e4sk \udcff")])


def forgotten(memory: Memory) -> None:
    memory.forget("a")


def starts(memory: Memory) -> None:
    memory.record_starts([Start(key="c", outputs=("c", "c.map"))])


def starts_too(memory: Memory) -> None:
    memory.record_starts([Start(key="d", outputs=("d",))])


def starts_without_outputs(memory: Memory) -> None:
    memory.record_starts([Start(key="//no output", outputs=())])


def stopped(memory: Memory) -> None:
    memory.record_end("never started")
    memory.record_end("d")


def disowned(memory: Memory) -> None:
    memory.disown(["b.map", "c.map"])


CALLS: tuple[Callable[[Memory], None], ...] = (
    *(first_job, edited, fails, fails_too, mended, forgotten),
    *(starts, starts_too, starts_without_outputs, stopped, disowned),
)


def known(memory: Memory) -> object:
    """Everything that a memory says about the paths and keys of these calls."""
    numbers = {
        (path, digest): memory.find_version(path, digest * 16)
        for path in ("in", "a")
        for digest in (b"1", b"2", b"3", b"4")
    }
    return (
        [(memory.trace(key), memory.failure(key)) for key in ("a", "b", "c")],
        [memory.start(key) for key in ("a", "b", "c", "d", "//no output")],
        [memory.is_begun(path) for path in ("a", "c", "c.map", "d")],
        sorted(memory.keys()),
        memory.sighting("in"),
        numbers,
    )
