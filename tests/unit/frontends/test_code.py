"""What the meaning of a function is, and what it is not."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pymake.frontends.code import Code
from tests.unit.frontends.meanings import meaning_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Compiler = Callable[[str], Callable[..., object]]

HERE = os.path.dirname(__file__)


def function_key(target: Callable[..., object]) -> tuple[str, str]:
    """The key of a callable, and the text of its own part."""
    function = Code(HERE).function(target)
    return function.code_key, meaning_of(function)[0].text


BASE = """
def count(source, target, least=2):
    words = open(source).read().split()
    def long(word):
        return len(word) >= least
    open(target, "w").write(str(sum(map(long, words))))
"""


@pytest.fixture
def compiled(tmp_path: Path) -> Compiler:
    """Makes the last function of a text, as if imported from a file of its own."""
    made: list[Path] = []

    def compile_text(text: str) -> Callable[..., object]:
        path = tmp_path / f"module{len(made)}.py"
        made.append(path)
        path.write_text(text, encoding="utf-8")
        space: dict[str, object] = {"__name__": "module", "__file__": str(path)}
        exec(compile(text, str(path), "exec", dont_inherit=True), space)
        found = list(space.values())[-1]
        assert callable(found)
        return found

    return compile_text


SAME = {
    "comments, blank lines, formatting": """

# About counting.
def count(source,
          target, least = 2):

    words = (open(source).read()   # all of it
             .split())
    def long(word): return len(word) >= least
    open(target, 'w').write(str(sum(map(long, words))))
""",
    "docstrings": """
def count(source, target, least=2):
    "Count words."
    words = open(source).read().split()
    def long(word):
        '''Whether it is long.'''
        return len(word) >= least
    open(target, "w").write(str(sum(map(long, words))))
""",
    "annotations": """
def count(source: str, target: "Path", least: int = 2) -> None:
    words: list[str] = open(source).read().split()
    def long(word: str) -> bool:
        return len(word) >= least
    open(target, "w").write(str(sum(map(long, words))))
""",
    "its name, decorators, place in the file": """
def keep(function):
    return function
LEAST = 2

@keep
@keep
def total(source, target, least=LEAST):
    words = open(source).read().split()
    def long(word):
        return len(word) >= least
    open(target, "w").write(str(sum(map(long, words))))
""",
}

OTHER = {
    "a statement": BASE.replace("read()", "read(9)"),
    "a constant": BASE.replace(">= least", "> least"),
    "a default": BASE.replace("least=2", "least=3"),
    "the type of a default": BASE.replace("least=2", "least=2.0"),
    "a parameter": BASE.replace("least=2", "least=2, *more"),
    "the order of parameters": BASE.replace("source, target", "target, source"),
    "an inner decorator": BASE.replace("    def long", "    @str\n    def long"),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME.keys())
def test_does_not_count(compiled: Compiler, text: str) -> None:
    assert function_key(compiled(text)) == function_key(compiled(BASE))


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER.keys())
def test_counts(compiled: Compiler, text: str) -> None:
    assert function_key(compiled(text))[0] != function_key(compiled(BASE))[0]


def test_the_text_can_be_shown(compiled: Compiler) -> None:
    assert function_key(compiled("def f(a, b=[1], *, c='x'):\n    'Doc.'\n    return a\n"))[1] == (
        "def _(a, b=..., *, c=...):\n    return a\nb = [1]\nc = 'x'"
    )


def test_fields_of_a_class_in_the_body_count(compiled: Compiler) -> None:
    text = "def f():\n    class C:\n        'Doc.'\n        a: int\n        def g(self) -> int:\n            return 1\n"
    assert "a: int" in function_key(compiled(text))[1]
    assert function_key(compiled(text))[1] == function_key(compiled(text.replace(") -> int", ")")))[1]


def closing(value: object) -> Callable[[], object]:
    def inner() -> object:
        return value

    return inner


def test_closure_values_count() -> None:
    assert function_key(closing(1)) == function_key(closing(1))
    assert function_key(closing(1)) != function_key(closing(2))
    assert function_key(closing(1))[1].endswith("\nvalue = 1")


def test_functions_closed_over_count_by_their_meaning() -> None:
    assert function_key(closing(closing(1))) == function_key(closing(closing(1)))
    assert function_key(closing(closing(1))) != function_key(closing(closing(2)))


def test_a_function_that_closes_over_itself_ends() -> None:
    def inner(n: int) -> int:
        return inner(n - 1) if n else 0

    assert function_key(inner)[1] == "def _(n):\n    return inner(n - 1) if n else 0"


def test_a_variable_not_bound_yet_is_left_out() -> None:
    def early() -> object:
        return late

    key = function_key(early)
    late = 1
    assert function_key(early) != key
    assert late == 1


def test_partials_and_methods_count_what_they_hold() -> None:
    class Counter:
        def __init__(self, least: int) -> None:
            self.least = least

        def count(self, text: str) -> int:
            return len(text) - self.least

        def __call__(self, text: str) -> int:
            return self.count(text)

    assert function_key(functools.partial(closing, 1)) == function_key(functools.partial(closing, 1))
    assert function_key(functools.partial(closing, 1)) != function_key(functools.partial(closing, 2))
    assert function_key(Counter(1).count) == function_key(Counter(1).count)
    assert function_key(Counter(1).count) != function_key(Counter(2).count)
    assert function_key(Counter(1)) != function_key(Counter(2))


def test_callables_without_source_go_by_their_code() -> None:
    def made(text: str) -> Callable[..., object]:
        space: dict[str, Callable[..., object]] = {}
        exec(compile(text, "<typed>", "exec", dont_inherit=True), space)
        return space["f"]

    assert function_key(made("def f(): return 1")) == function_key(made("\n\ndef f():\n    return 1"))
    assert function_key(made("def f(): return 1")) != function_key(made("def f(): return 2"))
    assert function_key(made("def f(): return a.b")) != function_key(made("def f(): return a.c"))
    assert function_key(made("def f(): return lambda: 1")) != function_key(made("def f(): return lambda: 2"))
    assert function_key(lambda: 1) != function_key(lambda: 2)
    assert function_key(len) != function_key(max)


def test_the_loaded_text_counts_not_the_file_as_it_is_now(compiled: Compiler, tmp_path: Path) -> None:
    class Loader:
        loaded_text = BASE

    function = compiled(BASE)
    function.__globals__["__loader__"] = Loader()
    key = function_key(function)
    (tmp_path / "module0.py").write_text(BASE.replace("read()", "read(9)"), encoding="utf-8")
    assert function_key(function) == key


@pytest.mark.parametrize(
    ("body", "does"),
    [("pass", False), ("'Doc.'", False), ("...", False), ("'Doc.'; pass", False), ("return 1", True), ("f", True)],
)
def test_has_body(compiled: Compiler, body: str, *, does: bool) -> None:
    assert Code(HERE).has_body(compiled(f"def f(): {body}\n")) is does
    assert Code(HERE).has_body(len)


def test_every_process_finds_the_same_key(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        "def f(a, b={'x', 'y', 'z'}):\n    return a in {'p', 'q', 'r'}\ng = lambda a: a in {'p', 'q', 'r'}\n",
        encoding="utf-8",
    )
    code = (
        "import module; from pymake.frontends.code import Code; code = Code(module.__file__[:-10]);"
        "print(*(code.function(f).code_key for f in (module.f, module.g)))"
    )
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    keys = {
        subprocess.run(
            [sys.executable, "-B", "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(keys) == 1
