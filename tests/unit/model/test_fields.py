"""Texts with fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pymake.model.fields import FieldError, bare_field, escape, expand, field_names, flat, parse, substitute

DOUBLE = "write {{ and }} for braces that are meant as they are"

VALUES = {
    "input": ("a.c", "b.c", "c.c"),
    "output": "x.o",
    "one": ("only",),
    "path": (("p", "q"), ("r",)),
    "none": (),
    "é": "accent",
}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{output}", "x.o"),
        ("cc {input} -o {output}.", "cc a.c b.c c.c -o x.o."),
        (
            "{input[0]}|{input[-1]}|{input[1:]}|{input[:1]}|{input[1:2]}|{input[:]}",
            "a.c|c.c|b.c c.c|a.c|b.c|a.c b.c c.c",
        ),
        ("{output[0]}{output[-1]}{output[0:]}{output[1:]}", "x.ox.ox.o"),
        ("{one[0]}", "only"),
        ("{path[0][1]} {path[1][0]} {path[0]} {path}", "q r p q p q r"),
        ("{input[1:][0]}", "b.c"),
        ("[{none}]", "[]"),
        ("{output:raw} {input[0]:raw}", "x.o a.c"),
        ("{{output}} {{{output}}}", "{output} {x.o}"),
        ("awk '{{print $1}}' ${{HOME}}", "awk '{print $1}' ${HOME}"),
        ("{é}\n{output}", "accent\nx.o"),
    ],
)
def test_expand(text: str, expanded: str) -> None:
    assert expand(text, VALUES) == expanded


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{inptu}", "unknown field {inptu}", "{input}"),
        (
            "{zzz}",
            "unknown field {zzz}",
            f"known here: {{input}}, {{none}}, {{one}}, {{output}}, {{path}}, {{é}}; {DOUBLE}",
        ),
        ("ls ${HOME}", "unknown field {HOME}", "write ${{HOME}} for a variable of the shell"),
        ("awk '{print $1}'", "{print $1} is no field", DOUBLE),
        ("find -exec {}", "{} is no field", DOUBLE),
        ("{1-}", "{1-} is no field", DOUBLE),
        ("{input[3]}", "{input[3]} is out of range: input has 3 values here", None),
        ("{input[-4]}", "{input[-4]} is out of range: input has 3 values here", None),
        ("{output[1]}", "{output[1]} is out of range: output has 1 value here", None),
        ("{none[0]}", "{none[0]} is out of range: none has 0 values here", None),
        ("{input[x]}", "{input[x]} has an index that is no number", "write {name[0]}, {name[-1]} or {name[1:]}"),
        ("{input[]}", "{input[]} has an index that is no number", "write {name[0]}, {name[-1]} or {name[1:]}"),
        ("{input[0}", "{input[0} is no field", DOUBLE),
        (
            "first\na {input\nlast",
            "a { without a } in a {input",
            DOUBLE,
        ),
        ("a } b", "a } without a { in a } b", DOUBLE),
        ("{input:[a-z]+}", "{input:[a-z]+} captures a part of an input, and cannot stand here", "write {input}"),
    ],
)
def test_what_cannot_be_expanded(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(FieldError) as caught:
        expand(text, VALUES)
    assert (caught.value.message, caught.value.hint) == (message, hint)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "substituted"),
    [
        ("{folder}/{name}.c", "a{{b}}/{name}.c"),
        ("{name:[0-9]{4}}-{name:**}", "{name:[0-9]{4}}-{name:**}"),
        (r"{name:\}}{folder}", r"{name:\}}a{{b}}"),
        ("{folder:[0-9]+}", "a{{b}}"),
        ("{{folder}} {other[1:]:raw}", "{{folder}} {other[1:]:raw}"),
        ("{flags} {flags[0]}", "-a -b -a"),
    ],
)
def test_substitute_leaves_other_fields_as_written(text: str, substituted: str) -> None:
    assert substitute(text, {"folder": "a{b}", "flags": ("-a", "-b")}) == substituted


@pytest.mark.parametrize(
    ("text", "names", "bare"),
    [
        ("{a}", ("a",), "a"),
        ("{a}{b}{a[0]}", ("a", "b"), None),
        ("{a:raw}", ("a",), None),
        ("{a[0]}", ("a",), None),
        ("{a:**}", ("a",), None),
        ("x", (), None),
        ("{{a}}", (), None),
    ],
)
def test_names(text: str, names: tuple[str, ...], bare: str | None) -> None:
    assert field_names(text) == names
    assert bare_field(text) == bare


def test_flat_keeps_the_order_of_nested_lists() -> None:
    assert list(flat(("a", ("b", ("c", ())), ["d"]))) == ["a", "b", "c", "d"]


@given(st.text())
def test_escaped_text_stands_for_itself(text: str) -> None:
    assert expand(escape(text), {}) == text


@given(st.text(alphabet="a{}[]:0\\"))
def test_a_text_can_be_parsed_or_is_told(text: str) -> None:
    try:
        parts = parse(text)
    except FieldError:
        return
    assert "".join(escape(part) if isinstance(part, str) else part.text for part in parts) == text
