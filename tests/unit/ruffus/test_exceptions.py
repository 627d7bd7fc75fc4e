"""The exceptions: all of them, their bases, and how their texts look."""

from __future__ import annotations

from pymake.ruffus import ruffus_exceptions
from pymake.ruffus.ruffus_exceptions import (
    MissingInputFileError,
    RethrownJobError,
    error_task,
    error_task_contruction,
    error_task_transform,
)

PER_KIND = [
    "originate",
    "split",
    "transform",
    "merge",
    "collate",
    "subdivide",
    "product",
    "permutations",
    "combinations",
    "combinations_with_replacement",
    "mkdir",
    "files",
    "files_re",
    "parallel",
    "get_output",
    "transform_inputs_multiple_args",
    "collate_inputs_multiple_args",
]


class Named:
    """A task, as far as exceptions know."""

    _name = "module.task"


def test_there_are_56_and_all_are_of_one_family() -> None:
    found = [getattr(ruffus_exceptions, name) for name in ruffus_exceptions.__all__]
    assert len(found) == 55 + 1
    assert all(issubclass(each, error_task) for each in found)


def test_those_of_kinds_are_errors_of_construction() -> None:
    for name in PER_KIND:
        assert issubclass(getattr(ruffus_exceptions, f"error_task_{name}"), error_task_contruction)


def test_the_text_is_indented() -> None:
    assert str(error_task("a", "b")) == "    \n    \n    \n    a b"


def test_a_task_and_a_headline_can_be_added() -> None:
    error = MissingInputFileError("no such\nfile")
    assert error.specify_task(Named(), "Cannot run") is error
    assert str(error) == "    \n    \n    Cannot run for\n    \n    task = 'module.task'\n    no such\n    file"


def test_an_error_of_construction_knows_its_task() -> None:
    error = error_task_transform(Named(), "is malformed", "details")
    assert error.main_msg == "is malformed"
    assert error.args == ("details",)


def test_what_went_wrong_in_jobs_is_listed() -> None:
    error = RethrownJobError()
    assert len(error) == 0
    error.append(["m.f", "Job  = [a -> b]", "builtins.ValueError", "(bad)", "Traceback\n  line\n"])
    assert len(error) == 1
    assert error.job_exceptions[0][2:4] == ["builtins.ValueError", "(bad)"]
    assert error.get_nth_exception_str() == (
        "\n    Exception #1\n      'builtins.ValueError(bad)' raised in ...\n       Task = def f(...):\n"
        "       Job  = [a -> b]\n    \n    Traceback\n      line\n    \n    "
    )
    assert "\nOriginal exception:\n" in str(error)
    error.append(error.job_exceptions[0])
    assert "\nOriginal exceptions:\n" in str(error)
    assert "Exception #2" in str(error)
