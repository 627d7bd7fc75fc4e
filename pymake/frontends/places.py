"""Where in the user's files something was written."""

from __future__ import annotations

import os
import sys

Location = tuple[str, int]
"""A file as Python names it, and a line: what a `Place` is made of when one is needed."""

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
"""The folder of pymake itself, whose frames are nobody's business."""


def caller() -> Location:
    """Where the code outside pymake that called us stands."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(PACKAGE) and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def relative(filename: str, root: str) -> str:
    """The path of a file as a user at `root` would write it; absolute if it lies outside."""
    if filename.startswith("<"):
        return filename
    path = os.path.abspath(filename)
    below = os.path.join(root, "")
    return path[len(below) :].replace(os.sep, "/") if path.startswith(below) else path
