"""`examples/site`: what its README promises, and its pages in a real browser."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from tests.e2e.example import Example, copy_of
from tests.e2e.watching import watching
from tests.e2e.workspace import PATIENCE, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("markdown_it")

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NOTES = ("2024-03-02-first-swallow", "2024-05-19-pond")
HEADLESS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Example:
    site = copy_of("site", tmp_path_factory.mktemp("built"))
    assert site.build().numbers() == (7, 0, 0)
    return site


@pytest.fixture
def site(built: Example, tmp_path: Path) -> Example:
    return built.copy(tmp_path)


def test_what_runs_after_which_change(site: Example) -> None:
    site.touch("content/*.md")
    assert site.build().numbers() == (0, 7, 0)
    site.replace("content/notes/2024-05-19-pond.md", "What lives", "Who lives")
    assert site.build().jobs() == [f"pages public/notes/{NOTES[1]}.html", "index public/index.html"][::-1]
    assert "Who lives in the pond</a></li>" in site.text("public/index.html")
    site.replace("templates/page.html", "<main>", '<main class="page">')
    site.write("content/notes/2024-06-01-rain.md", "# Rain\n\nAt last.\n")
    assert site.build().jobs() == [
        "index public/index.html",
        "pages public/about.html",
        *(f"pages public/notes/{note}.html" for note in (*NOTES, "2024-06-01-rain")),
    ]
    (site.root / "content/notes/2024-06-01-rain.md").unlink()
    assert site.build().jobs() == ["index public/index.html"]
    assert not (site.root / "public/notes/2024-06-01-rain.html").exists()


def test_images_lose_their_comments(site: Example) -> None:
    assert "drawn by hand" in site.text("images/leaf.svg")
    assert "drawn by hand" not in site.text("public/images/leaf.svg")
    assert '<img src="../images/pond.svg" alt="The pond"' in site.text(f"public/notes/{NOTES[0]}.html")


def test_the_server_is_no_part_of_a_build(site: Example) -> None:
    ended = site.pymake("serve")
    assert (ended.code, ended.err) == (
        2,
        (
            "pymake: serve is a service: it runs beside a watch, not in a build\n"
            "  try: pymake watch serve builds what it needs, runs it, and restarts it when that changed\n"
        ),
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def opened(url: str, folder: Path) -> Iterator[str]:
    """The page in a browser; gives where the browser can be asked about its pages."""
    assert BROWSER is not None
    command = [BROWSER, *HEADLESS, "--remote-debugging-port=0", f"--user-data-dir={folder}", url]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as browser:
        try:
            assert browser.stderr is not None
            found = next(found for line in browser.stderr if (found := re.search(r"ws://([^/]+)/", line)))
            yield f"http://{found[1]}/json/list"
        finally:
            browser.terminate()


def until_title(asked: str, title: str) -> None:
    """Wait until the browser shows a page with this title."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with urlopen(asked) as answer:
            titles = [page["title"] for page in json.load(answer) if page["type"] == "page"]
        if titles == [title]:
            return
        assert time.monotonic() < deadline, titles
        time.sleep(0.05)


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on PATH")
def test_an_open_page_reloads_after_a_rebuild(site: Example, tmp_path: Path) -> None:
    port = free_port()
    site.replace("pymake.toml", "8000", str(port))
    with watching(Workspace(site.root)) as watch:
        watch.until(f"service serve started on http://localhost:{port}")
        with opened(f"http://localhost:{port}/notes/{NOTES[1]}.html", tmp_path / "profile") as asked:
            until_title(asked, "What lives in the pond")
            watch.until(r'serve \| .*"GET /images/leaf.svg')  # the page found its image
            for name in ("Newts", "Beetles"):  # twice: the page has reloaded once, and still listens
                site.write(f"content/notes/{NOTES[1]}.md", f"# {name} in the pond\n")
                until_title(asked, f"{name} in the pond")
                watch.until(r'serve \| .*"GET /images/leaf.svg')
        with urlopen(f"http://localhost:{port}/") as answer:
            assert b'">Beetles in the pond</a></li>' in answer.read()
