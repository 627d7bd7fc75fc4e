"""What decides about a job besides the content of files: read once, for the decision and for its explanation."""

from __future__ import annotations

import shlex
from functools import lru_cache
from typing import TYPE_CHECKING

from pymake.errors import InternalError, assert_never
from pymake.model.canonical import canonical
from pymake.model.job import Call, Command
from pymake.model.task import Function
from pymake.model.trace import LONGEST_FACET, NAMELESS, Facet, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymake.model.ids import JobId
    from pymake.model.plan import Plan


class Manifests:
    """Keys, facets and action digests of the jobs of one plan. Pure: asks the plan and nothing else.

    The digest goes over the very values that `facets` yields, so an explanation can't drift from the decision.
    """

    def __init__(self, plan: Plan, digest: Callable[[bytes], bytes]) -> None:
        self._plan = plan
        self._digest = digest

    def key(self, job: JobId) -> str:
        """The name under which a job is remembered: its first output, in the order of names.

        Neither the name of the task nor its place is part of it, so renaming or moving a task costs nothing. A job
        whose outputs are all patterns is known by the first of these, one without outputs by what it does and reads.
        """
        outputs = self._plan.declared_outputs(job)
        if outputs:
            return self._plan.path(outputs[0]) if len(outputs) == 1 else min(map(self._plan.path, outputs))
        if patterns := self._plan.patterns(job):
            return NAMELESS + min(patterns)
        inputs = "\0".join(sorted(self._plan.path(file) for file in self._plan.dirtying(job)))
        return NAMELESS + self._digest(_encoded([*self.facets(job), Facet("inputs", inputs)])).hex()

    def action(self, job: JobId) -> bytes:
        """The digest over all facets."""
        return self.digest(self.facets(job))

    def digest(self, facets: list[Facet]) -> bytes:
        """The digest over facets, of now or as a trace kept them: long values count by what is kept of them."""
        return self._digest(_encoded([_kept(facet) if len(facet[1]) > LONGEST_FACET else facet for facet in facets]))

    def facets(self, job: JobId) -> list[Facet]:
        """Everything but files that decides about the job, by name."""
        action = self._plan.action(job)
        match action:
            case Command():
                found = [Facet(name, text) for name, text in command_texts(action)]
            case Call():
                found = list(self._call_facets(job, action))
            case _:
                assert_never(action)
        if action.cwd is not None:
            found.append(Facet("cwd", action.cwd))
        if patterns := self._plan.patterns(job):
            found.append(Facet("output patterns", "\n".join(sorted(patterns))))
        found.extend(Facet(name, value) for name, value in self._plan.facts(job))
        return found

    def _call_facets(self, job: JobId, call: Call) -> Iterator[Facet]:
        function = self._plan.task(self._plan.task_of(job)).action
        if not isinstance(function, Function):
            raise InternalError(f"task {call.task} calls something that is no function")
        yield Facet("code", function.code_key)
        yield Facet("arguments", canonical(call.arguments))


def command_texts(command: Command) -> Iterator[tuple[str, str]]:
    """`("command", text)`, and `("command 2", text)` … for further ones.

    An argument list and a shell text that mean the same have the same text.
    """
    for number, words in enumerate(command.commands, start=1):
        text = words if isinstance(words, str) else _joined(words)
        yield ("command" if number == 1 else f"command {number}"), text


@lru_cache(maxsize=256)
def _joined(words: tuple[str, ...]) -> str:
    """A job's command is asked for when it starts, when it is told and when it is recorded; each takes 10 µs."""
    return shlex.join(words)


def action_text(plan: Plan, job: JobId) -> str:
    """What a job runs, in one line or more, for people."""
    action = plan.action(job)
    match action:
        case Command():
            return "\n".join(text for _, text in command_texts(action))
        case Call():
            function = plan.task(plan.task_of(job)).action
            name = function.name if isinstance(function, Function) else action.task
            return f"{name}({', '.join(map(repr, action.arguments))})"
        case _:
            assert_never(action)


def _kept(facet: Facet) -> Facet:
    return Facet(facet.name, shortened(facet.value))


def _encoded(facets: list[Facet]) -> bytes:
    """The facets without ambiguity: lengths in front, so no value can look like two."""
    parts = []
    for name, value in facets:
        data = value.encode("utf-8", "surrogatepass")
        parts.append(b"%d:%b=%d:" % (len(name), name.encode("utf-8", "surrogatepass"), len(data)))
        parts.append(data)
    return b"".join(parts)
