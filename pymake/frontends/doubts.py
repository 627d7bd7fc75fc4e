"""What of the code of a project could not be followed: told once, with its place, never kept silent."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from pymake.frontends.places import relative
from pymake.frontends.spaces import Found, SourceModule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FunctionType

    from pymake.errors import Place
    from pymake.frontends.places import Location
    from pymake.frontends.spaces import Meant, Spaces, Unknown
    from pymake.frontends.syntax import Lookup

_HINT = "uses(files=[…]) can name the file it is in"


class Doubts:
    """Collects the notes of one project; `root` is absolute."""

    def __init__(self, root: str, spaces: Spaces) -> None:
        self._root = root
        self._spaces = spaces
        self.notes: dict[str, None] = {}

    def look_up(self, lookup: Lookup, meant: Meant, filename: str) -> None:
        """Something is found only at run time. It is no doubt if it is looked for in a value, which counts whole."""
        if lookup.use is not None and not isinstance(meant, SourceModule):
            module = meant.value if isinstance(meant, Found) else None
            if not isinstance(module, ModuleType) or not self._spaces.owns_module(module):
                return
        self._note((filename, lookup.line), f"{lookup.text} finds code only when it runs", _HINT)

    def unknown(self, meant: Unknown, filename: str) -> None:
        """A module makes its attributes itself."""
        what = f"{meant.name} is made by __getattr__ of module {meant.space.get('__name__')}"
        self._note((filename, 0), what, _HINT)

    def constant(self, name: str, location: Location, unstable: Iterable[str]) -> None:
        """Something in a constant has no stable form."""
        for kind in dict.fromkeys(unstable):
            what = f"{name} holds a {kind}, which has no stable form"
            self._note(location, what, "it counts by the expression that makes it")

    def held(self, name: str, function: FunctionType, unstable: Iterable[str]) -> None:
        """Something in a default, in a variable that is closed over or in the object of a method has no stable form."""
        code = function.__code__
        for kind in dict.fromkeys(unstable):
            what = f"{name} of {function.__name__} holds a {kind}, which has no stable form"
            self._note((code.co_filename, code.co_firstlineno), what, "it counts by its type alone")

    def extras(self, name: str, place: Place, unstable: Iterable[str]) -> None:
        """Something in the further arguments of a task has no stable form."""
        for kind in dict.fromkeys(unstable):
            what = f"{name} holds a {kind}, which has no stable form; it counts by its type alone"
            self.notes[f"{place}: {what}"] = None

    def replaced(self, name: str, location: Location) -> None:
        """A module puts something of its own into another one."""
        what = f"{name} is replaced while modules are loaded"
        self._note(location, what, "what replaces it counts as far as it can be found")

    def _note(self, location: Location, what: str, consequence: str) -> None:
        filename, line = location
        place = relative(filename, self._root) + (f":{line}" if line else "")
        self.notes[f"{place}: {what}; {consequence}"] = None
