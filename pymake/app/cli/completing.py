"""Completion for shells: a small script for each, which asks `pymake --complete` at every tab.

So the scripts know nothing that may change, and a project's own tasks and files are offered. Errors are never shown
while somebody types: then there is just nothing to offer.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.app.cli.opening import open_project
from pymake.app.cli.requests import COMMANDS, BuildRequest
from pymake.app.cli.words import ASKING, options_of, split_command
from pymake.app.planning import plan_of
from pymake.errors import PymakeError, UsageError, nearest
from pymake.store.folder import open_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymake.app.cli.opening import Opened
    from pymake.model.plan import Plan

_BASH = """\
_pymake() {
    local IFS=$'\\n'
    COMPREPLY=($(pymake --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -o nosort -F _pymake pymake
"""
_ZSH = """\
#compdef pymake
_pymake() {
    local -a found
    found=("${(@f)$(pymake --complete "${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)}")
    [[ -n $found ]] && compadd -- $found || _files
}
compdef _pymake pymake
"""
_FISH = """\
complete -c pymake -a '(pymake --complete (commandline -cop)[2..] (commandline -ct) 2>/dev/null)'
"""
SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def script_lines(shell: str) -> list[str]:
    """The script for a shell.

    Raises:
        UsageError: there is none.
    """
    if shell not in SCRIPTS:
        near = nearest(shell, SCRIPTS)
        raise UsageError(
            f"--show-completion takes {' or '.join(SCRIPTS)}, not {shell!r}",
            facts=[("nearest", near[0])] if near else [],
        )
    return SCRIPTS[shell].splitlines()


def candidates(words: Sequence[str]) -> list[str]:
    """What the last of the words may become, given those before it."""
    *before, current = words or [""]
    command, _ = split_command(before)
    options = options_of(command)
    last = options.get(before[-1]) if before else None
    if last is not None and last[1].takes_value:
        return _starting(last[1].choices, current)
    if current.startswith("-"):
        return _starting([*options, *ASKING], current)
    has_command = command != "build" or "build" in before
    names = [] if has_command or any(not word.startswith("-") for word in before) else list(COMMANDS)
    try:
        return _starting([*names, *_targets(before, current)], current)
    except (PymakeError, OSError):
        return _starting(names, current)


def _targets(before: Sequence[str], current: str) -> list[str]:
    """Tasks, and outputs once a part of one is typed: there may be very many."""
    folders = [before[at + 1] for at, word in enumerate(before[:-1]) if word in {"-C", "--directory"}]
    files = [before[at + 1] for at, word in enumerate(before[:-1]) if word in {"-f", "--file"}]
    opened = open_project(BuildRequest(directory=tuple(folders), files=tuple(files)), {})
    names = [task.name for task in opened.project.tasks]
    if not current:
        return names
    plan = opened.basis.restored.plan if opened.basis.restored is not None else _planned(opened)
    return [*names, *(os.path.relpath(path, opened.where or ".") for path in _outputs(plan))]


def _planned(opened: Opened) -> Plan:
    memory = open_state(opened.project.root, writing=False).memory
    return plan_of(opened.project, memory, opened.basis.observed).plan


def _outputs(plan: Plan) -> Iterable[str]:
    return (path for job in plan.jobs() for path in plan.output_paths(job))


def _starting(names: Iterable[str], current: str) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.startswith(current)]
