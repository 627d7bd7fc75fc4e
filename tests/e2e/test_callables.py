"""Whatever can be called may be a task in worker processes: lambdas, closures, partials, methods, objects."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

SCRIPT = """
import functools
import os
from pymake import main, pipeline_run

def write(output, text):
    open(output, "w").write(f"{text} {os.getpid()}")

class Writer:
    def __init__(self, text):
        self.text = text

    def __call__(self, output):
        write(output, self.text)

    def method(self, output):
        write(output, "of " + self.text)

    @staticmethod
    def plain(output):
        write(output, "plain")

def outer(text):
    def inner(output):
        write(output, text)
    return inner

def several(output, text, times=1):
    write(output, text * times)

main.originate(lambda output: write(output, "lambda"), ["lambda"], name="a")
main.originate(outer("closure"), ["closure"], name="b")
main.originate(functools.partial(several, times=2), ["partial"], "ab", name="c")
main.originate(Writer("object"), ["object"], name="d")
main.originate(Writer("object").method, ["method"], name="e")
main.originate(Writer.plain, ["static"], name="f")
main.originate(write, ["main"], "main", name="g")

if __name__ == "__main__":
    print(pipeline_run(multiprocess=2, verbose=0).ran)
    made = [open(name).read().rpartition(" ") for name in sorted(os.listdir(".")) if "." not in name]
    print(*(text for text, _, _ in made), sep=",")
    print(str(os.getpid()) in {process for _, _, process in made}, len({process for _, _, process in made}) <= 2)
"""


def test_they_run_in_workers_and_what_they_hold_counts(workspace: Workspace) -> None:
    workspace.write("script.py", SCRIPT)
    first = workspace.run([sys.executable, "script.py"])
    assert first.out.splitlines() == ["7", "closure,lambda,main,of object,object,abab,plain", "False True"], first.err
    assert workspace.run([sys.executable, "script.py"]).out.startswith("0\n")
    for old, new in [
        ('"lambda")', '"other")'),
        ('outer("closure")', 'outer("other")'),
        ("times=2", "times=3"),
        ('Writer("object"), ', 'Writer("other"), '),
    ]:
        workspace.replace("script.py", old, new)
    changed = workspace.run([sys.executable, "script.py"])
    assert changed.out.splitlines()[:2] == ["4", "other,other,main,of object,other,ababab,plain"], changed.err
