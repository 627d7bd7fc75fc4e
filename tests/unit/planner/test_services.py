"""Services in a plan: declared as one job, and part of no build."""

from __future__ import annotations

import pytest

from pymake.errors import BuildFileError, UsageError
from pymake.model.task import CommandText, JobsLimit, Kind, Task
from pymake.planner.select import select
from tests.unit.planner.sample import FUNCTION, compiled, merge, ref, task, transform

SERVE = CommandText(commands=("serve {input}",))
TASKS = [
    transform("pages", "{n}.md", "site/{n}.html"),
    task("serve", "site/*", action=SERVE, service=True, port=8000, order_only="log", follows=(ref("setup"),)),
    task("log", output="log"),
    task("setup", output="stamp"),
    task("other", output="other"),
    task("group", ref("pages"), action=None),
]
PLAN = compiled(TASKS, ["a.md", "b.md"]).plan
LABELS = [PLAN.label(job) for job in PLAN.jobs()]
NEEDED = {"pages site/a.html", "pages site/b.html", "log log", "setup stamp"}


def wanted(targets: list[str], *, serving: bool) -> set[str]:
    found = select(PLAN, targets, "", serving=serving)
    assert all(found.wanted[job] for job in found.goals)
    return {PLAN.label(job) for job in PLAN.jobs() if found.wanted[job]}


def test_a_service_is_one_job_of_no_build() -> None:
    assert "serve" in LABELS
    assert wanted([], serving=False) == wanted([], serving=True) == {*NEEDED, "other other"}


def test_a_service_as_a_target_stands_for_what_it_needs() -> None:
    assert wanted(["serve"], serving=True) == NEEDED
    assert wanted(["serve", "other"], serving=True) == {*NEEDED, "other other"}
    assert wanted(["group"], serving=False) == {"pages site/a.html", "pages site/b.html"}


def test_a_build_of_a_service_says_what_to_do() -> None:
    with pytest.raises(UsageError) as caught:
        select(PLAN, ["serve"], "", serving=False)
    assert str(caught.value) == (
        "serve is a service: it runs beside a watch, not in a build\n"
        "  try: pymake watch serve builds what it needs, runs it, and restarts it when that changed"
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            task("x", "a.md", action=FUNCTION, service=True),
            "x is a service and calls a function\n  try: a service is a program; write its command",
        ),
        (
            task("x", "a.md", kind=Kind.MERGE, action=SERVE, service=True),
            "x is a service and a merge\n  try: declare it without a kind: a service is one process",
        ),
        (
            task("x", "a.md", "out", action=SERVE, service=True),
            (
                "x has both service and output\n  try: leave out output: a service makes nothing; what it serves is its"
                " input"
            ),
        ),
        (
            task("x", "a.md", action=SERVE, service=True, records_reads=True),
            "x has both service and audit\n  try: leave out audit: what a service reads is not watched",
        ),
        (
            task("x", "a.md", action=SERVE, service=True, jobs_limit=JobsLimit(count=1)),
            "x has both service and jobs_limit\n  try: leave out jobs_limit: a service takes no slot of a build",
        ),
        (
            task("x", "a.md", action=CommandText(commands=("a", "b")), service=True),
            "x is a service, and needs one command\n  try: several programs are several services",
        ),
        (
            task("x", "a.md", action=None, service=True),
            "x is a service, and needs one command\n  try: several programs are several services",
        ),
        (
            task("x", "a.md", "out", port=80),
            "x has port, but no service\n  try: add service = true, or leave out port",
        ),
        (
            task("x", ref("serve"), "out"),
            (
                "x waits for serve, a service, which is never done\n"
                "  try: name both as targets of a watch, or let x follow what the service reads"
            ),
        ),
        (
            task("x", "a.md", "out", follows=(ref("serve"),)),
            (
                "x waits for serve, a service, which is never done\n"
                "  try: name both as targets of a watch, or let x follow what the service reads"
            ),
        ),
    ],
)
def test_what_cannot_be_a_service(wrong: Task, said: str) -> None:
    with pytest.raises(BuildFileError) as caught:
        compiled([merge("m", "*.md", "m"), task("serve", action=SERVE, service=True), wrong], ["a.md"])
    assert str(caught.value) == f"b.toml:30: task {said}"
