"""Which tasks the names, functions and pipelines in a declaration stand for, once all is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import nearest
from pymake.frontends.context import MAIN, not_a_task
from pymake.frontends.lookup import Lookup
from pymake.frontends.references import (
    LaterRef,
    OwnFirst,
    PipelineRef,
    RuntimeParameter,
    Unsuitable,
    parameter,
    settled,
)
from pymake.model.task import TaskRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymake.frontends.context import Context, Declarations
    from pymake.frontends.declared import DeclaredTask

WITH_REFERENCES = ("input", "order_only", "follows", "sets", "input_change", "folder_rules")
"""The fields of a task that may name others."""


class Resolver:
    """Looks references up in all pipelines of a context, and runtime parameters in `runtime_data`."""

    def __init__(self, context: Context, runtime_data: Mapping[str, object]) -> None:
        self._context = context
        self._runtime_data = runtime_data
        self._lookup = Lookup(context)

    def resolved(self, declared: DeclaredTask, home: Declarations) -> dict[str, object]:
        """The fields of a task with final references.

        Raises:
            BuildFileError: one stands for no task, or may be any of several.
        """
        seen = _Seen(self, home)
        try:
            return {
                name: settled(value, seen) if name in WITH_REFERENCES else value
                for name, value in declared.fields.items()
            }
        except Unsuitable as error:
            raise home.error(error, declared.location) from None

    def value(self, runtime: RuntimeParameter, home: Declarations) -> object:
        """What a runtime parameter stands for.

        Raises:
            Unsuitable: no value was given for it.
        """
        name = runtime.name
        if name not in self._runtime_data:
            near = nearest(name, self._runtime_data)
            raise Unsuitable(
                f"there is no value for {runtime!r}",
                facts=[("nearest", ", ".join(near))] if near else (),
                hint=f"pipeline_run(…, runtime_data={{{name!r}: …}})",
            )
        return settled(parameter(self._runtime_data[name], home.refer), _Seen(self, home))

    def resolve(self, ref: TaskRef, home: Declarations) -> Sequence[TaskRef]:
        """The tasks that a reference in a pipeline stands for; one whose name is not known may be of another file.

        Raises:
            Unsuitable: it stands for no task, or may be any of several.
        """
        match ref:
            case PipelineRef(name=name):
                return self._tails(name)
            case LaterRef(function=function):
                found = self._context.find_task(function, home)
                if found is None:
                    raise not_a_task(function)
                return (found.reference(),)
            case OwnFirst(name=name):
                return self._by_name(name, home)
            case _:
                return (ref,)

    def _by_name(self, name: str, home: Declarations) -> Sequence[TaskRef]:
        if "::" in name:
            return (TaskRef(name=name.removeprefix(f"{MAIN}::")),)
        own = self._lookup.own(name, home)
        if own is not None:
            return (own.reference(),)
        if name in self._context.pipelines:
            return self._tails(name)
        found = self._lookup.anywhere(name, home)
        return (TaskRef(name=name) if found is None else found.reference(),)

    def _tails(self, name: str) -> Sequence[TaskRef]:
        tails = self._context.pipelines[name].tails
        if not tails:
            raise Unsuitable(
                f"pipeline {name} has no tail tasks, which stand for it", hint=f"{name}.set_tail_tasks([…])"
            )
        return [declared.reference() for declared in tails]


class _Seen:
    """References as one pipeline sees them."""

    def __init__(self, resolver: Resolver, home: Declarations) -> None:
        self._resolver = resolver
        self._home = home

    def tasks(self, ref: TaskRef) -> Sequence[TaskRef]:
        return self._resolver.resolve(ref, self._home)

    def value(self, runtime: RuntimeParameter) -> object:
        return self._resolver.value(runtime, self._home)
