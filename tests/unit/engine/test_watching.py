"""Builds of one plan that stays in memory: the same jobs run as in builds that look at everything each time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from pymake.engine.discoverers import Discoverers
from pymake.engine.parts import Conduct
from pymake.engine.standing import Standing
from pymake.engine.survey import Surveyor
from pymake.errors import CommandFailed
from pymake.model.events import Note
from pymake.testing import MemoryDisk
from tests.unit.engine.world import Rule, World

if TYPE_CHECKING:
    from collections.abc import Collection

    from pymake.engine.files import FileTable
    from pymake.engine.manifest import Manifests
    from pymake.engine.rebuilders import VerifyingTraces
    from pymake.engine.survey import Survey
    from pymake.errors import JobError
    from pymake.model.ids import FileId, JobId
    from pymake.model.job import Launch
    from pymake.model.plan import Plan

GOING_ON = Conduct(slots=1, keep_going=True)


@dataclass(kw_only=True)
class WatchedWorld(World):
    """A world whose plan and stamps stay from build to build. All files are looked at, what changed is surveyed."""

    retry: bool = False
    standing: Standing | None = None
    kept: list[tuple[Plan, FileTable, Manifests, VerifyingTraces, Survey]] = field(default_factory=list)
    read: Discoverers | None = None

    def _look(
        self, targets: tuple[str, ...], *, forced: bool = False, kept: tuple[str, ...] = ()
    ) -> tuple[Plan, FileTable, Manifests, VerifyingTraces, Survey]:
        if not self.kept:
            found = super()._look(targets, forced=forced, kept=kept)
            self.standing = Standing(found[0], found[4], [])
            self.standing.open.update(found[4].suspect_jobs())
            self.read = Discoverers(found[4].discovered, jobs=found[0].job_count, files=found[0].file_count)
        else:
            found = self._again(*self.kept[-1])
        self.kept = [found]
        return found

    def _again(
        self, plan: Plan, files: FileTable, manifests: Manifests, rebuilder: VerifyingTraces, before: Survey
    ) -> tuple[Plan, FileTable, Manifests, VerifyingTraces, Survey]:
        assert self.standing is not None
        assert self.read is not None
        assert self.last is not None

        def has_failed(job: JobId) -> bool:
            return self.memory.failure(manifests.key(job)) is not None

        def surveyor() -> Surveyor:
            return Surveyor(plan=plan, files=files, memory=self.memory, manifests=manifests, rebuilder=rebuilder)

        suspects = before.suspect_jobs()
        self.standing.take(suspects, self.last.scheduler.state, has_failed)
        for job, discovered in surveyor().learn(before, [job for job in suspects if self.standing.is_well(job)]):
            self.read.add(job, discovered)
        rebuilder.begin_again()
        changed = files.look_for_changes(files.stale(files.looked_at()))
        touched = self.standing.touched(changed, self.read.of)
        if self.retry:
            touched |= self.standing.failed | self.standing.open
        again = surveyor()
        survey = again.survey_again(before, touched)
        self.standing.clear(job for job in touched if not survey.suspects[job])
        self.standing.join(again, survey)
        return plan, files, manifests, rebuilder, survey


RULES = {
    "a": Rule(inputs=("s1", "s2"), outputs=("a",)),
    "b": Rule(inputs=("s2",), outputs=("b",), reads=("h", "a")),
    "c": Rule(inputs=("a", "b"), outputs=("c1", "c2")),
    "d": Rule(inputs=("s3",), order_only=("c1",), outputs=("d",)),
    "e": Rule(inputs=("d",), outputs=("e",), follows=("a",)),
    "f": Rule(inputs=("c2", "h"), outputs=("f",), constant="same"),
}
SOURCES = {"s1": "1", "s2": "2", "s3": "3", "h": "h"}
PATHS = [*SOURCES, "a", "b", "c1", "d", "f"]


@settings(max_examples=60)
@given(
    days=st.lists(
        st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(["0", "1", "2", None])), max_size=3), max_size=6
    )
)
def test_the_same_runs_as_when_everything_is_looked_at(days: list[list[tuple[str, str | None]]]) -> None:
    watched = WatchedWorld(disk=MemoryDisk({**SOURCES}), rules=RULES)
    usual = World(disk=MemoryDisk({**SOURCES}), rules=RULES)
    for edits in [[], *days]:
        for path, text in edits:
            for world in (watched, usual):
                if text is not None:
                    world.disk.write(path, text)
                elif path not in SOURCES:
                    world.disk.remove(path)
        assert sorted(watched.build().names) == sorted(usual.build().names)
        assert {path: watched.disk.text(path) for path in watched.disk.paths()} == {
            path: usual.disk.text(path) for path in usual.disk.paths()
        }
    assert watched.build().names == []


def failing(world: World, launch: Launch) -> JobError | None:
    return CommandFailed("no")


def test_what_failed_waits_for_a_change_of_its_own() -> None:
    world = WatchedWorld(
        disk=MemoryDisk({"s1": "1", "s2": "2"}),
        rules={
            "bad": Rule(inputs=("s1",), outputs=("bad",)),
            "behind": Rule(inputs=("bad", "s2"), outputs=("behind",)),
            "good": Rule(inputs=("s2",), outputs=("good",)),
        },
        effects={"bad": failing},
    )
    assert world.build(conduct=GOING_ON).names == ["bad", "good"]
    world.disk.write("s2", "other")
    assert world.build(conduct=GOING_ON).names == ["good"]
    world.disk.write("s1", "other")
    assert world.build(conduct=GOING_ON).names == ["bad"]
    world.effects.clear()
    world.retry = True
    assert world.build(conduct=GOING_ON).names == ["bad", "behind"]
    world.retry = False
    assert world.build(conduct=GOING_ON).names == []


def test_what_a_failure_kept_from_running_joins_the_next_build() -> None:
    world = WatchedWorld(
        disk=MemoryDisk({"s1": "1", "s2": "2", "s3": "3"}),
        rules={
            "bad": Rule(inputs=("s1",), outputs=("bad",)),
            "other": Rule(inputs=("s2",), outputs=("other",)),
            "third": Rule(inputs=("s3",), outputs=("third",)),
        },
        effects={"bad": failing},
    )
    assert world.build(conduct=Conduct(slots=1)).names == ["bad"]
    world.disk.write("s3", "other")
    assert sorted(world.build(conduct=Conduct(slots=1)).names) == ["other", "third"]


class ScratchNews:
    """News that the test makes: what has `changed` is told once, the rest from then on."""

    def __init__(self) -> None:
        self.changed: list[FileId] = []
        self.is_ending = False
        self.is_other_plan = False

    def attend(self) -> None:
        """See `News.attend`."""

    def over(self) -> None:
        """See `News.over`."""

    def edited(self) -> Collection[FileId]:
        """See `News.edited`."""
        found, self.changed = self.changed, []
        return found

    def ends(self) -> bool:
        """See `News.ends`."""
        return self.is_ending

    def starts_nothing(self) -> bool:
        """See `News.starts_nothing`."""
        return self.is_other_plan


def two_jobs() -> World:
    return World(
        disk=MemoryDisk({"s": "1", "t": "1"}),
        rules={"slow": Rule(inputs=("s",), outputs=("slow",)), "quick": Rule(inputs=("t",), outputs=("quick",))},
    )


def test_a_job_starts_again_when_its_source_changes() -> None:
    world = two_jobs()
    news = world.news = ScratchNews()

    def quick(world: World, launch: Launch) -> JobError | None:
        world.run("quick")
        world.disk.write("s", "2")
        news.changed += [file for file in [world.plan().file("s"), world.plan().file("t")] if file is not None]
        return None

    world.effects["quick"] = quick
    ran = world.build(choose=lambda running: -1)
    assert ran.names == ["slow", "quick", "slow"]
    assert [note.text for note in ran.reporter.of(Note)] == ["slow slow: s changed; starting again"]
    assert (ran.summary.ran, ran.summary.failed) == (2, 0)
    assert world.build().names == []


def test_a_build_that_is_not_wanted_any_more_ends() -> None:
    world = two_jobs()
    news = world.news = ScratchNews()

    def quick(world: World, launch: Launch) -> JobError | None:
        world.run("quick")
        news.is_ending = True
        return None

    world.effects["quick"] = quick
    ran = world.build(choose=lambda running: -1)
    assert ran.names == ["slow", "quick"]
    assert world.disk.read("slow") is None
    world.news = None
    assert world.build().names == ["slow"]


def test_another_plan_lets_what_runs_end_and_starts_nothing() -> None:
    world = two_jobs()
    news = world.news = ScratchNews()
    news.is_other_plan = True
    ran = world.build(conduct=Conduct(slots=1))
    assert (ran.names, ran.summary.not_run) == ([], 2)
