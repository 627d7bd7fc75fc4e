"""What the machine offers: limits of cgroups, both versions, at every level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.app.machine import Machine, usable_cpus, usable_memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[[str, dict[str, str]], tuple[str, str]]

MEMINFO = "MemTotal:  1000 kB\nMemFree: 10 kB\nMemAvailable:   500 kB\n"


@pytest.fixture
def system(tmp_path: Path) -> Make:
    """Makes a `/proc` and a `/sys/fs/cgroup`, of the cgroups of this process and their files."""

    def make(cgroups: str, files: dict[str, str]) -> tuple[str, str]:
        (tmp_path / "proc/self").mkdir(parents=True)
        (tmp_path / "proc/self/cgroup").write_text(cgroups)
        (tmp_path / "proc/meminfo").write_text(MEMINFO)
        for name, text in files.items():
            path = tmp_path / "sys" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return str(tmp_path / "proc"), str(tmp_path / "sys")

    return make


@pytest.mark.parametrize(
    ("cgroups", "files", "most"),
    [
        ("0::/\n", {"cpu.max": "100000 100000\n"}, 1),
        ("0::/\n", {"cpu.max": "50000 100000\n"}, 1),
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000", "a/cpu.max": "100000 100000"}, 1),
        ("0::/of/the/host\n", {"cpu.max": "100000 100000"}, 1),
        (
            "3:cpu,cpuacct:/x\n",
            {"cpu,cpuacct/x/cpu.cfs_quota_us": "100000", "cpu,cpuacct/x/cpu.cfs_period_us": "100000"},
            1,
        ),
        ("3:cpu,cpuacct:/x\n", {"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, 1),
    ],
)
def test_cpu_quotas_count(system: Make, cgroups: str, files: dict[str, str], most: int) -> None:
    assert usable_cpus(*system(cgroups, files)) == most


@pytest.mark.parametrize(
    ("cgroups", "files"),
    [
        ("0::/\n", {"cpu.max": "max 100000"}),
        ("0::/\n", {"cpu.max": "nonsense"}),
        ("0::/\n", {"cpu.max": "100000 0"}),
        ("3:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}),
        ("nonsense\n", {}),
        ("", {}),
    ],
)
def test_no_limit_means_all_cpus_of_this_process(system: Make, cgroups: str, files: dict[str, str]) -> None:
    assert usable_cpus(*system(cgroups, files)) == usable_cpus("/none", "/none") >= 1


@pytest.mark.parametrize(
    ("cgroups", "files", "limit"),
    [
        ("0::/\n", {}, 1000 << 10),
        ("0::/\n", {"memory.max": "max\n"}, 1000 << 10),
        ("0::/a\n", {"a/memory.max": "2000\n", "memory.max": "5000"}, 2000),
        ("4:memory:/a\n", {"memory/a/memory.limit_in_bytes": "3000"}, 3000),
        ("4:memory:/\n", {"memory/memory.limit_in_bytes": str((1 << 63) - 4096)}, 1000 << 10),
    ],
)
def test_memory_limits_count(system: Make, cgroups: str, files: dict[str, str], limit: int) -> None:
    assert usable_memory(*system(cgroups, files)) == limit


@pytest.mark.parametrize(
    ("cgroups", "files", "free"),
    [
        ("0::/\n", {}, 0.5),
        ("0::/\n", {"memory.max": "1000", "memory.current": "900"}, 0.1),
        ("0::/\n", {"memory.max": "1000", "memory.current": "900", "memory.stat": "anon 5\ninactive_file 200\n"}, 0.3),
        ("4:memory:/\n", {"memory/memory.limit_in_bytes": "1000", "memory/memory.usage_in_bytes": "750"}, 0.25),
    ],
)
def test_free_memory_is_that_of_the_tightest_group(
    system: Make, cgroups: str, files: dict[str, str], free: float
) -> None:
    assert Machine(*system(cgroups, files)).free_memory() == pytest.approx(free)


def test_the_machine_under_us_answers() -> None:
    machine = Machine()
    assert 0.0 < machine.free_memory() <= 1.0
    assert machine.load() >= 0.0
    assert (usable_memory() or 1) > 0
