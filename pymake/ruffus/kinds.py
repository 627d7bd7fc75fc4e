"""How each kind of Ruffus makes the parameters of its jobs.

The choosing, pairing and naming are those of `itertools` and `filters`; what is peculiar is the shape of what a
function is called with: bare values, lists and tuples are told apart by the programs that get them.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, field
from pymake.ruffus.arguments import ADD, KEEP
from pymake.ruffus.inputs import expanded, globbed
from pymake.ruffus.ruffus_exceptions import error_input_file_does_not_match
from pymake.ruffus.structure import first_name, is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pymake.ruffus.filters import Filter
    from pymake.ruffus.inputs import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The parameters of one job: `call` as its function gets them, `shown` with patterns as they were written."""

    call: tuple[object, ...]
    shown: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An input that makes no job, and why; so nothing is called."""

    reason: str
    call: tuple[object, ...] = ()


Made = Parameters | Dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a task says about its jobs, with tasks in place of their names."""

    input: object = None
    output: object = None
    extras: Sequence[object] = ()
    filter: Filter | None = None
    tuple_size: int = 0
    change: int = KEEP
    changed: object = None
    sets: Sequence[object] = field(default_factory=tuple)


def originated(rule: Rule, _: World) -> Iterator[Made]:
    """One job for each element of the output."""
    for output in _members(rule.output):
        yield Parameters(call=(None, globbed(output), *rule.extras), shown=(None, output, *rule.extras))


def split_up(rule: Rule, world: World) -> Iterator[Made]:
    """One job; its outputs are the files that are there."""
    source = expanded(rule.input, world, bare=True)
    yield Parameters(call=(source, globbed(rule.output), *rule.extras), shown=(source, rule.output, *rule.extras))


def merged(rule: Rule, world: World) -> Iterator[Made]:
    """One job of everything."""
    call = (expanded(rule.input, world, bare=True), rule.output, *rule.extras)
    yield Parameters(call=call, shown=call)


def transformed(rule: Rule, world: World) -> Iterator[Made]:
    """One job for each element of the input, in the order of their texts."""
    yield from _named(rule, world, globs=False)


def subdivided(rule: Rule, world: World) -> Iterator[Made]:
    """One job for each element of the input; its outputs may be patterns."""
    yield from _named(rule, world, globs=True)


def _named(rule: Rule, world: World, *, globs: bool) -> Iterator[Made]:
    for element in sorted(_elements(rule.input, world), key=str):
        made = _parameters(rule, world, element, element)
        if globs and isinstance(made, Parameters):
            source, output, *extras = made.call
            made = Parameters(call=(source, globbed(output), *extras), shown=made.call)
        yield made


def collated(rule: Rule, world: World) -> Iterator[Made]:
    """One job for all elements with the same output and extras; a tuple of what each of them stands for."""
    found: list[tuple[object, tuple[object, ...]]] = []
    for element in sorted(_elements(rule.input, world), key=str):
        made = _parameters(rule, world, element, element)
        if isinstance(made, Dropped):
            yield made
        else:
            found.append((made.call[0], made.call[1:]))
    for rest, group in itertools.groupby(sorted(found, key=lambda pair: str(pair[1])), key=lambda pair: pair[1]):
        members = [source for source, _ in itertools.groupby(source for source, _ in group)]
        call = (tuple(members), *rest)
        yield Parameters(call=call, shown=call)


def multiplied(rule: Rule, world: World) -> Iterator[Made]:
    """`product`: one job for each way to take an element of every set."""
    sets = [_elements(value, world) for value in rule.sets]
    yield from _chosen(rule, world, itertools.product(*sets))


def chosen_by(
    choose: Callable[[list[object], int], Iterable[tuple[object, ...]]],
) -> Callable[[Rule, World], Iterator[Made]]:
    """`permutations` and its like: one job for each choice of some elements."""

    def made(rule: Rule, world: World) -> Iterator[Made]:
        yield from _chosen(rule, world, choose(_elements(rule.input, world), rule.tuple_size))

    return made


def _chosen(rule: Rule, world: World, choices: Iterable[tuple[object, ...]]) -> Iterator[Made]:
    for choice in choices:
        yield _parameters(rule, world, choice, choice)


def _parameters(rule: Rule, world: World, names: object, source: object) -> Made:
    """The parameters of the job of one element, or why there is none."""
    assert rule.filter is not None, "kinds with elements have a filter"
    if first_name(names) is None:
        return Dropped(reason=f"No file names in {names!r}")
    try:
        extras = [rule.filter.other(extra, names) for extra in rule.extras]
        output = rule.filter.output(rule.output, names)
        if rule.change != KEEP:
            source = _changed(rule, world, names, source)
    except error_input_file_does_not_match as mismatch:
        return Dropped(reason=" ".join(map(str, mismatch.args)))
    call = (source, output, *extras)
    return Parameters(call=call, shown=call)


def _changed(rule: Rule, world: World, names: object, source: object) -> object:
    """The input with what is added to it, or what replaces it."""
    assert rule.filter is not None, "only kinds with a filter change inputs"
    if rule.change != ADD:
        return expanded(rule.filter.other(rule.changed, names), world)
    if not isinstance(rule.changed, tuple):
        raise TypeError(f"add_inputs must be a tuple, not {type(rule.changed).__name__}: {rule.changed!r}")
    added = expanded(rule.filter.other(rule.changed, names), world)
    assert isinstance(added, tuple), "a tuple stays one"
    return (source, *added)


def _elements(value: object, world: World) -> list[object]:
    """The elements of an input. A plain name is one, and so is anything that is not a sequence."""
    found = expanded(value, world)
    return _members(found)


def _members(value: object) -> list[object]:
    return list(value) if is_sequence(value) else [value]
