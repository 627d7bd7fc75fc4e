"""After any edit of code, exactly the tasks that reach what was edited have another code key.

So it is with what earlier builds kept of the modules, and without.

Random programs in several modules: functions that call each other (circles too), constants made from constants,
classes with bases. The oracle walks the same graph.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from pymake.frontends.analyses import module_text
from pymake.frontends.project import load_project
from pymake.model.task import Function
from pymake.store.analyses import KeptAnalyses

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODULES = ["pymakefile", "alpha", "pack.beta"]
DEFINITIONS = 14
TASKS = 4


@dataclass
class Definition:
    """A function, class or constant. `uses` are the indices of others; `lazily` means by imports inside a function."""

    kind: str
    module: str
    name: str
    number: int
    uses: tuple[int, ...]
    lazily: bool
    comment: str = ""
    spread: bool = False


@dataclass
class Program:
    """Definitions, the order in which each module has them, and what each task uses."""

    definitions: list[Definition]
    tasks: list[tuple[int, ...]]
    order: list[int] = field(default_factory=list)

    def reached(self, task: int) -> set[int]:
        found: set[int] = set()
        stack = list(self.tasks[task])
        while stack:
            index = stack.pop()
            if index not in found:
                found.add(index)
                stack += self.definitions[index].uses
        return found

    def text(self, module: str) -> str:
        """Constants and classes first, in order, since they are evaluated; functions in any order."""
        lines = ["import alpha, pack.beta"] if module == "pymakefile" else []
        if module == "alpha":
            lines.append("import pack.beta")
        own = [index for index in range(DEFINITIONS) if self.definitions[index].module == module]
        evaluated = [index for index in own if self.definitions[index].kind != "function"]
        functions = [index for index in self.order if index in own and index not in evaluated]
        lines += [self._definition(index) for index in (*evaluated, *functions)]
        if module == "pymakefile":
            lines.append("from pymake import task")
            for number, uses in enumerate(self.tasks):
                body = ", ".join(self._use(use, module) for use in uses)
                lines.append(f"@task('in', 'out{number}')\ndef task{number}(i, o):\n    return [{body}]\n")
        return "\n".join(lines) + "\n"

    def _use(self, index: int, module: str) -> str:
        used = self.definitions[index]
        name = used.name if used.module == module else f"{used.module}.{used.name}"
        return name if used.kind == "constant" else f"{name}()"

    def _definition(self, index: int) -> str:
        one = self.definitions[index]
        used = [self._use(use, one.module) for use in one.uses]
        items = f"[{one.number}, {', '.join(used)}]"
        if one.spread:
            items = items.replace(", ", ",\n\n        ")
        comment = f"  # {one.comment}" if one.comment else ""
        if one.kind == "constant":
            return f"{one.name} = {items}{comment}"
        if one.kind == "class":
            bases = [self._use(use, one.module)[:-2] for use in one.uses if self.definitions[use].kind == "class"]
            return f"class {one.name}({', '.join(bases[:1])}):\n    def m(self):{comment}\n        return {items}\n"
        doc = f"    '''{one.comment}'''\n" if one.comment else ""
        imports = "    import alpha, pack.beta\n" if one.lazily else ""
        return f"def {one.name}(a=0):{comment}\n{doc}{imports}    return {items}\n"


def random_program(dice: random.Random) -> Program:
    """A module uses those behind it in `MODULES`; constants and classes only use earlier ones, functions any."""
    definitions: list[Definition] = []
    for index in range(DEFINITIONS):
        kind = dice.choice(["function", "function", "class", "constant"])
        module = dice.choice(MODULES)
        definitions.append(
            Definition(
                kind=kind, module=module, name=f"{kind[0]}{index}", number=index, uses=(), lazily=dice.random() < 0.3
            )
        )
    for index, one in enumerate(definitions):
        may = [
            other
            for other, used in enumerate(definitions)
            if MODULES.index(used.module) >= MODULES.index(one.module)
            and (one.kind == "function" or (other < index and used.kind == one.kind))
        ]
        one.uses = tuple(dice.sample(may, min(len(may), dice.randint(0, 2))))
    return Program(
        definitions=definitions,
        tasks=[tuple(dice.sample(range(DEFINITIONS), 2)) for _ in range(TASKS)],
        order=list(range(DEFINITIONS)),
    )


def change(program: Program, dice: random.Random) -> set[int]:
    index = dice.randrange(DEFINITIONS)
    program.definitions[index].number += 1000
    return {index}


def comment(program: Program, dice: random.Random) -> set[int]:
    dice.choice(program.definitions).comment = dice.choice(["one", "two", ""])
    return set()


def reformat(program: Program, dice: random.Random) -> set[int]:
    one = dice.choice(program.definitions)
    one.spread = not one.spread
    return set()


def reorder(program: Program, dice: random.Random) -> set[int]:
    dice.shuffle(program.order)
    return set()


def rename_unreached(program: Program, dice: random.Random) -> set[int]:
    reached = {index for task in range(TASKS) for index in program.reached(task)}
    for index in set(range(DEFINITIONS)) - reached:
        program.definitions[index].name += "x"
    return set()


EDITS: list[Callable[[Program, random.Random], set[int]]] = [
    change,
    change,
    comment,
    reformat,
    reorder,
    rename_unreached,
]


def keys(root: Path, program: Program) -> list[str]:
    (root / "pack").mkdir(exist_ok=True)
    (root / "pack" / "__init__.py").touch()
    for module in MODULES:
        (root / (module.replace(".", "/") + ".py")).write_text(program.text(module), encoding="utf-8")
    kept = KeptAnalyses(str(root))
    found = loaded(root, kept)
    kept.save()
    assert loaded(root, None) == found, "what is kept of modules made a difference"
    return found


def loaded(root: Path, kept: KeptAnalyses | None) -> list[str]:
    """The code keys of the tasks; no module that was read in this process before is known any more."""
    module_text.cache_clear()
    functions = [task.action for task in load_project(str(root), None, {}, kept).tasks]
    assert all(isinstance(function, Function) and not function.notes for function in functions)
    return [function.code_key for function in functions if isinstance(function, Function)]


@pytest.mark.parametrize("seed", range(40))
def test_keys_change_with_what_is_reached(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)  # a repeatable sequence is wanted
    program = random_program(dice)
    before = keys(tmp_path, program)
    for _ in range(8):
        edit = dice.choice(EDITS)
        changed = edit(program, dice)
        after = keys(tmp_path, program)
        for task in range(TASKS):
            matters = not program.reached(task).isdisjoint(changed)
            assert (after[task] != before[task]) is matters, (edit.__name__, task, changed, program.text("pymakefile"))
        before = after


def test_a_module_that_changes_comes_or_goes_is_never_taken_from_what_is_kept(tmp_path: Path) -> None:
    """Imports at the top and inside a function, from the module itself and over another one."""
    build = (
        "import top\nfrom pymake import task\n"
        "@task('in', 'out0')\ndef task0(i, o):\n    return top.f()\n"
        "@task('in', 'out1')\ndef task1(i, o):\n    from lazy import f\n    return f()\n"
    )
    one, two = "def f():\n    return 1\n", "def f():\n    return 2\n"
    seen: dict[tuple[str, str | None], list[str]] = {}
    for top, lazy in [(one, one), (two, one), (one, two), (one, None), ("from deep import f\n", one), (one, one)] * 2:
        for name, text in (("pymakefile", build), ("deep", two), ("top", top), ("lazy", lazy)):
            path = tmp_path / f"{name}.py"
            path.unlink(missing_ok=True) if text is None else path.write_text(text, encoding="utf-8")
        kept = KeptAnalyses(str(tmp_path))
        found = loaded(tmp_path, kept)
        kept.save()
        assert found == loaded(tmp_path, None)
        assert seen.setdefault((top, lazy), found) == found
    assert len({keys[0] for keys in seen.values()}) == 2, "f of deep is f of the second top"
    assert len({keys[1] for keys in seen.values()}) == 3
