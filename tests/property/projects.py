"""Random projects on a real disk, random edits of files and build files, and what a build has to do after each.

A project has sources, a module with helper code, and a few tasks: commands and Python functions, declared in TOML or in
Python. What each job writes is worked out here, from what the project means; so is whether it has to run: when what it
means or what it reads is not what it was in its last run, or its output is not as it left it. Edits that mean nothing
(a comment, a name, a time, the kind of build file) change the texts and not the meaning.

`python -m tests.property.projects FIRST COUNT` plays many seeds, and names those that fail.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pymake.app.building import build
from pymake.app.options import BuildOptions
from pymake.app.session import Aim, look
from pymake.app.views.prospects import forecasts
from pymake.engine.forecast import Prospect
from pymake.frontends.project import load_project
from pymake.testing import RecordingReporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOG = "PYMAKE_PROPERTY_LOG"
"""The variable that names the file in which each job writes what it makes: nothing of the project."""


@dataclass(kw_only=True)
class OneTask:
    """A task as it is meant, and in what way it is written down."""

    name: str
    shape: str
    """`each` source makes an output, `all` such outputs make one, or `some` files do."""
    output: str
    inputs: tuple[str, ...] = ()
    tag: str = "t"
    calls: bool = False
    """Whether it calls a function; else it is a command."""
    in_python: bool = False
    comment: int = 0


@dataclass(kw_only=True)
class Project:
    """What a project means.

    `ran` holds, for each output, what its job meant and read in its last run, and left; `kept` are outputs that were
    edited by hand before their job was gone, and so are the user's.
    """

    root: Path
    dice: random.Random
    sources: dict[str, str]
    tasks: list[OneTask]
    mark: str = "!"
    separator: str = "-"
    comment: int = 0
    order: int = 0
    unused: int = 0
    ran: dict[str, tuple[object, str]] = field(default_factory=dict)
    olds: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    # What it means

    def jobs(self) -> list[tuple[OneTask, tuple[str, ...], str]]:
        """Task, inputs and output of each job, upstream first."""
        found: list[tuple[OneTask, tuple[str, ...], str]] = []
        for task in self.tasks:
            if task.shape == "each":
                names = sorted(path.removeprefix("src/") for path in self.sources if path.startswith("src/"))
                found += [(task, (f"src/{name}",), f"{task.output}/{name}.o") for name in names]
            elif task.shape == "all":
                outputs = sorted(output for other, _, output in found if other.name == task.inputs[0])
                found += [(task, tuple(outputs), task.output)] if outputs else []
            else:
                found.append((task, task.inputs, task.output))
        return found

    def meaning(self, task: OneTask) -> object:
        """What decides of a task besides files."""
        return ("call", task.tag, self.mark, self.separator) if task.calls else ("command", task.tag)

    def content(self, task: OneTask, texts: list[str]) -> str:
        """What a job of the task writes, given what it reads."""
        return self.separator.join(texts) + self.mark + task.tag if task.calls else "".join(texts) + task.tag

    def expected(self) -> tuple[dict[str, str], set[str]]:
        """The outputs of a build of everything, and those that it has to make anew."""
        outputs: dict[str, str] = {}
        runs: set[str] = set()
        for task, inputs, output in self.jobs():
            texts = [outputs[path] if path in outputs else self.sources[path] for path in inputs]
            meant = (self.meaning(task), dict(zip(inputs, texts, strict=True)))
            outputs[output] = self.content(task, texts)
            left = self._left(output)
            before = self.ran.get(output)
            if before is None or before[0] != meant or left != before[1]:
                runs.add(output)
            self.ran[output] = (meant, outputs[output])
        gone = {path: text for path, (_, text) in self.ran.items() if path not in outputs}
        changed = {path for path, text in gone.items() if self._left(path) not in (None, text)}
        self.kept = (self.kept | changed) - outputs.keys()
        self.ran = {path: found for path, found in self.ran.items() if path in outputs}
        return outputs, runs

    def _left(self, path: str) -> str | None:
        file = self.root / path
        return file.read_text() if file.is_file() else None

    # How it is written down

    def write(self) -> None:
        """Make all files as they are meant."""
        toml = [self._toml(task) for task in self._ordered() if not task.in_python]
        python = [self._python(task) for task in self._ordered() if task.in_python]
        self._put("pymake.toml", "\n".join(toml))
        self._put("pymakefile.py", "\n".join(["import work", "from pymake import main, output_from", *python]))
        self._put("work.py", self._work())
        self._put("helper.py", self._helper())
        for path, text in self.sources.items():
            self._put(path, text)

    def _put(self, path: str, text: str) -> None:
        file = self.root / path
        if not file.is_file() or file.read_text() != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def _ordered(self) -> list[OneTask]:
        return list(reversed(self.tasks)) if self.order else self.tasks

    def _toml(self, task: OneTask) -> str:
        kind, given, output = self._shape(task)
        named = f'{{ task = "{self._task(task.inputs[0]).name}" }}' if task.shape == "all" else repr(given)
        lines = [f"# {task.comment}", f"[task.{task.name}]", f'kind = "{kind}"', f"input = {named}"]
        lines.append(f'output = "{output}"')
        if task.calls:
            return "\n".join([*lines, f'python = "work:call_{task.shape}"', f'extras = ["{task.tag}"]', ""])
        return "\n".join([*lines, f"command = {_command()!r}", f'vars = {{ tag = "{task.tag}" }}', ""])

    def _python(self, task: OneTask) -> str:
        kind, given, output = self._shape(task)
        named = f'output_from("{self._task(task.inputs[0]).name}")' if task.shape == "all" else repr(given)
        what = f"task_func=work.call_{task.shape}, extras=[{task.tag!r}]"
        if not task.calls:
            what = f"command={_command()!r}, vars={{'tag': {task.tag!r}}}"
        return f'# {task.comment}\nmain.{kind}(name="{task.name}", {what}, input={named}, output="{output}")\n'

    def _shape(self, task: OneTask) -> tuple[str, object, str]:
        if task.shape == "each":
            return "transform", "src/{stem}", f"{task.output}/{{stem}}.o"
        return ("merge" if task.shape == "all" else "task"), list(task.inputs), task.output

    def _task(self, name: str) -> OneTask:
        return next(task for task in self.tasks if task.name == name)

    def _work(self) -> str:
        parts = [
            f"def unused():\n    return {self.unused}\n",
            f'def call_each(input, output, tag):\n    "Says {self.comment}."\n    make([input], output, tag)\n',
            f"def call_all(inputs, output, tag):\n    # {self.comment}\n    make(inputs, output, tag)\n",
            "def call_some(inputs, output, tag):\n    make(inputs, output, tag)\n",
        ]
        head = "import os\nfrom pathlib import Path\n\nimport helper\n"
        make = (
            "def make(inputs, output, tag):\n"
            "    texts = [Path(path).read_text() for path in inputs]\n"
            "    Path(output).write_text(helper.joined(texts) + tag)\n"
            f'    with open(os.environ["{LOG}"], "a") as log:\n'
            '        log.write(output + "\\n")\n'
        )
        return "\n\n".join([head, *(reversed(parts) if self.order else parts), make])

    def _helper(self) -> str:
        lines = "\n" * (self.comment % 3)
        return (
            f"# {self.comment}\n{lines}MARK = {self.mark!r}\nOTHER = {self.unused}\n\n\n"
            f"def joined(texts: list) -> str:\n    return {self.separator!r}.join(texts) + MARK\n"
        )


def _command() -> str:
    """Writes what it reads and the tag, and says so in the log; the same text in TOML and in Python."""
    return "cat {input} > {output}; printf %s {tag} >> {output}; echo {output} >> $" + LOG


# Edits


def change_source(project: Project) -> None:
    path = project.dice.choice(sorted(project.sources))
    project.olds[path] = project.sources[path]
    project.sources[path] = project.dice.choice(["one", "two", "six", "three"])


def revert_source(project: Project) -> None:
    for path in sorted(project.olds):
        if path in project.sources:
            project.sources[path] = project.olds[path]


def touch_source(project: Project) -> None:
    os.utime(_on_disk(project))


def backdate_source(project: Project) -> None:
    os.utime(_on_disk(project), ns=(10**18, 10**18))


def same_size_same_mtime(project: Project) -> None:
    path = project.dice.choice([path for path, text in sorted(project.sources.items()) if len(text) == 3])
    file = project.root / path
    if file.is_file():
        before = file.stat()
        project.sources[path] = project.dice.choice(["abc", "xyz"])
        file.write_text(project.sources[path])
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def add_source(project: Project) -> None:
    project.sources[f"src/n{project.dice.randrange(4)}"] = "new"


def remove_source(project: Project) -> None:
    _drop(project, project.dice.choice(_globbed(project)))


def rename_source(project: Project) -> None:
    old = project.dice.choice(_globbed(project))
    text = project.sources[old]
    if _drop(project, old):
        project.sources[f"src/r{project.dice.randrange(4)}"] = text


def _drop(project: Project, path: str) -> bool:
    if len(_globbed(project)) < 2:
        return False
    del project.sources[path]
    (project.root / path).unlink(missing_ok=True)
    return True


def _globbed(project: Project) -> list[str]:
    return [path for path in sorted(project.sources) if path.startswith("src/")]


def _on_disk(project: Project) -> Path:
    return project.root / project.dice.choice([p for p in sorted(project.sources) if (project.root / p).is_file()])


def corrupt_output(project: Project) -> None:
    file = project.root / project.dice.choice([output for _, _, output in project.jobs()])
    if file.is_file():
        how = project.dice.randrange(3)
        file.unlink() if how == 0 else file.write_text("broken" if how == 1 else "")


def change_constant(project: Project) -> None:
    project.mark = project.dice.choice(["!", "?", "."])


def change_helper(project: Project) -> None:
    project.separator = project.dice.choice(["-", "+"])


def change_variable(project: Project) -> None:
    project.dice.choice(project.tasks).tag = project.dice.choice(["t", "u", "v w"])


def change_comment(project: Project) -> None:
    project.comment += 1
    project.dice.choice(project.tasks).comment += 1


def change_unused(project: Project) -> None:
    project.unused += 1


def reorder(project: Project) -> None:
    project.order = 1 - project.order


def rename_task(project: Project) -> None:
    task = project.dice.choice(project.tasks)
    old, task.name = task.name, f"{task.name.rstrip('x')}{'x' * project.dice.randint(1, 3)}"
    for other in project.tasks:
        if other.shape == "all" and other.inputs == (old,):
            other.inputs = (task.name,)


def change_kind_of_build_file(project: Project) -> None:
    task = project.dice.choice(project.tasks)
    task.in_python = not task.in_python


def change_inputs(project: Project) -> None:
    task = project.dice.choice([task for task in project.tasks if task.shape == "some"])
    task.inputs = _some_inputs(project.dice)


EDITS: tuple[Callable[[Project], None], ...] = (
    *(change_source, revert_source, touch_source, backdate_source, same_size_same_mtime),
    *(add_source, remove_source, rename_source, corrupt_output, change_constant, change_helper, change_variable),
    *(change_comment, change_unused, reorder, rename_task, change_kind_of_build_file, change_inputs),
)


# Playing


def _some_inputs(dice: random.Random) -> tuple[str, ...]:
    return tuple(sorted(dice.sample(["fix0", "fix1", "fix2", "all"], dice.randint(1, 3))))


def random_project(root: Path, dice: random.Random) -> Project:
    """Three or four tasks in random form."""
    tasks = [
        OneTask(name="objects", shape="each", output="build"),
        OneTask(name="whole", shape="all", output="all", inputs=("objects",)),
        OneTask(name="first", shape="some", output="out/first", inputs=_some_inputs(dice)),
        OneTask(name="second", shape="some", output="out/second", inputs=("fix0", "out/first")),
    ]
    for task in tasks:
        task.calls, task.in_python = dice.random() < 0.5, dice.random() < 0.5
    sources = {f"src/s{i}": f"s{i}." for i in range(3)} | {f"fix{i}": f"f{i}." for i in range(3)}
    return Project(root=root, dice=dice, sources=sources, tasks=tasks)


def play(seed: int, root: Path, *, steps: int = 6) -> None:
    """Edit and build a few times; each build does what it has to, and the next one nothing."""
    dice = random.Random(seed)  # a repeatable sequence is wanted
    project = random_project(root / "project", dice)
    project.root.mkdir()
    os.environ[LOG] = str(root / "log")
    for step in range(steps):
        edits = dice.sample(EDITS, dice.randint(1, 3)) if step else ()
        for edit in edits:
            edit(project)
        said = f"seed {seed}, step {step}: {[edit.__name__ for edit in edits]}"
        project.write()
        outputs, runs = project.expected()
        will, may = _foretold(project.root)
        ran = _built(project.root)
        assert sorted(ran) == sorted(runs), said
        assert will <= {*ran}, f"{said}: will run: {will - {*ran}}"
        assert {*ran} <= will | may, f"{said}: up to date: {({*ran} - will) - may}"
        assert {path: (project.root / path).read_text() for path in outputs} == outputs, said
        assert _files(project.root) == {*outputs, *project.sources, *project.kept, *_BUILD_FILES}, said
        assert _built(project.root) == [], f"{said}, once more"


_BUILD_FILES = ("pymake.toml", "pymakefile.py", "work.py", "helper.py")


def _files(root: Path) -> set[str]:
    found = (file.relative_to(root) for file in root.rglob("*") if file.is_file())
    return {path.as_posix() for path in found if path.parts[0] != ".pymake" and "__pycache__" not in path.parts}


def _foretold(root: Path) -> tuple[set[str], set[str]]:
    """What `-n` says: the outputs of the jobs that will run, and of those that may. It writes nothing."""
    before = _stamps(root)
    with _inside(root):
        session = look(load_project(str(root), None, {}), Aim())
        found = forecasts(session)
    assert _stamps(root) == before, "-n wrote something"
    will, may = (
        {path for one in found if one.prospect is prospect for path in session.plan.output_paths(one.job)}
        for prospect in (Prospect.WILL, Prospect.MAY)
    )
    return will, may


def _stamps(root: Path) -> list[tuple[str, int, int]]:
    files = (file for file in root.rglob("*") if "__pycache__" not in file.parts)
    return sorted((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)


@contextmanager
def _inside(root: Path) -> Iterator[None]:
    here = os.getcwd()
    os.chdir(root)
    try:
        yield
    finally:
        os.chdir(here)


def _built(root: Path) -> list[str]:
    """Build everything in this process; the outputs that jobs made."""
    log = Path(os.environ[LOG])
    log.write_text("")
    with _inside(root):
        project = load_project(str(root), None, {})
        summary = build(project, BuildOptions(jobs=1, inline=True), where="", reporter=RecordingReporter())
    assert not summary.errors, summary.errors
    return log.read_text().splitlines()


def main(first: int, count: int) -> int:
    """Play many seeds, tell which fail, and how many did."""
    failed = 0
    for seed in range(first, first + count):
        root = Path(tempfile.mkdtemp(prefix="pymake-property-")).resolve()
        try:
            play(seed, root)
        except Exception:  # noqa: BLE001  # whatever it is, it is told, and the next seed is played
            failed += 1
            print(f"seed {seed} failed, its project is in {root}\n{traceback.format_exc(limit=-2)}", flush=True)
        else:
            shutil.rmtree(root)
    print(f"{count} seeds from {first} on, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
