"""What code of a project a function reaches: what counts, what does not, and what is said of the rest."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from pymake.frontends.python import load
from pymake.model.task import Function
from tests.unit.frontends.meanings import meaning_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from pymake import main, task\n"
BUILD = "pymakefile.py"


@dataclass(frozen=True)
class Case:
    """`text` is the build file; `edits` are (file, before, after); `counts` says if the key changes."""

    name: str
    text: str
    edits: list[tuple[str, str]]
    counts: bool = True
    files: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def written(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")


def loaded(root: Path) -> Function:
    function = load(BUILD, str(root)).tasks[-1].action
    assert isinstance(function, Function)
    return function


def texts(case: Case) -> dict[str, str]:
    return {BUILD: HEAD + textwrap.dedent(case.text), **{n: textwrap.dedent(t) for n, t in case.files.items()}}


def edited(case: Case) -> dict[str, str]:
    found = texts(case)
    for old, new in case.edits:
        holders = [name for name, text in found.items() if old in text]
        assert len(holders) == 1, (old, holders)
        found[holders[0]] = found[holders[0]].replace(old, new)
    return found


F = "@task('a', 'b')\ndef f(i, o):\n    "

WRAP = """
def wrap(f):
    space = {}
    exec("def made(*a): return call(*a)", {"call": f}, space)
    space["made"].__wrapped__ = f
    return space["made"]
"""
LIB = """
import importlib.util, os
path = os.path.join(os.path.dirname(__file__), "site-packages", "lib.py")
spec = importlib.util.spec_from_file_location("wrapping", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
wrap = module.wrap
"""

CASES = [
    Case("a helper", f"def h(): return 1\n{F}h()", [("return 1", "return 2")]),
    Case("a helper of a helper", f"def g(): return 1\ndef h(): return g()\n{F}h()", [("return 1", "return 2")]),
    Case("a helper below", f"{F}h()\ndef h(): return 1", [("return 1", "return 2")]),
    Case("a helper called in a nested function", f"def h(): return 1\n{F}return [lambda: h()]", [("1", "2")]),
    Case("a helper called in a comprehension", f"def h(): return 1\n{F}return [h() for _ in i]", [("1", "2")]),
    Case("a helper used as a value", f"def h(): return 1\n{F}return map(h, i)", [("return 1", "return 2")]),
    Case("a helper with a local of the same name elsewhere", f"h = 1\n{F}h = 3; return h", [("h = 1", "h = 2")], False),
    Case("mutually recursive helpers", f"def g(): return h()\ndef h(): return g() or 1\n{F}g()", [("or 1", "or 2")]),
    Case("a method of a built-in", f"import re\nm = re.compile('a').match\n{F}m(i)", [("'a'", "'b'")]),
    Case("a method of a dictionary", f"get = {{1: 2}}.get\n{F}get(1)", [("1: 2", "1: 3")]),
    Case("the order of a dictionary", f"D = {{1: 2, 3: 4}}\n{F}return list(D)", [("1: 2, 3: 4", "3: 4, 1: 2")]),
    Case("a singleton in a pattern", f"{F}match i:\n        case True: pass", [("True", "False")]),
    Case("a method of a built-in that is not reached", f"x = 'a'.upper\n{F}pass", [("'a'", "'b'")], False),
    Case(
        "a function that a library made by text, and that knows what it wraps",
        f"import lib\n@lib.wrap\ndef h(): return 1\n{F}h()",
        [("return 1", "return 2")],
        files={"site-packages/lib.py": WRAP, "lib.py": LIB},
    ),
    Case(
        "a function in extras",
        "def h(): return 1\n@task('a', 'b', [h])\ndef f(i, o, extras):\n    extras[0]()",
        [("return 1", "return 2")],
    ),
    Case(
        "what a function in extras reaches",
        "def g(): return 1\ndef h(): return g()\ndef f(i, o, g): g()\nmain.task(f, 'a', 'b', extras=[h])",
        [("return 1", "return 2")],
    ),
    Case(
        "the class of an object in extras",
        "class C:\n    def m(self): return 1\ndef f(i, o, c): c.m()\nmain.task(f, 'a', 'b', extras=[{'c': C()}])",
        [("return 1", "return 2")],
    ),
    Case(
        "an object without a stable form in extras",
        "import threading\ndef f(i, o, *_): pass\n"
        "main.task(f, 'a', 'b', name='t', extras=[1, [threading.Lock()]])  # one",
        [("# one", "# two")],
        False,
        notes=[
            f"{BUILD}:4: extras[1] of task t holds a _thread.lock, which has no stable form; it counts by its type alone"
        ],
    ),
    Case("an attribute of a helper", f"def h(): pass\nh.x = 3\n{F}return h.x", [("= 3", "= 4")]),
    Case(
        "the attribute that a helper counts in",
        f"def h():\n    h.n += 1\nh.n = 3\n{F}h()",
        [("= 3", "= 4")],
    ),
    Case(
        "what a class decorator does", f"def d(c):\n    c.k = 1\n    return c\n@d\nclass C: pass\n{F}C.k", [("1", "2")]
    ),
    Case(
        "a registered implementation",
        "import functools\n@functools.singledispatch\ndef g(x): return 1\n@g.register\n"
        f"def _(x: int): return 10\n{F}g(1)",
        [("return 10", "return 20")],
    ),
    Case(
        "a method made of another one",
        f"import functools\nclass C:\n    def q(self, a): return a\n    p = functools.partialmethod(q, 1)\n{F}C().p()",
        [("q, 1", "q, 2")],
    ),
    Case("one of two lambdas in a line", f"T = [lambda: 1, lambda: 3]\n{F}T[0]()", [("lambda: 1", "lambda: 2")]),
    Case(
        "the branch that was not taken",
        f"F = 1\nif not F:\n    def h(): return 1\nelse:\n    h = 2\n{F}h",
        [("1", "3")],
        False,
    ),
    Case("a class made by a call", f"C = type('C', (), {{'m': lambda self: 1}})\n{F}C().m()", [("self: 1", "self: 2")]),
    Case("the content of a list with methods", f"class L(list): pass\nX = L([1])\n{F}return X", [("[1]", "[2]")]),
    Case(
        "what a subclass is told",
        f"class A:\n    def __init_subclass__(c): c.k = 1\nclass B(A): pass\n{F}B.k",
        [("1", "2")],
    ),
    Case("a statement on the same line", f"X = 1; Y = 5\n{F}return X", [("Y = 5", "Y = 6")], False),
    Case("an alias", f"def h(): return 1\ng = h\n{F}g()", [("return 1", "return 2")]),
    Case("a comment in a helper", f"def h(): return 1\n{F}h()", [("return 1", "return 1  # one")], False),
    Case("the formatting of a helper", f"def h(): return 1\n{F}h()", [("return 1", "\n    return (\n1)")], False),
    Case(
        "the docstring of a helper",
        f"def h():\n    return 1\n{F}h()",
        [("    return 1", "    'D'\n    return 1")],
        False,
    ),
    Case("annotations of a helper", f"def h(a=1): return a\n{F}h()", [("(a=1)", "(a: int = 1) -> int")], False),
    Case(
        "a helper that is not called",
        f"def g(): return 1\ndef h(): return 3\n{F}h()",
        [("return 1", "return 2")],
        False,
    ),
    Case(
        "the order of definitions",
        f"def g(): return 1\ndef h(): return 3\n{F}g(); h()",
        [("def g(): return 1\ndef h(): return 3\n", "def h(): return 3\n\n\ndef g(): return 1\n")],
        False,
    ),
    Case("a default of a helper", f"def h(a=1): return a\n{F}h()", [("a=1", "a=2")]),
    Case("a keyword-only default", f"def h(*, a=1): return a\n{F}h()", [("a=1", "a=2")]),
    Case("a default that is a constant", f"N = 1\ndef h(a=N): return a\n{F}h()", [("N = 1", "N = 2")]),
    Case(
        "a default that is a function", f"def g(): return 1\ndef h(a=g): return a()\n{F}h()", [("return 1", "return 2")]
    ),
    Case("a constant", f"N = 1\n{F}return N", [("N = 1", "N = 2")]),
    Case("a constant that is not used", f"N = 1\n{F}return 3", [("N = 1", "N = 2")], False),
    Case("how a constant is written", f"N = 12\n{F}return N", [("N = 12", "N: int = 10 + 2")], False),
    Case("a constant made from another", f"A = 1\nN = A + 1\n{F}return N", [("A = 1", "A = 2")]),
    Case("a constant in a container", f"A = 1\nN = [A, {{'a': (A, 3)}}]\n{F}return N", [("A = 1", "A = 2")]),
    Case("an f-string", f"A = 1\nN = f'{{A}}.txt'\n{F}return N", [("A = 1", "A = 2")]),
    Case("a name in an f-string of the body", f"A = 1\n{F}return f'{{A}}'", [("A = 1", "A = 2")]),
    Case("a constant made by a helper", f"def h(): return 1\nN = h()\n{F}return N", [("return 1", "return 2")]),
    Case("a helper that makes the same constant", f"def h(): return 1\nN = h()\n{F}return N", [("1", "2 - 1")], False),
    Case("a constant changed at the top", f"N = {{}}\nN['a'] = 1\n{F}return N", [("= 1", "= 2")]),
    Case("functions in a table", f"def h(): return 1\nN = {{'h': h}}\n{F}return N['h']()", [("return 1", "return 2")]),
    Case("functions in a set", f"def h(): return 1\nN = {{h}}\n{F}return N", [("return 1", "return 2")]),
    Case(
        "a registry filled by a decorator",
        f"N = {{}}\ndef r(f): N[f.__name__] = f; return f\n@r\ndef h(): return 1\n{F}return N",
        [("return 1", "return 2")],
    ),
    Case("state that the function changes", f"N = []\n{F}N.append(i)", [("N = []", "N = [] + []")]),
    Case(
        "a condition at the top",
        f"A = True\nif A:\n    def h(): return 1\nelse:\n    def h(): return 3\n{F}h()",
        [("1", "2")],
    ),
    Case(
        "the other branch",
        f"A = True\nif A:\n    def h(): return 1\nelse:\n    def h(): return 3\n{F}h()",
        [("3", "4")],
        False,
    ),
    Case(
        "the condition",
        f"A = True\nif A:\n    def h(): return 1\nelse:\n    def h(): return 3\n{F}h()",
        [("A = True", "A = 0")],
    ),
    # Classes.
    Case("a method", f"class C:\n    def m(self): return 1\n{F}C().m()", [("return 1", "return 2")]),
    Case(
        "the order of methods",
        f"class C:\n    def m(self): return 1\n    def n(self): return 3\n{F}C()",
        [
            (
                "    def m(self): return 1\n    def n(self): return 3",
                "    def n(self): return 3\n    def m(self): return 1",
            )
        ],
        False,
    ),
    Case("an attribute of a class", f"class C:\n    n = 1\n{F}C.n", [("n = 1", "n = 2")]),
    Case("the docstring of a class", f"class C:\n    n = 1\n{F}C.n", [("    n = 1", "    'Doc.'\n    n = 1")], False),
    Case(
        "a base class", f"class B:\n    def m(self): return 1\nclass C(B): pass\n{F}C().m()", [("return 1", "return 2")]
    ),
    Case(
        "a metaclass", f"class M(type):\n    def m(self): return 1\nclass C(metaclass=M): pass\n{F}C.m()", [("1", "2")]
    ),
    Case("a property", f"class C:\n    @property\n    def m(self): return 1\n{F}C().m", [("return 1", "return 2")]),
    Case(
        "a static method", f"class C:\n    @staticmethod\n    def m(): return 1\n{F}C.m()", [("return 1", "return 2")]
    ),
    Case(
        "a function used by a method", f"def h(): return 1\nclass C:\n    def m(self): return h()\n{F}C()", [("1", "2")]
    ),
    Case("a class decorator", f"def d(c): c.n = 1; return c\n@d\nclass C: pass\n{F}C", [("c.n = 1", "c.n = 2")]),
    Case("an instance", f"class C:\n    def __init__(self, n): self.n = n\nN = C(1)\n{F}N.n", [("C(1)", "C(2)")]),
    Case(
        "a method of an instance", f"class C:\n    def m(self): return 1\nN = C()\n{F}N.m()", [("return 1", "return 2")]
    ),
    Case(
        "a field of a dataclass",
        f"from dataclasses import dataclass\n@dataclass\nclass C:\n    n: int = 1\nN = C()\n{F}N",
        [("= 1", "= 2")],
    ),
    Case("a member of an enum", f"import enum\nclass C(enum.Enum):\n    A = 1\n{F}C.A", [("A = 1", "A = 2")]),
    Case(
        "a member of an enum as constant",
        f"import enum\nclass C(enum.Enum):\n    A = 1\nN = C.A\n{F}N",
        [("A = 1", "A = 2")],
    ),
    Case(
        "a method of an enum",
        f"import enum\nclass C(enum.Enum):\n    A = 1\n    def m(self): return 3\n{F}C.A",
        [("return 3", "return 4")],
    ),
    Case(
        "fields of a named tuple",
        f"from collections import namedtuple\nC = namedtuple('C', 'a b')\n{F}C(1, 2)",
        [("'a b'", "'a c'")],
    ),
    Case(
        "a typed named tuple",
        f"from typing import NamedTuple\nclass C(NamedTuple):\n    a: int = 1\n{F}C()",
        [("int = 1", "int = 2")],
    ),
    Case("an annotation in a plain class", f"class C:\n    n: int\n{F}C", [("n: int", "n: str")], False),
    Case(
        "a method put into a class below",
        f"class C: pass\ndef h(self): return 1\nC.m = h\n{F}C().m()",
        [("return 1", "return 2")],
    ),
    Case("a class that is not used", f"class C:\n    n = 1\n{F}pass", [("n = 1", "n = 2")], False),
    # Decorators and what libraries make of functions.
    Case(
        "a decorator of the task",
        "def d(f):\n    def w(*a): return f(*a) or 1\n    return w\n@task('a', 'b')\n@d\ndef f(i, o): pass",
        [("or 1", "or 2")],
    ),
    Case(
        "the function in a decorator",
        "def d(f):\n    def w(*a): return f(*a)\n    return w\n@task('a', 'b')\n@d\ndef f(i, o): return 1",
        [("1", "2")],
    ),
    Case(
        "a value in a decorator",
        "def d(n):\n    def d2(f):\n        def w(*a): return f(*a), n\n        return w\n    return d2\n@task('a', 'b')\n@d(1)\ndef f(i, o): pass",
        [("d(1)", "d(2)")],
    ),
    Case(
        "wraps",
        "import functools\ndef d(f):\n    @functools.wraps(f)\n    def w(*a): return f(*a)\n    return w\n@task('a', 'b')\n@d\ndef f(i, o): return 1",
        [("return 1", "return 2")],
    ),
    Case("lru_cache", f"import functools\n@functools.lru_cache\ndef h(): return 1\n{F}h()", [("return 1", "return 2")]),
    Case(
        "lru_cache of a task",
        "import functools\n@task('a', 'b')\n@functools.lru_cache\ndef f(i, o): return 1",
        [("return 1", "return 2")],
    ),
    Case(
        "contextmanager",
        f"from contextlib import contextmanager\n@contextmanager\ndef h(): yield 1\n{F}h()",
        [("yield 1", "yield 2")],
    ),
    Case(
        "singledispatch",
        f"import functools\n@functools.singledispatch\ndef h(a): return 0\n@h.register(int)\ndef _(a): return 1\n{F}h(3)",
        [("return 1", "return 2")],
    ),
    Case("partial", f"import functools\ndef g(n): return n + 1\nh = functools.partial(g, 3)\n{F}h()", [("+ 1", "+ 2")]),
    Case(
        "an argument of a partial",
        f"import functools\ndef g(n): return n\nh = functools.partial(g, 3)\n{F}h()",
        [("g, 3", "g, 4")],
    ),
    Case("the arguments of a declaration", f"{F}return 1", [("'a', 'b'", "'a', 'c'")], False),
    Case(
        "another task that is called",
        "@task('c', 'd')\ndef g(i, o): return 1\n@task('a', 'b')\ndef f(i, o): g(i, o)",
        [("return 1", "return 2")],
    ),
    Case(
        "the declaration of another task that is called",
        "@task('c', 'd')\ndef g(i, o): return 1\n@task('a', 'b')\ndef f(i, o): g(i, o)",
        [("'c', 'd'", "'c', 'e'")],
        False,
    ),
    Case("the name of the task", f"{F}pass", [("def f", "def g")], False),
    Case(
        "the name of a recursive task",
        "@task('a', 'b')\ndef f(i, o): return f(i, o)",
        [("def f(i, o): return f", "def g(i, o): return g")],
        False,
    ),
    Case(
        "a bound method",
        "class C:\n    def m(self, i, o): return 1\nmain.task('a', 'b', name='f', task_func=C().m)",
        [("return 1", "return 2")],
    ),
    Case(
        "another method than the bound one",
        "class C:\n    def m(self, i, o): return self.n()\n    def n(self): return 1\nmain.task('a', 'b', name='f', task_func=C().m)",
        [("return 1", "return 2")],
    ),
    Case(
        "the object of a bound method",
        "class C:\n    def __init__(self, n): self.n = n\n    def m(self, i, o): return 1\nmain.task('a', 'b', name='f', task_func=C(1).m)",
        [("C(1)", "C(2)")],
    ),
    Case(
        "a callable object",
        "class C:\n    def __call__(self, i, o): return h()\ndef h(): return 1\nmain.task('a', 'b', name='f', task_func=C())",
        [("return 1", "return 2")],
    ),
    Case(
        "a partial as task",
        "import functools\ndef g(n, i, o): return 1\nmain.task('a', 'b', name='f', task_func=functools.partial(g, 3))",
        [("return 1", "return 2")],
    ),
    Case("a lambda", "main.task('a', 'b', name='f', task_func=lambda i, o: 1)", [(": 1", ": 2")]),
    Case(
        "a helper of a lambda",
        "def h(): return 1\nmain.task('a', 'b', name='f', task_func=lambda i, o: h())",
        [("return 1", "return 2")],
    ),
    Case(
        "a lambda, moved",
        "main.task('a', 'b', name='f', task_func=lambda i, o: 1)",
        [("main.task", "\n\nmain.task")],
        False,
    ),
    Case(
        "the first of two lambdas on a line",
        "g, h = (lambda i, o: 1), (lambda i, o: 3)\nmain.task('a', 'b', name='f', task_func=g)",
        [("o: 1", "o: 2")],
    ),
    Case(
        "the other of two lambdas on a line",
        "g, h = (lambda i, o: 1), (lambda i, o: 3)\nmain.task('a', 'b', name='f', task_func=g)",
        [("o: 3", "o: 4")],
        False,
    ),
    Case(
        "a closure",
        "def make(n):\n    def f(i, o): return n\n    return f\nmain.task('a', 'b', name='f', task_func=make(1))",
        [("make(1)", "make(2)")],
    ),
    Case(
        "a function closed over",
        "def make(g):\n    def f(i, o): return g()\n    return f\ndef h(): return 1\nmain.task('a', 'b', name='f', task_func=make(h))",
        [("return 1", "return 2")],
    ),
    # Modules.
    Case(
        "import",
        f"import lib\n{F}lib.h()",
        [("return 1", "return 2")],
        files={"lib.py": "def h(): return 1\ndef g(): return 3\n"},
    ),
    Case(
        "what else a module has",
        f"import lib\n{F}lib.h()",
        [("return 3", "return 4")],
        False,
        files={"lib.py": "def h(): return 1\ndef g(): return 3\n"},
    ),
    Case(
        "import a.b",
        f"import a.b\n{F}a.b.h()",
        [("return 1", "return 2")],
        files={"a/__init__.py": "", "a/b.py": "def h(): return 1\n"},
    ),
    Case(
        "import as",
        f"import a.b as c\n{F}c.h()",
        [("return 1", "return 2")],
        files={"a/__init__.py": "", "a/b.py": "def h(): return 1\n"},
    ),
    Case(
        "from import as",
        f"from a import b as c\n{F}c.h()",
        [("return 1", "return 2")],
        files={"a/__init__.py": "", "a/b.py": "def h(): return 1\n"},
    ),
    Case(
        "from import", f"from lib import h\n{F}h()", [("return 1", "return 2")], files={"lib.py": "def h(): return 1\n"}
    ),
    Case("import *", f"from lib import *\n{F}h()", [("return 1", "return 2")], files={"lib.py": "def h(): return 1\n"}),
    Case("a constant by import *", f"from lib import *\n{F}N", [("N = 1", "N = 2")], files={"lib.py": "N = 1\n"}),
    Case(
        "a relative import",
        f"from a.b import h\n{F}h()",
        [("return 1", "return 2")],
        files={
            "a/__init__.py": "",
            "a/b.py": "from .c import g\ndef h(): return g()\n",
            "a/c.py": "def g(): return 1\n",
        },
    ),
    Case(
        "a name passed on by a package",
        f"import a\n{F}a.h()",
        [("return 1", "return 2")],
        files={"a/__init__.py": "from .b import h\n", "a/b.py": "def h(): return 1\n"},
    ),
    Case(
        "a package without __init__",
        f"import a.b\n{F}a.b.h()",
        [("return 1", "return 2")],
        files={"a/b.py": "def h(): return 1\n"},
    ),
    Case(
        "a circle of modules",
        f"import a\n{F}a.h()",
        [("return 1", "return 2")],
        files={
            "a.py": "import b\ndef h(): return b.g()\ndef k(): return 1\n",
            "b.py": "import a\ndef g(): return a.k()\n",
        },
    ),
    Case(
        "an import inside",
        f"{F}import lib; lib.h()",
        [("return 1", "return 2")],
        files={"lib.py": "def h(): return 1\ndef g(): return 3\n"},
    ),
    Case(
        "what else a module imported inside has",
        f"{F}import lib; lib.h()",
        [("return 3", "return 4")],
        False,
        files={"lib.py": "def h(): return 1\ndef g(): return 3\n"},
    ),
    Case(
        "from import inside",
        f"{F}from a.b import h; h()",
        [("return 1", "return 2")],
        files={"a/__init__.py": "", "a/b.py": "def h(): return g()\ndef g(): return 1\n"},
    ),
    Case(
        "import a.b inside",
        f"{F}import a.b; a.b.h()",
        [("return 1", "return 2")],
        files={"a/__init__.py": "", "a/b.py": "def h(): return 1\n"},
    ),
    Case(
        "a constant of a module imported inside",
        f"{F}import lib; return lib.N",
        [("A = 1", "A = 2")],
        files={"lib.py": "A = 1\nN = A + 1\n"},
    ),
    Case(
        "a relative import inside of a module imported inside",
        f"{F}from a.b import h; h()",
        [("return 1", "return 2")],
        files={
            "a/__init__.py": "",
            "a/b.py": "def h():\n    from . import c\n    return c.g()\n",
            "a/c.py": "def g(): return 1\n",
        },
    ),
    Case(
        "a comment in a module imported inside",
        f"{F}import lib; lib.h()",
        [("return 1", "return 1 # x")],
        False,
        files={"lib.py": "def h(): return 1\n"},
    ),
    Case(
        "a class in a module imported inside",
        f"{F}import lib; lib.C().m()",
        [("return 1", "return 2")],
        files={"lib.py": "class B:\n    def m(self): return 1\nclass C(B): pass\n"},
    ),
    Case(
        "import_module with a text",
        f"import importlib\n{F}importlib.import_module('lib').h()",
        [("return 1", "return 2")],
        files={"lib.py": "def h(): return 1\n"},
    ),
    Case(
        "getattr with a text",
        f"import lib\n{F}getattr(lib, 'h')()",
        [("return 1", "return 2")],
        files={"lib.py": "def h(): return 1\n"},
    ),
    Case(
        "a module given as a value",
        f"import lib\ndef g(m): return m.h()\n{F}g(lib)",
        [("return 1", "return 2")],
        files={"lib.py": "def h(): return 1\n"},
    ),
    Case("globals with a text", f"def h(): return 1\n{F}globals()['h']()", [("return 1", "return 2")]),
    Case(
        "a helper moved to another module",
        f"from lib import h\n{F}h()",
        [("from lib", "from other")],
        False,
        files={"lib.py": "def h(): return 1\n", "other.py": "X = 3\ndef h(): return 1\n"},
    ),
    Case(
        "a setting of a library that is used",
        f"import random\nrandom.seed(1)\n{F}random.random()",
        [("seed(1)", "seed(2)")],
    ),
    Case(
        "a setting of a library that is not used",
        f"import random\nrandom.seed(1)\n{F}pass",
        [("seed(1)", "seed(2)")],
        False,
    ),
    Case("the folder of the project", f"import os\nN = os.path.dirname(__file__) + '/x'\n{F}N", [("/x", "/y")]),
    Case(
        "a replaced function",
        f"import lib\ndef g(): return 1\nlib.h = g\n{F}lib.h()",
        [("return 1", "return 2")],
        files={"lib.py": "def h(): return 3\n"},
        notes=[
            "pymakefile.py:4: lib.h is replaced while modules are loaded; what replaces it counts as far as it can be found"
        ],
    ),
    # What cannot be followed.
    Case(
        "getattr with a variable",
        f"import lib\n{F}getattr(lib, i)()",
        [("return 1", "return 2")],
        files={"lib.py": "def h(): return 1\n"},
        notes=[
            "pymakefile.py:5: getattr(lib, i) finds code only when it runs; uses(files=[…]) can name the file it is in"
        ],
    ),
    Case(
        "import_module with a variable",
        f"import importlib\n{F}importlib.import_module(i).h()",
        [("(i)", "(i )")],
        False,
        notes=[
            "pymakefile.py:5: importlib.import_module(i) finds code only when it runs; uses(files=[…]) can name the file it is in"
        ],
    ),
    Case(
        "globals with a variable",
        f"{F}globals()[i]()",
        [("[i]", "[ i]")],
        False,
        notes=[
            "pymakefile.py:4: globals()[i] finds code only when it runs; uses(files=[…]) can name the file it is in"
        ],
    ),
    Case(
        "a dynamic attribute",
        f"import lib\n{F}lib.h",
        [("return 1", "return 2")],
        files={"lib.py": "def __getattr__(name): return 1\n"},
        notes=["pymakefile.py: h is made by __getattr__ of module lib; uses(files=[…]) can name the file it is in"],
    ),
    Case(
        "an object without a stable form",
        f"N = (n for n in range(1))\n{F}N",
        [("range(1)", "range(2)")],
        notes=[
            "pymakefile.py:2: N holds a builtins.generator, which has no stable form; it counts by the expression that makes it"
        ],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_counts(case: Case, tmp_path: Path) -> None:
    written(tmp_path, texts(case))
    before = loaded(tmp_path)
    meaning = meaning_of(before)
    assert list(before.notes) == case.notes
    assert loaded(tmp_path).code_key == before.code_key
    written(tmp_path, edited(case))
    after = loaded(tmp_path)
    assert (after.code_key != before.code_key) is case.counts
    shown = [part.text for part in meaning_of(after)] != [part.text for part in meaning]
    assert shown or not case.counts, "a difference that is not shown"
