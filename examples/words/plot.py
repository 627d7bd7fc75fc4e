"""Draw the word counts of a few texts as one SVG picture, by hand.

At the top one panel for each text with the words that are most its own; below, how often the commonest words
stand in each text, and the frequency of every word against its rank on two logarithmic axes (Zipf's law).
"""

from collections.abc import Iterable, Mapping
from html import escape
from math import log10

from words import Counts, characteristic, total

WIDTH, HEIGHT, MARGIN = 1200, 860, 48
COLOURS = ("#2f6690", "#d1495b", "#d99114", "#3c8d5a", "#7a5195", "#555555")
INK, FAINT, PAPER = "#2b2b2b", "#dcdcd6", "#fcfcf9"


def draw(texts: Mapping[str, Counts]) -> str:
    """The whole picture as SVG text."""
    body = [text(MARGIN, 56, "The words of " + listing(list(texts)), size=26, weight="bold")]
    counted = f"{sum(total(texts).values()):,} words, {len(total(texts)):,} of them different"
    body.append(text(MARGIN, 82, counted, size=15, fill="#707070"))
    body += own_words(texts, top=130)
    body += common_words(texts, left=MARGIN, top=450, width=500, height=350)
    body += ranks(texts, left=660, top=450, width=492, height=350)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    font = ' font-family="Helvetica, Arial, DejaVu Sans, sans-serif">'
    return "\n".join([head + font, f'<rect width="100%" height="100%" fill="{PAPER}"/>', *body, "</svg>"]) + "\n"


def own_words(texts: Mapping[str, Counts], *, top: float) -> list[str]:
    """A panel for each text: bars for the words that it uses far more than the others, per 1,000 words."""
    together, width = total(texts), (WIDTH - 2 * MARGIN) / max(len(texts), 1)
    body = []
    for number, (title, counts) in enumerate(texts.items()):
        left, size = MARGIN + number * width, sum(counts.values())
        rates = {word: 1000 * counts[word] / size for word in characteristic(counts, together, 10)}
        scale = (width - 150) / max(rates.values(), default=1)
        body.append(text(left, top, title, size=17, weight="bold", fill=colour(number)))
        for row, (word, rate) in enumerate(rates.items()):
            y = top + 28 + row * 24
            body.append(text(left + 84, y, word, size=14, anchor="end"))
            body.append(
                f'<rect x="{left + 92:.1f}" y="{y - 12:.1f}" width="{rate * scale:.1f}" height="15" rx="2"'
                f' fill="{colour(number)}"/>'
            )
            body.append(text(left + 97 + rate * scale, y, f"{rate:.1f}", size=11, fill="#707070"))
    legend = "The words that a text uses far more than the others do; bars: times in 1,000 words."
    return [*body, text(MARGIN, top + 280, legend, size=12, fill="#707070")]


def common_words(texts: Mapping[str, Counts], *, left: float, top: float, width: float, height: float) -> list[str]:
    """One row for each of the commonest words, one dot for each text."""
    chosen = [word for word, _ in total(texts).most_common(12)]
    rates = {
        title: [1000 * counts.get(word, 0) / max(sum(counts.values()), 1) for word in chosen]
        for title, counts in texts.items()
    }
    high = 10 * (1 + max((rate for row in rates.values() for rate in row), default=0) // 10)
    inner, gap = width - 50, (height - 20) / max(len(chosen), 1)
    body = [text(left, top, "The commonest words, times in 1,000 words", size=17, weight="bold")]
    for tick in range(0, int(high) + 1, 10 if high <= 80 else 20):
        x = left + 50 + inner * tick / high
        body += [line(x, top + 16, x, top + height), text(x, top + height + 18, str(tick), size=12, anchor="middle")]
    for row, word in enumerate(chosen):
        y = top + 16 + gap * (row + 0.5)
        body += [text(left + 40, y + 5, word, size=14, anchor="end"), line(left + 50, y, left + width, y)]
        for number, title in enumerate(rates):
            body.append(dot(left + 50 + inner * rates[title][row] / high, y, 6, colour(number)))
    return body


def ranks(texts: Mapping[str, Counts], *, left: float, top: float, width: float, height: float) -> list[str]:
    """Share of every word against its rank, both logarithmic; the dashed line is Zipf's law."""
    decades = (4, 5)  # ranks 1 to 10^4; shares 10^-5 to 1

    def place(rank: float, share: float) -> tuple[float, float]:
        return left + width * log10(rank) / decades[0], top + 16 + (height - 16) * -log10(share) / decades[1]

    body = [text(left, top, "Share of a word by its rank", size=17, weight="bold")]
    for decade in range(decades[0] + 1):
        x, _ = place(10**decade, 1)
        body += [
            line(x, top + 16, x, top + height),
            text(x, top + height + 18, f"{10**decade:,}", size=12, anchor="middle"),
        ]
    for decade in range(decades[1] + 1):
        _, y = place(1, 10**-decade)
        label = f"{100 * 10**-decade:.{max(decade - 2, 0)}f} %"
        body += [line(left, y, left + width, y), text(left - 8, y + 4, label, size=12, anchor="end")]
    body.append(curve([place(1, 0.1), place(10**4, 10**-5)], "#8a8a8a", dash=True))
    x, y = place(1500, 2e-4)
    body.append(text(x, y, "0.1 / rank", size=12, fill="#707070"))
    for number, (title, counts) in enumerate(texts.items()):
        body.append(curve((place(rank, share) for rank, share in shares(counts)), colour(number)))
        body += [
            dot(left + 18, top + height - 20 * (len(texts) - number), 5, colour(number)),
            text(left + 30, top + height - 20 * (len(texts) - number) + 5, title, size=13),
        ]
    return body


def shares(counts: Counts) -> Iterable[tuple[int, float]]:
    """Rank and share of the words, thinned out where ranks lie too close together to be seen."""
    size, ordered, following = sum(counts.values()), sorted(counts.values(), reverse=True), 1.0
    for rank, n in enumerate(ordered, start=1):
        if rank >= following or rank == len(ordered):
            yield rank, n / size
            following = rank * 1.04


def colour(number: int) -> str:
    """The colour of a text, by its number; they repeat after the last."""
    return COLOURS[number % len(COLOURS)]


def listing(names: list[str]) -> str:
    """Names as one says them: `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def text(
    x: float, y: float, words: str, *, size: int, fill: str = INK, weight: str = "normal", anchor: str = "start"
) -> str:
    """One line of text; `x` is its start, middle or end, `y` its base line."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" font-weight="{weight}"'
        f' text-anchor="{anchor}">{escape(words)}</text>'
    )


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    """A faint straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{FAINT}"/>'


def dot(x: float, y: float, radius: float, fill: str) -> str:
    """A dot with a rim of paper, so that dots that overlap stay apart."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="{PAPER}"/>'


def curve(points: Iterable[tuple[float, float]], stroke: str, *, dash: bool = False) -> str:
    """A line through points, drawn or dashed."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    style = ' stroke-dasharray="5 5" stroke-width="1.3"' if dash else ' stroke-width="2.2"'
    return f'<polyline points="{path}" fill="none" stroke="{stroke}"{style} stroke-linejoin="round"/>'
