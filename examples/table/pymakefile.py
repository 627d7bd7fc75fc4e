"""The half of the pipeline that is easier said in Python. The other half is pymake.toml."""

import csv
import json
from pathlib import Path

from pymake import merge, suffix, transform


def rows(path: str) -> list[list[str]]:
    """The rows of a CSV file."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def longest_dry_spell(rain: list[float]) -> int:
    """The greatest number of days in a row on which no rain was measured."""
    longest = now = 0
    for millimetres in rain:
        now = 0 if millimetres > 0 else now + 1
        longest = max(longest, now)
    return longest


@transform("build/clean/*.csv", suffix(".csv"), ".json", output_dir="build/extremes")
def extremes(table: str, output: str) -> None:
    """One station: its coldest, warmest and wettest day, and its longest dry spell."""
    days = [(day, float(low), float(high), float(rain)) for day, low, high, rain in rows(table)]
    found = {
        "coldest": min((low, day) for day, low, _, _ in days),
        "warmest": max((high, day) for day, _, high, _ in days),
        "wettest": max((rain, day) for day, _, _, rain in days),
        "dry": longest_dry_spell([rain for _, _, _, rain in days]),
    }
    Path(output).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


@merge("build/rain/*.csv", "build/months.csv")
def months(tables: list[str], output: str) -> None:
    """Rain of all stations: one row for each month, one column for each station."""
    rain = {Path(table).stem: {month: float(n) for month, n in rows(table)} for table in tables}
    lines = [["month", "all", *rain]]
    for month in sorted({month for station in rain.values() for month in station}):
        measured = [station.get(month, 0.0) for station in rain.values()]
        lines.append([month, f"{sum(measured):.1f}", *(f"{n:.1f}" for n in measured)])
    with open(output, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)


@merge([extremes, "build/months.csv", "build/wettest.csv"], "build/report.md")
def report(inputs: list[str], output: str) -> None:
    """Everything on one page."""
    *stations, months_table, wettest = inputs
    heading, *body = rows(months_table)
    lines = ["# Weather", "", *markdown(["station", "coldest", "warmest", "wettest", "longest dry spell"])]
    for path in stations:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        cells = [
            f"{found[key][0]} {unit} ({found[key][1]})"
            for key, unit in [("coldest", "°C"), ("warmest", "°C"), ("wettest", "mm")]
        ]
        lines.append(cells_line([Path(path).stem, *cells, f"{found['dry']} days"]))
    lines += ["", "## Rain by month, in millimetres", "", *markdown(heading), *map(cells_line, body)]
    lines += ["", "Wettest: " + ", ".join(f"{month} ({n} mm)" for month, n in rows(wettest)) + "."]
    Path(output).write_text("\n".join(lines) + "\n", encoding="utf-8")


def markdown(heading: list[str]) -> list[str]:
    """The first two lines of a Markdown table."""
    return [cells_line(heading), cells_line(["---"] * len(heading))]


def cells_line(cells: list[str]) -> str:
    """One line of a Markdown table."""
    return "| " + " | ".join(cells) + " |"
