"""Stable texts of values."""

from __future__ import annotations

import enum
import os
import re
import subprocess
import sys
import threading
from collections import OrderedDict, deque
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from struct import Struct
from types import MappingProxyType, SimpleNamespace

import pytest

from pymake.model.canonical import Writer, canonical, is_plain

HERE = __name__


class Colour(enum.Enum):
    RED = 1


@dataclass
class Point:
    x: int
    y: object


class Access(enum.Flag):
    READ = 1
    WRITE = 2


@dataclass
class Read:
    """Holds more than its fields; what is made on use does not count."""

    path: str

    def __post_init__(self) -> None:
        self.text = f"read of {self.path}"

    @cached_property
    def length(self) -> int:
        return len(self.text)


class Plain:
    def __init__(self, value: object) -> None:
        self.value = value


class Name(str):
    __slots__ = ()


def function() -> None:
    """Stand as a value."""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (1, "1"),
        (1.0, "1.0"),
        ("1", "'1'"),
        (b"1", "b'1'"),
        ([1, "a"], "[1, 'a']"),
        ((), "()"),
        ((1,), "(1,)"),
        ({3, 1, 2}, "{1, 2, 3}"),
        (set(), "set({})"),
        (frozenset({"b", "a"}), "frozenset({'a', 'b'})"),
        ({"b": 2, "a": 1}, "{'b': 2, 'a': 1}"),
        (MappingProxyType({"b": 2, "a": 1}), "mappingproxy({'b': 2, 'a': 1})"),
        ("it's", '"it\'s"'),
        ("it's \u00e9\u0378\x85\ud800\\", "'it\\'s \u00e9\u0378\\x85\\ud800\\\\'"),
        (Path("a/b"), f"{type(Path()).__name__}('a/b')"),
        (Colour.RED, f"{HERE}.Colour.RED(1)"),
        (Access.READ | Access.WRITE, f"{HERE}.Access(3)"),
        (Point(1, ["z"]), f"{HERE}.Point(x=1, y=['z'])"),
        (Read("z"), f"{HERE}.Read(path='z', text='read of z')"),
        (Struct("<i"), "Struct('<i')"),
        (function, f"{HERE}:function"),
        (Point, f"{HERE}:Point"),
        (len, "builtins:len"),
        ("abc".upper, "'abc'.upper"),
        (10**4000, hex(10**4000)),
    ],
)
def test_text(value: object, text: str) -> None:
    assert canonical(value) == text


def test_values_that_python_calls_equal_stay_apart() -> None:
    values: list[object] = [1, 1.0, True, "1", b"1", [1], (1,), {1}, frozenset({1}), {1: 1}, Name("1")]
    assert len({canonical(value) for value in values}) == len(values)


def test_long_bytes_are_digested() -> None:
    text = canonical(b"a" * 1000)
    assert text.startswith("<1000 bytes ")
    assert len(text) < 60
    assert text != canonical(b"b" * 1000)


def test_objects_are_taken_apart() -> None:
    assert canonical(Plain([1])) == canonical(Plain([1]))
    assert canonical(Plain([1])) != canonical(Plain([2]))
    assert canonical(deque([1, 2])) != canonical(deque([2, 1]))
    assert canonical(OrderedDict(a=1)) != canonical(OrderedDict(a=2))


def test_which_equal_strings_are_one_object_does_not_matter() -> None:
    same = str(b"abcd", "ascii")
    other = str(b"abcd", "ascii")
    assert same is not other
    assert canonical(Plain([same, same])) == canonical(Plain([same, other]))


def test_a_value_without_a_form_stands_by_its_type() -> None:
    assert canonical(threading.Lock()) == "<_thread.lock without a stable form>"


def test_what_is_made_on_use_does_not_count() -> None:
    value = Read("z")
    before = canonical(value)
    assert value.length == 9
    assert canonical(value) == before


def test_attributes_are_all_of_an_object_only_if_it_refuses_to_be_copied_itself() -> None:
    class Refusing:
        def __init__(self) -> None:
            self.value = 1

        def __reduce__(self) -> str:
            raise TypeError

    writer = Writer()
    assert writer.text(Refusing()).endswith("Refusing<value=1>")
    assert writer.unstable == []
    with open(os.devnull) as file:
        writer.text(file)
    assert writer.unstable == ["_io.TextIOWrapper"]


def test_asking_an_object_for_its_attributes_changes_nothing() -> None:
    value = partial(int, base=2)
    before = canonical(value)
    assert vars(value) == {}
    assert canonical(value) == before == "partial(builtins:int, (), {'base': 2})"
    assert canonical(partial(int, base=3)) != before


def test_the_order_of_a_dictionary_counts_and_that_of_attributes_does_not() -> None:
    assert canonical({"a": 1, "b": 2}) != canonical({"b": 2, "a": 1})
    assert canonical(OrderedDict(a=1, b=2)) != canonical(OrderedDict(b=2, a=1))
    assert canonical(SimpleNamespace(a=1, b=2)) == canonical(SimpleNamespace(b=2, a=1))


def test_a_value_that_holds_itself_ends() -> None:
    value: list[object] = [1]
    value.append(value)
    assert canonical(value) == "[1, ...]"


def test_every_process_says_the_same() -> None:
    code = (
        "from pymake.model.canonical import canonical\n"
        "from types import SimpleNamespace as N\n"
        "print(canonical([{'a', 'b', 'c'}, {'x': {'p', 'q', 'r'}}, N(s={'u', 'v', 'w'})]))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1
    assert "{'a', 'b', 'c'}" in texts.pop()


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, True),
        (["a", (1, 2.0, {"k": b"v"})], True),
        ({1, 2}, True),
        (frozenset({"a"}), True),
        ([function], False),
        ({"a": Point(1, 2)}, False),
        ({Colour.RED: 1}, False),
        (Name("a"), False),
    ],
)
def test_is_plain(value: object, *, plain: bool) -> None:
    assert is_plain(value) is plain


def test_a_compiled_expression_is_known_by_its_text_and_flags() -> None:
    assert canonical(re.compile("a+")) == canonical(re.compile("a+"))
    assert canonical(re.compile("a+")) != canonical(re.compile("b+"))
    assert canonical(re.compile("a+")) != canonical(re.compile("a+", re.ASCII))
    assert "without a stable form" not in canonical(re.compile("a+"))
