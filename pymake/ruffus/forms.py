"""Each kind of task in a line: which arguments it takes, how it makes jobs, and what its errors are called."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymake.ruffus import ruffus_exceptions as errors
from pymake.ruffus.indicators import formatter, regex, suffix
from pymake.ruffus.kinds import (
    chosen_by,
    collated,
    merged,
    multiplied,
    originated,
    split_up,
    subdivided,
    transformed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pymake.ruffus.inputs import World
    from pymake.ruffus.kinds import Made, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What there is to know of a kind.

    `filters` are the words it takes. With `many`, each file that it makes is an element of the input of its readers,
    not each job. With `one`, it makes a single job with a single output.
    """

    name: str
    expects: tuple[str, ...]
    error: type[errors.error_task_contruction]
    made: Callable[[Rule, World], Iterator[Made]]
    filters: tuple[type, ...] = ()
    many: bool = False
    one: bool = False


_NAMED = ("input", "filter", "output_dir", "modify_inputs", "output", "extras")
_SIZED = ("input", "filter", "tuple_size", "modify_inputs", "output", "extras")
_ALL = (suffix, regex, formatter)

_FORMS = (
    Form(name="originate", expects=("output", "extras"), error=errors.error_task_originate, made=originated),
    Form(
        name="split",
        expects=("input", "output", "extras"),
        error=errors.error_task_split,
        made=split_up,
        many=True,
    ),
    Form(
        name="merge",
        expects=("input", "output", "extras"),
        error=errors.error_task_merge,
        made=merged,
        one=True,
    ),
    Form(name="transform", expects=_NAMED, error=errors.error_task_transform, made=transformed, filters=_ALL),
    Form(name="subdivide", expects=_NAMED, error=errors.error_task_subdivide, made=subdivided, filters=_ALL, many=True),
    Form(name="mkdir", expects=_NAMED, error=errors.error_task_mkdir, made=transformed, filters=_ALL),
    Form(
        name="collate",
        expects=("input", "filter", "modify_inputs", "output", "extras"),
        error=errors.error_task_collate,
        made=collated,
        filters=(regex, formatter),
    ),
    Form(
        name="product",
        expects=("input", "filter", "inputN", "modify_inputs", "output", "extras"),
        error=errors.error_task_product,
        made=multiplied,
    ),
    Form(
        name="permutations",
        expects=_SIZED,
        error=errors.error_task_permutations,
        made=chosen_by(itertools.permutations),
    ),
    Form(
        name="combinations",
        expects=_SIZED,
        error=errors.error_task_combinations,
        made=chosen_by(itertools.combinations),
    ),
    Form(
        name="combinations_with_replacement",
        expects=_SIZED,
        error=errors.error_task_combinations_with_replacement,
        made=chosen_by(itertools.combinations_with_replacement),
    ),
)

FORMS: Mapping[str, Form] = {form.name: form for form in _FORMS}
"""The kinds that say how files become files; `files`, `files_re`, `parallel` and plain functions are others."""
