"""Our dataclasses are what the standard library would have made of the same declarations."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from typing import ClassVar

import pytest

from pymake.dataclass import dataclass, field, metadata_of, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    name: str
    tags: tuple[str, ...] = ()
    KIND: ClassVar[str] = "base"


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived(Base):
    more: dict[str, int] = field(default_factory=dict, metadata={"unit": "m"})
    name: str = "derived"


@dataclass(slots=True)
class Point:
    x: int
    y: int = 0


@dataclass(frozen=True, slots=True)
class Single:
    value: int

    def __post_init__(self) -> None:
        if self.value < 0:
            raise ValueError("negative")


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


class Plain(Point):
    def __init__(self) -> None:
        super().__init__(1)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Standard(Base):
    z: int = 3


def test_objects_hold_what_they_are_given_and_defaults() -> None:
    assert (Point(1).x, Point(1).y, Point(y=2, x=1).y) == (1, 0, 2)
    assert (Base(name="n").tags, Base.KIND, Derived().name) == ((), "base", "derived")
    assert Derived().more == {}
    assert Derived().more is not Derived().more


def test_wrong_arguments_are_told_like_those_of_any_function() -> None:
    with pytest.raises(TypeError, match=r"^Base\.__init__\(\) missing 1 required keyword-only argument: 'name'$"):
        Base()  # type: ignore[call-arg]  # the mistake
    with pytest.raises(TypeError, match=r"^Point\.__init__\(\) got an unexpected keyword argument 'z'$"):
        Point(x=1, z=2)  # type: ignore[call-arg]  # the mistake


def test_what_comes_after_is_called() -> None:
    with pytest.raises(ValueError, match=r"^negative$"):
        Single(-1)


def test_equal_values_of_one_class_are_equal() -> None:
    assert Point(1, 2) == Point(1, 2)
    assert Point(1, 2) != Point(1, 3)
    assert Base(name="n") != Derived(name="n")
    assert Nothing() == Nothing()
    assert Single(1) != object()


def test_frozen_values_hash_and_others_do_not() -> None:
    assert len({Single(1), Single(1), Single(2), Base(name="n"), Nothing()}) == 4
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point(1))


def test_frozen_values_refuse_to_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Single(1).value = 2  # type: ignore[misc]  # the mistake
    with pytest.raises(dataclasses.FrozenInstanceError):
        del Single(1).value
    point = Point(1)
    point.x = 5
    assert point == Point(5)


def test_there_is_no_room_for_other_attributes() -> None:
    with pytest.raises(AttributeError):
        Point(1).z = 1  # type: ignore[attr-defined]  # the mistake
    assert list(Derived.__slots__) == ["more"]


def test_values_show_themselves() -> None:
    assert repr(Derived(more={"a": 1})) == "Derived(name='derived', tags=(), more={'a': 1})"
    assert repr(Nothing()) == "Nothing()"


def test_values_travel() -> None:
    for value in (Derived(more={"a": 1}), Point(1, 2), Single(3), Nothing()):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.copy(value) == value
        assert copy.deepcopy(value) == value


def test_replacing_makes_another_value_with_all_checks() -> None:
    assert replace(Derived(more={"a": 1}), name="m") == Derived(more={"a": 1}, name="m")
    assert dataclasses.replace(Point(1, 2), y=3) == Point(1, 3)
    with pytest.raises(ValueError, match=r"^negative$"):
        replace(Single(1), value=-1)


def test_values_are_matched_by_position() -> None:
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
    assert Base.__match_args__ == ()


def test_the_standard_library_takes_them_for_its_own() -> None:
    assert dataclasses.is_dataclass(Point)
    assert [one.name for one in dataclasses.fields(Derived)] == ["name", "tags", "more"]
    assert dataclasses.fields(Derived)[2].metadata == {"unit": "m"}
    assert dataclasses.asdict(Derived()) == {"name": "derived", "tags": (), "more": {}}
    assert str(inspect.signature(Point)) == "(x, y=0)"
    assert Standard(name="n") == Standard(name="n", z=3)
    first, again = dataclasses.fields(Point), dataclasses.fields(Point)
    assert [id(one) for one in first] == [id(one) for one in again]  # compiled once: `dataclasses.replace` asks often


def test_classes_derived_by_hand_are_like_their_base() -> None:
    assert (Plain().x, Plain().y, Plain() == Plain()) == (1, 0, True)


def test_what_fields_were_declared_with_is_told() -> None:
    assert metadata_of(Derived) == {"name": {}, "tags": {}, "more": {"unit": "m"}}


def test_a_class_without_slots_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^a dataclass without slots is one for `dataclasses`$"):
        dataclass(slots=False)
