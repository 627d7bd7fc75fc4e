"""The kinds of difference, in the words of the command line."""

from __future__ import annotations

INPUT, OUTPUT = "input", "output"
CAUSES = ("code", "command", INPUT, "env", "argument", "tool", "package", OUTPUT)
"""What can be accepted alone."""

_CAUSE_OF = {"cwd": "command", "arguments": "argument", "output patterns": OUTPUT}


def cause_of(facet: str) -> str:
    """The cause that a facet belongs to, by its name.

    >>> cause_of("env HOME"), cause_of("command 2"), cause_of("arguments")
    ('env', 'command', 'argument')
    """
    return _CAUSE_OF.get(facet, facet.partition(" ")[0])
