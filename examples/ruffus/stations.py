"""What the jobs do: plain functions of files, the same for both spellings."""

import os


def rows(path):
    with open(path) as file:
        return [line.rstrip("\n").split(",") for line in file]


def write(path, lines):
    with open(path, "w") as file:
        file.write("".join(f"{line}\n" for line in lines))


def split_by_station(readings, folder):
    """One file for each station."""
    stations = {}
    for station, day, degrees in rows(readings)[1:]:
        stations.setdefault(station, []).append(f"{day},{degrees}")
    for station, lines in stations.items():
        write(os.path.join(folder, f"{station}.csv"), lines)


def without_gaps(station, clean):
    """The readings that are numbers."""
    write(clean, [f"{day},{degrees}" for day, degrees in rows(station) if is_number(degrees)])


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def split_by_month(clean, stem):
    """One file for each month of a station."""
    months = {}
    for day, degrees in rows(clean):
        months.setdefault(day[:7], []).append(degrees)
    for month, lines in months.items():
        write(f"{stem}.{month}.month", lines)


def mean(month, output):
    degrees = [float(row[0]) for row in rows(month)]
    write(output, [f"{sum(degrees) / len(degrees):.2f}"])


def compare(means, output):
    """The stations of one month, the warmest first."""
    found = [(float(rows(path)[0][0]), os.path.basename(path).split(".")[0]) for path in means]
    write(output, [f"{station} {degrees:.2f}" for degrees, station in sorted(found, reverse=True)])


def days_beyond(clean, limit, output):
    """How many readings of a station are below or above a limit."""
    word, border = rows(limit)[0][0].split()
    beyond = [row for row in rows(clean) if (float(row[1]) < float(border)) == (word == "below")]
    write(output, [str(len(beyond))])


def report(months, counts, output):
    lines = []
    for path in sorted(months):
        lines.append(os.path.basename(path).split(".")[0])
        lines += [f"  {row[0]}" for row in rows(path)]
    for path in sorted(counts):
        station, limit = os.path.basename(path).split(".")[:2]
        lines.append(f"{station} {limit}: {rows(path)[0][0]} days")
    write(output, lines)
