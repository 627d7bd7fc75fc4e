"""All build files of a root as one project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.errors import BuildFileError, UsageError
from pymake.frontends.finding import find_root, no_build_file
from pymake.frontends.modules import close_roots
from pymake.frontends.project import load_project
from pymake.model.task import CommandText, Function

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pymake.model.task import Project


@pytest.fixture(autouse=True)
def _own_modules() -> Iterator[None]:
    yield
    close_roots()


PYTHON = """\
from pymake import main, task

@task("a.txt", "b.txt")
def copy(input, output):
    pass

main.task(name="listed", command="x {mode}", vars={"mode": "slow", "words": ["a", "b"]})
"""

TOML = """\
default = ["build"]
[vars]
cc = "cc"
CFLAGS = ["-O2", "-g"]
[env]
A = "1"
[pools]
link = 1
[task.build]
command = "{cc} {mode}"
vars = { mode = "fast" }
"""


def write(folder: Path, files: Mapping[str, str]) -> str:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return str(folder)


def load(
    folder: Path,
    files: Mapping[str, str],
    only: Sequence[str] | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Project:
    return load_project(write(folder, files), only, overrides or {})


def names(project: Project) -> list[str]:
    return [task.name for task in project.tasks]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a/pymake.toml": ""}, "a"),
        ({"a/pymakefile.py": ""}, "a"),
        ({"a/b/pymake.toml": "", "a/pymake.toml": ""}, "a/b"),
        ({"a/pymake.toml": "", "a/b/c/pymake.toml/x": ""}, "a"),
        ({"a/pymake.toml": "", "a/b/pyproject.toml": "[project]\nname = 'pymake'\n"}, "a"),
        ({"a/pymake.toml": "", "a/b/pyproject.toml": "[tool.pymake]\n"}, "a/b"),
        ({"a/b/c/pymakefile.py": ""}, "a/b/c"),
    ],
)
def test_the_root_is_the_nearest_folder_with_a_build_file(tmp_path: Path, files: Mapping[str, str], found: str) -> None:
    (tmp_path / "a/b/c").mkdir(parents=True)
    write(tmp_path, files)
    assert find_root(str(tmp_path / "a/b/c")) == str(tmp_path / found)


def test_there_may_be_no_root(tmp_path: Path) -> None:
    assert find_root(str(tmp_path)) is None


NO_BUILD_FILE = """\
no build file here or in any folder above
  folder: {}
  looked for: pymake.toml, pymakefile.py, [tool.pymake] in pyproject.toml
  try: write a pymake.toml, or name a file with -f"""


def test_what_is_said_when_there_is_no_build_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, {"pyproject.toml": ""})
    assert str(caught.value) == str(no_build_file(str(tmp_path))) == NO_BUILD_FILE.format(tmp_path)


def test_both_files_are_one_project(tmp_path: Path) -> None:
    project = load(tmp_path, {"pymake.toml": TOML, "pymakefile.py": PYTHON, "pyproject.toml": "[tool.pymake.task.x]"})
    assert names(project) == ["build", "copy", "listed"]
    assert project.files == ("pymake.toml", "pymakefile.py")
    assert (project.root, project.default) == (str(tmp_path), ("build",))
    assert project.variables == {"cc": "cc", "CFLAGS": ("-O2", "-g")}
    assert (project.env, project.pools) == ({"A": "1"}, {"link": 1})


def test_pyproject_beside_python(tmp_path: Path) -> None:
    project = load(tmp_path, {"pyproject.toml": "[tool.pymake.task.x]\ncommand = 'y'", "pymakefile.py": PYTHON})
    assert names(project) == ["x", "copy", "listed"]


def test_only_the_named_files(tmp_path: Path) -> None:
    files = {"pymake.toml": TOML, "other.toml": "[task.o]\ncommand = 'x'", "more.py": PYTHON}
    assert names(load(tmp_path, files, ["other.toml"])) == ["o"]
    assert names(load(tmp_path, files, [str(tmp_path / "more.py"), "other.toml"])) == ["copy", "listed", "o"]
    assert names(load(tmp_path, files, ["other.toml", "other.toml"])) == ["o"]


def test_a_file_of_another_form(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, {"Makefile": ""}, ["Makefile"])
    assert str(caught.value) == "Makefile is no build file\n  try: a build file ends in .toml or .py"


def test_a_named_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BuildFileError) as caught:
        load(tmp_path, {}, ["other.toml"])
    assert str(caught.value) == "other.toml: cannot be read\n  reason: No such file or directory"


def test_a_function_that_toml_names_brings_its_module(tmp_path: Path) -> None:
    files = {
        "pymake.toml": "[task.a]\npython = 'project_tools:run'\n",
        "project_tools.py": "def run(): pass\n",
    }
    project = load(tmp_path, files)
    action = project.tasks[0].action
    assert isinstance(action, Function)
    assert action.name == "project_tools:run"
    assert project.files[0] == "pymake.toml"
    assert "project_tools.py" in project.files


@pytest.mark.parametrize(
    ("toml", "python", "said"),
    [
        (
            "\n[task.copy]\ncommand = 'x'",
            PYTHON,
            "pymakefile.py:3: two tasks with the name 'copy'\n  the first: pymake.toml:2\n  try: rename one of them",
        ),
    ],
)
def test_two_files_that_do_not_fit(tmp_path: Path, toml: str, python: str, said: str) -> None:
    with pytest.raises(BuildFileError) as caught:
        load(tmp_path, {"pymake.toml": toml, "pymakefile.py": python})
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("table", "what"),
    [("[vars]\nx = '1'", "variable"), ("[env]\nx = '1'", "environment variable"), ("[pools]\nx = 1", "pool")],
)
def test_what_two_files_set(tmp_path: Path, table: str, what: str) -> None:
    with pytest.raises(BuildFileError) as caught:
        load(tmp_path, {"a.toml": table, "b.toml": table}, ["a.toml", "b.toml"])
    assert (
        str(caught.value)
        == f"b.toml: {what} 'x' is set in two build files\n  the first: a.toml\n  try: keep one of them"
    )


def test_the_command_line_wins_everywhere(tmp_path: Path) -> None:
    files = {"pymake.toml": TOML, "pymakefile.py": PYTHON}
    overrides = {"cc": "gcc -m32", "CFLAGS": "-O0 '-D x'", "mode": "new", "words": ""}
    project = load(tmp_path, files, overrides=overrides)
    assert project.variables == {"cc": "gcc -m32", "CFLAGS": ("-O0", "-D x")}
    build, _, listed = project.tasks
    assert (build.variables, listed.variables) == ({"mode": "new"}, {"mode": "new", "words": ()})
    assert build.action == CommandText(commands=("{cc} {mode}",))


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (
            {"CFLAG": "x"},
            "no build file has a variable 'CFLAG'\n  nearest: CFLAGS\n  try: write ./CFLAG=x for a file of that name",
        ),
        ({"zzz": "x y"}, "no build file has a variable 'zzz'\n  try: write ./zzz=x y for a file of that name"),
        (
            {"CFLAGS": "'x"},
            (
                "the list CFLAGS='x cannot be split into words\n"
                "  reason: No closing quotation\n  try: quote it as for a shell"
            ),
        ),
    ],
)
def test_variables_that_cannot_be_set(tmp_path: Path, overrides: Mapping[str, str], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, {"pymake.toml": TOML}, overrides=overrides)
    assert str(caught.value) == said


def test_the_order_of_tasks_does_not_change_how_far_their_code_is_followed(tmp_path: Path) -> None:
    (tmp_path / "early.py").write_text("def f(i, o):\n    import late\n    late.g(i, o)\n")
    (tmp_path / "late.py").write_text("import os\nX = os.environ.get('HOME')\ndef g(i, o):\n    return X\n")
    tables = [
        '[task.{0}]\npython = "{1}"\ninput = "a"\noutput = "{0}"\n'.format(*pair)
        for pair in (("e", "early:f"), ("l", "late:g"))
    ]
    python = "import early\nfrom pymake import main\nmain.task(early.f, 'a', 'e', name='e')\n"
    keys = []
    for toml, build in ((tables, ""), (tables[::-1], ""), (tables[1:], python)):
        (tmp_path / "pymake.toml").write_text("\n".join(toml))
        (tmp_path / "pymakefile.py").write_text(build)
        (task,) = (task for task in load_project(str(tmp_path), None, {}).tasks if task.name == "e")
        assert isinstance(task.action, Function)
        keys.append(task.action.code_key)
    assert len(set(keys)) == 1
