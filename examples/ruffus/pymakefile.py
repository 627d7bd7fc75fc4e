"""Temperatures of some stations, in the spelling of pymake: files say what waits for what."""

import os

import stations

from pymake import (
    collate,
    formatter,
    jobs_limit,
    merge,
    posttask,
    product,
    split,
    subdivide,
    touch_file,
    transform,
)


@split("readings.csv", "build/stations/*.csv")
def split_readings(readings, outputs):
    stations.split_by_station(readings, "build/stations")


@transform("build/stations/{station}.csv", "build/clean/{station}.clean")
def clean(station, output):
    stations.without_gaps(station, output)


@subdivide("build/clean/{station}.clean", "build/months/{station}.*.month", "build/months/{station}")
def months(station, outputs, stem):
    stations.split_by_month(station, stem)


@jobs_limit(2)
@transform("build/months/{station}.{month}.month", "build/means/{station}.{month}.mean")
def mean(month, output):
    stations.mean(month, output)


@collate("build/means/{station}.{month}.mean", "build/rankings/{month}.ranking")
def ranking(means, output):
    stations.compare(means, output)


@product(
    *("build/clean/*.clean", formatter()),
    *("limits/*.txt", formatter()),
    "build/days/{basename[0][0]}.{basename[1][0]}.days",
)
def days(pair, output):
    stations.days_beyond(*pair, output)


@posttask(touch_file("build/complete"))
@merge([ranking, days], "build/report.txt")
def report(inputs, output):
    rankings = [name for name in inputs if name.endswith(".ranking")]
    counts = [name for name in inputs if name.endswith(".days")]
    stations.report(rankings, counts, output)


@merge(days, "build/index.txt")
def index(inputs, output):
    stations.write(output, sorted(os.path.basename(name) for name in inputs))
