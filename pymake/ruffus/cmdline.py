"""The command line of a script: options for running, printing and drawing, and a logger that follows them."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, cast

from pymake.ruffus import functions
from pymake.ruffus.loggers import black_hole_logger, stderr_logger
from pymake.ruffus.options import OPTIONS, argparse_options, optparse_options
from pymake.ruffus.proxy_logger import make_shared_logger_and_proxy
from pymake.ruffus.ruffus_utility import CHECKSUM_REGENERATE

if TYPE_CHECKING:
    import logging
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Collection, Iterable, Mapping
    from contextlib import AbstractContextManager
    from optparse import OptionParser

    from pymake.ruffus.loggers import Logger
    from pymake.ruffus.logserver import LoggerProxy

__all__ = [
    "MESSAGE",
    "append_to_argparse",
    "append_to_optparse",
    "get_argparse",
    "get_optparse",
    "handle_verbose",
    "run",
    "setup_logging",
]

MESSAGE = 15
"""A level between debug and info: what goes both to the screen and into the log file."""

_COMMON = (
    "gnu_make_maximal_rebuild_mode",
    "runtime_data",
    "checksum_level",
)
_FOR_RUN = (
    *_COMMON,
    "one_second_per_job",
    "history_file",
    "logger",
    "exceptions_terminate_immediately",
    "log_exceptions",
    "multithread",
    "pipeline",
    "pool_manager",
    "verbose_abbreviated_path",
)
_FOR_PRINTOUT = (
    *_COMMON,
    "indent",
    "wrap_width",
    "history_file",
    "pipeline",
    "verbose_abbreviated_path",
)
_FOR_GRAPH = (
    *_COMMON,
    "ignore_upstream_of_target",
    "skip_uptodate_tasks",
    "test_all_task_for_update",
    "minimal_key_legend",
    "user_colour_scheme",
    "pipeline_name",
    "size",
    "dpi",
    "history_file",
    "pipeline",
)
_EVERYWHERE = frozenset({*_FOR_RUN, *_FOR_PRINTOUT, *_FOR_GRAPH})


def get_argparse(
    *args: object,
    version: str | None = None,
    ignored_args: Iterable[str] = (),
    **args_dict: object,
) -> ArgumentParser:
    """A parser with the usual options.

    `ignored_args` names options that it is to lack, the other arguments are those of `ArgumentParser`.
    """
    from argparse import ArgumentParser  # noqa: PLC0415  # a script uses one parser or the other

    make: Callable[..., ArgumentParser] = ArgumentParser
    parser = make(*args, **args_dict)
    return append_to_argparse(parser, version=version, ignored_args=ignored_args)


def append_to_argparse(
    parser: ArgumentParser, *, version: str | None = None, ignored_args: Iterable[str] = ()
) -> ArgumentParser:
    """Add the usual options to a parser."""
    argparse_options(parser, _wanted(ignored_args), version or "%(prog)s 1.0")
    return parser


def get_optparse(*args: object, ignored_args: Iterable[str] = (), **args_dict: object) -> OptionParser:
    """The same for the older kind of parser. The other arguments are those of `OptionParser`."""
    from optparse import OptionParser  # noqa: PLC0415  # as above

    make: Callable[..., OptionParser] = OptionParser
    parser = make(*args, **args_dict)
    return append_to_optparse(parser, ignored_args=ignored_args)


def append_to_optparse(parser: OptionParser, *, ignored_args: Iterable[str] = ()) -> OptionParser:
    """Add the usual options to an older parser."""
    optparse_options(parser, _wanted(ignored_args))
    return parser


def _wanted(ignored: Iterable[str]) -> Collection[str]:
    return {option.attribute for option in OPTIONS} - {"version"} - set(ignored) | {"version"} - set(ignored)


def handle_verbose(options: Namespace) -> None:
    """Turn what `-v` collected into a number; `N:M` also sets how paths are abbreviated, unless that is set.

    Raises:
        Exception: a value is neither `+`, `N` nor `N:M`.
    """
    said = getattr(options, "verbose", None)
    takes_path = not hasattr(options, "verbose_abbreviated_path")
    if takes_path:
        options.verbose_abbreviated_path = None
    if said is None or isinstance(said, int):
        return
    options.verbose, path = _counted(said)
    if path is not None and takes_path:
        options.verbose_abbreviated_path = path


def _counted(said: object) -> tuple[int, int | None]:
    """The verbosity that words of `-v` add up to, and how paths are to be abbreviated, if a word says so."""
    level, path = 0, None
    for word in said if isinstance(said, (list, tuple)) else [said]:
        found = re.fullmatch(r"(\+)?(\d*)(?::(-?\d+))?", str(word).strip())
        if found is None or not (found[1] or found[2]):
            raise Exception(  # noqa: TRY002  # scripts catch just this
                f"error: verbosity level should be given as --verbose, --verbose N or --verbose N:M, not {word!r}"
            )
        level = int(found[2]) if found[2] else level + 1
        path = int(found[3]) if found[3] else path
    return level, path


def run(options: object, **extra_options: object) -> bool:
    """Print, draw or run, as the options say; True if it ran.

    `extra_options` are further arguments of the function that is called.
    """
    unknown = sorted(extra_options.keys() - _EVERYWHERE)
    logger = _logger(extra_options.get("logger", stderr_logger))
    for name in unknown:
        logger.warning(f"ruffus.cmdline.run() knows no argument {name!r}")
    said = _Said(options)
    if said.get("just_print"):
        show: Callable[..., None] = functions.pipeline_printout
        show(
            sys.stdout,
            said.names("target_tasks"),
            said.names("forced_tasks"),
            said.number("verbose"),
            **_chosen(extra_options, _FOR_PRINTOUT, said, "history_file", "verbose_abbreviated_path"),
        )
        return False
    if said.get("flowchart"):
        _draw(said, extra_options)
        return False
    _run(said, extra_options, logger)
    return True


class _Said:
    """What the options say; an attribute that is missing counts as None."""

    def __init__(self, options: object) -> None:
        self._options = options

    def get(self, name: str) -> object:
        return getattr(self._options, name, None)

    def names(self, name: str) -> list[object]:
        value = self.get(name)
        return list(value) if isinstance(value, (list, tuple)) else []

    def number(self, name: str) -> int | None:
        """The number; what `-v` collected is not yet one if `handle_verbose` was not called."""
        value = self.get(name)
        if isinstance(value, int) or value is None:
            return value
        return _counted(value)[0]


def _chosen(extra: Mapping[str, object], allowed: Iterable[str], said: _Said, *also: str) -> dict[str, object]:
    """The further arguments that a function takes, and some of the options under their own names."""
    found = {name: extra[name] for name in allowed if name in extra}
    for name in also:
        value = said.get(name)
        if value is not None:
            found.setdefault(name, value)
    return found


def _draw(said: _Said, extra: Mapping[str, object]) -> None:
    target = said.get("flowchart")
    name = str(target)
    form = said.get("flowchart_format")
    with open(name, "wb") as stream:
        draw: Callable[..., None] = functions.pipeline_printout_graph
        draw(
            stream,
            str(form) if form else name.rpartition(".")[2],
            said.names("target_tasks"),
            said.names("forced_tasks"),
            draw_vertically=not said.get("draw_horizontally"),
            no_key_legend=not said.get("key_legend_in_graph"),
            **_chosen(extra, _FOR_GRAPH, said, "history_file"),
        )


def _run(said: _Said, extra: Mapping[str, object], logger: object) -> None:
    chosen = _chosen(extra, _FOR_RUN, said, "history_file", "verbose_abbreviated_path")
    chosen["logger"] = logger
    jobs = said.get("jobs")
    count = jobs if isinstance(jobs, int) else 1
    if said.get("use_threads"):
        chosen["multithread"] = count
    else:
        chosen["multiprocess"] = count
    touch: bool | int = bool(said.get("touch_files_only"))
    if said.get("recreate_database"):
        touch = CHECKSUM_REGENERATE
    start: Callable[..., None] = functions.pipeline_run
    start(
        said.names("target_tasks"),
        said.names("forced_tasks"),
        verbose=said.number("verbose"),
        touch_files_only=touch,
        **chosen,
    )


def _logger(given: object) -> Logger:
    """The logger of a run; False is silence."""
    return cast("Logger", black_hole_logger if given is False or given is None else given)


def setup_logging(
    module_name: str, log_file_name: str | None, verbose: int | None
) -> tuple[LoggerProxy, AbstractContextManager[object]]:
    """A logger for all processes, and its lock.

    `info` goes to the log file, `debug` to the screen, `log(MESSAGE, …)` to both; without a file and without
    `verbose`, nothing goes anywhere.
    """
    return make_shared_logger_and_proxy(_setup_logger, module_name, {"file": log_file_name, "verbose": verbose})


def _setup_logger(name: str, args: Mapping[str, object]) -> logging.Logger:
    import logging  # noqa: PLC0415  # importing the package need not take it

    logger = logging.getLogger(name)
    logging.addLevelName(MESSAGE, "MESSAGE")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    file = args["file"]
    if file:
        handler: logging.Handler = logging.FileHandler(str(file), delay=False)
        handler.setFormatter(logging.Formatter("%(asctime)s - %(name)s - %(levelname)6s - %(message)s"))
        handler.setLevel(MESSAGE)
        logger.addHandler(handler)
    if args["verbose"]:
        screen = logging.StreamHandler(sys.stderr)
        screen.setFormatter(logging.Formatter("%(message)s"))
        screen.setLevel(logging.DEBUG)
        if file:
            screen.addFilter(lambda record: record.levelno <= MESSAGE)
        logger.addHandler(screen)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return logger
