"""`pymake` and `python -m pymake`: the fast door, else the full door."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    try:
        from pymake.door import answer  # noqa: PLC0415  # not on every system
    except ImportError:
        found = None
    else:
        found = answer(sys.argv[1:])
    if isinstance(found, int):
        return found
    from pymake.app.cli.main import main as run  # noqa: PLC0415  # the door itself loads nothing

    return run(looked=found)


if __name__ == "__main__":
    sys.exit(main())
