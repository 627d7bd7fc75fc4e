"""The kinds: how a task makes jobs. A new kind is one more line in `KINDS`."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from pymake.errors import BuildFileError
from pymake.model.fields import expand, field_names
from pymake.model.patterns import NO_CAPTURES, normalise
from pymake.model.task import Kind
from pymake.planner.declared import filled
from pymake.planner.inputs import Element, Inputs, Made
from pymake.planner.structure import mapped, members, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pymake.planner.declared import Declared

PREFIX = re.compile(r"\\1|\\g<1>")
"""In the texts of a task with a suffix: what stands before the suffix."""


class Draft(NamedTuple):
    """A job as far as its files go: structures for the call, the outputs also flat. `prefix` is what a suffix left."""

    input: object
    output: object
    outputs: tuple[str, ...]
    captures: Mapping[str, str] = NO_CAPTURES
    prefix: str | None = None


class Expansion(NamedTuple):
    """The jobs of a task, and what its readers see of them."""

    drafts: tuple[Draft, ...] = ()
    made: Made = Made()


def expand_task(declared: Declared, inputs: Inputs) -> Expansion:
    """The jobs of an active task.

    Raises:
        BuildFileError: the task cannot be applied to its inputs.
        FieldError: a field without a value.
    """
    if declared.task.action is None:
        value = inputs.whole(declared.input)
        return Expansion(made=Made(tuple(texts(value))))
    return KINDS[declared.task.kind](declared, inputs)


def _task(declared: Declared, inputs: Inputs) -> Expansion:
    value = inputs.whole(declared.input)
    if declared.input and not any(texts(value)) and (declared.needs or declared.patterns):
        return _nothing(inputs)
    return _one_job(declared, value)


def _merge(declared: Declared, inputs: Inputs) -> Expansion:
    value = inputs.whole(declared.input)
    return _one_job(declared, value) if any(texts(value)) else _nothing(inputs)


def _nothing(inputs: Inputs) -> Expansion:
    inputs.warn("no input, so no job")
    return Expansion()


def _one_job(declared: Declared, value: object) -> Expansion:
    draft = _draft(declared, value, declared.output)
    return Expansion((draft,), Made(() if draft.output is None else (draft.output,), single=True))


def _originate(declared: Declared, _inputs: Inputs) -> Expansion:
    inner = members(declared.output)
    drafts = tuple(_draft(declared, None, item) for item in ([declared.output] if inner is None else inner))
    return Expansion(drafts, Made(_sorted(draft.output for draft in drafts)))


def _draft(declared: Declared, value: object, output: object) -> Draft:
    made = mapped(output, lambda text: filled(text, declared.variables))
    return Draft(value, made, tuple(texts(made)))


def _split(declared: Declared, inputs: Inputs) -> Expansion:
    return _apart(_task(declared, inputs))


def _subdivide(declared: Declared, inputs: Inputs) -> Expansion:
    return _apart(_transform(declared, inputs))


def _apart(expansion: Expansion) -> Expansion:
    """The same jobs, of which readers see every output as an input of its own."""
    elements: list[object] = []
    for draft in expansion.drafts:
        inner = members(draft.output)
        elements += [draft.output] if inner is None else inner
    return Expansion(expansion.drafts, Made(tuple(elements)))


def _transform(declared: Declared, inputs: Inputs) -> Expansion:
    elements, single = inputs.elements(declared.input)
    name = _by_template if declared.suffix is None else _by_suffix
    drafts: list[Draft] = []
    matched: list[bool] = []
    for element in _distinct(elements):
        draft = name(declared, element)
        if draft is not None:
            drafts.append(draft)
            matched.append(element.matched)
    if elements and not drafts:
        raise _no_suffix(declared, elements)
    if declared.suffix is None and declared.output:
        for captures in {tuple(element.captures) for element in elements if element.captures}:
            _check_captures(declared, captures)
    kept = _without_own(drafts, matched)
    made = _sorted(draft.output for draft in kept if draft.output is not None)
    return Expansion(tuple(kept), Made(made, single=single))


def _distinct(elements: list[Element]) -> list[Element]:
    """The elements without repetition, sorted by their texts."""
    if all(type(element.value) is str for element in elements):
        found = {str(element.value): element for element in reversed(elements)}
    else:
        found = {_key(element.value): element for element in reversed(elements)}
    return [found[key] for key in sorted(found)]


def _key(value: object) -> str:
    inner = members(value)
    return str(value) if inner is None else str([_key(item) for item in inner])


def _by_template(declared: Declared, element: Element) -> Draft:
    captures = element.captures
    _first(declared, element)
    values = {**captures, **declared.variables} if declared.variables else captures
    if isinstance(declared.output, str):
        path = filled(declared.output, values)
        return Draft(element.value, path, (path,), captures)
    output = mapped(declared.output, lambda text: filled(text, values))
    return Draft(element.value, output, tuple(texts(output)), captures)


def _check_captures(declared: Declared, captures: tuple[str, ...]) -> None:
    if not any(set(captures).intersection(field_names(text)) for text in texts(declared.output)):
        names = ", ".join(f"{{{name}}}" for name in captures)
        raise BuildFileError(
            f"task {declared.task.name}: the output has none of the captures of the input",
            place=declared.task.place,
            facts=[("output", ", ".join(texts(declared.output))), ("captures", names)],
            hint=f"give every job an output of its own: write {names} in the output",
        )


def _by_suffix(declared: Declared, element: Element) -> Draft | None:
    first, suffix = _first(declared, element), declared.suffix or ""
    if not first.endswith(suffix):
        return None
    prefix = first[: len(first) - len(suffix)]
    values = {**element.captures, **declared.variables}
    if declared.output_dir is not None:
        prefix = posixpath.join(expand(declared.output_dir, values), posixpath.basename(prefix))

    def name(text: str) -> str:
        text = expand(text, values)
        return normalise(PREFIX.sub(lambda _: prefix, text) if "\\" in text and PREFIX.search(text) else prefix + text)

    output = mapped(declared.output, name)
    return Draft(element.value, output, tuple(texts(output)), element.captures, prefix)


def _first(declared: Declared, element: Element) -> str:
    """The first file name of an element."""
    first = element.value if isinstance(element.value, str) else next(texts(element.value), None)
    if first is None:
        raise BuildFileError(
            f"task {declared.task.name}: the input {element.value!r} is no file name",
            place=declared.task.place,
            hint="give other values to the jobs as extras",
        )
    return first


def _no_suffix(declared: Declared, elements: list[Element]) -> BuildFileError:
    names = [next(texts(element.value), "") for element in elements]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return BuildFileError(
        f"task {declared.task.name}: no input ends in {declared.suffix}",
        place=declared.task.place,
        facts=[("input", ", ".join(names[:3]) + more)],
        hint="the suffix is the end of the input's name, with its dot",
    )


def _without_own(drafts: list[Draft], matched: list[bool]) -> list[Draft]:
    """The drafts whose input isn't made by another one of the same task, left over from an earlier build.

    A file that only a left-out job would make counts as a source, so the answer is the same on every build.
    """
    made = {path for draft in drafts for path in draft.outputs}
    left = {at: draft for at, draft in enumerate(drafts) if matched[at] and str(draft.input) in made}
    if not left:
        return drafts
    kept = {path for at, draft in enumerate(drafts) if at not in left for path in draft.outputs}
    dropped: set[int] = set()
    while left:
        out = [at for at, draft in left.items() if str(draft.input) in kept]
        dropped.update(out)
        rest = {at: draft for at, draft in left.items() if at not in dropped}
        open_paths = {path for draft in rest.values() for path in draft.outputs}
        sure = [draft for draft in rest.values() if str(draft.input) not in open_paths]
        kept.update(path for draft in sure for path in draft.outputs)
        left = {at: draft for at, draft in rest.items() if str(draft.input) in open_paths}
        if not out and not sure:
            break
    return [draft for at, draft in enumerate(drafts) if at not in dropped]


def _sorted(values: Iterable[object]) -> tuple[object, ...]:
    return tuple(sorted(values, key=str))


KINDS: Mapping[Kind, Callable[[Declared, Inputs], Expansion]] = {
    Kind.TASK: _task,
    Kind.ORIGINATE: _originate,
    Kind.TRANSFORM: _transform,
    Kind.SPLIT: _split,
    Kind.SUBDIVIDE: _subdivide,
    Kind.MERGE: _merge,
}
"""How the tasks of each kind become jobs."""
