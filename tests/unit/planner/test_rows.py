"""Every row of the rules of Ruffus about what jobs there are, and every mistake that it swallows."""

from __future__ import annotations

import pytest

from pymake.errors import PymakeError
from tests.unit.planner.rows import ROWS, TOLD
from tests.unit.test_vocabulary import calls


@pytest.mark.parametrize("row", ROWS)
def test_the_calls_of(row: str) -> None:
    program = ROWS[row]
    assert sorted(calls(program.source, program.files), key=repr) == sorted(program.calls, key=repr)


@pytest.mark.parametrize("row", TOLD)
def test_what_is_told_of(row: str) -> None:
    source, said = TOLD[row]
    with pytest.raises(PymakeError) as told:
        calls(source, ["a", "x.t"])
    assert told.value.message.startswith(said)
