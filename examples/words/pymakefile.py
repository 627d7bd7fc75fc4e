"""Count the words of every text in `texts/`, and make a report and a plot of them."""

from pathlib import Path

import plot
import words

from pymake import merge, suffix, transform


@transform("texts/*.txt", suffix(".txt"), ".counts", output_dir="build")
def count(text: str, table: str) -> None:
    """The words of one text, the commonest first."""
    words.write_table(table, words.count(Path(text).read_text(encoding="utf-8")))


@transform(count, suffix(".counts"), ".top", 5, 15)
def top(table: str, best: str, letters: int, limit: int) -> None:
    """The commonest longer words of one text."""
    longer = [(word, n) for word, n in words.read_table(table).items() if len(word) >= letters]
    words.write_table(best, dict(longer[:limit]))


@merge([count, top], "build/report.txt")
def report(tables: list[str], output: str) -> None:
    """All texts side by side, in words."""
    texts = words.read_texts(name for name in tables if name.endswith(".counts"))
    favourites = words.read_texts(name for name in tables if name.endswith(".top"))
    Path(output).write_text(words.describe(texts, favourites), encoding="utf-8")


@merge(count, "build/report.svg")
def chart(tables: list[str], output: str) -> None:
    """All texts side by side, as a picture."""
    Path(output).write_text(plot.draw(words.read_texts(tables)), encoding="utf-8")
