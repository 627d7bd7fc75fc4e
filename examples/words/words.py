"""Count words, compare texts by their words, and keep counts in files of `word TAB number` lines."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from math import log
from pathlib import Path

WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")

Counts = Mapping[str, int]


def count(text: str) -> dict[str, int]:
    """How often each word stands in a text, the commonest first, capitals and small letters alike."""
    found = Counter(WORD.findall(text.lower()))
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def write_table(path: str, counts: Counts) -> None:
    """Write counts to a file, in their order."""
    Path(path).write_text("".join(f"{word}\t{n}\n" for word, n in counts.items()), encoding="utf-8")


def read_table(path: str) -> dict[str, int]:
    """Read what `write_table` wrote."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return {word: int(n) for word, n in (line.split("\t") for line in lines)}


def read_texts(paths: Iterable[str]) -> dict[str, dict[str, int]]:
    """The tables of several texts, by title; the title comes from the name of the file."""
    return {Path(path).stem.replace("-", " ").title(): read_table(path) for path in paths}


def total(texts: Mapping[str, Counts]) -> Counter[str]:
    """The counts of all texts together."""
    together: Counter[str] = Counter()
    for counts in texts.values():
        together.update(counts)
    return together


def characteristic(counts: Counts, together: Counts, limit: int) -> list[str]:
    """The words that a text uses most beyond what the texts together would let one expect.

    Scored by the log-likelihood ratio of the text against all other texts: rare words do not win by
    chance, and common words only if they are truly commoner here.
    """
    size, whole = sum(counts.values()), sum(together.values())

    def score(word: str) -> float:
        here, there = counts[word], together[word] - counts[word]
        expected_here = (here + there) * size / whole
        expected_there = (here + there) - expected_here
        if here <= expected_here:
            return 0.0
        return here * log(here / expected_here) + (there * log(there / expected_there) if there else 0.0)

    return sorted(counts, key=lambda word: (-score(word), word))[:limit]


def describe(texts: Mapping[str, Counts], favourites: Mapping[str, Counts]) -> str:
    """The report: a table of sizes, then the words of each text."""
    together = total(texts)
    lines = [f"{'Text':<18}{'Words':>9}{'Different':>11}{'Once only':>11}{'Letters a word':>16}"]
    for title, counts in [*texts.items(), ("Together", together)]:
        size = sum(counts.values())
        letters = sum(len(word) * n for word, n in counts.items()) / max(size, 1)
        once = sum(n == 1 for n in counts.values())
        lines.append(f"{title:<18}{size:>9,}{len(counts):>11,}{once:>11,}{letters:>16.2f}")
    for title, counts in texts.items():
        common = ", ".join(f"{word} ({n})" for word, n in favourites[title].items())
        lines += ["", title, "-" * len(title), f"Commonest longer words: {common}"]
        lines += ["Most its own: " + ", ".join(characteristic(counts, together, 12))]
    return "\n".join(lines) + "\n"
