"""Prints the code key of each function of a module in a folder, by name; run by every Python that is there."""

from __future__ import annotations

import importlib
import os
import sys
from types import FunctionType
from typing import TYPE_CHECKING

from pymake.frontends.analyses import NOTHING_KEPT
from pymake.frontends.code import Code
from pymake.frontends.modules import open_root

if TYPE_CHECKING:
    from pymake.interfaces import Analyses


def keys(folder: str, module: str, analyses: Analyses = NOTHING_KEPT) -> dict[str, str]:
    """The first 12 digits of each code key; what is found out about the module is kept."""
    open_root(folder)
    code = Code(folder, analyses)
    functions = [value for value in vars(importlib.import_module(module)).values() if isinstance(value, FunctionType)]
    found = {one.__qualname__: code.function(one).code_key[:12] for one in functions if one.__module__ == module}
    code.fill_in(())
    return found


if __name__ == "__main__":
    for name, key in keys(os.path.abspath(sys.argv[1]), sys.argv[2]).items():
        print(name, key)
