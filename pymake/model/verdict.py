"""Verdicts on jobs whose inputs are settled, with typed reasons that speak for themselves."""

from __future__ import annotations

from pymake.dataclass import dataclass
from pymake.errors import assert_never


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverRan:
    """No trace: the job never ended well here, or its first output has another name now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedLastTime:
    """The last run failed: it runs again, whatever is remembered from before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forced:
    """The user asked for it (`-B`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlwaysRuns:
    """The task says `always`, or has neither inputs nor outputs to judge it by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRule:
    """The task has a rule of its own (`check_if_uptodate`), and it says so; `text` are its words."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputChanged:
    """The content of a dirtying or discovered input is another one."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputAssumedNew:
    """The user said to take this input as changed (`-W`)."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputGone:
    """A discovered input is not there any more."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputsDiffer:
    """The set of declared inputs is another one."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsDiffer:
    """The set of declared outputs is another one."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputMissing:
    """An output is not there."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputChanged:
    """An output is not as the job left it."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputNeeded:
    """A temporary output that is gone is read by a job that has to run."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetChanged:
    """The command, the code, an argument, a variable … is another one; None where there is none."""

    name: str
    before: str | None
    after: str | None


Reason = (
    NeverRan
    | FailedLastTime
    | Forced
    | AlwaysRuns
    | OwnRule
    | InputChanged
    | InputAssumedNew
    | InputGone
    | InputsDiffer
    | OutputsDiffer
    | OutputMissing
    | OutputChanged
    | OutputNeeded
    | FacetChanged
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """Everything equals the trace: nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dirty:
    """The job has to run, and why: the first reason found."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The job must not run: its protected output `path` was edited by hand."""

    path: str


Verdict = Clean | Dirty | Refused


def name_of(reason: Reason) -> str:
    """The kind of a reason as programs read it.

    >>> name_of(InputChanged(path="a.c"))
    'input-changed'
    """
    name = type(reason).__name__
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


def describe(reason: Reason) -> str:
    """One line for people.

    >>> describe(InputChanged(path="a.c"))
    'input a.c changed'
    >>> describe(FacetChanged(name="env LC_ALL", before="C", after="de"))
    'env LC_ALL changed'
    """
    match reason:
        case NeverRan():
            return "never ran"
        case FailedLastTime():
            return "failed last time"
        case Forced():
            return "forced"
        case AlwaysRuns():
            return "always runs"
        case OwnRule(text=text):
            return f"check_if_uptodate: {text}" if text else "check_if_uptodate says so"
        case InputChanged(path=path):
            return f"input {path} changed"
        case InputAssumedNew(path=path):
            return f"input {path} is taken as changed"
        case InputGone(path=path):
            return f"input {path} is gone"
        case InputsDiffer(added=added, removed=removed):
            return _difference("inputs", added, removed)
        case OutputsDiffer(added=added, removed=removed):
            return _difference("outputs", added, removed)
        case OutputMissing(path=path):
            return f"output {path} is missing"
        case OutputChanged(path=path):
            return f"output {path} was changed"
        case OutputNeeded(path=path):
            return f"temporary output {path} is needed again"
        case FacetChanged(name=name, before=before, after=after):
            verb = "is new" if before is None else "is gone" if after is None else "changed"
            return f"{name} {verb}"
        case _:
            assert_never(reason)


def _difference(what: str, added: tuple[str, ...], removed: tuple[str, ...]) -> str:
    """`inputs: + a.c, - b.c`, at most three names of each side."""
    marks = [f"{sign} {name}" for sign, names in (("+", added), ("-", removed)) for name in names[:3]]
    left_out = max(len(added) - 3, 0) + max(len(removed) - 3, 0)
    more = [f"and {left_out} more"] if left_out else []
    return f"{what}: {', '.join(marks + more)}"
