"""What inputs stand for: patterns become files, tasks become what they make."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

from pymake.errors import BuildFileError, nearest
from pymake.model.patterns import NO_CAPTURES, read
from pymake.model.task import TaskRef
from pymake.planner.structure import members, rebuilt, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping

    from pymake.model.patterns import Match, Pattern
    from pymake.model.task import Task
    from pymake.planner.files import Files


class Element(NamedTuple):
    """One member of an input list: a path or a structure of paths. `is_match` says that a pattern found it."""

    value: object
    captures: Mapping[str, str] = NO_CAPTURES
    is_match: bool = False


class Made(NamedTuple):
    """What a task makes, as its readers see it: an element for each job. `single` means there is only ever one."""

    elements: tuple[object, ...] = ()
    single: bool = False


class Inputs(ABC):
    """Resolves the inputs of one task. `made` says what the tasks that its inputs name make.

    What a text stands for is for a vocabulary to say.
    """

    def __init__(self, task: Task, made: Mapping[str, Made]) -> None:
        self._task = task
        self._made = made

    @abstractmethod
    def found(self, text: str) -> str | list[Element]:
        """What a text of an input stands for: a path, or all that a pattern matches."""

    @abstractmethod
    def warn(self, text: str) -> None:
        """Tell the user something about this task."""

    def whole(self, value: object) -> object:
        """The whole input of one job: a text stays a text, a pattern or a task becomes a list.

        A task with a single job, as the whole input, is its bare output.
        """
        if isinstance(value, TaskRef):
            made = self._of(value)
            return made.elements[0] if made.single and made.elements else list(made.elements)
        if isinstance(value, str):
            found = self.found(value)
            return found if isinstance(found, str) else [element.value for element in found]
        return self._spliced(value)

    def elements(self, value: object) -> tuple[list[Element], bool]:
        """The members of an input list, and whether there is only ever a single one."""
        if isinstance(value, TaskRef):
            made = self._of(value)
            return [Element(element) for element in made.elements], made.single
        if isinstance(value, str):
            found = self.found(value)
            return ([Element(found)], True) if isinstance(found, str) else (found, False)
        found_elements: list[Element] = []
        for item in members(value) or ():
            found_elements.extend(self._element(item))
        return found_elements, False

    def paths(self, value: object) -> tuple[str, ...]:
        """All paths that a structure stands for, without repetition."""
        return tuple(dict.fromkeys(texts(self.whole(value)))) if value else ()

    def _element(self, item: object) -> list[Element]:
        if isinstance(item, TaskRef):
            return [Element(element) for element in self._of(item).elements]
        if isinstance(item, str):
            found = self.found(item)
            return [Element(found)] if isinstance(found, str) else found
        return [Element(self._spliced(item))]

    def _spliced(self, value: object) -> object:
        inner = members(value)
        if inner is None:
            return value
        found: list[object] = []
        for item in inner:
            if isinstance(item, TaskRef):
                found.extend(self._of(item).elements)
            elif not isinstance(item, str):
                found.append(self._spliced(item))
            elif isinstance(path := self.found(item), str):
                found.append(path)
            else:
                found.extend(element.value for element in path)
        return rebuilt(value, found)

    def _of(self, ref: TaskRef) -> Made:
        made = self._made.get(ref.name)
        if made is None:
            raise unknown_task(self._task, ref.name, self._made)
        return made


class PlannedInputs(Inputs):
    """Inputs that name files of the project: those on disk, and those that its tasks make.

    `own` are outputs of the task itself, which none of its patterns matches; `made` answers for all tasks of the
    project. `warnings` collects what the user should know.
    """

    def __init__(
        self, task: Task, *, files: Files, made: Mapping[str, Made], own: Container[str], warnings: list[str]
    ) -> None:
        super().__init__(task, made)
        self._files = files
        self._own = own
        self._warnings = warnings

    def found(self, text: str) -> str | list[Element]:
        """As `Inputs` says; what matches a template has its captures."""
        found = read(text)
        if isinstance(found, str):
            return found
        return [Element(path, captures, True) for path, captures in self._matches(found)]

    def warn(self, text: str) -> None:
        """As `Inputs` says."""
        self._warnings.append(f"{self._task.place}: task {self._task.name}: {text}")

    def _matches(self, pattern: Pattern) -> list[Match]:
        own = self._own
        found = [match for match in self._files.matches(pattern) if match.path not in own]
        if not found:
            self.warn(f"nothing matches {pattern.text}")
        return found


class SomeInputs(Inputs):
    """Inputs of which only some are asked for: what some tasks make so far. Patterns match among these paths alone."""

    def __init__(self, task: Task, made: Mapping[str, Made], among: Iterable[str]) -> None:
        super().__init__(task, made)
        self._among = tuple(among)

    def found(self, text: str) -> str | list[Element]:
        """As `Inputs` says."""
        found = read(text)
        if isinstance(found, str):
            return found
        matches = [match for match in map(found.match, self._among) if match is not None]
        return [Element(path, captures, True) for path, captures in matches]

    def warn(self, text: str) -> None:
        """All of it is looked at once more later, and what there is to say is said then."""


def unknown_task(task: Task, name: str, known: Collection[str]) -> BuildFileError:
    """The error of a task that names one that is not there."""
    near = nearest(name, known)
    return BuildFileError(
        f"task {task.name} names the task {name!r}, which there is not",
        place=task.place,
        facts=[("nearest", ", ".join(near))] if near else (),
        hint=None if near else "pymake list shows all tasks",
    )
