"""Loading build files in Python."""

from __future__ import annotations

import os
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from pymake.errors import BuildFileError, Place, PlanError
from pymake.frontends.code import Code
from pymake.frontends.context import current
from pymake.frontends.modules import ProjectFinder, close_roots
from pymake.frontends.python import load, resolve
from pymake.model.task import Function
from tests.unit.frontends.meanings import meaning_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pymake.model.task import Project

PLACE = Place(path="pymake.toml", line=7)


@pytest.fixture(autouse=True)
def roots() -> Iterator[None]:
    close_roots()  # of other tests in this process
    path = list(sys.path)
    yield
    close_roots()
    assert sys.path == path


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")


def loaded(root: Path) -> Project:
    return load("pymakefile.py", str(root))


def function_of(project: Project, name: str) -> Function:
    action = next(task.action for task in project.tasks if task.name == name)
    assert isinstance(action, Function)
    return action


def error_of(root: Path, text: str, **files: str) -> str:
    write(root, pymakefile=text, **files)
    with pytest.raises(BuildFileError) as caught:
        loaded(root)
    return str(caught.value)


def test_tasks_with_places_names_and_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        pymakefile="""\
            from pymake.frontends.decorators import task
            import words
            from inner import more

            @task("a", "b")
            def count(source, target):
                return words.N
            more.declare()
        """,
        words="N = 1\n",
        inner__more="""\
            from pymake.frontends.pipeline import main
            def declare():
                main.task(name="called", command="x")
        """,
    )
    project = loaded(tmp_path)
    assert [(task.name, str(task.place)) for task in project.tasks] == [
        ("count", "pymakefile.py:5"),
        ("called", "inner/more.py:3"),
    ]
    assert project.files == ("inner/more.py", "pymakefile.py", "words.py")
    assert project.root == str(tmp_path)
    count = function_of(project, "count")
    assert (count.name, meaning_of(count)[0].text) == ("pymakefile:count", "def _(source, target):\n    return words.N")
    assert sys.modules["pymakefile"].__dict__["count"] is count.target
    assert count.target("a", "b") == 1


def test_the_file_can_have_any_name(tmp_path: Path) -> None:
    write(tmp_path, random="from pymake.frontends.pipeline import main\nmain.task(name='a', command='x')\n")
    project = load(str(tmp_path / "random.py"), str(tmp_path))
    assert str(project.tasks[0].place) == "random.py:2"
    assert project.files == ("random.py",)


def test_nothing_is_declared_outside(tmp_path: Path) -> None:
    before = len(current().main.tasks)
    write(tmp_path, pymakefile="from pymake.frontends.pipeline import main\nmain.task(name='a', command='x')\n")
    loaded(tmp_path)
    assert len(current().main.tasks) == before


def test_an_edit_within_the_second_and_of_equal_size_is_seen(tmp_path: Path) -> None:
    build = "import words\nfrom pymake.frontends.decorators import task\n@task([], 'b')\ndef f(*a): return words.N\n"
    write(tmp_path, pymakefile=build, words="N = 1\n")
    stamp = (tmp_path / "words.py").stat()
    assert function_of(loaded(tmp_path), "f").target() == 1
    for name, text in (("words", "N = 2\n"), ("pymakefile", build.replace("words.N", "-1     "))):
        write(tmp_path, **{name: text})
        os.utime(tmp_path / f"{name}.py", ns=(stamp.st_mtime_ns, stamp.st_mtime_ns))
        assert function_of(loaded(tmp_path), "f").target() == (2 if name == "words" else -1)
    assert not list(tmp_path.rglob("__pycache__"))


def test_byte_code_of_an_earlier_python_run_is_not_believed(tmp_path: Path) -> None:
    import py_compile  # noqa: PLC0415

    write(tmp_path, pymakefile="import words\nassert words.N == 2\n", words="N = 1\n")
    path = tmp_path / "words.py"
    stamp = path.stat()
    py_compile.compile(str(path), doraise=True)
    write(tmp_path, words="N = 2\n")
    os.utime(path, ns=(stamp.st_mtime_ns, stamp.st_mtime_ns))
    loaded(tmp_path)


def test_installed_packages_in_the_folder_are_not_the_projects(tmp_path: Path) -> None:
    installed = tmp_path / "venv" / "site-packages"
    installed.mkdir(parents=True)
    (installed / "installed_here.py").write_text("N = 1\n", encoding="utf-8")
    write(tmp_path, pymakefile=f"import sys\nsys.path.append({str(installed)!r})\nimport installed_here\n")
    assert loaded(tmp_path).files == ("pymakefile.py",)
    sys.path.remove(str(installed))
    del sys.modules["installed_here"]


def test_modules_found_only_later_are_the_projects_too(tmp_path: Path) -> None:
    write(
        tmp_path,
        pymakefile="""\
            from pymake.frontends.decorators import task
            @task([], "b")
            def f(*_):
                import late
                return late.N
        """,
        late="N = 5\n",
    )
    project = loaded(tmp_path)
    assert "late.py" not in project.files
    assert function_of(project, "f").target() == 5
    assert type(sys.modules["late"].__loader__).__name__ == "ProjectLoader"


def test_one_root_at_a_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, pymakefile="import words\n", words=f"N = {name!r}\n")
        loaded(tmp_path / name)
        assert sys.modules["words"].__dict__["N"] == name
    assert sys.path[0] == str(tmp_path / "two")
    assert str(tmp_path / "one") not in sys.path
    assert len([finder for finder in sys.meta_path if isinstance(finder, ProjectFinder)]) == 1


def test_a_syntax_error(tmp_path: Path) -> None:
    text = error_of(tmp_path, "x = 1\ndef f(:\n    pass\n")
    assert text == "pymakefile.py:2: syntax error: invalid syntax\n  line: def f(:"


def test_a_syntax_error_in_a_module(tmp_path: Path) -> None:
    text = error_of(tmp_path, "import words\n", words="\n\nx = = 1\n")
    assert text == "words.py:3: syntax error: invalid syntax\n  line: x = = 1"


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "pymakefile.py").write_bytes(b"x = '\xff'\n")
    with pytest.raises(BuildFileError, match=r"pymakefile\.py(:\d)?: syntax error: "):
        loaded(tmp_path)


def test_an_exception_shows_the_users_lines_only(tmp_path: Path) -> None:
    text = error_of(
        tmp_path,
        "import words\n\nwords.count(0)\n",
        words="""\
            from pymake.frontends.code import WithoutArguments

            def count(n):
                return WithoutArguments(lambda: 1 / n)()
        """,
    )
    assert text == (
        "words.py:4: ZeroDivisionError: division by zero\n"
        "  at: pymakefile.py:3 <module>: words.count(0)\n"
        "  at: words.py:4 count: return WithoutArguments(lambda: 1 / n)()\n"
        "  at: words.py:4 <lambda>: return WithoutArguments(lambda: 1 / n)()"
    )


def test_an_exception_in_a_library_is_placed_where_the_user_called_it(tmp_path: Path) -> None:
    text = error_of(tmp_path, "import json\njson.loads('{')\n")
    assert text.startswith("pymakefile.py:2: JSONDecodeError: Expecting property name")
    assert text.endswith("\n  at: pymakefile.py:2 <module>: json.loads('{')")


def test_a_cause_is_told(tmp_path: Path) -> None:
    text = error_of(
        tmp_path,
        """\
            try:
                {}["a"]
            except KeyError as error:
                raise ValueError("no a") from error
        """,
    )
    assert text == (
        "pymakefile.py:4: ValueError: no a\n"
        '  at: pymakefile.py:4 <module>: raise ValueError("no a") from error\n'
        "  caused by: KeyError: 'a'\n"
        '  at: pymakefile.py:2 <module>: {}["a"]'
    )


def test_an_exit_is_no_end(tmp_path: Path) -> None:
    assert error_of(tmp_path, "import sys\nsys.exit(3)\n") == (
        "pymakefile.py:2: the build file ends the whole process: sys.exit(3)\n"
        "  at: pymakefile.py:2 <module>: sys.exit(3)\n"
        "  try: a build file declares tasks and comes to its end"
    )


def test_errors_of_pymake_and_interrupts_pass(tmp_path: Path) -> None:
    write(tmp_path, pymakefile="from pymake.errors import PlanError\nraise PlanError('as it is')\n")
    with pytest.raises(PlanError, match=r"^as it is$"):
        loaded(tmp_path)
    write(tmp_path, pymakefile="raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        loaded(tmp_path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BuildFileError) as caught:
        loaded(tmp_path)
    assert str(caught.value) == "pymakefile.py: cannot be read: No such file or directory"


def test_resolve(tmp_path: Path) -> None:
    write(tmp_path, steps__count="class C:\n    @staticmethod\n    def f(a):\n        return a\n")
    found = resolve("steps.count:C.f", root=str(tmp_path), place=PLACE)
    keyed = Code(str(tmp_path)).function(found.target)
    assert (found.name, meaning_of(keyed)[0].text) == ("steps.count:C.f", "def _(a):\n    return a")
    assert found.target(3) == 3


def test_resolve_sees_an_edit_and_keeps_what_is_fresh(tmp_path: Path) -> None:
    write(tmp_path, words="def f():\n    return 1\n")
    first = resolve("words:f", root=str(tmp_path), place=PLACE)
    assert resolve("words:f", root=str(tmp_path), place=PLACE).target is first.target
    write(tmp_path, words="def f():\n    return 2\n")
    assert resolve("words:f", root=str(tmp_path), place=PLACE).target() == 2


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("words", "'words' names no function\n  try: write \"module:function\""),
        ("words:", "'words:' names no function\n  try: write \"module:function\""),
        (
            "word:count",
            "there is no module 'word'\n  nearest: words\n  try: it would be word.py in the folder of the build file",
        ),
        ("words:cuont", "module words has no function 'cuont'\n  nearest: count"),
        ("words:N", "module words has something else than a function called 'N'"),
    ],
)
def test_resolve_refuses(tmp_path: Path, spec: str, text: str) -> None:
    write(tmp_path, words="N = 1\ndef count(): pass\n")
    with pytest.raises(BuildFileError) as caught:
        resolve(spec, root=str(tmp_path), place=PLACE)
    assert str(caught.value) == f"pymake.toml:7: {text}"


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("1 / 0\n", "words.py:1: ZeroDivisionError: division by zero\n  at: words.py:1 <module>: 1 / 0"),
        (
            "import nowhere_at_all\n",
            (
                "words.py:1: ModuleNotFoundError: No module named 'nowhere_at_all'\n"
                "  at: words.py:1 <module>: import nowhere_at_all"
            ),
        ),
    ],
)
def test_resolve_tells_what_the_module_raises(tmp_path: Path, module: str, text: str) -> None:
    write(tmp_path, words=module)
    with pytest.raises(BuildFileError) as caught:
        resolve("words:f", root=str(tmp_path), place=PLACE)
    assert str(caught.value) == text


@pytest.mark.parametrize("above", ["task", "originate", "follows", "active_if", "tags", "pool", "timeout", "retries"])
def test_a_decorator_without_its_arguments(tmp_path: Path, above: str) -> None:
    write(tmp_path, pymakefile=f"from pymake import *\n\n@{above}\ndef f(input, output): ...\n")
    with pytest.raises(BuildFileError) as caught:
        loaded(tmp_path)
    assert str(caught.value) == (
        "pymakefile.py:3: this decorator stands above no function\n  try: write its arguments: @task(…)"
    )


def test_decorators_that_are_kept_for_later(tmp_path: Path) -> None:
    text = """
        from pymake import *

        slow = timeout(60)
        first = mkdir("build")

        @follows(first)
        @slow
        @task(None, "a")
        def f(input, output): ...
    """
    write(tmp_path, pymakefile=text)
    (task,) = loaded(tmp_path).tasks
    assert (task.timeout, task.mkdir) == (60.0, ("build",))


def test_a_nul_in_a_build_file(tmp_path: Path) -> None:
    (tmp_path / "pymakefile.py").write_bytes(b"x = 1\ny = '\0'\n")
    with pytest.raises(BuildFileError) as caught:
        loaded(tmp_path)
    assert str(caught.value) == "pymakefile.py:2: syntax error: the file holds the character NUL"


def test_an_unknown_encoding(tmp_path: Path) -> None:
    (tmp_path / "pymakefile.py").write_bytes(b"# coding: nope\n")
    with pytest.raises(BuildFileError) as caught:
        loaded(tmp_path)
    assert str(caught.value) == "pymakefile.py: syntax error: unknown encoding: nope"
