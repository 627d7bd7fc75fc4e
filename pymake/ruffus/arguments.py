"""The arguments of a task, positional and named, put into one order: what decorators and `Pipeline` methods share.

Positional ones are consumed first, each only if the kind of task has it: input, filter, (input2, filter2, …),
tuple_size, inputs or add_inputs, output; the rest are extras. What is then missing is looked up by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.ruffus.indicators import add_inputs, formatter, inputs, regex, suffix
from pymake.ruffus.ruffus_exceptions import (
    error_extras_wrong_type,
    error_inputs_multiple_args,
    error_missing_args,
    error_too_many_args,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

ADD, REPLACE, KEEP = 0, 1, 2
"""What `modify_inputs_mode` can be: inputs are added, replaced, or left alone."""

_FILTERS = (suffix, regex, formatter)
_NONE = object()


def parse_task_arguments(
    orig_unnamed_arguments: Iterable[object],
    orig_named_arguments: Mapping[str, object],
    expected_arguments: Collection[str],
    task_description: str,
) -> dict[str, object]:
    """The arguments by name.

    `expected_arguments` are names of the first line above, where `inputN` stands for the further sets of `product`
    and `modify_inputs` for `inputs` and `add_inputs`. `task_description` shows the call, with `%s` for its arguments.

    Raises:
        error_missing_args: filter, tuple_size or output is missing.
        error_too_many_args: an argument that is not known, or given twice.
        error_inputs_multiple_args: `inputs` takes one argument.
        error_extras_wrong_type: `extras=` is neither a list nor a dict.
        TypeError: a filter or tuple size is none.
    """
    return _Reading(orig_unnamed_arguments, orig_named_arguments, task_description).read(expected_arguments)


class _Reading:
    """Owns what is left of the arguments of one call, and what was understood so far."""

    def __init__(self, unnamed: Iterable[object], named: Mapping[str, object], description: str) -> None:
        self._unnamed = list(unnamed)
        self._named = dict(named)
        self._description = description
        self._shown: list[str] = []
        self._result: dict[str, object] = {}

    def read(self, expected: Collection[str]) -> dict[str, object]:
        if "input" in expected:
            self._result["input"] = self._take("input", [])
        if "filter" in expected:
            self._result["filter"] = self._take_filter("filter")
        if "inputN" in expected:
            self._read_sets()
        if "tuple_size" in expected:
            self._read_tuple_size()
        if "output_dir" in expected:
            takes = isinstance(self._result["filter"], suffix)
            self._result["output_dir"] = self._named.pop("output_dir", []) if takes else []
        if "modify_inputs" in expected:
            self._read_changed_inputs()
        if "output" in expected:
            self._result["output"] = self._take("output")
        if "extras" in expected:
            self._read_extras()
        if self._unnamed or self._named:
            rest = [f"{name}={value!r}" for name, value in self._named.items()]
            rest = [repr(value) for value in self._unnamed] + rest
            raise error_too_many_args(
                "Duplicate, conflicting or unrecognised arguments:\n\n" + self._call(", ".join(rest))
            )
        return self._result

    def _take(self, name: str, default: object = _NONE) -> object:
        """The next positional argument, or the one of this name."""
        value = self._unnamed.pop(0) if self._unnamed else self._named.pop(name, default)
        if value is _NONE:
            raise error_missing_args(f"Missing '{name}' argument:\n\n" + self._call(f"{name} = ???"))
        self._shown.append(f"{name}={value!r}")
        return value

    def _take_filter(self, name: str) -> object:
        value = self._take(name)
        if not isinstance(value, _FILTERS):
            raise TypeError(
                f"The '{name}' argument should be formatter or regex or suffix:\n\n" + self._call(f"{name} = {value!r}")
            )
        return value

    def _read_sets(self) -> None:
        """Further sets of inputs, by position as long as there is a formatter, then by name."""
        sets, filters = [self._result["input"]], [self._result["filter"]]
        while len(self._unnamed) > 1 and isinstance(self._unnamed[1], formatter):
            sets.append(self._take("input"))
            filters.append(self._take_filter("filter"))
        number = len(sets) + 1
        while f"input{number}" in self._named or f"filter{number}" in self._named:
            sets.append(self._named.pop(f"input{number}", []))
            if f"filter{number}" not in self._named:
                raise error_missing_args(
                    f"Missing 'filter{number}' argument:\n\n" + self._call(f"filter{number} = ???")
                )
            value = self._named.pop(f"filter{number}")
            if not isinstance(value, formatter):
                wrong = self._call(f"filter{number} = {value!r}")
                raise TypeError(f"The 'filter{number}' argument should be formatter:\n\n{wrong}")
            filters.append(value)
            number += 1
        self._result["input"], self._result["filter"] = sets, filters

    def _read_tuple_size(self) -> None:
        size = self._take("tuple_size")
        if not isinstance(size, int):
            raise TypeError("The 'tuple_size' argument should be a number:\n\n" + self._call(f"tuple_size = {size!r}"))
        self._result["tuple_size"] = size

    def _read_changed_inputs(self) -> None:
        mode, value = KEEP, None
        if self._unnamed and isinstance(self._unnamed[0], (inputs, add_inputs)):
            mode, value = self._changed_inputs(self._unnamed.pop(0))
        elif "add_inputs" in self._named:
            added = self._named.pop("add_inputs")
            mode, value = ADD, added.args if isinstance(added, add_inputs) else added
        elif "replace_inputs" in self._named:
            replaced = self._named.pop("replace_inputs")
            mode, value = self._changed_inputs(replaced) if isinstance(replaced, inputs) else (REPLACE, replaced)
        self._result["modify_inputs_mode"], self._result["modify_inputs"] = mode, value

    def _changed_inputs(self, word: object) -> tuple[int, object]:
        if isinstance(word, add_inputs):
            return ADD, word.args
        assert isinstance(word, inputs), "the callers know of no other word"
        if len(word.args) != 1:
            raise error_inputs_multiple_args(
                "inputs(...) expects only a single argument. This can be, for example, a file name, "
                "a regular expression pattern, or any nested structure. If the intention was to specify a tuple "
                "as the input parameter, please wrap the elements of the tuple in brackets\n\n" + self._call(repr(word))
            )
        return REPLACE, word.args[0]

    def _read_extras(self) -> None:
        self._result["extras"] = extras = self._unnamed
        self._result["named_extras"] = {}
        self._unnamed = []
        if "extras" in self._named:
            value = self._named.pop("extras")
            if extras:
                raise error_too_many_args(
                    "Duplicate, conflicting or unrecognised arguments:\n\n" + self._call(f"extras={value!r}")
                )
            if isinstance(value, dict):
                self._result["named_extras"] = value
            elif isinstance(value, list):
                self._result["extras"] = value
            else:
                raise error_extras_wrong_type(
                    "The extras paramter must be either a list of values\n"
                    "or a dictionary of named parameter values:\n\n" + self._call(f"extras={value!r}")
                )

    def _call(self, wrong: str) -> str:
        """The call as far as it was understood, and an arrow to what is wrong."""
        arguments = ", ".join([*self._shown, f"...\n              ===> {wrong}"])
        return self._description % arguments if "%s" in self._description else f"{self._description}({arguments})"
