"""`examples/script`: a program that embeds pymake, and what its README promises."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.example import Ended, Example, copy_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Example:
    return copy_of("script", tmp_path)


def script(site: Example) -> Ended:
    return site.run(sys.executable, "build.py")


def test_builds_and_uses_the_summary(site: Example) -> None:
    first = script(site)
    assert first.code == 0, first.err
    assert first.out.startswith("5 ran, 0 up to date, in ")
    assert "\nReady to publish: 4 pages, 2." in first.out
    assert "<h1>A plain loaf</h1>" in site.text("public/bread.html")
    assert '<li><a href="tides.html">Tides</a></li>' in site.text("public/index.html")
    assert len(site.text("public/checksums.txt").splitlines()) == 4


def test_builds_nothing_twice(site: Example) -> None:
    assert script(site).code == 0
    second = script(site)
    assert second.code == 0
    assert second.out.startswith("0 ran, 5 up to date, in ")
    assert second.out.endswith("\nNothing new to publish.\n")


def test_an_edited_page_and_its_readers(site: Example) -> None:
    script(site)
    site.replace("pages/bread.txt", "Five hundred", "Six hundred")
    assert script(site).out.startswith("3 ran, 2 up to date, in ")
    assert "Six hundred" in site.text("public/bread.html")


def test_a_failed_job_is_an_error_of_its_own(site: Example) -> None:
    script(site)
    site.replace("pages/tides.txt", "# Tides", "Tides")
    failed = script(site)
    assert failed.code == 1
    assert failed.out == "The site is not ready to be published.\n"
    assert "public/tides.html could not be made:\n" in failed.err
    assert "the first line of a page is its title, like '# About', not 'Tides'" in failed.err
    site.replace("pages/tides.txt", "Tides", "# Tides")
    again = script(site)
    assert again.code == 0, again.err
    assert "<h1>Tides</h1>" in site.text("public/tides.html")
