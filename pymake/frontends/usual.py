"""The names that build files usually have."""

from __future__ import annotations

TOML_FILE = "pymake.toml"
PYTHON_FILE = "pymakefile.py"
PYPROJECT = "pyproject.toml"
