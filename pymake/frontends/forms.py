"""How a declaration is called: which arguments each kind takes by position, in which order, and which by name.

A new kind is an entry in `FORMS`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.errors import nearest
from pymake.frontends.references import ChangedInputs, Unsuitable
from pymake.model.task import CHOOSING, Formatter, Kind, Regex, Suffix

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILTERS = (Suffix, Regex, Formatter)
_NUMBERED = re.compile(r"(input|filter)([2-9]|[1-9]\d+)")
_CHANGES = ("add_inputs", "replace_inputs")
_FILTER_NAMES: Mapping[type, str] = {Suffix: "suffix", Regex: "regex", Formatter: "formatter"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The arguments that make the jobs of a kind, in their order; what follows them by position are the extras.

    `filters` are those it takes. Whether it takes one, its inputs can be changed.
    """

    positional: tuple[str, ...]
    required: tuple[str, ...] = ("output",)
    filters: tuple[type, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """All arguments by their names."""
        changes = _CHANGES if self.filters else ()
        folder = ("output_dir",) if Suffix in self.filters else ()
        return (*self.positional, "extras", *changes, *folder)


_ONE_OF_ALL = Form(positional=("input", "output"))
_ONE_OF_EACH = Form(positional=("input", "filter", "output"), filters=_FILTERS)
_CHOICE = Form(
    positional=("input", "filter", "tuple_size", "output"), required=("tuple_size", "output"), filters=(Formatter,)
)

FORMS: Mapping[Kind, Form] = {
    Kind.TASK: Form(positional=("input", "output"), required=()),
    Kind.ORIGINATE: Form(positional=("output",)),
    Kind.TRANSFORM: _ONE_OF_EACH,
    Kind.SPLIT: _ONE_OF_ALL,
    Kind.SUBDIVIDE: _ONE_OF_EACH,
    Kind.MERGE: _ONE_OF_ALL,
    Kind.COLLATE: Form(positional=("input", "filter", "output"), filters=(Regex, Formatter)),
    Kind.PRODUCT: Form(positional=("input", "filter", "output"), filters=(Formatter,)),
    **dict.fromkeys(CHOOSING, _CHOICE),
}


def bind(kind: Kind, positional: tuple[object, ...], named: Mapping[str, object]) -> tuple[Kind, dict[str, object]]:
    """All arguments of a declaration by name, as written, and the kind: `split` with a filter is `subdivide`.

    Raises:
        Unsuitable: one is missing, given twice, or is a filter that the kind does not take.
    """
    if kind is Kind.SPLIT and (isinstance(named.get("filter"), _FILTERS) or _is_filter(positional, 1)):
        kind = Kind.SUBDIVIDE
    bound = _by_position(kind, list(positional))
    for name, value in named.items():
        if name in bound:
            raise Unsuitable(f"{kind.value} has {name!r} twice: by position and by name", hint=usage(kind))
        bound[name] = value
    _check_complete(kind, bound)
    if kind is Kind.PRODUCT:
        _check_pairs(bound)
    return kind, bound


def _by_position(kind: Kind, rest: list[object]) -> dict[str, object]:
    form = FORMS[kind]
    bound: dict[str, object] = {}
    for name in form.positional:
        if name == "output" and kind is Kind.PRODUCT:
            bound.update(_pairs(rest))
        if name == "output" and form.filters and rest and isinstance(rest[0], ChangedInputs):
            change = rest.pop(0)
            if isinstance(change, ChangedInputs):
                bound[change.argument] = change
        if not rest:
            break
        if name != "filter" or isinstance(rest[0], _FILTERS):
            bound[name] = rest.pop(0)
    if rest:
        bound["extras"] = rest
    return bound


def _pairs(rest: list[object]) -> dict[str, object]:
    """The further inputs of a product, each followed by its filter."""
    bound: dict[str, object] = {}
    while _is_filter(rest, 1):
        number = len(bound) // 2 + 2
        bound[f"input{number}"], bound[f"filter{number}"] = rest.pop(0), rest.pop(0)
    return bound


def _is_filter(values: list[object] | tuple[object, ...], at: int) -> bool:
    return len(values) > at and isinstance(values[at], _FILTERS)


def _check_complete(kind: Kind, bound: Mapping[str, object]) -> None:
    form = FORMS[kind]
    for name in form.required:
        if name not in bound:
            raise Unsuitable(f"{kind.value} has no {name!r}", hint=usage(kind))
    if all(name in bound for name in _CHANGES):
        raise Unsuitable(f"{kind.value} has both inputs and add_inputs", hint="give one of them")
    for name in bound:
        if name.startswith("filter"):
            _check_filter(kind, bound[name], name)
    if form.filters and "filter" not in bound:
        _check_template(kind, bound)


def _check_filter(kind: Kind, value: object, name: str) -> None:
    filters = FORMS[kind].filters
    wanted = " or ".join(f"{_FILTER_NAMES[known]}(…)" for known in filters)
    if not isinstance(value, _FILTERS):
        raise Unsuitable(f"{name} is {value!r}, not {wanted or 'a filter'}")
    if not isinstance(value, filters):
        raise Unsuitable(f"{kind.value} takes {wanted}, not {_FILTER_NAMES[type(value)]}(…)", hint=usage(kind))


def _check_template(kind: Kind, bound: Mapping[str, object]) -> None:
    if "{" not in repr(bound.get("input")):
        raise Unsuitable(f"{kind.value} has no filter", hint=f'{usage(kind)}, or an input such as "src/{{name}}.c"')
    if "output_dir" in bound:
        raise Unsuitable("output_dir goes with suffix(…) only", hint="write the folder into the output")


def _check_pairs(bound: Mapping[str, object]) -> None:
    """The inputs of a product are numbered without a gap."""
    numbers = sorted({int(found[2]) for found in map(_NUMBERED.fullmatch, bound) if found is not None})
    for at, number in enumerate(numbers, start=2):
        if number != at or f"input{number}" not in bound:
            raise Unsuitable(f"product has no 'input{at}'", hint=usage(Kind.PRODUCT))


def usage(kind: Kind) -> str:
    """How a kind is called.

    >>> usage(Kind.TRANSFORM)
    'transform(input, filter, output, *extras)'
    """
    positional = FORMS[kind].positional
    names = ("input", "filter", "input2", "filter2", "…", "output") if kind is Kind.PRODUCT else positional
    return f"{kind.value}({', '.join(names)}, *extras)"


def known_names(kind: Kind, further: tuple[str, ...]) -> frozenset[str]:
    """The names of the arguments that a kind takes, with `further` ones that do not depend on the kind."""
    return frozenset((*FORMS[kind].named, *further, *(("filter",) if kind is Kind.SPLIT else ())))


def check_names(what: str, given: Mapping[str, object], known: frozenset[str]) -> None:
    """Make sure that every argument is known.

    Raises:
        Unsuitable: one is not; it says which known one is near.
    """
    if known.issuperset(given):
        return
    numbered = _NUMBERED.fullmatch if what == Kind.PRODUCT.value else _no_match
    name = next((name for name in given if name not in known and not numbered(name)), None)
    if name is None:
        return
    near = nearest(name, sorted(known))
    facts = [("nearest", ", ".join(near))] if near else [("known", ", ".join(sorted(known)))]
    raise Unsuitable(f"{what} has no argument {name!r}", facts=facts)


def _no_match(_name: str) -> None:
    return None


def numbered_inputs(bound: dict[str, object]) -> list[tuple[object, object]]:
    """The further inputs of a product with their filters, taken out of the arguments."""
    numbers = sorted(int(name.removeprefix("input")) for name in bound if name[5:].isdecimal() and name[:5] == "input")
    return [(bound.pop(f"input{number}"), bound.pop(f"filter{number}", None)) for number in numbers]
