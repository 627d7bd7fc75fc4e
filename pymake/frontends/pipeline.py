"""The object form: a `Pipeline`, for loops, for commands in Python build files, and for pipelines as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pymake.dataclass import replace
from pymake.errors import NoSuchTask, nearest
from pymake.frontends.context import MAIN, Declarations, current, name_of
from pymake.frontends.declared import DeclaredTask
from pymake.frontends.kindmethods import KindMethods
from pymake.frontends.places import caller
from pymake.frontends.references import PipelineRef, Referable, RuntimeParameter, Unsuitable, settled
from pymake.frontends.resolving import WITH_REFERENCES
from pymake.model.task import JobsLimit, TaskRef

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

P = TypeVar("P", bound="Pipeline")


class _Pipelines:
    """`Pipeline.pipelines`: all pipelines of this build file or script, by name."""

    def __get__(self, _instance: object, owner: type[P]) -> dict[str, P]:
        found: dict[str, P] = {}
        for name, declarations in current().pipelines.items():
            face = declarations.face
            found[name] = face if isinstance(face, owner) else owner.of(None if name == MAIN else declarations)
        return found


class Pipeline(KindMethods, Referable):
    """Tasks declared by calls. Each method takes `task_func=` or `command=`, `name=`, and the arguments of its kind.

    Further arguments of every method, as in `pymake.toml`: depfile, order_only, follows, mkdir, vars, env, uses_env,
    tools, packages, files, cwd, pool, cores, memory, timeout, retries, retry_delay, retry_backoff, fresh_process,
    temporary, protected, interactive, service, port, audit, always, tags, active, doc.

    As an input or in `follows` a pipeline stands for its tail tasks.

    Raises:
        BuildFileError: there is a pipeline of that name.
    """

    pipelines = _Pipelines()

    def __init__(self, name: str) -> None:
        declarations = current().add_pipeline(name, caller())
        declarations.face = self
        super().__init__(declarations)

    @classmethod
    def of(cls: type[P], declarations: Declarations | None) -> P:  # noqa: PYI019  # `typing` has `Self` from 3.11 on
        """The pipeline of these declarations; without them `main`, always that of the build file being read."""
        pipeline = cls.__new__(cls)
        KindMethods.__init__(pipeline, declarations)
        return pipeline

    @classmethod
    def of_decorators(cls: type[P]) -> P:  # noqa: PYI019  # as above
        """The pipeline `main`."""
        return cls.of(None)

    @classmethod
    def clear_all(cls) -> None:
        """Forget all tasks and all pipelines of this script."""
        current().clear()

    def __repr__(self) -> str:
        return f"<pipeline {self.name}>"

    @property
    def name(self) -> str:
        """The name: tasks are targets as `name::task`, those of `main` as `task`."""
        return self._declarations.name

    @property
    def tasks(self) -> tuple[DeclaredTask, ...]:
        """All tasks, in the order of their declaration."""
        return tuple(self._declarations.tasks.values())

    @property
    def task_names(self) -> list[str]:
        """The names of all tasks, without that of the pipeline."""
        return list(self._declarations.tasks)

    def reference(self) -> TaskRef:
        """What stands for the pipeline in a parameter."""
        return PipelineRef(name=self.name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.task_names)

    def __contains__(self, key: object) -> bool:
        try:
            self[key]
        except NoSuchTask:
            return False
        return True

    def __getitem__(self, key: object) -> DeclaredTask:
        """A task by its name, its function or the name of that, with or without its module.

        Raises:
            NoSuchTask: there is none, or more than one.
        """
        declarations = self._declarations
        if isinstance(key, str):
            pipeline, _, name = key.rpartition("::")
            home = declarations.context.pipelines.get(pipeline or self.name)
            known = home.tasks.get(name) if home is not None else None
            if known is not None:
                return known
        found = [declared for declared in declarations.tasks.values() if _calls(declared, key)]
        if len(found) == 1:
            return found[0]
        raise self._no_such(key, found)

    def _no_such(self, key: object, found: Sequence[DeclaredTask]) -> NoSuchTask:
        shown = repr(key) if isinstance(key, str) else name_of(key)
        place = self._declarations.context.place(caller())
        if found:
            names = ", ".join(declared.name for declared in found)
            return NoSuchTask(
                f"{len(found)} tasks of pipeline {self.name} call {shown}", place=place, facts=[("they are", names)]
            )
        near = nearest(key, self.task_names) if isinstance(key, str) else []
        facts = [("nearest", ", ".join(near))] if near else []
        return NoSuchTask(f"pipeline {self.name} has no task {shown}", place=place, facts=facts)

    # The whole of it

    def set_head_tasks(self, tasks: Sequence[DeclaredTask]) -> None:
        """These take what `set_input` and `set_output` give to the pipeline."""
        self._declarations.heads = self._checked("set_head_tasks", tasks)

    def set_tail_tasks(self, tasks: Sequence[DeclaredTask]) -> None:
        """These stand for the pipeline where it is an input of others, or is followed."""
        self._declarations.tails = self._checked("set_tail_tasks", tasks)

    def get_head_tasks(self) -> list[DeclaredTask]:
        """The tasks that take the input of the pipeline."""
        return list(self._declarations.heads)

    def get_tail_tasks(self) -> list[DeclaredTask]:
        """The tasks that stand for the pipeline."""
        return list(self._declarations.tails)

    def set_input(self, **inputs: object) -> None:
        """Give the head tasks another input: `set_input(input=…)`.

        Raises:
            BuildFileError: there are no head tasks, or one has no such input.
        """
        for declared in self._heads():
            declared.set_input(**inputs)

    def set_output(self, output: object) -> None:
        """Give the head tasks, which originate files, other outputs.

        Raises:
            BuildFileError: there are no head tasks, or one is of another kind.
        """
        for declared in self._heads():
            declared.set_output(output)

    def clone(self: P, new_name: str) -> P:  # noqa: PYI019  # as above
        """A copy under another name. What its tasks say of each other, they say in the copy of each other there.

        Raises:
            BuildFileError: there is a pipeline of that name.
        """
        original = self._declarations
        copies = current().add_pipeline(new_name, caller())
        names = {declared.full_name: f"{new_name}::{name}" for name, declared in original.tasks.items()}

        for name, declared in original.tasks.items():
            copy = copies.add(name, declared.function, declared.location)
            copy.kind, copy.conditions = declared.kind, declared.conditions
            copy.fields.update(_cloned(declared.fields, _Renamed(names)))
            limit = copy.fields.get("jobs_limit")
            if isinstance(limit, JobsLimit) and limit.name is None:
                copy.fields["jobs_limit"] = replace(limit, of=limit.of or declared.full_name)
        copies.heads = tuple(copies.tasks[declared.name] for declared in original.heads)
        copies.tails = tuple(copies.tasks[declared.name] for declared in original.tails)
        cloned = copies.face = type(self).of(copies)
        return cloned

    def _heads(self) -> tuple[DeclaredTask, ...]:
        heads = self._declarations.heads
        if not heads:
            hint = f"{self.name}.set_head_tasks([…])"
            raise self._error(Unsuitable(f"pipeline {self.name} has no head tasks", hint=hint))
        return heads

    def _checked(self, what: str, tasks: object) -> tuple[DeclaredTask, ...]:
        given = tuple(tasks) if isinstance(tasks, (list, tuple)) else (tasks,)
        for task in given:
            if not isinstance(task, DeclaredTask) or task.name not in self._declarations.tasks:
                hint = "give a list of what its methods returned"
                raise self._error(Unsuitable(f"{what}: {task!r} is no task of pipeline {self.name}", hint=hint))
        return tuple(task for task in given if isinstance(task, DeclaredTask))

    def _error(self, unsuitable: Unsuitable) -> Exception:
        return self._declarations.error(unsuitable, caller())


def _calls(declared: DeclaredTask, key: object) -> bool:
    """Whether a task calls a function, given as itself or by name."""
    function = declared.function
    if function is None:
        return False
    if not isinstance(key, str):
        return function == key
    name = name_of(function)
    return key in (name, f"{getattr(function, '__module__', '')}.{name}")


class _Renamed:
    """Lets the tasks of a copy refer to each other; what is still open stays so."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def tasks(self, ref: TaskRef) -> tuple[TaskRef]:
        return (TaskRef(name=self._names.get(ref.name, ref.name)),) if type(ref) is TaskRef else (ref,)

    def value(self, runtime: RuntimeParameter) -> RuntimeParameter:
        return runtime


def _cloned(fields: Mapping[str, object], renamed: _Renamed) -> dict[str, object]:
    """The fields of a copy: references renamed; how it is drawn stays with the original."""
    return {
        name: settled(value, renamed) if name in WITH_REFERENCES else value
        for name, value in fields.items()
        if name != "graphviz"
    }


main = Pipeline.of_decorators()
"""The pipeline that the decorators fill."""
