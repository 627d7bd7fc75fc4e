"""What the machine offers to this process: CPUs, memory, and how busy it is. Limits of its cgroups count, v1 and v2."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC = "/proc"
_CGROUPS = "/sys/fs/cgroup"
_UNLIMITED = 1 << 60
"""What cgroup v1 writes for "no limit" is a little below 2**63."""


def usable_cpus(proc: str = _PROC, cgroups: str = _CGROUPS) -> int:
    """The CPUs this process may use: affinity and cgroup quotas count; at least 1."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for folder in _folders("cpu", proc, cgroups):
        quota, period = _pair(f"{folder}/cpu.max") or _quota_v1(folder)
        if quota.isdigit() and period.isdigit() and int(period):
            cpus = min(cpus, math.ceil(int(quota) / int(period)))
    return max(cpus, 1)


def usable_memory(proc: str = _PROC, cgroups: str = _CGROUPS) -> int | None:
    """The bytes of memory that this process and its children may have in all; None if nobody says."""
    limits = [_total(proc)]
    for folder in _folders("memory", proc, cgroups):
        limits += [_number(f"{folder}/memory.max"), _number(f"{folder}/memory.limit_in_bytes")]
    return min((limit for limit in limits if limit is not None and limit < _UNLIMITED), default=None)


class Machine:
    """How busy the machine is now; implements `interfaces.Machine`."""

    def __init__(self, proc: str = _PROC, cgroups: str = _CGROUPS) -> None:
        self._proc = proc
        self._folders = list(_folders("memory", proc, cgroups))

    def load(self) -> float:
        """See `interfaces.Machine.load`."""
        return os.getloadavg()[0]

    def free_memory(self) -> float:
        """See `interfaces.Machine.free_memory`."""
        shares = [_share(_meminfo(self._proc, "MemAvailable"), _total(self._proc))]
        shares += map(_free_share, self._folders)
        return min((share for share in shares if share is not None), default=1.0)


def _free_share(folder: str) -> float | None:
    """What is left of a cgroup's memory; pages of files that it can drop at once count as free."""
    limit = _number(f"{folder}/memory.max") or _number(f"{folder}/memory.limit_in_bytes")
    used = _number(f"{folder}/memory.current") or _number(f"{folder}/memory.usage_in_bytes")
    if limit is None or limit >= _UNLIMITED or used is None:
        return None
    cache = _field(f"{folder}/memory.stat", "inactive_file") or 0
    return _share(limit - used + cache, limit)


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else part / whole


def _total(proc: str) -> int | None:
    found = _meminfo(proc, "MemTotal")
    if found is not None:
        return found
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def _meminfo(proc: str, name: str) -> int | None:
    found = _field(f"{proc}/meminfo", f"{name}:")
    return None if found is None else found << 10


def _field(path: str, name: str) -> int | None:
    """The number behind a name in a file of lines `name number …`."""
    for line in _text(path).splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == name and words[1].isdigit():
            return int(words[1])
    return None


def _folders(controller: str, proc: str, cgroups: str) -> Iterator[str]:
    """The folders of the cgroups that this process is in, from the innermost to the root, where a limit may stand.

    In a container the path may name folders of the host, that are not there; the root then is the container's own.
    """
    for line in _text(f"{proc}/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and controller not in controllers.split(","):
            continue
        top = f"{cgroups}/{controllers}" if controllers else cgroups
        if controllers and not os.path.isdir(top):
            top = f"{cgroups}/{controller}"
        while True:
            yield f"{top}{path.rstrip('/')}"
            if not path.strip("/"):
                break
            path = os.path.dirname(path.rstrip("/"))


def _quota_v1(folder: str) -> tuple[str, str]:
    return _text(f"{folder}/cpu.cfs_quota_us").strip(), _text(f"{folder}/cpu.cfs_period_us").strip()


def _pair(path: str) -> tuple[str, str] | None:
    words = _text(path).split()
    return (words[0], words[1]) if len(words) > 1 else None


def _number(path: str) -> int | None:
    text = _text(path).strip()
    return int(text) if text.isdigit() else None


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""
