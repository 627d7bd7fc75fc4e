"""Drafts: jobs as their kinds see them, with the files they read and make, other texts not yet replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pymake.errors import BuildFileError
from pymake.model.fields import expand
from pymake.model.filters import (
    NO_FIELDS,
    CaptureNaming,
    FormatterNaming,
    Unmatched,
    by_formatter,
    by_regex,
    by_suffix,
    describe,
    literal,
)
from pymake.model.task import AddInputs, Formatter, Regex, Suffix
from pymake.planner.inputs import Element, Inputs, Made
from pymake.planner.structure import key, mapped, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymake.model.filters import Fields, Naming
    from pymake.planner.declared import Declared


class Draft(NamedTuple):
    """A job as far as its files go: structures for the call, the outputs also flat.

    `fields` is what its inputs give to texts in braces; `naming` replaces texts where there is more to it.
    """

    input: object
    output: object
    outputs: tuple[str, ...]
    fields: Fields = NO_FIELDS
    naming: Naming | None = None


class Expansion(NamedTuple):
    """The jobs of a task, and what its readers see of them."""

    drafts: tuple[Draft, ...] = ()
    made: Made = Made()


class Drafting:
    """Makes the drafts of one task. `unmatched` collects the inputs that its filter did not take.

    What is peculiar to a vocabulary stands in methods of its own: how inputs are named, in which order they come, and
    what it means if none is taken. The kinds themselves know nothing of it.
    """

    def __init__(self, declared: Declared, inputs: Inputs) -> None:
        self.declared = declared
        self.inputs = inputs
        self._root = literal(declared.below)
        self.unmatched: list[Unmatched] = []

    # What kinds ask for

    def fixed(self, value: object) -> Draft:
        """The draft of a job whose outputs do not depend on its inputs."""
        return self.with_output(value, CaptureNaming(NO_FIELDS), self.declared.output)

    def one_output(self, output: object) -> Draft:
        """The draft of a job without inputs."""
        return self.with_output(None, CaptureNaming(NO_FIELDS), output)

    def of_element(self, element: Element) -> Draft | None:
        """The draft of a job with one input; None if the filter does not take it."""
        naming = self.naming(element)
        if not isinstance(naming, Unmatched):
            return self.named(element.value, naming)
        self.unmatched.append(naming)
        return None

    def named(self, value: object, naming: Naming) -> Draft | None:
        """The draft of a job with this input; None if the job cannot be named after it."""
        return self.with_output(self.changed(value, naming), naming, self.declared.output)

    def values(self, naming: Naming) -> Fields:
        """All fields; where a name is both a variable and a field of the filter, it is the variable."""
        variables = self.declared.variables
        return {**naming.fields, **variables} if variables else naming.fields

    # What a vocabulary decides

    def naming(self, element: Element) -> Naming | Unmatched:
        """How the texts of the job with this input are replaced."""
        declared = self.declared
        match declared.filter:
            case None:
                self._first(element)
                return CaptureNaming(element.captures)
            case Suffix(text=suffix):
                folder = declared.output_dir
                if folder is not None and "{" in folder:
                    folder = expand(folder, {**element.captures, **declared.variables})
                return by_suffix(suffix, self._first(element), output_dir=folder, fields=element.captures)
            case Regex():
                return by_regex(declared.filter, self._first(element), element.captures)
            case Formatter():
                self._first(element)
                return self._formatted(declared.filter, element)

    def naming_of_choice(self, fields: Fields) -> Naming:
        """The same for a job with an input of each of several sets; `fields` have a value for each of them."""
        return FormatterNaming(fields)

    def with_output(self, value: object, naming: Naming, output: object) -> Draft:
        """The draft of a job that reads `value`, with this output still to be named."""
        declared, values = self.declared, self.values(naming)
        if isinstance(output, str):
            path = declared.path(naming.output(output, values))
            return Draft(value, path, (path,), naming.fields, naming)
        made = mapped(output, lambda text: declared.path(naming.output(text, values)))
        return Draft(value, made, tuple(texts(made)), naming.fields, naming)

    def changed(self, value: object, naming: Naming) -> object:
        """What the job reads: with what `add_inputs` adds, or what `inputs` names instead."""
        change = self.declared.change
        if change is None:
            return value

        def pattern(text: str) -> str:
            return naming.pattern(text, naming.fields).removeprefix(self._root)

        if isinstance(change, AddInputs):
            added = self.inputs.whole(mapped(change.inputs, pattern))
            return (value, *added) if isinstance(added, tuple) else value
        return self.inputs.whole(mapped(change.input, pattern))

    def in_order(self, elements: Sequence[Element]) -> list[Element]:
        """The inputs that become jobs one by one: without repetition, sorted by their texts."""
        if all(type(element.value) is str for element in elements):
            found = {str(element.value): element for element in reversed(elements)}
        else:
            found = {key(element.value): element for element in reversed(elements)}
        return [found[name] for name in sorted(found)]

    def none_taken(self) -> None:
        """There are inputs, and none of them became a job.

        Raises:
            BuildFileError: always: a filter that takes nothing is a mistake.
        """
        raise _nothing_taken(self.declared, [one.path for one in self.unmatched])

    def _formatted(self, formatter: Formatter, element: Element) -> Naming | Unmatched:
        names = list(texts(element.value))
        return by_formatter(formatter, names, root=self.declared.below, fields=element.captures)

    def _first(self, element: Element) -> str:
        """The first file name of an element."""
        first = element.value if isinstance(element.value, str) else next(texts(element.value), None)
        if first is None:
            raise BuildFileError(
                f"task {self.declared.task.name}: the input {element.value!r} is no file name",
                place=self.declared.task.place,
                hint="give other values to the jobs as extras",
            )
        return first


def outputs_of(drafts: Iterable[Draft]) -> set[str]:
    """All paths that these make."""
    return {path for draft in drafts for path in draft.outputs}


def without_own(drafts: Sequence[Draft], elements: Sequence[Element]) -> list[Draft]:
    """The drafts whose input isn't made by another one of the same task, left over from an earlier build.

    A file that only a left-out job would make counts as a source, so the answer is the same on every build. `elements`
    are the inputs of the drafts.
    """
    made = outputs_of(drafts)
    names = {at: str(element.value) for at, element in enumerate(elements) if element.is_match}
    left = {at: draft for at, draft in enumerate(drafts) if names.get(at) in made}
    if not left:
        return list(drafts)
    kept = outputs_of(draft for at, draft in enumerate(drafts) if at not in left)
    dropped: set[int] = set()
    while left:
        out = [at for at in left if names[at] in kept]
        dropped.update(out)
        rest = {at: draft for at, draft in left.items() if at not in dropped}
        open_paths = outputs_of(rest.values())
        sure = [draft for at, draft in rest.items() if names[at] not in open_paths]
        kept |= outputs_of(sure)
        left = {at: draft for at, draft in rest.items() if names[at] in open_paths}
        if not out and not sure:
            break
    return [draft for at, draft in enumerate(drafts) if at not in dropped]


def _nothing_taken(declared: Declared, names: list[str]) -> BuildFileError:
    filters = [one for one in (declared.filter, *(one for _, one in declared.sets)) if one is not None]
    wanted = describe(filters[0])
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    hints = {
        Suffix: "the suffix is the end of the input's name, with its dot",
        Regex: "the expression is searched in the name as it is given, relative to the root",
        Formatter: "the expression is searched in the absolute path",
    }
    return BuildFileError(
        f"task {declared.task.name}: no input {wanted}",
        place=declared.task.place,
        facts=[("input", ", ".join(names[:3]) + more)],
        hint=hints[type(filters[0])],
    )
