"""The options of a script's command line, in one table for both kinds of parsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable, Collection
    from optparse import Option as OldOption
    from optparse import OptionParser

FORMATS = ("svg", "svgz", "png", "jpg", "psd", "tif", "eps", "pdf", "dot")


class Option(NamedTuple):
    """One option. `flags` are its spellings, `old` the short one for `optparse` where that differs."""

    attribute: str
    flags: tuple[str, ...]
    help: str
    group: str
    action: str = "store"
    value: str | None = None
    kind: Callable[[str], object] | None = None
    default: object = None
    old: str | None = None
    choices: tuple[str, ...] | None = None


_COMMON, _PIPELINE = "Common options", "pipeline arguments"

OPTIONS = (
    Option(
        attribute="verbose",
        flags=("-v", "--verbose"),
        action="verbose",
        value="VERBOSE",
        default=[],
        group=_COMMON,
        help="Print more messages; N, or N:M where M is how paths are abbreviated.",
    ),
    Option(attribute="version", flags=("--version",), action="version", group=_COMMON, help="Print the version."),
    Option(attribute="log_file", flags=("-L", "--log_file"), value="FILE", group=_COMMON, help="Where to log to."),
    Option(
        attribute="target_tasks",
        flags=("-T", "--target_tasks"),
        old="-t",
        action="append",
        value="JOBNAME",
        default=[],
        group=_PIPELINE,
        help="A task to bring up to date; may be repeated.",
    ),
    Option(
        attribute="jobs",
        flags=("-j", "--jobs"),
        value="N",
        kind=int,
        default=1,
        group=_PIPELINE,
        help="How many jobs run at a time.",
    ),
    Option(
        attribute="use_threads",
        flags=("--use_threads",),
        action="store_true",
        default=False,
        group=_PIPELINE,
        help="Run jobs in threads, not in processes.",
    ),
    Option(
        attribute="just_print",
        flags=("-n", "--just_print"),
        action="store_true",
        default=False,
        group=_PIPELINE,
        help="Print what would run, and run nothing.",
    ),
    Option(
        attribute="touch_files_only",
        flags=("--touch_files_only",),
        action="store_true",
        default=False,
        group=_PIPELINE,
        help="Make or touch the outputs, and run nothing.",
    ),
    Option(
        attribute="recreate_database",
        flags=("--recreate_database",),
        action="store_true",
        default=False,
        group=_PIPELINE,
        help="Take all files that are there as complete, and run nothing.",
    ),
    Option(
        attribute="history_file",
        flags=("--checksum_file_name",),
        value="FILE",
        group=_PIPELINE,
        help="Where records of finished jobs are kept.",
    ),
    Option(
        attribute="flowchart",
        flags=("--flowchart",),
        value="FILE",
        group=_PIPELINE,
        help="Draw the pipeline into this file, and run nothing.",
    ),
    Option(
        attribute="key_legend_in_graph",
        flags=("--key_legend_in_graph",),
        action="store_true",
        default=False,
        group=_PIPELINE,
        help="Explain the colours of the flowchart.",
    ),
    Option(
        attribute="draw_horizontally",
        flags=("--draw_graph_horizontally",),
        action="store_true",
        default=False,
        group=_PIPELINE,
        help="Draw the flowchart from left to right.",
    ),
    Option(
        attribute="flowchart_format",
        flags=("--flowchart_format",),
        value="FORMAT",
        choices=FORMATS,
        group=_PIPELINE,
        help="The format of the flowchart; by default the ending of its name.",
    ),
    Option(
        attribute="forced_tasks",
        flags=("--forced_tasks",),
        action="append",
        value="JOBNAME",
        default=[],
        group=_PIPELINE,
        help="A task whose jobs all run; may be repeated.",
    ),
)


def argparse_options(parser: ArgumentParser, wanted: Collection[str], version: str) -> None:
    """Add the wanted options, by attribute, to a parser."""
    groups = {name: parser.add_argument_group(name) for name in (_COMMON, _PIPELINE)}
    for option in OPTIONS:
        if option.attribute not in wanted:
            continue
        words: dict[str, object] = {"dest": option.attribute, "help": option.help}
        if option.action == "version":
            words = {"action": "version", "version": version, "help": option.help}
        elif option.action == "verbose":
            words |= {"action": "append", "nargs": "?", "const": "+", "default": [], "metavar": option.value}
        else:
            words |= _usual(option)
        add: Callable[..., object] = groups[option.group].add_argument
        add(*option.flags, **words)


def optparse_options(parser: OptionParser, wanted: Collection[str]) -> None:
    """Add the wanted options, by attribute, to an older parser, which has a version of its own."""
    for option in OPTIONS:
        if option.attribute not in wanted or option.action == "version":
            continue
        flags = [option.old, *option.flags[1:]] if option.old else option.flags
        words: dict[str, object] = {"dest": option.attribute, "help": option.help}
        if option.action == "verbose":
            words |= {"action": "callback", "callback": _optional_value, "default": [], "type": "string", "nargs": 0}
        else:
            words |= _usual(option)
        add: Callable[..., object] = parser.add_option
        add(*flags, **words)


def _usual(option: Option) -> dict[str, object]:
    """What both kinds of parsers call the same."""
    default = list(option.default) if isinstance(option.default, list) else option.default
    words: dict[str, object] = {"action": option.action, "default": default}
    if option.value is not None:
        words["metavar"] = option.value
    if option.kind is not None:
        words["type"] = option.kind
    if option.choices is not None:
        words["choices"] = option.choices
    return words


def _optional_value(option: OldOption, flag: str, value: object, parser: OptionParser) -> None:
    """What follows `-v`, if it is a number: an option of `optparse` that takes no values and may find one."""
    del flag, value
    words = parser.rargs
    assert words is not None, "the parser is parsing"
    said = "+"
    if words and words[0].replace(":", "").replace("-", "").isdecimal() and not words[0].startswith("-"):
        said = words.pop(0)
    values = parser.values
    assert values is not None, "as above"
    name = str(option.dest)
    setattr(values, name, [*(getattr(values, name, None) or []), said])
