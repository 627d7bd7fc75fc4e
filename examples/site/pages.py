"""What makes the pages: Markdown to HTML, and HTML into the frame of the site."""

from pathlib import Path
from string import Template

from markdown_it import MarkdownIt


def text_of(path: str) -> str:
    """The whole file."""
    return Path(path).read_text(encoding="utf-8")


def rendered(markdown: str) -> str:
    """The Markdown as HTML. Each page has a parser of its own: as a constant it would be part of the code key."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)


def title_of(markdown: str) -> str:
    """The first heading."""
    return next((line.lstrip("# ").strip() for line in markdown.splitlines() if line.startswith("#")), "Untitled")


def framed(frame: str, *, title: str, site: str, body: str, output: str) -> str:
    """A page in the frame of the site, with the way from there to the root."""
    to_root = "../" * (len(Path(output).parts) - 2)
    return Template(frame).substitute(title=title, site=site, body=body, root=to_root)


def page(inputs: tuple[str, str], output: str, site: str) -> None:
    """One page of its own."""
    source, template = inputs
    markdown = text_of(source)
    html = framed(text_of(template), title=title_of(markdown), site=site, body=rendered(markdown), output=output)
    Path(output).write_text(html, encoding="utf-8")


def index(inputs: list[str], output: str, site: str) -> None:
    """The list of all notes."""
    template, frame, *notes = inputs
    links = [f'<li><a href="notes/{Path(note).stem}.html">{title_of(text_of(note))}</a></li>' for note in notes]
    body = Template(text_of(template)).substitute(count=len(notes), links="\n".join(reversed(links)))
    html = framed(text_of(frame), title=site, site=site, body=body, output=output)
    Path(output).write_text(html, encoding="utf-8")
