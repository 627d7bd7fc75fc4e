"""After any edit of code, exactly the tasks that reach what was edited have another code key.

Random programs in several modules: functions that call each other (circles too), constants made from constants,
classes with bases. The oracle walks the same graph.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from pymake.frontends.python import load
from pymake.model.task import Function

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
    project = load("pymakefile.py", str(root))
    functions = [task.action for task in project.tasks]
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
