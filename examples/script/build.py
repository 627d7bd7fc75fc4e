"""Build a small web site with pymake inside, and say what is new.

`python build.py` makes `public/` from `pages/`: one HTML file for each page, an index, and the checksums of all.
"""

import sys
from html import escape
from pathlib import Path

from pymake import JobsFailed, Pipeline, suffix

STYLE = "body { max-width: 40em; margin: 3em auto; font: 18px/1.6 Georgia, serif; } code { color: #b03060; }"


def title_of(text: str) -> str:
    """The first line of a page, which must be a heading."""
    first = text.partition("\n")[0]
    if not first.startswith("# "):
        raise ValueError(f"the first line of a page is its title, like '# About', not {first!r}")
    return first[2:].strip()


def html(title: str, body: str) -> str:
    """A whole page."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def page(source: str, output: str) -> None:
    """One page: a title, then paragraphs with empty lines between them."""
    text = Path(source).read_text(encoding="utf-8")
    title = title_of(text)
    paragraphs = text.partition("\n")[2].strip().split("\n\n")
    body = [f"<h1>{escape(title)}</h1>", *(f"<p>{escape(part)}</p>" for part in paragraphs)]
    body.append('<p><a href="index.html">All pages</a></p>')
    Path(output).write_text(html(title, "\n".join(body)), encoding="utf-8")


def index(sources: list[str], output: str) -> None:
    """The list of all pages."""
    entries = [
        f'<li><a href="{Path(source).stem}.html">{escape(title_of(Path(source).read_text(encoding="utf-8")))}</a></li>'
        for source in sources
    ]
    Path(output).write_text(html("All pages", "<ul>\n" + "\n".join(entries) + "\n</ul>"), encoding="utf-8")


def site() -> Pipeline:
    """The pipeline: a Python function for each page and for the index, a command for the checksums."""
    pipeline = Pipeline("site")
    pages = pipeline.transform(
        name="pages", task_func=page, input="pages/*.txt", filter=suffix(".txt"), output=".html", output_dir="public"
    )
    contents = pipeline.merge(name="index", task_func=index, input="pages/*.txt", output="public/index.html")
    pipeline.merge(
        name="checksums", command="cksum {input} > {output}", input=[pages, contents], output="public/checksums.txt"
    )
    return pipeline


def main() -> int:
    """Build, and tell what came of it."""
    try:
        summary = site().run(multiprocess=2)
    except JobsFailed as failure:
        for error in failure.errors:
            print(f"{', '.join(error.outputs)} could not be made:\n{error}", file=sys.stderr)
        print("The site is not ready to be published.")
        return 1
    print(f"{summary.ran} ran, {summary.up_to_date} up to date, in {summary.seconds:.1f} s.")
    if summary.ran == 0:
        print("Nothing new to publish.")
        return 0
    size = sum(path.stat().st_size for path in Path("public").iterdir())
    print(f"Ready to publish: {len(list(Path('public').glob('*.html')))} pages, {size / 1000:.1f} kB.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
