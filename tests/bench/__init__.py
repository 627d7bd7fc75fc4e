"""Figures as ratios to peers in the same run: `python -m tests.bench --help`. No part of the suite."""
