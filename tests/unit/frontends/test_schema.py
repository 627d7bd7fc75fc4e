"""The JSON schema: shipped as generated, and of one mind with the parser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from pymake.errors import BuildFileError
from pymake.frontends import schema, toml
from tests.unit.frontends.test_toml import FULL, WRONG, found, page_examples

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SHIPPED = Path(schema.__file__).with_name("pymake.schema.json")

GOOD = [
    FULL,
    "",
    "[vars]\nx = []\n_y1 = 1.5\n",
    '[env]\n"A.B" = ""\n',
    "[task.a]\n",
    '[task.a]\ninput = []\noutput = []\ncommand = "x"\n',
    '[task.a]\ncommand = [["a", ""], ["b"]]\n',
    '[task.a]\ncommand = "\\tx\\n"\n',
    '[task.a]\npython = "m:f"\nextras = []\n',
    '[task.a]\nkind = "task"\ninput = [[["x"]], { task = "y" }]\n',
    '[task.a]\nkind = "transform"\ninput = "x"\nsuffix = ""\noutput = ".y"\ncommand = "x"\n',
    '[task.a]\nkind = "originate"\noutput = "y"\npython = "m:f"\n',
    '[task."a b.c"]\ntimeout = 0.5\nretries = 0\ncores = 1\n',
    '[task.a]\nfollows = ["b", "c"]\nmkdir = []\ntags = "x"\n',
    '[task.a]\nkind = "collate"\ninput = "x"\nregex = "x"\noutput = "y"\nadd_inputs = "z"\npython = "m:f"\n',
    '[task.a]\nkind = "product"\ninput = ["x", "y"]\nformatter = [["x"], "y"]\noutput = "y"\npython = "m:f"\n',
    '[task.a]\nkind = "permutations"\ninput = "x"\nformatter = []\ntuple_size = 2\noutput = "y"\npython = "m:f"\n',
    '[task.a]\nkind = "transform"\ninput = "{n}.c"\nreplace_inputs = ["x"]\noutput = "y"\npython = "m:f"\n',
    '[task.a]\nservice = true\nport = 80\ninput = "x"\ncommand = "c"\n',
    '[task.a]\nservice = false\noutput = "x"\ncommand = "c"\n',
    *page_examples(),
]

BAD = [
    *(text for text, _ in WRONG.values() if "x = = 3" not in text and '"""' not in text and "2024" not in text),
    '[task.a]\ninput = { task = "" }\n',
    '[task.a]\ninput = { task = "x", more = 1 }\n',
    "[task.a]\ncommand = [[]]\n",
    '[task.a]\ncommand = ["", "x"]\n',
    "[task.a]\ncommand = 1\n",
    '[task.a]\npython = ""\n',
    "[task.a]\nfollows = 1\n",
    '[task.a]\ntags = ["x", ""]\n',
    "[task.a]\ntimeout = 0\n",
    "[task.a]\ncores = 1.5\n",
    '[task.a.vars]\n"a-b" = 1\n',
    "[task.a.vars]\noutput = 1\n",
    '[pools]\n"" = 1\n',
    "[pools]\nx = true\n",
    "vars = 1\n",
    "default = [1]\n",
    'default = ""\n',
    '[task.a]\nkind = "product"\ninput = ["x"]\nformatter = [["x", [1]]]\noutput = "y"\ncommand = "z"\n',
]


def is_valid(text: str) -> bool:
    return bool(jsonschema.Draft202012Validator(schema.schema()).is_valid(tomllib.loads(text)))


def is_loaded(folder: Path, text: str) -> bool:
    (folder / "pymake.toml").write_text(text, encoding="utf-8")
    try:
        toml.load("pymake.toml", str(folder), found)
    except BuildFileError:
        return False
    return True


def test_the_shipped_file_is_the_generated_one() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == schema.text(), f"run: python -m {schema.__name__} > {SHIPPED.name}"


def test_it_can_be_printed() -> None:
    ran = subprocess.run([sys.executable, "-m", schema.__name__], capture_output=True, text=True, check=True)
    assert ran.stdout == schema.text()


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.schema())


@pytest.mark.parametrize("text", GOOD)
def test_what_both_accept(tmp_path: Path, text: str) -> None:
    assert (is_valid(text), is_loaded(tmp_path, text)) == (True, True)


@pytest.mark.parametrize("text", BAD)
def test_what_both_refuse(tmp_path: Path, text: str) -> None:
    assert (is_valid(text), is_loaded(tmp_path, text)) == (False, False)
