"""Following a function through the code of a project: what each part means, and which parts it uses.

What is loaded is followed as it is, by looking at functions, classes and values. So decorators, conditions, names
given twice and replacements count as what they made. What is not loaded is followed by its text. Nothing is imported
or called.
"""

from __future__ import annotations

import sys
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING

from pymake.frontends.bytecode import byte_code, names_in
from pymake.frontends.classes import ClassReader, attributes_of, closed_over, defaults_of, written
from pymake.frontends.doubts import Doubts
from pymake.frontends.normal import piece_of
from pymake.frontends.reach import Links, Reached, Source
from pymake.frontends.scopes import Use
from pymake.frontends.spaces import Found, SourceModule, Spaces, Unknown, Written
from pymake.frontends.syntax import Piece
from pymake.frontends.values import Values
from pymake.model.canonical import is_bound
from pymake.model.code import SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pymake.frontends.layout import Defined, Effect
    from pymake.frontends.spaces import Meant, Namespace
    from pymake.frontends.texts import ModuleText
    from pymake.interfaces import Analyses
    from pymake.model.task import Task

    Resolve = Callable[[Use], Meant]

_OF_MODULES = frozenset({"__file__", "__name__", "__package__", "__spec__", "__loader__", "__path__", "__cached__"})
_OPAQUE = "pymake"


class Follower:
    """Follows functions of one project (`root` is absolute) at one moment. Owns the parts that were reached.

    `doubts` has what could not be followed, `texts` the texts that were looked into.
    """

    def __init__(self, root: str, analyses: Analyses) -> None:
        self._root = root
        self._spaces = Spaces(root, analyses)
        self._values = Values(root, self)
        self._parts: dict[object, Reached] = {}
        self._kept: list[object] = []
        self.doubts = Doubts(root, self._spaces)
        self._classes = ClassReader(self._spaces, self)

    def texts(self) -> Iterable[ModuleText]:
        """The texts that were looked into so far."""
        return self._spaces.texts()

    def target(self, target: object) -> Reached:
        """The part of what a task calls."""
        function = target.__func__ if isinstance(target, MethodType) else target
        if isinstance(function, FunctionType):
            self._spaces.adopt(function.__code__.co_filename)
            if isinstance(target, MethodType):
                return Reached(_full_name(target), follow=partial(self._follow_method, target, function))
            return self._function(function)
        held = self.of_held(target)
        return Reached(_full_name(target), follow=partial(self._follow_holder, target)) if held is None else held

    def with_extras(self, target: object, task: Task) -> Reached:
        """The same together with the code in the extras of a task, which it may call; values count with the job."""
        part = self.target(target)

        def follow(joined: Reached) -> Links:
            more: Links = []
            for position, value in enumerate(task.extras):
                _, links, unstable = self._values.read(value)
                more += [(f"extras[{position}] {label}", linked) for label, linked in links]
                self.doubts.extras(f"extras[{position}] of task {task.name}", task.place, unstable)
            links, joined.form = part.links, part.form
            joined.source, joined.location = part.source, part.location
            return [*links, *more]

        return Reached(part.name, follow=follow)

    def definition(self, function: FunctionType) -> Defined | None:
        """Where a function is written down."""
        code = function.__code__
        text = self._spaces.text(function.__globals__, code.co_filename)
        return None if text is None else text.definition(code)

    def of_held(self, value: object) -> Reached | None:
        """See `Parts`."""
        if isinstance(value, FunctionType):
            if self._spaces.owns(value.__code__.co_filename):
                return self._function(value)
            return self._holder(value) if value.__closure__ or hasattr(value, "__wrapped__") else None
        if isinstance(value, type):
            return self._class(value)
        if isinstance(value, ModuleType):
            return self._module(value) if self._spaces.owns_module(value) else None
        return self._holder(value) if callable(getattr(value, "__wrapped__", None)) else None

    def of_meant(self, meant: Meant, *, changed: bool) -> Reached | None:
        """The part that is meant by a name, None for what does not count. `changed` by the code that uses it."""
        match meant:
            case Found():
                return self._of_found(meant, changed=changed)
            case Written(file=file, name=name):
                return self._written(file, name)
            case SourceModule():
                return self._made(("module", meant.filename), lambda: self._written_module(meant))
            case Unknown(space=space):
                return self.of_held(space["__getattr__"])
            case None:
                return None

    def _of_found(self, found: Found, *, changed: bool) -> Reached | None:
        value, space, name = found.value, found.space, found.name
        kind = type(value)
        if isinstance(value, (FunctionType, BuiltinFunctionType, ModuleType, type)) and not is_bound(value):
            return self.of_held(value)
        if callable(getattr(value, "__wrapped__", None)):
            return self._holder(value)
        if kind.__module__.partition(".")[0] == _OPAQUE or space is None or name in _OF_MODULES:
            return None
        return self._constant(space, name, value, changed=changed)

    def _made(self, key: object, make: Callable[[], Reached], keep: object = None) -> Reached:
        """The part with this key, made once. `keep` holds on to a value, so that no other gets its id."""
        known = self._parts.get(key)
        if known is None:
            known = self._parts[key] = make()
            self._kept.append(keep)
        return known

    def _function(self, function: FunctionType) -> Reached:
        code = function.__code__
        return self._made(
            id(function),
            lambda: Reached(
                _full_name(function),
                follow=partial(self._follow_function, function),
                location=lambda: (code.co_filename, code.co_firstlineno),
            ),
            function,
        )

    def _follow_function(self, function: FunctionType, part: Reached) -> Links:
        code, space = function.__code__, function.__globals__
        text = self._spaces.text(space, code.co_filename)
        definition = None if text is None else text.definition(code)
        if text is None or definition is None:
            uses = tuple(Use(None, (name,)) for name in sorted({*names_in(code)}))
            piece = Piece(form=byte_code(code), uses=uses)
        else:
            piece = text.piece(definition)
        cells = closed_over(function)
        lines, links = self._held_values(function, piece, cells)
        part.form = "\n".join([piece.form, *lines])
        if text is not None and definition is not None:
            part.source = lambda: Source(SourceKind(definition.kind), text.source(definition.stretch), lines)

        def resolve(use: Use) -> Meant:
            if use.module is None and use.chain[0] in code.co_freevars:
                return self._spaces.walk(Found(cells.get(use.chain[0])), use.chain[1:])
            return self._spaces.resolve(use, space)

        own_name = None if definition is None else definition.own_name
        links += self.links(piece, resolve, code.co_filename, own_name)
        if text is not None and own_name is not None and own_name in piece.touched:  # its attributes are state
            stretches, more = text.changes(own_name)
            part.form += more.form
            lines += map(text.source, stretches)
            links += self.links(more, resolve, code.co_filename, own_name)
        return links if text is None else links + self._effects(piece, text, space, code.co_filename)

    def _held_values(self, function: FunctionType, piece: Piece, cells: dict[str, object]) -> tuple[list[str], Links]:
        """Lines with the values that a function was made with: its defaults, what it closes over, its attributes.

        What the function itself changes counts by its type: it is state, and no two builds in one process would agree.
        """
        lines: list[str] = []
        links: Links = []
        for name, value in (*defaults_of(function), *cells.items(), *attributes_of(function)):
            if name in cells and (value is function or self.of_held(value) is not None):
                continue  # linked by what is used of it
            if name in piece.touched or (name[:1] == "." and function.__name__ in piece.touched):
                lines.append(f"{name} is a {type(value).__qualname__}")
                continue
            text, found, unstable = self._values.read(value)
            lines.append(f"{name} = {text}")
            links += found
            self.doubts.held(name, function, unstable)
        return lines, links

    def _follow_method(self, method: MethodType, function: FunctionType, part: Reached) -> Links:
        text, links, unstable = self._values.read(method.__self__)
        part.form = f"self = {text}"
        self.doubts.held("the object", function, unstable)
        return [("", self._function(function)), *links]

    def _holder(self, value: object) -> Reached:
        """What a library made of functions: counts by those, and by what else it holds."""
        return self._made(
            id(value), lambda: Reached(_full_name(value), follow=partial(self._follow_holder, value)), value
        )

    def _follow_holder(self, value: object, part: Reached) -> Links:
        part.form, links = self._values.read_inside(value)
        return links

    def _class(self, class_: type) -> Reached | None:
        module = sys.modules.get(class_.__module__)
        if module is None or not self._spaces.owns_module(module):
            return None
        return self._made(
            id(class_), lambda: Reached(_full_name(class_), follow=partial(self._classes.follow, class_)), class_
        )

    def _module(self, module: ModuleType) -> Reached:
        """A module that is used as a value: all that it defines."""

        def follow(part: Reached) -> Links:
            part.form = "module"
            found = [(name, Found(value, vars(module), name)) for name, value in sorted(vars(module).items())]
            held = [
                (name, self._of_found(value, changed=False))
                for name, value in found
                if not (name.startswith("__") or isinstance(value.value, ModuleType))
            ]
            return [(name, part) for name, part in held if part is not None]

        where = (str(getattr(module, "__file__", None) or ""), 1)
        return self._made(id(module), lambda: Reached(module.__name__, follow=follow, location=lambda: where), module)

    def _constant(self, space: Namespace, name: str, value: object, *, changed: bool) -> Reached:
        """A value that a name of a module has.

        What the code that uses it changes counts by the statements that make it: it is state, and no two builds in one
        process would agree on it.
        """
        full_name = f"{space.get('__name__', '')}:{name}"

        def follow(part: Reached) -> Links:
            home, own_name = self._origin(space, name, value)
            filename = str(home.get("__file__") or "")
            text = self._spaces.text(home, filename) if filename else None
            stretches = [] if text is None else text.statements(own_name)
            if stretches:
                part.location = lambda: (filename, stretches[0].line)
            shown, links, unstable = ("", [], []) if changed else self._values.read(value)
            if not changed and not unstable:
                part.form = shown
                part.source = lambda: Source(SourceKind.TEXT, f"{own_name} = {shown}")
                return links
            if unstable:
                self.doubts.constant(own_name, part.location(), unstable)
            piece = piece_of() if text is None else text.made(own_name)
            part.form = f"{type(value).__qualname__} {piece.form}"
            part.source = lambda: written(text, stretches)
            return self.links(piece, lambda use: self._spaces.resolve(use, home), filename, own_name)

        return self._made((id(space), name, changed), lambda: Reached(full_name, follow=follow), space)

    def _origin(self, space: Namespace, name: str, value: object) -> tuple[Namespace, str]:
        """The module in which a name was given its value, and the name there: imports are gone through."""
        seen: set[int] = set()
        while id(space) not in seen:
            seen.add(id(space))
            filename = space.get("__file__")
            text = self._spaces.text(space, str(filename)) if filename else None
            if text is None:
                break
            uses = [binding.use for binding in text.layout.bindings.get(name, ()) if binding.use is not None]
            if name not in text.layout.bindings:
                uses = [Use(use.module, (name,)) for use in text.star_imports()]
            for use in uses:
                meant = self._spaces.resolve(use, space)
                if isinstance(meant, Found) and meant.space is not None and meant.value is value:
                    space, name = meant.space, meant.name
                    break
        return space, name

    def _written(self, file: SourceModule, name: str) -> Reached:
        """A name of a module that is not loaded."""

        def follow(part: Reached) -> Links:
            piece = file.text.made(name, whole=False)
            part.form = piece.form
            return self.links(piece, lambda use: self._spaces.resolve_written(use, file), file.filename, name)

        stretches = file.text.statements(name)
        line = stretches[0].line if stretches else 1
        return self._made(
            (file.filename, name),
            lambda: Reached(
                f"{file.name}:{name}",
                follow=follow,
                location=lambda: (file.filename, line),
                source=lambda: written(file.text, stretches),
            ),
        )

    def _written_module(self, file: SourceModule) -> Reached:
        def follow(part: Reached) -> Links:
            part.form = "module"
            return [
                (name, self._written(file, name))
                for name in sorted(file.text.layout.bindings)
                if any(binding.use is None for binding in file.text.layout.bindings[name])
            ]

        return Reached(file.name, follow=follow, location=lambda: (file.filename, 1))

    def links(self, piece: Piece, resolve: Resolve, filename: str, own_name: str | None) -> Links:
        """The parts that a piece of code in a file uses; what cannot be followed is noted."""
        links: Links = []
        for use in piece.uses:
            meant = resolve(use)
            changed = any(use.chain[: len(chain)] == chain for chain in piece.changed)
            part = self.of_meant(meant, changed=changed)
            own = use.module is None and use.chain[0] == own_name
            label = ".".join([use.module or "", "_" if own else use.chain[0], *use.chain[1:]]) if use.chain else ""
            if part is not None:
                links.append((label, part))
            if isinstance(meant, Unknown):
                self.doubts.unknown(meant, filename)
        for lookup in piece.lookups:
            meant = None if lookup.use is None else resolve(lookup.use)
            self.doubts.look_up(lookup, meant, filename)
        return links

    def _effects(self, piece: Piece, text: ModuleText, space: Namespace, filename: str) -> Links:
        """Statements of the module that change libraries which the piece uses, such as `random.seed(1)`."""
        if not text.layout.effects:
            return []
        roots = {use.chain[0] for use in piece.uses if use.module is None and use.chain[0] in space}
        used = {_package(space[name]) for name in roots}
        used |= {use.module.partition(".")[0] for use in piece.uses if use.module}
        links: Links = []
        for effect in text.layout.effects:
            value = space.get(effect.chain[0])
            if value is None:
                continue
            if self.of_held(value) is None:
                if _package(value) in used - {"", _OPAQUE}:
                    links.append((".".join(effect.chain), self._statement(effect, text, space, filename)))
            elif effect.target is not None:
                self._note_replaced(effect, value, filename)
        return links

    def _note_replaced(self, effect: Effect, value: object, filename: str) -> None:
        """Note a statement that puts something of its own into a module or a class of another file."""
        target = effect.target or ()
        home = sys.modules.get(getattr(value, "__module__", None) or "", value)
        if getattr(home, "__file__", None) != filename:
            self.doubts.replaced(".".join(target), (filename, effect.stretch.line))

    def _statement(self, effect: Effect, text: ModuleText, space: Namespace, filename: str) -> Reached:
        def follow(part: Reached) -> Links:
            piece = text.effect(effect)
            part.form = piece.form
            return self.links(piece, lambda use: self._spaces.resolve(use, space), filename, None)

        line = effect.stretch.line
        return self._made(
            (id(space), line),
            lambda: Reached(
                f"{space.get('__name__', '')}:{'.'.join(effect.chain)}",
                follow=follow,
                location=lambda: (filename, line),
                source=lambda: written(text, [effect.stretch]),
            ),
            space,
        )


def _package(value: object) -> str:
    """The package that a value comes from."""
    name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    return str(name or "").partition(".")[0]


def _full_name(value: object) -> str:
    module = getattr(value, "__module__", None) or type(value).__module__
    return f"{module}:{getattr(value, '__qualname__', None) or type(value).__qualname__}"
