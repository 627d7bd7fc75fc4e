"""One task while it is being declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pymake.frontends.arguments import ARGUMENTS, folders
from pymake.frontends.places import Location, caller
from pymake.frontends.references import Folders, Referable, Unsuitable
from pymake.model.task import Kind, TaskRef

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pymake.errors import BuildFileError


class Home(Protocol):
    """What a declared task needs of the pipeline that it is in."""

    def refer(self, value: object) -> TaskRef:
        """The reference to another task; raises `Unsuitable`."""

    def error(self, unsuitable: Unsuitable, location: Location) -> BuildFileError:
        """The user's error of what is wrong at a location."""


class DeclaredTask(Referable):
    """A task of a build file. It stands for its outputs as an input of other tasks, and its methods say more of it.

    It owns `fields`, those of `model.task.Task` by name, until the project is made. `kind` is None as long as only
    decorators that make no jobs were seen.
    """

    __slots__ = ("_home", "conditions", "fields", "full_name", "function", "is_default", "kind", "location", "name")

    def __init__(self, name: str, full_name: str, location: Location, home: Home) -> None:
        self.name = name
        self.full_name = full_name
        self.location = location
        self.kind: Kind | None = None
        self.function: Callable[..., object] | None = None
        self.fields: dict[str, object] = {}
        self.conditions: tuple[object, ...] = ()
        self.is_default = False
        self._home = home

    def __repr__(self) -> str:
        return f"<task {self.full_name}>"

    def reference(self) -> TaskRef:
        """What stands for the task in a parameter."""
        return TaskRef(name=self.full_name)

    def modify(self, location: Location, named: Mapping[str, object]) -> DeclaredTask:
        """Add arguments, each known by `ARGUMENTS`, that were written at `location`.

        Raises:
            BuildFileError: one has an unsuitable value.
        """
        fields = self.fields
        refer = self._home.refer
        try:
            for name, value in named.items():
                argument = ARGUMENTS[name]
                converted = argument.convert(value, refer)
                earlier = fields.get(argument.field)
                if argument.adds and isinstance(earlier, tuple) and isinstance(converted, tuple):
                    converted = (*earlier, *(value for value in converted if value not in earlier))
                fields[argument.field] = converted
        except Unsuitable as error:
            raise self._home.error(error, location) from None
        return self

    def follows(self, *tasks: object) -> DeclaredTask:
        """Start no job before all jobs of these tasks (functions, names, tasks, `mkdir(…)`) are done."""
        return self.modify(caller(), followed(tasks))

    def mkdir(self, *names: object, **named: object) -> DeclaredTask:
        """Make these folders before the first job, or with a filter those that `transform` would name outputs."""
        location = caller()
        try:
            return self.modify(location, folders(names, named).arguments())
        except Unsuitable as error:
            raise self._home.error(error, location) from None

    def active_if(self, *conditions: object) -> DeclaredTask:
        """Have no jobs unless all of these values, or of what these functions return, are true."""
        self.conditions = (*self.conditions, *conditions)
        return self

    def temporary(self) -> DeclaredTask:
        """Remove the outputs when their last reader is done, and make them anew only when a reader has to run."""
        return self.modify(caller(), {"temporary": True})

    def protected(self) -> DeclaredTask:
        """Make the outputs read-only, and never overwrite one that was edited by hand."""
        return self.modify(caller(), {"protected": True})

    def posttask(self, *actions: object) -> DeclaredTask:
        """Call these functions, or touch the files of `touch_file(…)`, when all jobs of the task are done."""
        return self.modify(caller(), {"posttask": actions})

    def jobs_limit(self, count: int, name: str | None = None) -> DeclaredTask:
        """Run at most so many jobs at a time, of this task or of all that share the name."""
        return self.modify(caller(), {"jobs_limit": (count, name)})

    def check_if_uptodate(self, check: Callable[..., object]) -> DeclaredTask:
        """Let a function decide whether a job runs: `check(input, output, …)` returns `(needs_update, message)`."""
        return self.modify(caller(), {"check_if_uptodate": check})

    def graphviz(self, **attributes: object) -> DeclaredTask:
        """Draw the task with these attributes."""
        return self.modify(caller(), {"graphviz": attributes})

    def set_input(self, **inputs: object) -> DeclaredTask:
        """Give the task another input: `set_input(input=…)`; of a product also `input2=…` and so on.

        Raises:
            BuildFileError: the task has no such input.
        """
        location = caller()
        try:
            return self.modify(location, replaced_inputs(self.kind, self.fields, inputs))
        except Unsuitable as error:
            raise self._home.error(error, location) from None

    def set_output(self, output: object) -> DeclaredTask:
        """Give an `originate` other outputs.

        Raises:
            BuildFileError: the task is of another kind.
        """
        location = caller()
        if self.kind is not Kind.ORIGINATE:
            kind = "a task without a kind" if self.kind is None else self.kind.value
            unsuitable = Unsuitable(f"set_output is for originate, and {self.name} is {kind}")
            raise self._home.error(unsuitable, location)
        return self.modify(location, {"output": output})

    def interactive(self) -> DeclaredTask:
        """Let the jobs own the terminal, one at a time; what they print is not kept."""
        return self.modify(caller(), {"interactive": True})

    def audit(self, what: str) -> DeclaredTask:
        """With `"record"`, take the files of the project that a job is seen to read as inputs of it."""
        return self.modify(caller(), {"audit": what})

    def always(self) -> DeclaredTask:
        """Run in every build."""
        return self.modify(caller(), {"always": True})

    def tags(self, *names: str) -> DeclaredTask:
        """Mark the task with words."""
        return self.modify(caller(), {"tags": names})

    def pool(self, name: str) -> DeclaredTask:
        """Run under the common limit of pool `name`."""
        return self.modify(caller(), {"pool": name})

    def timeout(self, seconds: float) -> DeclaredTask:
        """End each attempt of a job after this time."""
        return self.modify(caller(), {"timeout": seconds})

    def retries(self, times: int, *, delay: float = 0.0, backoff: float = 1.0) -> DeclaredTask:
        """Try a failed job again up to `times` times, `delay` seconds later, each time `backoff` times as late."""
        return self.modify(caller(), {"retries": times, "retry_delay": delay, "retry_backoff": backoff})

    def uses(self, *, env: object = (), tools: object = (), files: object = (), packages: object = ()) -> DeclaredTask:
        """Let environment variables, programs, files and versions of installed packages decide too."""
        return self.modify(caller(), {"uses_env": env, "tools": tools, "files": files, "packages": packages})

    def resources(self, *, cores: int = 1, memory: int | str | None = None) -> DeclaredTask:
        """Count each job as so many, and as so much memory: `"2G"`, or a number of bytes."""
        return self.modify(caller(), {"cores": cores} if memory is None else {"cores": cores, "memory": memory})

    def fresh_process(self) -> DeclaredTask:
        """Give each job a process of its own."""
        return self.modify(caller(), {"fresh_process": True})

    def default(self) -> DeclaredTask:
        """Build the task when no target is named."""
        self.is_default = True
        return self


def replaced_inputs(kind: Kind | None, fields: Mapping[str, object], inputs: Mapping[str, object]) -> dict[str, object]:
    """The arguments that give a task other inputs, by the names of `set_input`.

    Raises:
        Unsuitable: the task has no such input.
    """
    given: dict[str, object] = {}
    sets = fields.get("sets", ())
    pairs = [(one.input, one.filter) for one in sets] if isinstance(sets, tuple) else []
    known = [] if kind in (None, Kind.ORIGINATE) else ["input", *(f"input{at}" for at in range(2, len(pairs) + 2))]
    for name, value in inputs.items():
        if name not in known:
            hint = f"it has {', '.join(known)}" if known else None
            raise Unsuitable(f"set_input: the task has no {name!r}", hint=hint)
        if name == "input":
            given["input"] = value
        else:
            at = int(name.removeprefix("input")) - 2
            pairs[at] = (value, pairs[at][1])
            given["sets"] = pairs
    return given


def followed(tasks: tuple[object, ...]) -> dict[str, object]:
    """The arguments that `follows(…)` means: a `mkdir(…)` among the tasks makes folders."""
    named: dict[str, object] = {"follows": [task for task in tasks if not isinstance(task, Folders)]}
    made = [task for task in tasks if isinstance(task, Folders)]
    if made:
        named["mkdir"] = [one.names for one in made]
        named["folder_rules"] = [one.rule for one in made if one.rule is not None]
    return named
