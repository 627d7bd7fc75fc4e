"""What the machine offers: CPUs that this process may use."""

from __future__ import annotations

import math
import os

_CGROUP_LIMIT = "/sys/fs/cgroup/cpu.max"


def usable_cpus(limit_file: str = _CGROUP_LIMIT) -> int:
    """The CPUs this process may use: affinity and the cgroup v2 limit (`quota period`, in µs) count; at least 1."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        with open(limit_file, encoding="ascii") as file:
            quota, period = file.read().split()
        if quota != "max":
            cpus = min(cpus, math.ceil(int(quota) / int(period)))
    except (OSError, ValueError):
        pass  # no cgroup v2: no limit
    return max(cpus, 1)
