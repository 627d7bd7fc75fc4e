"""Temperatures of some stations, in the spelling of Ruffus: only the imports are others."""

import os

import stations

from pymake.ruffus import *  # noqa: F403  # as every pipeline of Ruffus begins
from pymake.ruffus.combinatorics import *  # noqa: F403

parser = cmdline.get_argparse(description="Temperatures of some stations")
options = parser.parse_args()


@follows(mkdir("old/stations", "old/months", "old/days"))
@split("readings.csv", "old/stations/*.csv")
def split_readings(readings, outputs):
    for old in outputs:
        os.remove(old)
    stations.split_by_station(readings, "old/stations")


@transform(split_readings, suffix(".csv"), ".clean")
def clean(station, output):
    stations.without_gaps(station, output)


@subdivide(clean, formatter(), "old/months/{basename[0]}.*.month", "old/months/{basename[0]}")
def months(station, outputs, stem):
    for old in outputs:
        os.remove(old)
    stations.split_by_month(station, stem)


@jobs_limit(2)
@transform(months, suffix(".month"), ".mean")
def mean(month, output):
    stations.mean(month, output)


@collate(mean, regex(r"\w+\.(\d{4}-\d\d)\.mean$"), r"\1.ranking")
def ranking(means, output):
    stations.compare(means, output)


@product(clean, formatter(), "limits/*.txt", formatter(), "old/days/{basename[0][0]}.{basename[1][0]}.days")
def days(pair, output):
    stations.days_beyond(*pair, output)


@posttask(touch_file("old/complete"))
@merge([ranking, days], "old/report.txt")
def report(inputs, output):
    rankings = [name for name in inputs if name.endswith(".ranking")]
    counts = [name for name in inputs if name.endswith(".days")]
    stations.report(rankings, counts, output)


@follows(report)
@files(None, "old/index.txt")
def index(_, output):
    stations.write(output, sorted(os.listdir("old/days")))


if __name__ == "__main__":
    cmdline.run(options)
