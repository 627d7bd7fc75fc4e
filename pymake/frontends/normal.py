"""The normal form of a piece of Python, and what it uses: one pass over its syntax tree.

What cannot matter is left out: formatting, comments, docstrings and other values that nobody takes, annotations of
parameters, results and variables, positions. Annotations in classes that have bases or decorators stay: they are the
fields of a dataclass. The form is our own, and neither byte code nor `ast.dump` nor `ast.unparse`, all of which change
with Python; it is made for digesting, `shown` is what people see.
"""

from __future__ import annotations

import ast
from hashlib import blake2b
from typing import TYPE_CHECKING

from pymake.frontends.scopes import Chain, Scope, Use, by_name
from pymake.frontends.syntax import Definition, Lookup, Piece, chain_of, imported, is_method, says_nothing
from pymake.model.canonical import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_LONGEST_INT_BITS = 10_000
_LEFT_OUT = frozenset({"ctx", "type_comment", "kind", "type_ignores", "type_params"})
_CHANGING = frozenset(
    {
        *("append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "remove", "discard"),
        *("clear", "sort", "reverse", "appendleft", "popleft", "extendleft"),
    }
)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}
"""The fields of each kind of part that decide; filled as they are met."""
_RUNS_TEXT = frozenset({"eval", "exec"})
_LOOKS_UP = frozenset({"getattr", "setattr", "delattr"})
_TABLES = frozenset({"globals", "vars", "locals"})
_IMPORTS = frozenset({("importlib", "import_module"), ("import_module",), ("__import__",)})
_RUNS_FILES = frozenset({("runpy", "run_path"), ("runpy", "run_module")})


def piece_of(*parts: ast.AST | None, own_name: str | None = None, whole: bool = True) -> Piece:
    """Read one or more syntax trees as one piece.

    Without `whole`, a function is read without its name, decorators and defaults, whose values stand elsewhere.
    `own_name` is the name by which a function calls itself.
    """
    return _Reader(own_name).piece([part for part in parts if part is not None], whole=whole)


class _Reader:
    """One reading. Owns the text made so far and the scope that is open."""

    def __init__(self, own_name: str | None) -> None:
        self._own_name = own_name
        self._out: list[str] = []
        self._scope = Scope(None)
        self._uses: dict[Use, None] = {}
        self._touched: set[str] = set()
        self._lookups: list[Lookup] = []

    def piece(self, parts: Sequence[ast.AST], *, whole: bool) -> Piece:
        for part in parts:
            if isinstance(part, (*_FUNCTIONS, ast.Lambda)) and not whole:
                self._function(part, whole=False)
            else:
                self._read(part)
        chains = {**self._scope.used, **self._scope.used_inside}
        self._uses.update(dict.fromkeys(Use(None, chain) for chain in chains))
        uses = tuple(sorted(self._uses, key=by_name))
        return Piece(
            form=blake2b("".join(self._out).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest(),
            uses=uses,
            changed=frozenset(self._scope.changed),
            touched=frozenset(self._touched),
            lookups=tuple(self._lookups),
        )

    def _read(self, part: ast.AST) -> None:
        special = _SPECIAL.get(part.__class__)
        if special is not None:
            special(self, part)
        else:
            self._plain(part)

    def _plain(self, part: ast.AST) -> None:
        """Everything of a part, in the order of its fields. The hottest lines of all."""
        kind = part.__class__
        fields = _FIELDS.get(kind)
        if fields is None:
            fields = _FIELDS[kind] = tuple(field for field in part._fields if field not in _LEFT_OUT)
        put = self._out.append
        put(kind.__name__)
        put("(")
        for field in fields:
            value = getattr(part, field, None)
            if value is None:
                continue
            what = value.__class__
            if what is list:
                if value:
                    self._list(field, value)
            elif what is str or what is int or what is bool:
                put(f"{field}={value!r} ")
            else:
                put(field)
                special = _SPECIAL.get(what)
                if special is not None:
                    special(self, value)
                else:
                    self._plain(value)
        put(")")

    def _list(self, field: str, values: Sequence[object]) -> None:
        if not values:
            return
        self._out.append(f"{field}[")
        for value in values:
            if isinstance(value, ast.AST):
                self._read(value)
            else:
                self._out.append(f"{value!r} ")
        self._out.append("]")

    def _body(self, statements: Iterable[ast.stmt]) -> None:
        self._list("body", [statement for statement in statements if not says_nothing(statement)])

    def _block(self, part: ast.stmt) -> None:
        """A statement with others in it, such as `if`: what says nothing is left out of them too."""
        self._out.append(f"{type(part).__name__}(")
        for field in part._fields:
            value = getattr(part, field, None)
            if field in ("body", "orelse", "finalbody") and isinstance(value, list):
                self._list(field, [statement for statement in value if not says_nothing(statement)])
            elif isinstance(value, list):
                self._list(field, value)
            elif isinstance(value, ast.AST):
                self._out.append(field)
                self._read(value)
        self._out.append(")")

    def _constant(self, part: ast.Constant) -> None:
        value = part.value
        if isinstance(value, int) and value.bit_length() > _LONGEST_INT_BITS:
            self._out.append(hex(value))
        else:
            self._out.append(f"{quoted(value) if isinstance(value, str) else repr(value)} ")

    def _joined(self, part: ast.JoinedStr) -> None:
        """An f-string: Pythons differ in how they cut the text between its values."""
        self._out.append("JoinedStr(")
        text = ""
        for value in part.values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                text += value.value
                continue
            self._out.append(f"{quoted(text)} ")
            text = ""
            self._read(value)
        self._out.append(f"{quoted(text)})")

    def _name(self, part: ast.Name) -> None:
        name = part.id
        self._out.append(f"{'_' if name == self._own_name else name} ")
        if isinstance(part.ctx, ast.Load):
            self._scope.used[name,] = None
        else:
            self._bind(name)

    def _bind(self, name: str) -> None:
        self._scope.bound.add(name)
        if name in self._scope.shared:
            self._change((name,))

    def _change(self, chain: Chain) -> None:
        self._scope.changed.add(chain)
        self._touched.add(chain[0])

    def _attribute(self, part: ast.Attribute) -> None:
        chain = chain_of(part)
        if chain is None:
            self._plain(part)
            return
        self._out.append(f"{'.'.join(chain)} ")
        self._scope.used[chain] = None
        if not isinstance(part.ctx, ast.Load):
            self._change(chain[:-1])
        if chain == ("sys", "modules"):
            self._lookups.append(Lookup(line=part.lineno, text="sys.modules"))

    def _subscript(self, part: ast.Subscript) -> None:
        table, key = part.value, part.slice
        if isinstance(table, ast.Call) and self._is_table(table):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                self._scope.used[key.value,] = None
            else:
                self._lookups.append(Lookup(line=part.lineno, text=ast.unparse(part)))
        if not isinstance(part.ctx, ast.Load) and (chain := chain_of(table)) is not None:
            self._change(chain)
        self._plain(part)

    def _is_table(self, call: ast.Call) -> bool:
        function = call.func
        return isinstance(function, ast.Name) and function.id in _TABLES and not call.args

    def _call(self, part: ast.Call) -> None:
        chain = chain_of(part.func)
        if chain is None:
            table = part.func.value if isinstance(part.func, ast.Attribute) else None
            if isinstance(table, ast.Call) and self._is_table(table):
                self._lookups.append(Lookup(line=part.lineno, text=ast.unparse(part)))
        elif len(chain) > 1 and chain[-1] in _CHANGING:
            self._change(chain[:-1])
        if chain is not None:
            self._look_for(chain, part)
        self._plain(part)

    def _look_for(self, chain: Chain, call: ast.Call) -> None:
        """Note a call that finds code by a text."""
        args = call.args
        first = args[0] if args else None
        if chain in _IMPORTS and first is not None:
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                self._uses[Use(first.value, ())] = None
            else:
                self._lookups.append(Lookup(line=call.lineno, text=ast.unparse(call)))
        elif chain in _RUNS_FILES or (chain[0] in _RUNS_TEXT and len(chain) == 1):
            self._lookups.append(Lookup(line=call.lineno, text=ast.unparse(call)))
        elif len(chain) == 1 and chain[0] in _LOOKS_UP and len(args) > 1 and first is not None:
            self._look_up(call, first, args[1])

    def _look_up(self, call: ast.Call, where: ast.expr, name: ast.expr) -> None:
        chain = chain_of(where)
        if chain is None:
            return
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            found = (*chain, name.value)
            self._scope.used[found] = None
        elif (use := self._scope.origin(chain)) is not None:
            self._lookups.append(Lookup(line=call.lineno, text=ast.unparse(call), use=use))

    def _function(self, part: Definition | ast.Lambda, *, whole: bool = True) -> None:
        """A function; without `whole` the values of its defaults and what its decorators make of it stand elsewhere."""
        if isinstance(part, ast.Lambda):
            self._out.append("Lambda(")
        else:
            if whole:
                self._list("decorators", part.decorator_list)
                self._bind(part.name)
            self._out.append(f"{type(part).__name__}({part.name if whole and part.name != self._own_name else '_'} ")
        self._defaults(part.args, whole=whole)
        self._open()
        self._parameters(part.args)
        if isinstance(part, ast.Lambda):
            self._read(part.body)
        else:
            self._body(part.body)
        self._close()
        self._out.append(")")

    def _defaults(self, arguments: ast.arguments, *, whole: bool) -> None:
        if whole:
            self._list("defaults", arguments.defaults)
            self._list("kw_defaults", arguments.kw_defaults)
        else:
            self._out.append(f"{len(arguments.defaults)} {[given is not None for given in arguments.kw_defaults]}")

    def _parameters(self, arguments: ast.arguments) -> None:
        for kind in ("posonlyargs", "args", "vararg", "kwonlyargs", "kwarg"):
            given = getattr(arguments, kind)
            for argument in given if isinstance(given, list) else [given] if given is not None else ():
                self._out.append(f"{kind}={argument.arg} ")
                self._bind(argument.arg)

    def _class(self, part: ast.ClassDef) -> None:
        self._list("decorators", part.decorator_list)
        self._bind(part.name)
        self._out.append(f"ClassDef({'_' if part.name == self._own_name else part.name} ")
        self._list("bases", part.bases)
        self._list("keywords", part.keywords)
        self._open(class_=True)
        keeps = bool(part.bases or part.keywords or part.decorator_list)
        methods: list[tuple[str, str]] = []
        for statement in part.body:
            if keeps and isinstance(statement, ast.AnnAssign):
                self._plain(statement)
            elif isinstance(statement, _FUNCTIONS) and is_method(statement):
                methods.append((statement.name, self._aside(statement)))
            elif not says_nothing(statement):
                self._read(statement)
        self._close()
        self._out.extend(form for _, form in sorted(methods, key=lambda method: method[0]))
        self._out.append(")")

    def _aside(self, statement: ast.stmt) -> str:
        """The form of a statement, kept out of the text: where it stands does not count."""
        out, self._out = self._out, []
        self._read(statement)
        form, self._out = "".join(self._out), out
        return form

    def _comprehension(self, part: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        self._open()
        self._plain(part)
        self._close()

    def _walrus(self, part: ast.NamedExpr) -> None:
        """Binds in the function around a comprehension too; binding it in both hides nothing that matters."""
        self._plain(part)
        if self._scope.outer is not None:
            self._scope.outer.bound.add(part.target.id)

    def _open(self, *, class_: bool = False) -> None:
        self._scope = Scope(self._scope, class_=class_)

    def _close(self) -> None:
        outer = self._scope.outer
        if outer is not None:
            self._uses.update(dict.fromkeys(self._scope.closed(outer)))
            self._scope = outer

    def _annotated(self, part: ast.AnnAssign) -> None:
        """Like an assignment; without a value it only makes the name a local one."""
        if part.value is None:
            if isinstance(part.target, ast.Name):
                self._bind(part.target.id)
            return
        self._out.append("Assign(targets[")
        self._read(part.target)
        self._out.append("]value")
        self._read(part.value)
        self._out.append(")")

    def _augmented(self, part: ast.AugAssign) -> None:
        if isinstance(part.target, ast.Name):
            self._scope.used[part.target.id,] = None
        self._plain(part)

    def _import(self, part: ast.Import | ast.ImportFrom) -> None:
        self._plain(part)
        for name, use in imported(part):
            self._scope.bound.add(name)
            if self._scope.outer is None:
                continue
            self._scope.origins[name] = use

    def _shared(self, part: ast.Global | ast.Nonlocal) -> None:
        self._scope.shared.update(part.names)
        self._plain(part)

    def _named(self, part: ast.ExceptHandler | ast.MatchAs | ast.MatchStar) -> None:
        if part.name is not None:
            self._bind(part.name)
        self._plain(part)

    def _rest(self, part: ast.MatchMapping) -> None:
        if part.rest is not None:
            self._bind(part.rest)
        self._plain(part)


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SPECIAL: dict[type[ast.AST], Callable[..., None]] = {
    ast.Constant: _Reader._constant,
    ast.JoinedStr: _Reader._joined,
    ast.Name: _Reader._name,
    ast.Attribute: _Reader._attribute,
    ast.Subscript: _Reader._subscript,
    ast.Call: _Reader._call,
    ast.FunctionDef: _Reader._function,
    ast.AsyncFunctionDef: _Reader._function,
    ast.Lambda: _Reader._function,
    ast.ClassDef: _Reader._class,
    ast.ListComp: _Reader._comprehension,
    ast.SetComp: _Reader._comprehension,
    ast.GeneratorExp: _Reader._comprehension,
    ast.DictComp: _Reader._comprehension,
    ast.NamedExpr: _Reader._walrus,
    ast.AnnAssign: _Reader._annotated,
    ast.AugAssign: _Reader._augmented,
    ast.Import: _Reader._import,
    ast.ImportFrom: _Reader._import,
    ast.Global: _Reader._shared,
    ast.Nonlocal: _Reader._shared,
    ast.ExceptHandler: _Reader._named,
    ast.MatchAs: _Reader._named,
    ast.MatchStar: _Reader._named,
    ast.MatchMapping: _Reader._rest,
    **dict.fromkeys((ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try), _Reader._block),
    getattr(ast, "TryStar", ast.Try): _Reader._block,
}
