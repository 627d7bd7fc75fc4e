"""From a draft to a job: its command or call, and every file it depends on.

This comes after all tasks are expanded, when it is known which files are made.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pymake.errors import BuildFileError, InternalError
from pymake.model.fields import bare_field, expand, field_names, flat
from pymake.model.filters import with_literals
from pymake.model.job import Call, JobSpec
from pymake.model.outputs import open_texts
from pymake.model.patterns import normalise
from pymake.model.task import CommandText, Kind, Regex
from pymake.planner.commands import implied_inputs, render
from pymake.planner.structure import field_value, mapped, texts, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pymake.model.fields import FieldValue
    from pymake.model.job import Action
    from pymake.planner.declared import Declared
    from pymake.planner.drafts import Draft
    from pymake.planner.files import Files
    from pymake.planner.inputs import Inputs


class Jobs:
    """Makes the jobs of one task. What all of them share is worked out once."""

    def __init__(self, declared: Declared, *, files: Files, inputs: Inputs, facts: tuple[tuple[str, str], ...]) -> None:
        task = declared.task
        self._declared = declared
        self._task = task
        self._files = files
        self._inputs = inputs
        self._facts = facts
        by_regex = isinstance(declared.filter, Regex)
        self._fixed_extras = not any(
            by_regex or "{" in text or "}" in text or "\\" in text for text in texts(task.extras)
        )
        self._extra_inputs = None if _has_fields(declared.files) else inputs.paths(declared.files)
        self._order_only = (
            None if _has_fields(declared.order_only) else self._awaited(inputs.paths(declared.order_only))
        )

    def spec(self, draft: Draft) -> JobSpec:
        """One job.

        Raises:
            FieldError: a field without a value, or a command that cannot be.
            BuildFileError: an input of the job is its output too.
        """
        given = draft.input
        read = (given,) if isinstance(given, str) else tuple(dict.fromkeys(texts(given)))
        values = self._values(draft, read)
        action = self._action(draft, values)
        more = self._extra_inputs
        more = self._captured(self._declared.files, draft) if more is None else more
        order_only = self._order_only
        if order_only is None:
            order_only = self._awaited(self._captured(self._declared.order_only, draft))
        implied = () if isinstance(action, Call) else implied_inputs(action, self._files.is_file)
        inputs = self._with_folders((*read, *more) if more else read, implied, draft.outputs)
        if not set(draft.outputs).isdisjoint(inputs):
            raise self._circular(draft, inputs)
        depfile = self._task.depfile
        return JobSpec(
            inputs=inputs,
            outputs=draft.outputs,
            patterns=tuple(open_texts(draft.output)),
            order_only=order_only,
            depfile=None if depfile is None else normalise(expand(depfile, self._root_values(values, draft, read))),
            action=action,
            facts=self._facts,
        )

    def _values(self, draft: Draft, read: tuple[str, ...]) -> dict[str, FieldValue]:
        """What the fields of the command stand for: paths as they have to be written in its folder."""
        values: dict[str, FieldValue] = {**draft.fields, **self._declared.variables}
        if self._task.cwd is None:
            values["input"], values["output"] = _value(read), _value(self._made(draft))
        else:
            values["input"] = tuple(map(self._from_cwd, read))
            values["output"] = tuple(map(self._from_cwd, self._made(draft)))
        return values

    def _made(self, draft: Draft) -> tuple[str, ...]:
        """The outputs, as a command names them: a pattern as it is written, so the command is the same on every run."""
        return tuple(written(draft.output)) if self._declared.is_open else draft.outputs

    def _root_values(
        self, values: Mapping[str, FieldValue], draft: Draft, read: tuple[str, ...]
    ) -> Mapping[str, FieldValue]:
        """The same for paths in the build file itself, which always start at the root."""
        return values if self._task.cwd is None else {**values, "input": read, "output": draft.outputs}

    def _action(self, draft: Draft, values: dict[str, FieldValue]) -> Action:
        task = self._task
        extras = task.extras
        if not self._fixed_extras:
            extras = tuple(mapped(extra, lambda text: self._extra(text, draft, values)) for extra in extras)
        if isinstance(task.action, CommandText):
            values["extras"] = field_value(extras)
            return render(task.action, values, cwd=task.cwd)
        if task.action is None:
            raise InternalError(f"task {task.name} is a group and has a job")
        return Call(task=task.name, arguments=self._arguments(draft, extras), cwd=task.cwd)

    def _arguments(self, draft: Draft, extras: tuple[object, ...]) -> tuple[object, ...]:
        given, made = draft.input, draft.output
        if self._task.cwd is not None:
            given, made = mapped(given, self._from_cwd), mapped(made, self._from_cwd)
        if self._task.kind is Kind.ORIGINATE:
            return (made, *extras)
        if self._task.kind is Kind.TASK and given is None and made is None:
            return extras
        return (given, made, *extras)

    def _extra(self, text: str, draft: Draft, values: Mapping[str, FieldValue]) -> object:
        if text[:1] == "{" and (name := bare_field(text)) in self._declared.variables and name is not None:
            value = values[name]
            return value if isinstance(value, str) else list(flat(value))
        return expand(text, values) if draft.naming is None else draft.naming.other(text, values)

    def _captured(self, parameter: object, draft: Draft) -> tuple[str, ...]:
        """The paths of a parameter in which fields of the input may stand."""
        fields = draft.fields
        return self._inputs.paths(mapped(parameter, lambda text: with_literals(text, fields)))

    def _awaited(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        """Order-only inputs; for a folder also what other tasks make in it."""
        return tuple(dict.fromkeys((*paths, *(file for path in paths for file in self._files.made_below(path)))))

    def _with_folders(
        self, read: tuple[str, ...], implied: tuple[str, ...], outputs: tuple[str, ...]
    ) -> tuple[str, ...]:
        """All that decides: also what is made in a folder that is read, and the made folder that holds a read file."""
        files = self._files
        related = [made for path in read for made in files.related(path)]
        if not implied and not related:
            return read
        return tuple(dict.fromkeys((*read, *(path for path in (*implied, *related) if path not in outputs))))

    def _from_cwd(self, path: str) -> str:
        return path if path.startswith("/") else posixpath.relpath(path, self._task.cwd or ".")

    def _circular(self, draft: Draft, inputs: Iterable[str]) -> BuildFileError:
        path = next(path for path in inputs if path in draft.outputs)
        return BuildFileError(
            f"task {self._task.name}: {path} is both input and output of one job",
            place=self._task.place,
            hint="write to another file",
        )


def _value(paths: tuple[str, ...]) -> FieldValue:
    """One path stands for itself: a field with an index takes it as a list of one."""
    return paths[0] if len(paths) == 1 else paths


def _has_fields(value: object) -> bool:
    return any(field_names(text) for text in texts(value) if "{" in text)
