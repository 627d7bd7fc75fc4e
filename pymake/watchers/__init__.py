"""Hearing of changes on the disk: events of the system, and polling where there are none."""
