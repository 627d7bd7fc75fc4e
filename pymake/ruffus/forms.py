"""The arguments that each kind of task takes, and what its errors are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.ruffus import ruffus_exceptions as errors

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMED = ("input", "filter", "output_dir", "modify_inputs", "output", "extras")
_SIZED = ("input", "filter", "tuple_size", "modify_inputs", "output", "extras")

EXPECTS: Mapping[str, tuple[str, ...]] = {
    "originate": ("output", "extras"),
    "split": ("input", "output", "extras"),
    "merge": ("input", "output", "extras"),
    "transform": _NAMED,
    "subdivide": _NAMED,
    "mkdir": _NAMED,
    "collate": ("input", "filter", "modify_inputs", "output", "extras"),
    "product": ("input", "filter", "inputN", "modify_inputs", "output", "extras"),
    "permutations": _SIZED,
    "combinations": _SIZED,
    "combinations_with_replacement": _SIZED,
}
"""In the order in which positional arguments are taken; for the kinds that say how files become files."""


def error_of(kind: str) -> type[errors.error_task_contruction]:
    """The error for wrong arguments of a kind.

    >>> error_of("merge").__name__
    'error_task_merge'
    """
    found: type[errors.error_task_contruction] = getattr(errors, f"error_task_{kind}")
    return found
