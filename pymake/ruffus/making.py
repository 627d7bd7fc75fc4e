"""Each kind that makes jobs of inputs, with how it makes them; known when a run is prepared."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
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
class Making:
    """How a kind makes jobs.

    `filters` are the words it takes. With `many`, each file that it makes is an element of the input of its readers,
    not each job. With `one`, it makes a single job with a single output.
    """

    made: Callable[[Rule, World], Iterator[Made]]
    filters: tuple[type, ...] = ()
    many: bool = False
    one: bool = False


_ALL = (suffix, regex, formatter)

MAKINGS: Mapping[str, Making] = {
    "originate": Making(made=originated),
    "split": Making(made=split_up, many=True),
    "merge": Making(made=merged, one=True),
    "transform": Making(made=transformed, filters=_ALL),
    "subdivide": Making(made=subdivided, filters=_ALL, many=True),
    "mkdir": Making(made=transformed, filters=_ALL),
    "collate": Making(made=collated, filters=(regex, formatter)),
    "product": Making(made=multiplied),
    "permutations": Making(made=chosen_by(itertools.permutations)),
    "combinations": Making(made=chosen_by(itertools.combinations)),
    "combinations_with_replacement": Making(made=chosen_by(itertools.combinations_with_replacement)),
}
"""By the name of the kind."""
