"""Fakes for every seam, for tests of pymake and of what is built on it: no disk, no process, no time that passes.

They keep the contracts of `pymake.interfaces`; the same tests run against them and against the real thing.
"""

from __future__ import annotations

from pymake.testing.disk import TICK, LogicalClock, MemoryDisk
from pymake.testing.execution import RecordingReporter, ScratchInterrupts, ScratchMachine, ScriptedExecutor
from pymake.testing.memory import ScratchLogs, ScratchMemory

__all__ = [
    "TICK",
    "LogicalClock",
    "MemoryDisk",
    "RecordingReporter",
    "ScratchInterrupts",
    "ScratchLogs",
    "ScratchMachine",
    "ScratchMemory",
    "ScriptedExecutor",
]
