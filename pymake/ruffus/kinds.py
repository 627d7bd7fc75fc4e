"""The parameters of jobs: kinds, choices and naming are the planner's, asked with what Ruffus does otherwise.

What is peculiar is what a function is called with: outputs that are patterns stand for the files that are there, jobs
that cannot be named are dropped without a word, and nothing is made relative to a root.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, field
from pymake.model.fields import FieldError
from pymake.model.filters import NO_FIELDS, Unmatched
from pymake.model.task import Kind, TaskRef
from pymake.planner.declared import Declared
from pymake.planner.drafts import Draft, Drafting
from pymake.planner.kinds import KINDS
from pymake.planner.structure import mapped, texts
from pymake.ruffus.arguments import ADD, KEEP
from pymake.ruffus.inputs import NamesNow, globbed, runtime_values
from pymake.ruffus.jobs import Jobs, Parameters
from pymake.ruffus.structure import names_in
from pymake.ruffus.substitution import FormatNaming, JobNaming, naming_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pymake.model.filters import Fields, Naming
    from pymake.planner.inputs import Element
    from pymake.ruffus.jobs import Source, World


class Written(Declared):
    """A task of Ruffus for the planner: its paths are as they are written, relative to wherever the script is."""

    __slots__ = ()

    def path(self, text: str) -> str:
        """The text."""
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a task says about its jobs. `declared` holds references in place of names of tasks, `sources` their tasks.

    With `change`, `changed` is added to the input of each job, or replaces it. With `globs`, patterns in the output
    stand for the files that are there. `shown` is the filter as it was written.
    """

    declared: Written
    sources: Mapping[str, Source] = field(default_factory=dict)
    change: int = KEEP
    changed: object = None
    globs: bool = False
    shown: str = ""


def jobs_of(rule: Rule, world: World) -> Jobs:
    """The jobs of a task with a rule."""
    declared = rule.declared
    drafting = RuffusDrafting(rule, inputs_of(rule.sources, world, declared, rule.changed))
    expansion = KINDS[declared.task.kind](drafting)
    parameters = list(map(_parameters, expansion.drafts))
    if declared.task.kind is Kind.COLLATE:
        parameters.sort(key=lambda job: str(job.call[1:]))
    made = expansion.made._replace(elements=tuple(sorted(expansion.made.elements, key=str)))
    return Jobs(parameters, [one.reason for one in drafting.unmatched], made)


def inputs_of(sources: Mapping[str, Source], world: World, declared: Declared, *more: object) -> NamesNow:
    """What the inputs of a task stand for, as the files are now."""
    given = (declared.input, [source for source, _ in declared.sets], *more)
    made = {name: world.made(task) for name, task in sources.items()}
    return NamesNow(declared.task, {**made, **runtime_values(given, world.runtime_data)})


def _parameters(draft: Draft) -> Parameters:
    naming = draft.naming
    assert isinstance(naming, JobNaming), "every draft is made with one"
    call = (draft.input, draft.output, *naming.extras)
    shown = call if naming.written is draft.output else (draft.input, naming.written, *naming.extras)
    return Parameters(call=call, shown=shown)


class RuffusDrafting(Drafting):
    """Makes drafts as Ruffus does: names as they are written, and what has none makes no job."""

    def __init__(self, rule: Rule, inputs: NamesNow) -> None:
        super().__init__(rule.declared, inputs)
        self._rule = rule
        self._first_text = next(self._texts(), "")

    def fixed(self, value: object) -> Draft:
        """As `Drafting` says."""
        return self.with_output(value, JobNaming(), self.declared.output)

    def one_output(self, output: object) -> Draft:
        """As `Drafting` says."""
        return self.with_output(None, JobNaming(), output)

    def naming(self, element: Element) -> Naming | Unmatched:
        """As `Drafting` says."""
        names = names_in(element.value)
        if not names:
            return Unmatched("", f"No file names in {element.value!r}")
        return naming_of(
            self.declared.filter,
            names,
            below=self.declared.below,
            output_dir=self.declared.output_dir,
            shown=self._rule.shown,
            first_text=self._first_text,
        )

    def naming_of_choice(self, fields: Fields) -> Naming:
        """As `Drafting` says."""
        return FormatNaming(fields, None, self._rule.shown)

    def named(self, value: object, naming: Naming) -> Draft | None:
        """As `Drafting` says; a field that is not there drops the job."""
        if isinstance(naming, FormatNaming) and isinstance(value, tuple) and naming.names is None:
            naming.names = list(map(names_in, value))
        try:
            return self.with_output(self.changed(value, naming), naming, self.declared.output)
        except FieldError as error:
            self.unmatched.append(Unmatched("", error.message))
            return None

    def with_output(self, value: object, naming: Naming, output: object) -> Draft:
        """As `Drafting` says; extras too."""
        assert isinstance(naming, JobNaming), "made above"
        naming.extras = [
            mapped(extra, lambda text: naming.other(text, NO_FIELDS)) for extra in self.declared.task.extras
        ]
        naming.written = mapped(output, lambda text: naming.output(text, NO_FIELDS))
        made = globbed(naming.written) if self._rule.globs else naming.written
        return Draft(value, made, (), NO_FIELDS, naming)

    def changed(self, value: object, naming: Naming) -> object:
        """As `Drafting` says; what is put in may be a pattern again."""
        rule = self._rule
        if rule.change == KEEP:
            return value
        changed = mapped(rule.changed, lambda text: naming.other(text, NO_FIELDS))
        if rule.change != ADD:
            return self.inputs.whole([changed] if isinstance(changed, TaskRef) else changed)
        if not isinstance(changed, tuple):
            raise TypeError(f"add_inputs must be a tuple, not {type(changed).__name__}: {changed!r}")
        added = self.inputs.whole(changed)
        assert isinstance(added, tuple), "a tuple stays one"
        return (value, *added)

    def in_order(self, elements: Sequence[Element]) -> list[Element]:
        """As `Drafting` says: each as often as it is there."""
        return sorted(elements, key=lambda element: str(element.value))

    def none_taken(self) -> None:
        """Nothing: the run says so, and goes on."""

    def _texts(self) -> Iterator[str]:
        yield from texts(list(self.declared.task.extras))
        yield from texts(self.declared.output)
