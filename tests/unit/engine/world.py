"""A small world for engine tests: rules as values, files in memory, jobs that concatenate what they read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pymake.engine.files import FileTable
from pymake.engine.fixed import FixedPlan
from pymake.engine.forecast import Forecast, forecast
from pymake.engine.loop import Build
from pymake.engine.manifest import Manifests
from pymake.engine.openings import Openings
from pymake.engine.parts import Conduct, Parts
from pymake.engine.posttasks import PostTasks
from pymake.engine.rebuilders import VerifyingTraces
from pymake.engine.recorder import Recorder
from pymake.engine.scheduler import Scheduler
from pymake.engine.survey import Survey, Surveyor
from pymake.engine.temporaries import Temporaries
from pymake.engine.wish import Wish
from pymake.errors import JobError, Place
from pymake.model.ids import JobId, TaskId
from pymake.model.job import Command, JobSpec, Launch
from pymake.model.plan import Plan
from pymake.model.task import CommandText, Task
from pymake.planner.files import paths_on_disk
from pymake.testing import (
    MemoryDisk,
    RecordingReporter,
    ScratchInterrupts,
    ScratchLogs,
    ScratchMachine,
    ScratchMemory,
    ScriptedExecutor,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pymake.interfaces import News
    from pymake.model.events import Summary

Effect = "Callable[[World, Launch], JobError | None]"


@dataclass(kw_only=True)
class Rule:
    """One job and the task it stands for. `reads` are undeclared inputs, reported in a depfile."""

    outputs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    order_only: tuple[str, ...] = ()
    text: str = "cat"
    reads: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    pool: str | None = None
    cores: int = 1
    memory: int = 0
    fresh_process: bool = False
    retries: int = 0
    retry_delay: float = 0.0
    retry_backoff: float = 1.0
    always: bool = False
    protected: bool = False
    temporary: bool = False
    constant: str | None = None
    """What the job writes, whatever it reads."""

    def command(self) -> str:
        """What decides: another undeclared read or constant is another command."""
        return " ".join([self.text, *self.reads, *([self.constant] if self.constant else [])])


@dataclass(kw_only=True)
class Ran:
    """One build: names of the rules launched, in order, and what was said."""

    names: list[str]
    summary: Summary
    reporter: RecordingReporter
    executor: ScriptedExecutor


@dataclass(kw_only=True)
class World:
    """Files, memory and rules that live from build to build."""

    rules: dict[str, Rule]
    disk: MemoryDisk = field(default_factory=MemoryDisk)
    memory: ScratchMemory = field(default_factory=ScratchMemory)
    pools: Mapping[str, int] = field(default_factory=dict)
    posttasks: dict[str, list[Callable[[], object]]] = field(default_factory=dict)
    effects: dict[str, Callable[[World, Launch], JobError | None]] = field(default_factory=dict)
    interrupts: ScratchInterrupts = field(default_factory=ScratchInterrupts)
    line: int = 0
    machine: ScratchMachine = field(default_factory=ScratchMachine)
    total_memory: int | None = None
    news: News | None = None
    last: Parts | None = None
    """What the latest build was made of."""

    def plan(self) -> Plan:
        plan = Plan()
        ids: dict[str, TaskId] = {}
        for line, (name, rule) in enumerate(self.rules.items(), start=1):
            ids[name] = plan.add_task(
                Task(
                    name=name,
                    place=Place(path="pymake.toml", line=line),
                    action=CommandText(commands=(rule.text,)),
                    pool=rule.pool,
                    cores=rule.cores,
                    memory=rule.memory,
                    fresh_process=rule.fresh_process,
                    retries=rule.retries,
                    retry_delay=rule.retry_delay,
                    retry_backoff=rule.retry_backoff,
                    always=rule.always,
                    protected=rule.protected,
                    temporary=rule.temporary,
                )
            )
            spec = JobSpec(
                inputs=rule.inputs,
                outputs=rule.outputs,
                order_only=rule.order_only,
                depfile=f"{name}.d" if rule.reads else None,
                action=Command(commands=(rule.command(),)),
            )
            plan.add_job(ids[name], spec)
        for name, rule in self.rules.items():
            plan.set_followed(ids[name], [ids[other] for other in rule.follows])
        return plan

    def build(
        self,
        *targets: str,
        conduct: Conduct | None = None,
        forced: bool = False,
        kept: tuple[str, ...] = (),
        choose: Callable[[object], int] = lambda running: 0,
    ) -> Ran:
        conduct = conduct if conduct is not None else Conduct(slots=2)
        plan, files, manifests, rebuilder, survey = self._look(targets, forced=forced, kept=kept)
        executor = ScriptedExecutor(
            self._effect, clock=self.disk.clock, slots=conduct.slots, choose=choose, line=self.line
        )
        reporter = RecordingReporter()
        recorder = Recorder(
            plan=plan,
            root="/root",
            disk=self.disk,
            memory=self.memory,
            files=files,
            manifests=manifests,
            parse_depfile=str.split,
            openings=Openings(
                plan=plan,
                disk=self.disk,
                memory=self.memory,
                matches=lambda pattern: paths_on_disk(self.disk, pattern),
                remembered=rebuilder.remembered,
            ),
            pending_maker=FixedPlan().pending_maker,
        )
        failed = {job for job in plan.jobs() if self.memory.failure(manifests.key(job)) is not None}
        parts = Parts(
            plan=plan,
            survey=survey,
            scheduler=Scheduler(
                plan=plan, survey=survey, slots=conduct.slots, pools=self.pools, failed=failed, memory=self.total_memory
            ),
            rebuilder=rebuilder,
            recorder=recorder,
            temporaries=Temporaries(
                plan=plan,
                disk=self.disk,
                memory=self.memory,
                files=files,
                manifests=manifests,
                rebuilder=rebuilder,
                survey=survey,
            ),
            manifests=manifests,
            executor=executor,
            reporter=reporter,
            interrupts=self.interrupts,
            logs=ScratchLogs(),
            clock=self.disk.clock,
            machine=self.machine,
            env_of=lambda job: (),
            growth=FixedPlan(),
            posttasks=PostTasks(plan, survey, self.posttasks),
            news=self.news,
        )
        self.last = parts
        summary = Build(parts, conduct).run()
        names = [list(self.rules)[launch.job] for launch in executor.launches]
        return Ran(names=names, summary=summary, reporter=reporter, executor=executor)

    def forecast(self) -> dict[str, Forecast]:
        plan, _, _, rebuilder, survey = self._look(())
        return {list(self.rules)[found.job]: found for found in forecast(plan, survey, rebuilder)}

    def reasons(self, name: str) -> list[object]:
        return list(self.forecast()[name].reasons)

    def content(self, name: str) -> str:
        """What a rule writes: its text, and the name and content of everything it reads."""
        rule = self.rules[name]
        if rule.constant is not None:
            return rule.constant
        found = [*sorted(rule.inputs), *(path for path in rule.reads if self._has(path))]
        parts = [f"{path}={self._text(path)}" for path in found]
        digest = hashlib.blake2b(repr([rule.text, *parts]).encode(), digest_size=6).hexdigest()
        return f"{name} {digest}"

    def _text(self, path: str) -> str:
        """The content of a file, or of all files in a folder; not being there fails the test."""
        below = [name for name in self.disk.paths() if name.startswith(f"{path}/")]
        return "".join(f"[{name}={self.disk.text(name)}]" for name in below) if below else self.disk.text(path)

    def _has(self, path: str) -> bool:
        return self.disk.read(path) is not None

    def _look(
        self, targets: tuple[str, ...], *, forced: bool = False, kept: tuple[str, ...] = ()
    ) -> tuple[Plan, FileTable, Manifests, VerifyingTraces, Survey]:
        plan = self.plan()
        files = FileTable(plan, self.disk, self.memory)
        manifests = Manifests(plan, lambda data: hashlib.blake2b(data, digest_size=16).digest())
        wish = Wish(forced=forced)
        rebuilder = VerifyingTraces(plan=plan, files=files, memory=self.memory, manifests=manifests, wish=wish)
        rebuilder.keep(frozenset(JobId(list(self.rules).index(name)) for name in kept))
        surveyor = Surveyor(plan=plan, files=files, memory=self.memory, manifests=manifests, rebuilder=rebuilder)
        return plan, files, manifests, rebuilder, surveyor.survey(self._wanted(plan, targets))

    def _wanted(self, plan: Plan, targets: tuple[str, ...]) -> bytearray:
        """The rules named and everything upstream; all rules when none is named."""
        wanted = bytearray(plan.job_count)
        names = list(self.rules)
        stack = [JobId(names.index(name)) for name in targets or names]
        while stack:
            job = stack.pop()
            if wanted[job]:
                continue
            wanted[job] = 1
            producers = [plan.producer(file) for file in (*plan.dirtying(job), *plan.order_only(job))]
            stack.extend(producer for producer in producers if producer is not None)
            stack.extend(JobId(names.index(other)) for other in self.rules[names[job]].follows)
        return wanted

    def _effect(self, launch: Launch) -> JobError | None:
        name = list(self.rules)[launch.job]
        for path in launch.clear:
            self.disk.remove(path)
        effect = self.effects.get(name)
        if effect is not None:
            return effect(self, launch)
        self.run(name)
        return None

    def run(self, name: str) -> None:
        """What a job does: write its outputs, and its depfile if it has one."""
        rule = self.rules[name]
        content = self.content(name)
        for output in rule.outputs:
            self.disk.write(output, content)
        if rule.reads:
            self.disk.write(f"{name}.d", " ".join(rule.reads))
