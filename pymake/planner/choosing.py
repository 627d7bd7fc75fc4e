"""Kinds whose jobs take several inputs, each from a list: `product`, `permutations`, `combinations` and their like.

The fields of such a job have a value for each of its inputs: `{basename[1][0]}` is the first file of the second one,
and `{name[1]}` is what a template captured from the second one. In a product of templates every capture has a name of
its own, and stands for itself.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from pymake.errors import BuildFileError
from pymake.model.fields import MISSING
from pymake.model.filters import CaptureNaming, Unmatched, formatter_fields
from pymake.model.task import Formatter, Kind
from pymake.planner.structure import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pymake.model.fields import FieldValue
    from pymake.model.filters import Fields, Naming
    from pymake.planner.declared import Declared
    from pymake.planner.drafts import Draft, Drafting
    from pymake.planner.inputs import Element


class _Member(NamedTuple):
    """An input that may be chosen, with the fields it gives."""

    value: object
    fields: Fields


_CHOICES: Mapping[Kind, Callable[[Sequence[_Member], int], Iterable[tuple[_Member, ...]]]] = {
    Kind.PERMUTATIONS: itertools.permutations,
    Kind.COMBINATIONS: itertools.combinations,
    Kind.COMBINATIONS_WITH_REPLACEMENT: itertools.combinations_with_replacement,
}


def chosen(drafting: Drafting, sets: Sequence[Sequence[Element]]) -> list[Draft]:
    """The drafts of a task with these sets of inputs, in their order.

    Raises:
        BuildFileError: two templates of a product have a capture of the same name.
        FieldError: a field without a value.
    """
    declared = drafting.declared
    filters = _filters(declared)
    taken = [_taken(drafting, elements, one) for elements, one in zip(sets, filters, strict=True)]
    choose = _CHOICES.get(declared.task.kind)
    if choose is None:
        _check_names(declared, taken)
        choices: Iterable[tuple[_Member, ...]] = itertools.product(*taken) if all(taken) else ()
    else:
        choices = choose(taken[0], declared.task.tuple_size or 0)
    name = _joined if choose is None else _listed
    drafts: list[Draft] = []
    for choice in choices:
        naming = name(choice) if filters[0] is None else drafting.naming_of_choice(_columns(choice))
        draft = drafting.named(tuple(member.value for member in choice), naming)
        if draft is not None:
            drafts.append(draft)
    return drafts


def _filters(declared: Declared) -> list[Formatter | None]:
    """The filter of each set: all have one, or none."""
    given = [one for _, one in declared.sets]
    if not given and isinstance(declared.filter, Formatter):
        given = [declared.filter]
    if not any(one is not None for one in given):
        return [None] * max(1, len(given))
    return [Formatter() if one is None else one for one in given]


def _taken(drafting: Drafting, elements: Sequence[Element], formatter: Formatter | None) -> list[_Member]:
    if formatter is None:
        return [_Member(element.value, element.captures) for element in elements]
    found: list[_Member] = []
    for element in elements:
        fields = formatter_fields(formatter, list(texts(element.value)), root=drafting.declared.below)
        if isinstance(fields, Unmatched):
            drafting.unmatched.append(fields)
        else:
            found.append(_Member(element.value, {**element.captures, **fields}))
    return found


def _listed(choice: Sequence[_Member]) -> Naming:
    return CaptureNaming(_columns(choice))


def _columns(choice: Sequence[_Member]) -> dict[str, FieldValue]:
    """By field, the value of every member."""
    names = dict.fromkeys(name for member in choice for name in member.fields)
    return {name: tuple(member.fields.get(name, MISSING) for member in choice) for name in names}


def _joined(choice: Sequence[_Member]) -> Naming:
    return CaptureNaming({name: value for member in choice for name, value in member.fields.items()})


def _check_names(declared: Declared, taken: Sequence[Sequence[_Member]]) -> None:
    """Each capture in the templates of a product has one meaning."""
    if any(one is not None for _, one in declared.sets):
        return
    seen: set[str] = set()
    for members in taken:
        names = {name for member in members[:1] for name in member.fields}
        if again := sorted(seen & names):
            raise BuildFileError(
                f"task {declared.task.name}: two inputs of the product capture {{{again[0]}}}",
                place=declared.task.place,
                hint="give every capture a name of its own",
            )
        seen |= names
