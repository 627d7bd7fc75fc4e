"""Before a run: names become tasks, filters are compiled, and it is known which task waits for which."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.ruffus.arguments import KEEP
from pymake.ruffus.filters import ByFormatter, ByFormatters, filter_of
from pymake.ruffus.forms import error_of
from pymake.ruffus.indicators import formatter
from pymake.ruffus.inputs import TaskHere, has_patterns, resolved, tasks_in
from pymake.ruffus.kinds import Parameters, Rule
from pymake.ruffus.making import MAKINGS
from pymake.ruffus.naming import followed_tasks, tasks_in_input
from pymake.ruffus.ruffus_exceptions import error_decorator_args, error_task_contruction
from pymake.ruffus.structure import names_in
from pymake.ruffus.tasks import PLAIN, Prepared, Task
from pymake.ruffus.taskset import TaskSet
from pymake.ruffus.written import generated_files, written_files, written_parallel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pymake.ruffus.filters import Filter
    from pymake.ruffus.inputs import Lookup, Source, World
    from pymake.ruffus.kinds import Made
    from pymake.ruffus.making import Making
    from pymake.ruffus.tasks import Maker


def prepare(task: Task) -> Prepared:
    """Make ready what a run needs of the task.

    Raises:
        error_task: a filter is malformed or of the wrong kind, or a name is no task's.
    """
    own = task.pipeline
    assert isinstance(own, TaskSet), "every task is in one"

    def lookup(word: object) -> Sequence[Source] | None:
        return tasks_in_input(word, own)

    parents = [
        parent
        for follows in task.follow_params
        for word in follows.parents
        for parent in followed_tasks(word, own, follows.call)
    ]
    if task.kind == PLAIN:
        return Prepared(jobs=_once, parents=_unique(parents), judged=False, plain=True)
    if not task.parsed_args:
        raise error_decorator_args(f"The task was not declared completely:\n{task.call() % '...'}")
    if task.kind in ("files", "parallel"):
        return _prepare_written(task, lookup, parents)
    if task.kind == "mkdir" and "filter" not in task.parsed_args:
        return Prepared(jobs=_folders(task), parents=_unique(parents), judged=False, makes_folders=True)
    return _prepare_rule(task, lookup, parents)


def _once(_: World) -> Iterator[Made]:
    """One job without parameters."""
    yield Parameters(call=(), shown=())


def _folders(task: Task) -> Maker:
    """One job that makes all folders; there is no input and, for readers, no output."""
    folders = [names_in(value) if not isinstance(value, os.PathLike) else [os.fspath(value)] for value in _args(task)]
    names = [str(name) for group in folders for name in group]

    def made(_: World) -> Iterator[Made]:
        yield Parameters(call=(names,), shown=(names,))

    return made


def _args(task: Task) -> Sequence[object]:
    folders = task.parsed_args["folders"]
    assert isinstance(folders, (list, tuple)), "a mkdir without a filter has folders"
    return folders


def _prepare_written(task: Task, lookup: Lookup, parents: list[Task]) -> Prepared:
    function = task.parsed_args.get("function")
    if callable(function):
        return Prepared(jobs=generated_files(task, function), parents=_unique(parents), looks=True)
    jobs = task.parsed_args["jobs"]
    assert isinstance(jobs, list), "the arguments were read so"
    if task.kind == "parallel":
        return Prepared(jobs=written_parallel(jobs), parents=_unique(parents), judged=False)
    jobs = [[resolved(source, lookup), *rest] for source, *rest in jobs]
    sources = [job[0] for job in jobs]
    return Prepared(
        jobs=written_files(jobs),
        parents=_unique([*parents, *_found(sources)]),
        sources=_unique(_found(sources)),
        single=bool(task.parsed_args.get("one")),
        looks=has_patterns(sources),
    )


def _prepare_rule(task: Task, lookup: Lookup, parents: list[Task]) -> Prepared:
    args = task.parsed_args
    kind = task.kind if task.kind in MAKINGS else "collate" if args["combined"] else "transform"
    making = MAKINGS[kind]
    error = error_of(task.kind)
    source = resolved(args.get("input"), lookup)
    changed = resolved(args.get("modify_inputs"), lookup)
    extras = args["extras"]
    change = args.get("modify_inputs_mode", KEEP)
    assert isinstance(extras, list), "extras are always a list"
    assert isinstance(change, int), "the mode is a number"
    size = args.get("tuple_size", 0)
    assert isinstance(size, int), "checked when it was declared"
    rule = Rule(
        input=source,
        output=args["output"],
        extras=extras,
        filter=_filter(task, making, error) if "filter" in args else None,
        tuple_size=size,
        change=change,
        changed=changed,
        sets=source if isinstance(source, list) and task.kind == "product" else (),
    )
    return Prepared(
        jobs=lambda world: making.made(rule, world),
        parents=_unique([*parents, *_found(source), *_found(changed)]),
        sources=_unique([*_found(source), *_found(changed)]),
        single=making.one or (kind == "transform" and _single(source)),
        many=making.many,
        looks=any(map(has_patterns, (source, changed, rule.output))),
        makes_folders=task.kind == "mkdir",
    )


def _filter(task: Task, making: Making, error: type[error_task_contruction]) -> Filter:
    word = task.parsed_args["filter"]
    if task.kind == "product":
        assert isinstance(word, list), "a product has a list of filters"
        return ByFormatters(
            [_formatter(task, each, error) for each in word], f"formatter({', '.join(map(repr, word))})"
        )
    size = task.parsed_args.get("tuple_size")
    if isinstance(size, int):
        return ByFormatters([_formatter(task, word, error)] * size, repr(word))
    if not isinstance(word, making.filters):
        names = " or ".join(kind.__name__ for kind in making.filters)
        raise error(task, f"{task.call() % '...'} requires {names}, not {word!r}")
    return filter_of(word, task, error, task.parsed_args.get("output_dir") or None)


def _formatter(task: Task, word: object, error: type[error_task_contruction]) -> ByFormatter:
    """The combinatorics take the text of any filter as that of a formatter."""
    found = filter_of(formatter(*getattr(word, "args", ())), task, error)
    assert isinstance(found, ByFormatter), "asked for one"
    return found


def _single(source: object) -> bool | Task:
    """Whether a transform of this makes a single job: of one plain name, or of a task that is single itself."""
    if isinstance(source, TaskHere) and isinstance(source.task, Task):
        return source.task
    return isinstance(source, str) and not has_patterns(source)


def _found(source: object) -> list[Task]:
    return [task for task in tasks_in(source) if isinstance(task, Task)]


def _unique(tasks: Iterable[Task]) -> tuple[Task, ...]:
    return tuple(dict.fromkeys(tasks))
