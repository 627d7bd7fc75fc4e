"""How many threads the libraries of a job start: as many as it has cores, or N jobs would have N times all CPUs."""

from __future__ import annotations

VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
"""What the libraries for arrays and parallel loops read when they are loaded."""


def thread_counts(cores: int) -> dict[str, str]:
    """The variables for a job of so many cores. What the user has set goes over them.

    >>> thread_counts(2)["OMP_NUM_THREADS"]
    '2'
    """
    return dict.fromkeys(VARIABLES, str(cores))
