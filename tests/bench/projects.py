"""The same synthetic build for each tool: `wide` copies files, `clike` gives each of them fifty of 500 headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADERS = 500
HEADERS_OF_ONE = 50
PER_FOLDER = 100

Job = tuple[str, list[str], str]
"""Output, inputs, command."""


def source(number: int) -> str:
    """The path of a source."""
    return f"src/d{number // PER_FOLDER}/f{number}.txt"


def jobs(shape: str, count: int) -> Iterator[Job]:
    """The jobs of a shape; the last one reads what all others make."""
    made = []
    for number in range(count):
        out = f"out/d{number // PER_FOLDER}/f{number}.out"
        headers = [f"inc/h{(number * 17 + step * 7) % HEADERS}.h" for step in range(HEADERS_OF_ONE)]
        made.append(out)
        yield out, [source(number), *(headers if shape == "clike" else [])], f"cp {source(number)} {out}"
    yield "out/all", made, "echo all > out/all"


def write_sources(root: Path, shape: str, count: int) -> None:
    """Sources and folders."""
    for number in range(0, count, PER_FOLDER):
        for top in ("src", "out"):
            (root / top / f"d{number // PER_FOLDER}").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (root / source(number)).write_text(f"content of {number}\n" * 8)
    if shape == "clike":
        (root / "inc").mkdir()
        for number in range(HEADERS):
            (root / f"inc/h{number}.h").write_text(f"header {number}\n")


def write_pymake(root: Path, shape: str, count: int) -> None:
    """One transform for `wide`, a task for each job of `clike`."""
    if shape == "wide":
        text = (
            "[task.leaf]\nkind = 'transform'\ninput = 'src/{dir}/{name}.txt'\noutput = 'out/{dir}/{name}.out'\n"
            "command = 'cp {input} {output}'\n"
            "[task.all]\nkind = 'merge'\ninput = { task = 'leaf' }\noutput = 'out/all'\n"
            "command = 'echo all > {output}'\n"
        )
    else:
        text = "".join(
            f"[task.t{number}]\ninput = {inputs}\noutput = '{out}'\ncommand = '{command}'\n"
            for number, (out, inputs, command) in enumerate(jobs(shape, count))
        )
    (root / "pymake.toml").write_text(text)


def write_ninja(root: Path, shape: str, count: int) -> None:
    """A rule for everything."""
    with (root / "build.ninja").open("w") as file:
        file.write("rule run\n  command = $cmd\n")
        for out, inputs, command in jobs(shape, count):
            file.write(f"build {out}: run {' '.join(inputs)}\n  cmd = {command}\n")


def write_doit(root: Path, shape: str, count: int) -> None:
    """A task generator, checked by the times of files, which is its fastest way."""
    (root / "dodo.py").write_text(
        "DOIT_CONFIG = {'backend': 'json', 'check_file_uptodate': 'timestamp', 'verbosity': 0}\n"
        f"JOBS = {list(jobs(shape, count))!r}\n"
        "def task_job():\n"
        "    for out, inputs, command in JOBS:\n"
        "        yield {'name': out, 'file_dep': inputs, 'targets': [out], 'actions': [command]}\n"
    )


WRITERS = {"pymake": write_pymake, "ninja": write_ninja, "doit": write_doit}
