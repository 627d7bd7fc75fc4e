"""Amounts of memory as people write them."""

from __future__ import annotations

import re

_FORM = re.compile(r"([0-9]*[1-9][0-9]*(?:\.[0-9]+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def bytes_of(text: str) -> int:
    """The number of bytes in a text such as `2G`, `1.5 GiB`, `500 MB`; K, M, G, T are powers of 1024, with `B` of 1000.

    Raises:
        ValueError: it is no such text, or it begins with a 0.

    >>> bytes_of("1.5 GiB"), bytes_of("2k"), bytes_of("2 kB"), bytes_of("100")
    (1610612736, 2048, 2000, 100)
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError("an amount of memory, such as 2G or 500 MiB")
    number, unit, binary = match.groups()
    base = 1000 if not binary and text.strip()[-1] in "bB" else 1024
    return int(float(number) * base ** _POWERS[unit.lower()])
