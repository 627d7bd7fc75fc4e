"""The kinds: how a task makes jobs. A new kind is one more line in `KINDS`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import BuildFileError
from pymake.model.fields import FieldError, field_names
from pymake.model.filters import describe
from pymake.model.task import Formatter, Kind, Regex, Suffix
from pymake.planner.choosing import chosen
from pymake.planner.drafts import Draft, Drafting, Expansion, outputs_of, without_own
from pymake.planner.inputs import Element, Inputs, Made
from pymake.planner.structure import key, mapped, members, texts, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pymake.planner.declared import Declared

_IN_EVERY_EXTRA = {"input": "", "output": ""}


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
    return _one_job(declared, inputs, value)


def _merge(declared: Declared, inputs: Inputs) -> Expansion:
    value = inputs.whole(declared.input)
    return _one_job(declared, inputs, value) if any(texts(value)) else _nothing(inputs)


def _nothing(inputs: Inputs) -> Expansion:
    inputs.warn("no input, so no job")
    return Expansion()


def _one_job(declared: Declared, inputs: Inputs, value: object) -> Expansion:
    draft = Drafting(declared, inputs).fixed(value)
    return Expansion((draft,), Made(() if draft.output is None else (draft.output,), single=True))


def _originate(declared: Declared, inputs: Inputs) -> Expansion:
    inner = members(declared.output)
    drafting = Drafting(declared, inputs)
    drafts = tuple(map(drafting.one_output, [declared.output] if inner is None else inner))
    return Expansion(drafts, Made(_sorted(draft.output for draft in drafts)))


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
    return expansion._replace(made=Made(tuple(elements)))


def _transform(declared: Declared, inputs: Inputs) -> Expansion:
    elements, single = inputs.elements(declared.input)
    drafting = Drafting(declared, inputs)
    drafts: list[Draft] = []
    taken: list[Element] = []
    for element in _distinct(elements):
        draft = drafting.of_element(element)
        if draft is not None:
            drafts.append(draft)
            taken.append(element)
    if declared.filter is None and declared.output:
        for captures in {tuple(element.captures) for element in elements if element.captures}:
            _check_captures(declared, captures)
    return _expansion(declared, drafting, without_own(drafts, taken), single=single)


def _collate(declared: Declared, inputs: Inputs) -> Expansion:
    elements = _distinct(inputs.elements(declared.input)[0])
    drafting = Drafting(declared, inputs)
    groups = _collated(declared, drafting, elements)
    made = outputs_of(groups)
    if any(element.is_match and str(element.value) in made for element in elements):
        drafting.unmatched.clear()
        fresh = [element for element in elements if not (element.is_match and str(element.value) in made)]
        groups = _collated(declared, drafting, fresh)
    return _expansion(declared, drafting, groups)


def _collated(declared: Declared, drafting: Drafting, elements: Iterable[Element]) -> list[Draft]:
    """One draft for each output with its extras. It has the fields that are the same for all its inputs."""
    groups: dict[tuple[str, str], list[Draft]] = {}
    for element in elements:
        draft = drafting.of_element(element)
        if draft is not None:
            groups.setdefault((key(draft.output), _extras_key(declared, drafting, draft)), []).append(draft)
    return list(map(_collected, groups.values()))


def _collected(group: Sequence[Draft]) -> Draft:
    first, *others = group
    given = [draft.input for draft in group]
    distinct = [value for at, value in enumerate(given) if not at or value != given[at - 1]]
    fields = {
        name: value for name, value in first.fields.items() if all(draft.fields.get(name) == value for draft in others)
    }
    return first._replace(input=tuple(distinct), fields=fields)


def _extras_key(declared: Declared, drafting: Drafting, draft: Draft) -> str:
    extras, naming = declared.task.extras, draft.naming
    if naming is None or not any(texts(extras)):
        return ""
    values = {**_IN_EVERY_EXTRA, **drafting.values(naming)}

    def replaced(text: str) -> str:
        try:
            return naming.other(text, values)
        except FieldError:  # it is reported when the job is made
            return text

    return key(mapped(extras, replaced))


def _choose(declared: Declared, inputs: Inputs) -> Expansion:
    """Product, permutations and combinations."""
    drafting = Drafting(declared, inputs)
    sources = declared.sets or ((declared.input, declared.filter),)
    sets = [inputs.elements(given)[0] for given, _ in sources]
    drafts = chosen(declared, drafting, sets)
    made = outputs_of(drafts)
    if any(element.is_match and str(element.value) in made for elements in sets for element in elements):
        drafting.unmatched.clear()
        fresh = [
            [element for element in elements if not (element.is_match and str(element.value) in made)]
            for elements in sets
        ]
        drafts = chosen(declared, drafting, fresh)
    return _expansion(declared, drafting, drafts)


def _expansion(declared: Declared, drafting: Drafting, drafts: Sequence[Draft], *, single: bool = False) -> Expansion:
    unmatched = drafting.unmatched
    if unmatched and not drafts:
        raise _nothing_taken(declared, [one.path for one in unmatched])
    made = _sorted(draft.output for draft in drafts if draft.output is not None)
    return Expansion(tuple(drafts), Made(made, single=single))


def _distinct(elements: list[Element]) -> list[Element]:
    """The elements without repetition, sorted by their texts."""
    if all(type(element.value) is str for element in elements):
        found = {str(element.value): element for element in reversed(elements)}
    else:
        found = {key(element.value): element for element in reversed(elements)}
    return [found[name] for name in sorted(found)]


def _check_captures(declared: Declared, captures: tuple[str, ...]) -> None:
    if not any(set(captures).intersection(field_names(text)) for text in written(declared.output)):
        names = ", ".join(f"{{{name}}}" for name in captures)
        raise BuildFileError(
            f"task {declared.task.name}: the output has none of the captures of the input",
            place=declared.task.place,
            facts=[("output", ", ".join(written(declared.output))), ("captures", names)],
            hint=f"give every job an output of its own: write {names} in the output",
        )


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


def _sorted(values: Iterable[object]) -> tuple[object, ...]:
    return tuple(sorted(values, key=str))


KINDS: Mapping[Kind, Callable[[Declared, Inputs], Expansion]] = {
    Kind.TASK: _task,
    Kind.ORIGINATE: _originate,
    Kind.TRANSFORM: _transform,
    Kind.SPLIT: _split,
    Kind.SUBDIVIDE: _subdivide,
    Kind.MERGE: _merge,
    Kind.COLLATE: _collate,
    Kind.PRODUCT: _choose,
    Kind.PERMUTATIONS: _choose,
    Kind.COMBINATIONS: _choose,
    Kind.COMBINATIONS_WITH_REPLACEMENT: _choose,
}
"""How the tasks of each kind become jobs."""
