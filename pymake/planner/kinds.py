"""The kinds: how a task makes jobs. A new kind is one more line in `KINDS`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import BuildFileError
from pymake.model.fields import FieldError, field_names
from pymake.model.task import Kind
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
    return KINDS[declared.task.kind](Drafting(declared, inputs))


def expand_some(declared: Declared, inputs: Inputs) -> tuple[Draft, ...]:
    """The jobs that a task with one job for each input has for some of its inputs; it may take none of them.

    Raises:
        BuildFileError: the task cannot be applied to its inputs.
        FieldError: a field without a value.
    """
    drafting = Drafting(declared, inputs)
    elements, _ = inputs.elements(declared.input)
    drafts = map(drafting.of_element, drafting.in_order(elements))
    return tuple(draft for draft in drafts if draft is not None)


def seen_by_readers(kind: Kind, drafts: Iterable[Draft]) -> tuple[object, ...]:
    """What readers of a task with one job for each input see of some of its jobs."""
    made = tuple(drafts)
    if kind is Kind.SUBDIVIDE:
        return _apart(Expansion(made)).made.elements
    return tuple(draft.output for draft in made if draft.output is not None)


def _task(drafting: Drafting) -> Expansion:
    declared, inputs = drafting.declared, drafting.inputs
    value = inputs.whole(declared.input)
    if declared.input and not any(texts(value)) and (declared.needs or declared.patterns):
        return _nothing(inputs)
    return _one_job(drafting, value)


def _merge(drafting: Drafting) -> Expansion:
    value = drafting.inputs.whole(drafting.declared.input)
    wants_none = drafting.declared.input is None
    return _one_job(drafting, value) if wants_none or any(texts(value)) else _nothing(drafting.inputs)


def _nothing(inputs: Inputs) -> Expansion:
    inputs.warn("no input, so no job")
    return Expansion()


def _one_job(drafting: Drafting, value: object) -> Expansion:
    draft = drafting.fixed(value)
    return Expansion((draft,), Made(() if draft.output is None else (draft.output,), single=True))


def _originate(drafting: Drafting) -> Expansion:
    output = drafting.declared.output
    inner = members(output)
    drafts = tuple(map(drafting.one_output, [output] if inner is None else inner))
    return Expansion(drafts, Made(_sorted(draft.output for draft in drafts)))


def _split(drafting: Drafting) -> Expansion:
    return _apart(_task(drafting))


def _subdivide(drafting: Drafting) -> Expansion:
    return _apart(_transform(drafting))


def _apart(expansion: Expansion) -> Expansion:
    """The same jobs, of which readers see every output as an input of its own."""
    elements: list[object] = []
    for draft in expansion.drafts:
        inner = members(draft.output)
        elements += [draft.output] if inner is None else inner
    return expansion._replace(made=Made(tuple(elements)))


def _transform(drafting: Drafting) -> Expansion:
    declared = drafting.declared
    elements, single = drafting.inputs.elements(declared.input)
    drafts: list[Draft] = []
    taken: list[Element] = []
    for element in drafting.in_order(elements):
        draft = drafting.of_element(element)
        if draft is not None:
            drafts.append(draft)
            taken.append(element)
    if declared.filter is None and declared.output:
        for captures in {tuple(element.captures) for element in elements if element.captures}:
            _check_captures(declared, captures)
    return _expansion(drafting, without_own(drafts, taken), single=single)


def _collate(drafting: Drafting) -> Expansion:
    elements = drafting.in_order(drafting.inputs.elements(drafting.declared.input)[0])
    groups = _collated(drafting, elements)
    made = outputs_of(groups)
    if any(element.is_match and str(element.value) in made for element in elements):
        drafting.unmatched.clear()
        fresh = [element for element in elements if not (element.is_match and str(element.value) in made)]
        groups = _collated(drafting, fresh)
    return _expansion(drafting, groups)


def _collated(drafting: Drafting, elements: Iterable[Element]) -> list[Draft]:
    """One draft for each output with its extras. It has the fields that are the same for all its inputs."""
    groups: dict[tuple[str, str], list[Draft]] = {}
    for element in elements:
        draft = drafting.of_element(element)
        if draft is not None:
            groups.setdefault((key(draft.output), _extras_key(drafting, draft)), []).append(draft)
    return list(map(_collected, groups.values()))


def _collected(group: Sequence[Draft]) -> Draft:
    first, *others = group
    given = [draft.input for draft in group]
    distinct = [value for at, value in enumerate(given) if not at or value != given[at - 1]]
    fields = {
        name: value for name, value in first.fields.items() if all(draft.fields.get(name) == value for draft in others)
    }
    return first._replace(input=tuple(distinct), fields=fields)


def _extras_key(drafting: Drafting, draft: Draft) -> str:
    extras, naming = drafting.declared.task.extras, draft.naming
    if naming is None or not any(texts(extras)):
        return ""
    values = {**_IN_EVERY_EXTRA, **drafting.values(naming)}

    def replaced(text: str) -> str:
        try:
            return naming.other(text, values)
        except FieldError:  # it is reported when the job is made
            return text

    return key(mapped(extras, replaced))


def _choose(drafting: Drafting) -> Expansion:
    """Product, permutations and combinations."""
    declared = drafting.declared
    sources = declared.sets or ((declared.input, declared.filter),)
    sets = [drafting.inputs.elements(given)[0] for given, _ in sources]
    drafts = chosen(drafting, sets)
    made = outputs_of(drafts)
    if any(element.is_match and str(element.value) in made for elements in sets for element in elements):
        drafting.unmatched.clear()
        fresh = [
            [element for element in elements if not (element.is_match and str(element.value) in made)]
            for elements in sets
        ]
        drafts = chosen(drafting, fresh)
    return _expansion(drafting, drafts)


def _expansion(drafting: Drafting, drafts: Sequence[Draft], *, single: bool = False) -> Expansion:
    if drafting.unmatched and not drafts:
        drafting.none_taken()
    made = _sorted(draft.output for draft in drafts if draft.output is not None)
    return Expansion(tuple(drafts), Made(made, single=single))


def _check_captures(declared: Declared, captures: tuple[str, ...]) -> None:
    if not any(set(captures).intersection(field_names(text)) for text in written(declared.output)):
        names = ", ".join(f"{{{name}}}" for name in captures)
        raise BuildFileError(
            f"task {declared.task.name}: the output has none of the captures of the input",
            place=declared.task.place,
            facts=[("output", ", ".join(written(declared.output))), ("captures", names)],
            hint=f"give every job an output of its own: write {names} in the output",
        )


def _sorted(values: Iterable[object]) -> tuple[object, ...]:
    return tuple(sorted(values, key=str))


KINDS: Mapping[Kind, Callable[[Drafting], Expansion]] = {
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
