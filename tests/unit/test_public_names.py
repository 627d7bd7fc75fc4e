"""What `from pymake import …` finds."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import pymake

PROMISED = [
    "CallFailed",
    "CommandFailed",
    "InputKeepsChanging",
    "JobError",
    "JobsFailed",
    "OutputMissing",
    "OutputProtected",
    "Pipeline",
    "PymakeError",
    "Summary",
    "TimedOut",
    "WorkerDied",
    "__version__",
    "active_if",
    "add_inputs",
    "always",
    "audit",
    "build",
    "check_if_uptodate",
    "collate",
    "combinations",
    "combinations_with_replacement",
    "default",
    "follows",
    "formatter",
    "graphviz",
    "inputs",
    "fresh_process",
    "interactive",
    "jobs_limit",
    "main",
    "merge",
    "mkdir",
    "originate",
    "output_from",
    "permutations",
    "pipeline_get_task_names",
    "pipeline_printout",
    "pipeline_printout_graph",
    "pipeline_run",
    "pool",
    "posttask",
    "product",
    "protected",
    "regex",
    "resources",
    "retries",
    "runtime_parameter",
    "sh",
    "split",
    "subdivide",
    "suffix",
    "tags",
    "task",
    "temporary",
    "timeout",
    "touch_file",
    "transform",
    "uses",
]


def test_all_names_and_no_others() -> None:
    assert sorted(pymake.__all__) == sorted(PROMISED)
    assert set(PROMISED) <= set(dir(pymake))


@pytest.mark.parametrize("name", PROMISED)
def test_a_name_is_found_documented_and_kept(name: str) -> None:
    value = getattr(pymake, name)
    assert value.__doc__
    assert vars(pymake)[name] is value


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(Path(pymake.__file__).read_text(encoding="utf-8"))
    told = {
        alias.asname: (part.module, alias.name)
        for part in ast.walk(tree)
        if isinstance(part, ast.ImportFrom)
        for alias in part.names
    }
    assert sorted(name for name in told if name is not None) == sorted(PROMISED)
    for name, (module, original) in told.items():
        assert name == original
        value = getattr(pymake, original)
        assert getattr(sys.modules[str(module)], original) is value


def test_another_name_is_an_import_error() -> None:
    code = "from pymake import splits"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "ImportError: cannot import name 'splits' from 'pymake'" in run.stderr
