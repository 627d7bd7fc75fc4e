"""Dataclasses like those of the standard library, at a tenth of what these cost while a program starts.

`dataclasses` compiles six functions for each class when it is declared, 0.3 ms, and takes 8 ms to be imported. For the
150 classes of pymake that was more than half of the time in which a build with one job to run was started. Here a class
has the methods that all have in common, and its `__init__` is compiled when the first object is made: most classes of a
program that starts are never used in that run.

What is declared means what it means there: type checkers see the real thing, `dataclasses.replace`, `fields` and
`asdict` take these classes, and standard ones may have them as bases. Only what pymake uses is offered: all classes
have slots, and order and `__hash__` cannot be chosen.
"""

from __future__ import annotations

from operator import attrgetter

__all__ = ["dataclass", "field", "metadata_of", "replace"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from dataclasses import dataclass, field, replace


_UNSET = ...
"""Neither a default nor a value."""


class _Field:
    """What a field is declared with."""

    __slots__ = ("default", "factory", "is_kw_only", "metadata")

    def __init__(
        self, default: object, factory: Callable[[], object] | None, metadata: Mapping[str, object] | None
    ) -> None:
        self.default = default
        self.factory = factory
        self.metadata = metadata or {}
        self.is_kw_only = False


class _Plan:
    """How the objects of a class are made: its fields, those of its bases first. `values` gives all that one holds."""

    __slots__ = ("cls", "fields", "is_frozen", "standard", "values")

    def __init__(self, cls: type, fields: dict[str, _Field], *, is_frozen: bool) -> None:
        self.cls = cls
        self.fields = fields
        self.is_frozen = is_frozen
        self.standard: type | None = None
        self.values: Callable[[object], object] = attrgetter(*fields) if fields else type

    def compile(self) -> Callable[..., None]:
        """Give the class the `__init__` that it would have had from the beginning."""
        names = {f"_set_{name}": getattr(self.cls, name).__set__ for name in self.fields}  # slots know no frozen
        names |= {f"_default_{name}": found.factory or found.default for name, found in self.fields.items()}
        takes, does = ["self"], []
        for name, found in sorted(self.fields.items(), key=lambda item: item[1].is_kw_only):
            if found.is_kw_only and "*" not in takes:
                takes.append("*")
            value = f"_default_{name}() if {name} is _UNSET else {name}" if found.factory else name
            default = "_UNSET" if found.factory else f"_default_{name}"
            takes.append(f"{name}={default}" if found.factory or found.default is not _UNSET else name)
            does.append(f"    _set_{name}(self, {value})")
        if hasattr(self.cls, "__post_init__"):
            does.append("    self.__post_init__()")
        space: dict[str, Callable[..., None]] = {}
        code = "\n".join([f"def __init__({', '.join(takes)}):", *(does or ["    pass"])])
        exec(code, names | {"_UNSET": _UNSET}, space)  # noqa: S102 # of names in our own sources
        init = space["__init__"]
        init.__qualname__ = f"{self.cls.__qualname__}.__init__"
        init.__module__ = self.cls.__module__
        type.__setattr__(self.cls, "__init__", init)
        return init


class _AsStandard:
    """An attribute of the same class made by `dataclasses`, for what asks classes for it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, _: object, cls: type) -> object:
        plan = _plan_of(cls)
        if plan.standard is None:  # 18 ms, which `dataclasses.replace` in a loop must not pay each time
            plan.standard = _standard(plan)
        return getattr(plan.standard, self._name)


class _Signature:
    """What `inspect` shows before the first object is made."""

    def __get__(self, _: object, cls: type) -> object:
        import inspect  # noqa: PLC0415  # few programs ask

        found = inspect.signature(_plan_of(cls).compile())
        return found.replace(parameters=tuple(found.parameters.values())[1:])


def metadata_of(cls: type) -> Mapping[str, Mapping[str, object]]:
    """What the fields of a dataclass were declared with, by name, in order.

    >>> @dataclass(slots=True)
    ... class Point:
    ...     x: int = field(default=0, metadata={"unit": "mm"})
    >>> Point(), metadata_of(Point)
    (Point(x=0), {'x': {'unit': 'mm'}})
    """
    return {name: found.metadata for name, found in _plan_of(cls).fields.items()}


def _made(cls: type, *, frozen: bool, kw_only: bool, shows: bool) -> type:
    """The class anew, with slots."""
    space, own = dict(cls.__dict__), {}
    for name, kind in cls.__annotations__.items():
        if not str(kind).startswith("ClassVar"):
            given = space.pop(name, _UNSET)
            own[name] = given if isinstance(given, _Field) else _Field(given, None, None)
            own[name].is_kw_only = kw_only
    inherited = {name: found for base in reversed(cls.__mro__[1:]) for name, found in _fields_of(base).items()}
    fields = {**inherited, **own}
    space.pop("__dict__", None)
    space.pop("__weakref__", None)
    space["__slots__"] = tuple(name for name in own if name not in inherited)
    space["__match_args__"] = tuple(name for name, found in fields.items() if not found.is_kw_only)
    space = {**(_FROZEN if frozen else _COMMON), **space}
    if shows:
        space.setdefault("__repr__", _shown)
    made = type(cls)(cls.__name__, cls.__bases__, space)
    made.__qualname__ = cls.__qualname__
    type.__setattr__(made, "_plan", _Plan(made, fields, is_frozen=frozen))
    return made


def _plan_of(cls: type) -> _Plan:
    plan: _Plan = cls._plan  # type: ignore[attr-defined]  # every class that is made here has one
    return plan


def _standard(plan: _Plan) -> type:
    """The same class, made by `dataclasses`."""
    import dataclasses  # noqa: PLC0415  # few programs ask

    bases = reversed(plan.cls.__mro__)
    kinds = {name: kind for base in bases for name, kind in getattr(base, "__annotations__", {}).items()}
    fields = [(name, kinds[name], _standard_field(found)) for name, found in plan.fields.items()]
    return dataclasses.make_dataclass(plan.cls.__name__, fields, frozen=plan.is_frozen)


def _standard_field(found: _Field) -> object:
    import dataclasses  # noqa: PLC0415  # as above

    options: dict[str, object] = {"metadata": found.metadata, "kw_only": found.is_kw_only}
    if found.factory is not None:
        options["default_factory"] = found.factory
    elif found.default is not _UNSET:
        options["default"] = found.default
    make: Callable[..., object] = dataclasses.field
    return make(**options)


def _fields_of(base: type) -> dict[str, _Field]:
    plan: _Plan | None = base.__dict__.get("_plan")
    return {} if plan is None else plan.fields


def _first_init(self: object, *arguments: object, **named: object) -> None:
    _plan_of(type(self)).compile()(self, *arguments, **named)


def _equals(self: object, other: object) -> object:
    if type(self) is not type(other):
        return NotImplemented
    values = _plan_of(type(self)).values
    return values(self) == values(other)


def _hashed(self: object) -> int:
    return hash(_plan_of(type(self)).values(self))


def _shown(self: object) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in _plan_of(type(self)).fields)
    return f"{type(self).__qualname__}({shown})"


def _refuse(_: object, name: str, *__: object) -> None:
    from dataclasses import FrozenInstanceError  # noqa: PLC0415  # only a mistake wants it

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _state(self: object) -> list[object]:
    return [getattr(self, name) for name in _plan_of(type(self)).fields]


def _set_state(self: object, state: list[object]) -> None:
    for name, value in zip(_plan_of(type(self)).fields, state, strict=True):
        object.__setattr__(self, name, value)


_COMMON = {
    "__init__": _first_init,
    "__eq__": _equals,
    "__hash__": None,
    "__dataclass_fields__": _AsStandard("__dataclass_fields__"),
    "__dataclass_params__": _AsStandard("__dataclass_params__"),
    "__signature__": _Signature(),
}
_FROZEN = {
    **_COMMON,
    "__hash__": _hashed,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__getstate__": _state,
    "__setstate__": _set_state,
}


def _dataclass(
    *,
    slots: bool,
    frozen: bool = False,
    kw_only: bool = False,
    repr: bool = True,  # noqa: A002 # as in the standard library
) -> Callable[[type], type]:
    """Make a dataclass of the class that follows. See `dataclasses.dataclass`."""
    if not slots:
        raise TypeError("a dataclass without slots is one for `dataclasses`")
    return lambda cls: _made(cls, frozen=frozen, kw_only=kw_only, shows=repr)


def _field(
    *,
    default: object = _UNSET,
    default_factory: Callable[[], object] | None = None,
    metadata: Mapping[str, object] | None = None,
) -> _Field:
    """How a field is filled. See `dataclasses.field`."""
    return _Field(default, default_factory, metadata)


def _replace(value: object, /, **changes: object) -> object:
    """The same value with other fields. See `dataclasses.replace`."""
    return type(value)(**{name: getattr(value, name) for name in _plan_of(type(value)).fields} | changes)


if not TYPE_CHECKING:
    dataclass, field, replace = _dataclass, _field, _replace
