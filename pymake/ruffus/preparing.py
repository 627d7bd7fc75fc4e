"""Before a run: names become references, filters are compiled, and it is known which task waits for which."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.errors import Place
from pymake.model.task import Formatter, Kind, Regex, Suffix
from pymake.model.task import Task as PlanTask
from pymake.ruffus.arguments import KEEP
from pymake.ruffus.forms import error_of
from pymake.ruffus.indicators import formatter, regex, suffix
from pymake.ruffus.inputs import Resolving, elements_named
from pymake.ruffus.kinds import Rule, Written, jobs_of
from pymake.ruffus.naming import followed_tasks, tasks_in_input
from pymake.ruffus.ruffus_exceptions import error_decorator_args
from pymake.ruffus.structure import is_pattern, names_in
from pymake.ruffus.tasks import PLAIN, Prepared, Task
from pymake.ruffus.taskset import TaskSet
from pymake.ruffus.written import generated_files, written_files, written_jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymake.model.filters import Filter
    from pymake.ruffus.indicators import Indicator
    from pymake.ruffus.ruffus_exceptions import error_task_contruction


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What a kind of Ruffus is for the planner.

    `filters` are the words it takes; with `globs` its outputs may be patterns, with `many` each file that it makes is
    an input of its own to readers.
    """

    kind: Kind
    filters: tuple[type, ...] = ()
    globs: bool = False
    many: bool = False


_ALL = (suffix, regex, formatter)

_FORMS = {
    "originate": _Form(kind=Kind.ORIGINATE, globs=True),
    "split": _Form(kind=Kind.SPLIT, globs=True, many=True),
    "merge": _Form(kind=Kind.TASK),  # of nothing too
    "transform": _Form(kind=Kind.TRANSFORM, filters=_ALL),
    "subdivide": _Form(kind=Kind.SUBDIVIDE, filters=_ALL, globs=True, many=True),
    "mkdir": _Form(kind=Kind.TRANSFORM, filters=_ALL),
    "collate": _Form(kind=Kind.COLLATE, filters=(regex, formatter)),
    "product": _Form(kind=Kind.PRODUCT),
    "permutations": _Form(kind=Kind.PERMUTATIONS),
    "combinations": _Form(kind=Kind.COMBINATIONS),
    "combinations_with_replacement": _Form(kind=Kind.COMBINATIONS_WITH_REPLACEMENT),
}


def prepare(task: Task) -> Prepared:
    """Make ready what a run needs of the task.

    Raises:
        error_task: a filter is malformed or of the wrong kind, or a name is no task's.
    """
    own = task.pipeline
    assert isinstance(own, TaskSet), "every task is in one"
    parents = [
        parent
        for follows in task.follow_params
        for word in follows.parents
        for parent in followed_tasks(word, own, follows.call)
    ]
    if task.kind == PLAIN:
        return Prepared(jobs=written_jobs([()]), parents=_unique(parents), judged=False, plain=True)
    if not task.parsed_args:
        raise error_decorator_args(f"The task was not declared completely:\n{task.call() % '...'}")
    if task.kind == "mkdir" and "filter" not in task.parsed_args:
        jobs = written_jobs([(_folders(task),)])
        return Prepared(jobs=jobs, parents=_unique(parents), judged=False, makes_folders=True)
    resolving = Resolving(lambda word: tasks_in_input(word, own))
    if task.kind in ("files", "parallel"):
        return _prepare_written(task, resolving, parents)
    return _prepare_rule(task, resolving, parents)


def _folders(task: Task) -> list[str]:
    folders = task.parsed_args["folders"]
    assert isinstance(folders, (list, tuple)), "a mkdir without a filter has folders"
    found = [names_in(value) if not isinstance(value, os.PathLike) else [os.fspath(value)] for value in folders]
    return [str(name) for group in found for name in group]


def _prepare_written(task: Task, resolving: Resolving[Task], parents: list[Task]) -> Prepared:
    function = task.parsed_args.get("function")
    if callable(function):
        return Prepared(jobs=generated_files(task, function), parents=_unique(parents), looks=True)
    jobs = task.parsed_args["jobs"]
    assert isinstance(jobs, list), "the arguments were read so"
    if task.kind == "parallel":
        return Prepared(jobs=written_jobs(jobs), parents=_unique(parents), judged=False)
    jobs = [[resolving.resolved(source), *rest] for source, *rest in jobs]
    declared = _declared(task, Kind.TASK, source=[job[0] for job in jobs])
    sources = tuple(resolving.tasks.values())
    return Prepared(
        jobs=written_files(jobs, declared, resolving.tasks, single=bool(task.parsed_args.get("one"))),
        parents=_unique([*parents, *sources]),
        sources=sources,
        looks=resolving.looks,
        given=[job[0] for job in jobs],
    )


def _prepare_rule(task: Task, resolving: Resolving[Task], parents: list[Task]) -> Prepared:
    args = task.parsed_args
    form = _FORMS[task.kind if task.kind in _FORMS else "collate" if args["combined"] else "transform"]
    given = elements_named(args.get("input")) if "filter" in args else args.get("input")
    source = resolving.resolved(given)
    changed = resolving.resolved(args.get("modify_inputs"))
    change = args.get("modify_inputs_mode", KEEP)
    assert isinstance(change, int), "the mode is a number"
    rule = Rule(
        declared=_declared(task, form.kind, source=source, chosen=_filters(task, form)),
        sources=resolving.tasks,
        change=change,
        changed=changed,
        globs=form.globs,
        shown=_shown(args.get("filter")),
    )
    sources = tuple(resolving.tasks.values())
    return Prepared(
        jobs=lambda world: jobs_of(rule, world),
        parents=_unique([*parents, *sources]),
        sources=sources,
        many=form.many,
        looks=resolving.looks or any(map(is_pattern, names_in(args["output"]))),
        makes_folders=task.kind == "mkdir",
        given=source,
        changed=changed,
    )


def _declared(task: Task, kind: Kind, *, source: object, chosen: Sequence[Filter] = ()) -> Written:
    """The task for the planner. Paths are as they are, so nothing but kinds, choices and naming is asked of it."""
    args = task.parsed_args
    size, extras, output_dir = args.get("tuple_size"), args.get("extras", []), args.get("output_dir")
    sets = source if isinstance(source, list) and kind is Kind.PRODUCT else []
    return Written(
        task=PlanTask(
            name=task.display_name,
            kind=kind,
            place=Place(path=task.func_module_name),
            extras=tuple(extras) if isinstance(extras, list) else (),
            tuple_size=size if isinstance(size, int) else None,
        ),
        variables={},
        input=source,
        output=args.get("output"),
        order_only=(),
        files=(),
        output_dir=os.fspath(output_dir) if isinstance(output_dir, (str, os.PathLike)) else None,
        filter=chosen[0] if chosen else None,
        sets=tuple(
            (one, each if isinstance(each, Formatter) else None) for one, each in zip(sets, chosen, strict=False)
        ),
        change=None,
        is_open=False,
        outputs=None,
        likeness=("", ""),
        patterns=(),
        needs=(),
        below=os.getcwd().rstrip("/") + "/",
    )


def _shown(word: object) -> str:
    return f"formatter({', '.join(map(repr, word))})" if isinstance(word, list) else repr(word)


def _filters(task: Task, form: _Form) -> list[Filter]:
    """The filter of a task, for a product that of each set; none for a kind without."""
    args, error = task.parsed_args, error_of(task.kind)
    if "filter" not in args:
        return []
    word = args["filter"]
    if isinstance(word, list):
        return [_formatter(task, one, error) for one in word]
    if isinstance(args.get("tuple_size"), int):
        return [_formatter(task, word, error)]
    if not isinstance(word, form.filters):
        names = " or ".join(kind.__name__ for kind in form.filters)
        raise error(task, f"{task.call() % '...'} requires {names}, not {word!r}")
    match word:
        case suffix(args=(str(text),)):
            return [Suffix(text=text)]
        case regex(args=(str(text),)):
            _check_expression(word, text, task, error)
            return [Regex(pattern=text)]
        case formatter():
            return [_formatter(task, word, error)]
        case _:
            raise error(task, f"{word!r} is malformed", "it takes exactly one text")


def _formatter(task: Task, word: object, error: type[error_task_contruction]) -> Formatter:
    """The filter behind a `formatter`; the combinatorics take the text of any filter as that of one."""
    word = formatter(*getattr(word, "args", ()))
    found: list[str | None] = []
    for each in word.args:
        if isinstance(each, str):
            _check_expression(word, each, task, error)
            found.append(each)
        elif each is None:
            found.append(None)
        else:
            raise error(task, f"{word!r} is malformed", f"expressions are texts or None, not {each!r}")
    return Formatter(patterns=tuple(found))


def _check_expression(word: Indicator, text: str, task: Task, error: type[error_task_contruction]) -> None:
    try:
        re.compile(text)
    except re.error as broken:
        raise error(
            task,
            f"regular expression {type(word).__name__}('{text}') is malformed",
            f"[re.error: ({broken})]",
        ) from broken


def _unique(tasks: Iterable[Task]) -> tuple[Task, ...]:
    return tuple(dict.fromkeys(tasks))
