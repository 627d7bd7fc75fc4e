"""`pymake` and `python -m pymake`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    from pymake.app.cli.main import main as run  # noqa: PLC0415  # the door itself loads nothing

    return run()


if __name__ == "__main__":
    sys.exit(main())
