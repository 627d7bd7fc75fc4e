"""Small modules, small functions, few positional parameters."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.architecture.source import FunctionTree, Module, functions, modules, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

MODULE_LINES = 400
BODY_LINES = 40
POSITIONAL = 5

FIXED_BY_RUFFUS = {
    *("pipeline_printout", "pipeline_printout_graph", "pipeline_run"),
    *("run_job", "run_job_using_drmaa", "write_job_script_to_temp_file"),
}
"""Functions whose parameters are those of Ruffus: scripts give them by position."""


def body_lines(function: FunctionTree) -> int:
    """Lines of the body without its docstring, blank lines and comments counted."""
    has_more = ast.get_docstring(function) is not None and len(function.body) > 1
    first, last = function.body[1 if has_more else 0], function.body[-1]
    return (last.end_lineno or last.lineno) - first.lineno + 1


def positional(function: FunctionTree) -> int:
    """Parameters that may be given by position, without `self` and `cls`."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return len(names[1:] if names[:1] in (["self"], ["cls"]) else names)


def too_large(found: Iterable[Module]) -> list[str]:
    """Everything over a limit, with its size."""
    large = []
    for module in found:
        lines = len(module.text.splitlines())
        if lines > MODULE_LINES:
            large.append(f"{module.path}: {lines} lines")
        for function in functions(module):
            where = f"{module.at(function.lineno)} {function.name}"
            if body_lines(function) > BODY_LINES:
                large.append(f"{where}: {body_lines(function)} lines")
            fixed = module.package in ("pymake.app", "pymake.ruffus") and function.name in FIXED_BY_RUFFUS
            if positional(function) > POSITIONAL and not fixed:
                large.append(f"{where}: {positional(function)} positional parameters")
    return large


def test_nothing_is_too_large() -> None:
    assert too_large(modules()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\n" * 400, []),
        ("\n" * 401, ["a.py: 401 lines"]),
        ('def f():\n    "Doc."\n' + "    x = 1\n" * 40, []),
        ("def f():\n" + "    x = 1\n" * 41, ["a.py:1 f: 41 lines"]),
        ("class C:\n    def f(self, a, b, c, d, e, *, g, h): pass", []),
        ("def f(a, b, c, d, /, e, g): pass", ["a.py:1 f: 6 positional parameters"]),
    ],
)
def test_what_is_too_large_is_found(text: str, found: list[str]) -> None:
    assert too_large([parse(text, "a.py")]) == found
