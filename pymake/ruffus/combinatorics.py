"""The kinds whose jobs take several inputs each: `from ruffus.combinatorics import *`."""

from __future__ import annotations

from pymake.ruffus.decorators import combinations, combinations_with_replacement, permutations, product

__all__ = ["combinations", "combinations_with_replacement", "permutations", "product"]
