"""Every row of the rules of Ruffus about what jobs there are, by chapter: programs, with the calls that pymake makes.

The chapters: 2 data model, 3 arguments, 4 substitution, 5 decorators, 6 pipelines as objects, 17 traps. A row that ends in
`(differs)` is one where pymake does better on purpose.
"""

from __future__ import annotations

from tests.unit.programs import Program

ROWS: dict[str, Program] = {
    # 2.1 What counts as a file name
    "2.1 dictionaries, numbers and None pass through": Program(
        ["a"], 'merge(["a", {"x": "a"}, 3, None], "o")(f("m"))', [("m", ["a", {"x": "a"}, 3, None], "o")]
    ),
    "2.1 files are flattened depth first": Program(
        ["a", "b", "c"],
        'transform([[("a", ["b"]), "c"]], formatter("a$", "b$", "c$"), "{basename[0]}{basename[1]}{basename[2]}.o")(f("m"))',
        [("m", [("a", ["b"]), "c"], "abc.o")],
    ),
    "2.1 a path object is a file name (differs)": Program(
        ["a"], 'from pathlib import Path\ntransform(Path("a"), suffix("a"), "b")(f("t"))', [("t", "a", "b")]
    ),
    "2.1 question marks and brackets are patterns, sorted": Program(
        ["b1", "a2", "a1"],
        'merge("a?", "o")(f("m"))\nmerge("[ab]1", "p")(f("n"))',
        [("m", ["a1", "a2"], "o"), ("n", ["a1", "b1"], "p")],
    ),
    "2.1 patterns in inputs and add_inputs": Program(
        ["a.c", "a.h", "b.h"],
        'transform("a.c", suffix(".c"), add_inputs("*.h"), ".o")(f("t"))\n'
        'transform("a.c", suffix(".c"), inputs("*.h"), ".p")(f("u"))',
        [("t", ("a.c", "a.h", "b.h"), "a.o"), ("u", ["a.h", "b.h"], "a.p")],
    ),
    "2.1 ** matches folders at any depth (differs)": Program(
        ["a.t", "d/e/b.t"], 'merge("**/*.t", "o")(f("m"))', [("m", ["a.t", "d/e/b.t"], "o")]
    ),
    "2.1 a name with brackets can be an input and an output (differs)": Program(
        ["a[1].t"],
        'import glob\ntransform(glob.escape("a[1].t"), suffix(".t"), ".o")(f("t"))',
        [("t", "a[1].t", "a[1].o")],
    ),
    # 2.2 Expansion of inputs
    "2.2 a pattern or task as the whole is a list": Program(
        ["a.t"],
        'g = originate(["x"])(f("o"))\nmerge("*.t", "p")(f("m"))\nmerge(g, "q")(f("n"))',
        [("o", "x"), ("m", ["a.t"], "p"), ("n", ["x"], "q")],
    ),
    "2.2 inside a list or tuple it is spliced, at any depth": Program(
        ["a.t", "b.t"],
        'g = originate(["x", "y"])(f("o"))\nmerge(("*.t", [g, ("*.t", g)]), "p")(f("m"))',
        [("o", "x"), ("o", "y"), ("m", ("a.t", "b.t", ["x", "y", ("a.t", "b.t", "x", "y")]), "p")],
    ),
    "2.2 lists, tuples and sets keep their type": Program(
        ["a", "b"], 'merge(("a", ["b"], {"a"}), "o")(f("m"))', [("m", ("a", ["b"], {"a"}), "o")]
    ),
    "2.2 a plain name as the whole makes one job": Program(
        ["a"],
        'transform("a", suffix(""), ".o")(f("t"))\nsubdivide("a", suffix(""), [".p", ".q"])(f("s"))',
        [("t", "a", "a.o"), ("s", "a", ["a.p", "a.q"])],
    ),
    "2.2 a plain name as the whole of merge and split is passed bare": Program(
        ["a"], 'merge("a", "o")(f("m"))\nsplit("a", ["p"])(f("s"))', [("m", "a", "o"), ("s", "a", ["p"])]
    ),
    "2.2 a plain name is not iterated letter by letter (differs)": Program(
        ["ab"],
        'collate("ab", formatter(), "o")(f("c"))\n'
        'product("ab", formatter(), "ab", formatter(), "{basename[0][0]}-{basename[1][0]}")(f("p"))\n'
        'permutations("ab", formatter(), 1, "{basename[0][0]}.x")(f("q"))\n'
        'combinations("ab", formatter(), 1, "{basename[0][0]}.y")(f("r"))\n'
        'combinations_with_replacement("ab", formatter(), 2, "{basename[0][0]}.z")(f("s"))',
        [
            ("c", ("ab",), "o"),
            ("p", ("ab", "ab"), "ab-ab"),
            ("q", ("ab",), "ab.x"),
            ("r", ("ab",), "ab.y"),
            ("s", ("ab", "ab"), "ab.z"),
        ],
    ),
    "2.2 a pattern sees what earlier tasks declare, without follows (differs)": Program(
        [], 'merge("*.o", "all")(f("m"))\noriginate(["a.o"])(f("o"))', [("m", ["a.o"], "all"), ("o", "a.o")]
    ),
    # 2.3 Output of a task, as seen by the next one
    "2.3 an element for each job, sorted": Program(
        [],
        'g = originate(["b", ["c", "d"], "a"])(f("o"))\nmerge(g, "p")(f("m"))',
        [("o", "b"), ("o", ["c", "d"]), ("o", "a"), ("m", [["c", "d"], "a", "b"], "p")],
    ),
    "2.3 each output of split and subdivide is an element": Program(
        ["a.t", "b.t"],
        's = split("a.t", ["1", "2"])(f("s"))\nd = subdivide("*.t", suffix(".t"), [".x", ".y"])(f("d"))\n'
        'merge([s, d], "p")(f("m"))\nmerge(split("a.t", "3")(f("r")), "q")(f("n"))',
        [
            ("s", "a.t", ["1", "2"]),
            ("r", "a.t", "3"),
            ("d", "a.t", ["a.x", "a.y"]),
            ("d", "b.t", ["b.x", "b.y"]),
            ("m", ["1", "2", "a.x", "a.y", "b.x", "b.y"], "p"),
            ("n", ["3"], "q"),
        ],
    ),
    "2.3 a single job with a single output is bare, and so along chains": Program(
        ["a"],
        'g = merge("a", "x.1")(f("g"))\nt = transform(g, suffix(".1"), ".2")(f("t"))\n'
        'u = transform(t, suffix(".2"), ".3")(f("u"))\nmerge(u, "x.4")(f("m"))\nsplit(t, ["y"])(f("s"))',
        [
            ("g", "a", "x.1"),
            ("t", "x.1", "x.2"),
            ("u", "x.2", "x.3"),
            ("m", "x.3", "x.4"),
            ("s", "x.2", ["y"]),
        ],
    ),
    "2.3 transform of one plain name is single, of a list it is not": Program(
        ["a.1", "b.1"],
        't = transform("a.1", suffix(".1"), ".2")(f("t"))\nmerge(t, "x")(f("m"))\n'
        'u = transform(["b.1"], suffix(".1"), ".2")(f("u"))\nmerge(u, "y")(f("n"))',
        [("t", "a.1", "a.2"), ("m", "a.2", "x"), ("u", "b.1", "b.2"), ("n", ["b.2"], "y")],
    ),
    "2.3 originate of one name is not single": Program(
        [], 'g = originate("one")(f("o"))\nmerge(g, "x")(f("m"))', [("o", "one"), ("m", ["one"], "x")]
    ),
    "2.3 inside a list nothing is bare": Program(
        ["a", "b"],
        'x = merge("a", "x")(f("x"))\ny = merge("b", "y")(f("y"))\nmerge([x, y], "z")(f("m"))',
        [("x", "a", "x"), ("y", "b", "y"), ("m", ["x", "y"], "z")],
    ),
    "2.3 an inactive task has no output": Program(
        ["a"],
        'g = active_if(False)(originate(["x"])(f("o")))\nmerge([g, "a"], "z")(f("m"))',
        [("m", ["a"], "z")],
    ),
    "2.3 a task without outputs contributes nothing": Program(
        ["a"], 'g = follows()(f("g"))\nmerge([g, "a"], "z")(f("m"))', [("m", ["a"], "z")]
    ),
    # 2.4 What the function is called with
    "2.4 originate": Program([], 'originate(["x"], 1, ["e"])(f("o"))', [("o", "x", 1, ["e"])]),
    "2.4 split, without and with input": Program(
        ["a"],
        'split(None, ["p"], 1)(f("s"))\nsplit(["a"], ["q"])(f("t"))',
        [("s", None, ["p"], 1), ("t", ["a"], ["q"])],
    ),
    "2.4 subdivide": Program(
        ["a.t", "b.t"],
        'subdivide(["a.t", "b.t"], suffix(".t"), [".p", ".q"], "e")(f("s"))',
        [("s", "a.t", ["a.p", "a.q"], "e"), ("s", "b.t", ["b.p", "b.q"], "e")],
    ),
    "2.4 transform: the element as it is": Program(
        ["a.1", "a.2"],
        'transform([("a.1", ["a.2"])], suffix(".1"), ".o")(f("t"))',
        [("t", ("a.1", ["a.2"]), "a.o")],
    ),
    "2.4 merge of None": Program([], 'merge(None, "o", 1)(f("m"))', [("m", None, "o", 1)]),
    "2.4 collate and combinatorics: always a tuple": Program(
        ["a.1", "b.1"],
        'collate("*.1", regex(r"(.)\\..*"), r"\\1.c")(f("c"))\n'
        'permutations("*.1", formatter(), 2, "{basename[0][0]}{basename[1][0]}.p")(f("p"))',
        [
            ("c", ("a.1",), "a.c"),
            ("c", ("b.1",), "b.c"),
            ("p", ("a.1", "b.1"), "ab.p"),
            ("p", ("b.1", "a.1"), "ba.p"),
        ],
    ),
    "2.4 add_inputs makes a tuple, of each member in collate": Program(
        ["a.1", "a.2", "h"],
        'transform("a.1", suffix(".1"), add_inputs("h", ["h"]), ".o")(f("t"))\n'
        'collate(["a.1", "a.2"], regex(r"(.)\\.."), add_inputs("h"), r"\\1.c")(f("c"))',
        [("t", ("a.1", "h", ["h"]), "a.o"), ("c", (("a.1", "h"), ("a.2", "h")), "a.c")],
    ),
    "2.4 add_inputs in a product": Program(
        ["a", "b", "h"],
        'product("a", formatter(), "b", formatter(), add_inputs("h"), "{basename[0][0]}{basename[1][0]}")(f("p"))',
        [("p", (("a", "b"), "h"), "ab")],
    ),
    "2.4 inputs is exactly its argument; equal neighbours of a group are one": Program(
        ["a.1", "a.2", "h"],
        'transform("a.1", suffix(".1"), inputs(["h", r"\\1.2"]), ".o")(f("t"))\n'
        'collate("a.*", regex(r"(.)\\.."), inputs("h"), r"\\1.c")(f("c"))',
        [("t", ["h", "a.2"], "a.o"), ("c", ("h",), "a.c")],
    ),
    "2.4 combinatorics keep the order that is given": Program(
        ["a", "c"],
        'combinations(["c", "a"], formatter(), 2, "{basename[0][0]}{basename[1][0]}")(f("c"))',
        [("c", ("c", "a"), "ca")],
    ),
    # 3 Argument rules
    "3 positional: input, filter, change, output, extras": Program(
        ["a.t", "h"],
        'transform("a.t", suffix(".t"), add_inputs("h"), ".o", "x", 2)(f("t"))',
        [("t", ("a.t", "h"), "a.o", "x", 2)],
    ),
    "3 by name": Program(
        ["a.t", "h"],
        'transform(input="a.t", filter=suffix(".t"), add_inputs=add_inputs("h"), output=".o", extras=["x", 2], '
        'output_dir="d")(f("t"))',
        [("t", ("a.t", "h"), "d/a.o", "x", 2)],
    ),
    "3 mixed": Program(
        ["a.t"],
        'transform("a.t", suffix(".t"), output=".o", extras=[1])(f("t"))\nmerge("a.t", output="m", extras=("y",))(f("m"))',
        [("t", "a.t", "a.o", 1), ("m", "a.t", "m", "y")],
    ),
    "3 input missing is an empty list": Program([], 'transform(filter=suffix("a"), output="b")(f("t"))', []),
    "3 product: positional pairs, then by number": Program(
        ["a", "b", "c"],
        'product("a", formatter(), "b", formatter(), input3="c", filter3=formatter(), '
        'output="{basename[0][0]}{basename[1][0]}{basename[2][0]}")(f("p"))',
        [("p", ("a", "b", "c"), "abc")],
    ),
    "3 tuple_size by position and by name": Program(
        ["a", "b"],
        'combinations("?", formatter(), 2, "{basename[0][0]}{basename[1][0]}.c")(f("c"))\n'
        'permutations(input="?", filter=formatter(), tuple_size=1, output="{basename[0][0]}.p")(f("p"))',
        [("c", ("a", "b"), "ab.c"), ("p", ("a",), "a.p"), ("p", ("b",), "b.p")],
    ),
    "3 add_inputs= takes the indicator, a tuple, a list or a text (differs)": Program(
        ["a.t", "h"],
        'transform("a.t", filter=suffix(".t"), add_inputs=("h",), output=".1")(f("t"))\n'
        'transform("a.t", filter=suffix(".t"), add_inputs=["h"], output=".2")(f("t2"))\n'
        'transform("a.t", filter=suffix(".t"), add_inputs="h", output=".3")(f("t3"))',
        [("t", ("a.t", "h"), "a.1"), ("t2", ("a.t", "h"), "a.2"), ("t3", ("a.t", "h"), "a.3")],
    ),
    "3 replace_inputs= takes the indicator or the value": Program(
        ["a.t", "h"],
        'transform("a.t", filter=suffix(".t"), replace_inputs=inputs("h"), output=".1")(f("t"))\n'
        'transform("a.t", filter=suffix(".t"), replace_inputs=["h", "a.t"], output=".2")(f("u"))',
        [("t", "h", "a.1"), ("u", ["h", "a.t"], "a.2")],
    ),
    "3 extras are kept by reference": Program(
        ["a"], 'given = [1]\nmerge("a", "b", given)(f("m"))\ngiven.append(2)', [("m", "a", "b", [1, 2])]
    ),
    "3 on methods: task_func first or by name, and name": Program(
        ["a.t"],
        'p = Pipeline("p")\np.transform(f("t"), "a.t", suffix(".t"), ".1", name="x")\n'
        'p.transform(task_func=f("u"), input="a.t", filter=suffix(".t"), output=".2", name="y")',
        [("t", "a.t", "a.1"), ("u", "a.t", "a.2")],
    ),
    # 4.1 suffix
    "4.1 the first file name decides": Program(
        ["a.1", "b.2"], 'transform([["a.1", "b.2"]], suffix(".1"), ".o")(f("t"))', [("t", ["a.1", "b.2"], "a.o")]
    ),
    "4.1 the prefix is implied in outputs, at any depth": Program(
        ["a.1"],
        'transform("a.1", suffix(".1"), [".o", (".p", [".q"])])(f("t"))',
        [("t", "a.1", ["a.o", ("a.p", ["a.q"])])],
    ),
    "4.1 a reference replaces the implied prefix": Program(
        ["a.1"],
        'transform("a.1", suffix(".1"), [r"x/\\1.o", r"\\g<1>_y"])(f("t"))',
        [("t", "a.1", ["x/a.o", "a_y"])],
    ),
    "4.1 elsewhere a text is verbatim, but for references": Program(
        ["a.1", "a.h"],
        'transform("a.1", suffix(".1"), add_inputs(r"\\1.h"), ".o", ".e", r"\\1.e", [r"\\1", ({r"\\g<1>.f"},)])(f("t"))',
        [("t", ("a.1", "a.h"), "a.o", ".e", "a.e", ["a", ({"a.f"},)])],
    ),
    "4.1 output_dir replaces the folder, in references too": Program(
        ["d/a.1"],
        'transform("d/a.1", suffix(".1"), ".o", r"\\1.e", output_dir="q")(f("t"))',
        [("t", "d/a.1", "q/a.o", "q/a.e")],
    ),
    "4.1 an empty suffix adds the output once (differs)": Program(
        ["a"], 'transform("a", suffix(""), ".o")(f("t"))', [("t", "a", "a.o")]
    ),
    # 4.2 regex
    "4.2 every match is replaced, the rest stays": Program(
        ["x/a.c.c"], 'transform("x/*", regex(r"\\.c"), ".o")(f("t"))', [("t", "x/a.c.c", "x/a.o.o")]
    ),
    "4.2 an expression that matches empty twice": Program(
        ["x"], 'transform("x", regex(".*"), "same")(f("t"))', [("t", "x", "samesame")]
    ),
    "4.2 numbers and names": Program(
        ["a.c"],
        'transform("a.c", regex(r"(?P<n>.)\\.(c)"), r"\\g<n>.\\2o", r"\\g<1>", [r"\\g<n>\\2"])(f("t"))',
        [("t", "a.c", "a.co", "a", ["ac"])],
    ),
    "4.2 an optional group that took no part is empty": Program(
        ["a.c"], 'transform("a.c", regex(r"(.)(x)?\\.c"), r"\\1\\2.o")(f("t"))', [("t", "a.c", "a.o")]
    ),
    "4.2 no match drops the job, though nothing refers to it": Program(
        ["a.c", "b.d"], 'transform("*.?", regex("c$"), "o")(f("t"))', [("t", "a.c", "a.o")]
    ),
    "4.2 the name is taken as it is written": Program(
        ["d/a.c"], 'transform("d/a.c", regex(r"^d/(.)"), r"e/\\1")(f("t"))', [("t", "d/a.c", "e/a.c")]
    ),
    # 4.3 formatter
    "4.3 every field": Program(
        ["d/e/name.tar.gz"],
        'transform("d/e/*", formatter(r"(?P<N>name)\\.(tar)"), "{basename[0]}.o", "{path[0]}", "{ext[0]}", '
        '"{subpath[0][0]}", "{subpath[0][1]}", "{subpath[0][3]}", "{subdir[0][0]}", "{subdir[0][3]}", '
        '"{0[0]}", "{1[0]}", "{2[0]}", "{N[0]}")(f("t"))',
        [
            (
                "t",
                "d/e/name.tar.gz",
                "name.tar.o",
                *("/r/d/e", ".gz", "/r/d/e", "/r/d", "/", "e", "/", "name.tar", "name", "tar", "name"),
            )
        ],
    ),
    "4.3 an expression for each file, None for no test": Program(
        ["a.1", "b.2", "c.3"],
        'transform([["a.1", "b.2"], ["a.1", "c.3"]], formatter(None, r"(.)\\.2$"), "{1[1]}.o")(f("t"))',
        [("t", ["a.1", "b.2"], "b.o")],
    ),
    "4.3 more expressions than files are ignored": Program(
        ["a.1"], 'transform("a.1", formatter("a", "never"), "{basename[0]}.o")(f("t"))', [("t", "a.1", "a.o")]
    ),
    "4.3 letters, slices (differs), formats, conversions and braces": Program(
        ["abc"],
        'transform("abc", formatter(), "{basename[0][0]}.o", "{basename[0][1:]}", "{basename[0]:>5}", '
        '"{basename[0]!r}", "{{x}}")(f("t"))',
        [("t", "abc", "a.o", "bc", "  abc", "'abc'", "{x}")],
    ),
    "4.3 a named group overrides a field": Program(
        ["a"], 'transform("a", formatter(r"/(?P<basename>.)$"), "{basename[0]}x")(f("t"))', [("t", "a", "ax")]
    ),
    "4.3 combinatorics: the number of the set first": Program(
        ["a", "b", "d/c"],
        'product(["a", "b"], formatter(), "d/c", formatter(r"/(?P<L>.)$"), "{basename[0][0]}{L[1][0]}.o", '
        '"{path[1][0]}", "{subpath[1][0][1]}", "{1[1][0]}")(f("p"))',
        [("p", ("a", "d/c"), "ac.o", "/r/d", "/r", "c"), ("p", ("b", "d/c"), "bc.o", "/r/d", "/r", "c")],
    ),
    "4.3 one formatter serves every member of a choice": Program(
        ["a", "b"],
        'combinations_with_replacement("?", formatter(r"/(.)$"), 2, "{1[0][0]}{1[1][0]}.o")(f("c"))',
        [("c", ("a", "a"), "aa.o"), ("c", ("a", "b"), "ab.o"), ("c", ("b", "b"), "bb.o")],
    ),
    "4.3 outputs from {path} stay below the root (differs)": Program(
        ["d/a.t"],
        'transform("d/*.t", formatter(), "{path[0]}/{basename[0]}.o", "{path[0]}")(f("t"))',
        [("t", "d/a.t", "d/a.o", "/r/d")],
    ),
    # 4.4 Jobs that do not match
    "4.4 some of the inputs do not match": Program(
        ["a.c", "b.d"], 'transform("*.?", suffix(".c"), ".o")(f("t"))', [("t", "a.c", "a.o")]
    ),
    "4.4 a pattern without matches makes no job": Program([], 'transform("*.q", suffix(".q"), ".o")(f("t"))', []),
    # 5 Decorators
    "5.1 originate of a name, a list, lists in a list": Program(
        [],
        'originate("a")(f("o"))\noriginate(["b", ["c", "d"]])(f("p"))',
        [("o", "a"), ("p", "b"), ("p", ["c", "d"])],
    ),
    "5.2b split with a regex is subdivide": Program(
        ["a.t", "b.t"],
        'split("*.t", regex(r"(.)\\.t"), [r"\\1.1", r"\\1.2"], r"\\1")(f("s"))',
        [("s", "a.t", ["a.1", "a.2"], "a"), ("s", "b.t", ["b.1", "b.2"], "b")],
    ),
    "5.3 transform with each filter and each change": Program(
        ["a.t", "a.h"],
        'transform("a.t", suffix(".t"), add_inputs(r"\\1.h"), ".1")(f("s"))\n'
        'transform("a.t", suffix(".t"), inputs(r"\\1.h"), ".2")(f("t"))\n'
        'transform("a.t", regex(r"(.)\\.t"), add_inputs(r"\\1.h"), r"\\1.3")(f("u"))\n'
        'transform("a.t", regex(r"(.)\\.t"), inputs([r"\\1.h", r"\\1.t"]), r"\\1.4")(f("v"))\n'
        'transform("a.t", formatter(), add_inputs("{basename[0]}.h"), "{basename[0]}.5")(f("w"))\n'
        'transform("a.t", formatter(), inputs(("{path[0]}/{basename[0]}.h",)), "{basename[0]}.6")(f("x"))',
        [
            ("s", ("a.t", "a.h"), "a.1"),
            ("t", "a.h", "a.2"),
            ("u", ("a.t", "a.h"), "a.3"),
            ("v", ["a.h", "a.t"], "a.4"),
            ("w", ("a.t", "a.h"), "a.5"),
            ("x", ("a.h",), "a.6"),
        ],
    ),
    "5.4 merge with several outputs": Program(
        ["a", "b"], 'merge(["a", "b"], ["c", "d"])(f("m"))', [("m", ["a", "b"], ["c", "d"])]
    ),
    "5.5 collate: one job for each output with its extras": Program(
        ["a.1", "a.2", "b.1"],
        'collate("*.?", regex(r"(.)\\.(.)"), r"\\1.all")(f("c"))\n'
        'collate("*.?", regex(r"(.)\\.(.)"), r"\\1.\\2.part", r"\\2")(f("d"))\n'
        'collate("*.?", formatter(), "{ext[0]}.all")(f("e"))',
        [
            ("c", ("a.1", "a.2"), "a.all"),
            ("c", ("b.1",), "b.all"),
            ("d", ("a.1",), "a.1.part", "1"),
            ("d", ("a.2",), "a.2.part", "2"),
            ("d", ("b.1",), "b.1.part", "1"),
            ("e", ("a.1", "b.1"), ".1.all"),
            ("e", ("a.2",), ".2.all"),
        ],
    ),
    "5.6 subdivide with each filter": Program(
        ["a.t"],
        'subdivide("a.t", suffix(".t"), [".1", ".2"], output_dir="d")(f("s"))\n'
        'subdivide("a.t", regex("t$"), ["3", "4"])(f("t"))\n'
        'subdivide("a.t", formatter(), ["{basename[0]}.5", "{basename[0]}.6"])(f("u"))',
        [("s", "a.t", ["d/a.1", "d/a.2"]), ("t", "a.t", ["a.3", "a.4"]), ("u", "a.t", ["a.5", "a.6"])],
    ),
    "5.7 no job if any set of a product is empty": Program(
        ["a"], 'product("a", formatter(), "*.none", formatter(), "{basename[0][0]}{basename[1][0]}")(f("p"))', []
    ),
    "5.8 permutations of three": Program(
        ["a", "b", "c"],
        'permutations("?", formatter(), 3, "{basename[0][0]}{basename[1][0]}{basename[2][0]}")(f("p"))',
        [("p", (x, y, z), x + y + z) for x in "abc" for y in "abc" for z in "abc" if len({x, y, z}) == 3],
    ),
    "5.11 follows takes functions, names (also of later tasks), tasks and pipelines": Program(
        [],
        'p = Pipeline("p")\nt = p.originate(f("t"), ["t"])\np.set_tail_tasks([t])\ng = originate(["g"])(f("g"))\n'
        'follows(g, "later", t, p, "p::t", mkdir("d"))(originate(["x"])(f("x")))\noriginate(["l"])(f("later"))',
        [("t", "t"), ("g", "g"), ("x", "x"), ("later", "l")],
    ),
    "5.18 files of one job is task": Program(
        ["a"],
        'task("a", "b", "extra")(f("t"))\ntask(["a"], ["c", "d"])(f("u"))',
        [("t", "a", "b", "extra"), ("u", ["a"], ["c", "d"])],
    ),
    "5.18b files of several jobs is a loop": Program(
        ["a", "b"],
        'for given, made in [("a", "c"), ("b", "d")]:\n    main.task(f("t"), given, made, name=made)',
        [("t", "a", "c"), ("t", "b", "d")],
    ),
    "5 output_from of one stands for itself, of several is spliced": Program(
        ["z"],
        'a = originate(["a"])(f("a"))\nb = originate(["b"])(f("b"))\n'
        'merge(output_from("a"), "x")(f("m"))\nmerge(["z", output_from(a, "b")], "y")(f("n"))',
        [("a", "a"), ("b", "b"), ("m", ["a"], "x"), ("n", ["z", "a", "b"], "y")],
    ),
    "5 without output_from a text is a file": Program(
        ["a"], 'originate(["x"])(f("a"))\nmerge("a", "y")(f("m"))', [("a", "x"), ("m", "a", "y")]
    ),
    # 6 Object syntax
    "6 methods for every kind": Program(
        ["a.t"],
        'p = Pipeline("p")\no = p.originate(f("o"), ["o.t"])\nt = p.transform(f("t"), [o, "a.t"], suffix(".t"), ".u")\n'
        's = p.split(f("s"), t, ["1", "2"])\nd = p.subdivide(f("d"), s, formatter(), ["{basename[0]}x", "{basename[0]}y"])\n'
        'c = p.collate(f("c"), d, regex(r".(.)"), r"\\1")\nm = p.merge(f("m"), c, "m")\n'
        'p.product(f("p"), m, formatter(), s, formatter(), "{basename[0][0]}{basename[1][0]}")\n'
        'p.combinations(f("q"), s, formatter(), 2, "{basename[0][0]}{basename[1][0]}.q")\n'
        'p.permutations(f("r"), s, formatter(), 1, "{basename[0][0]}.r")\n'
        'p.combinations_with_replacement(f("w"), m, formatter(), 2, "{basename[0][0]}.w")',
        [
            ("o", "o.t"),
            ("t", "a.t", "a.u"),
            ("t", "o.t", "o.u"),
            ("s", ["a.u", "o.u"], ["1", "2"]),
            ("d", "1", ["1x", "1y"]),
            ("d", "2", ["2x", "2y"]),
            ("c", ("1x", "2x"), "x"),
            ("c", ("1y", "2y"), "y"),
            ("m", ["x", "y"], "m"),
            ("p", ("m", "1"), "m1"),
            ("p", ("m", "2"), "m2"),
            ("q", ("1", "2"), "12.q"),
            ("r", ("1",), "1.r"),
            ("r", ("2",), "2.r"),
            ("w", ("m", "m"), "m.w"),
        ],
    ),
    "6 the same function twice, under two names": Program(
        [],
        'g = f("g")\np = Pipeline("p")\np.originate(g, ["a"], name="x")\np.originate(g, ["b"], name="y")\n'
        'p.merge(f("m"), output_from("x", "y"), "c")',
        [("g", "a"), ("g", "b"), ("m", ["a", "b"], "c")],
    ),
    "6 lookup by name, function, name of the function and with its module": Program(
        [],
        'g = f("g")\np = Pipeline("p")\nt = p.originate(g, ["a"], name="x")\n'
        'assert p["x"] is p[g] is p["g"] is p[f"{g.__module__}.g"] is t\n'
        'p.merge(f("m"), p["g"], "b")\nPipeline("q").merge(f("n"), output_from("g"), "c")',
        [("g", "a"), ("m", ["a"], "b"), ("n", ["a"], "c")],
    ),
    "6 clone copies, and its tasks refer to each other": Program(
        ["a.t", "b.t"],
        'p = Pipeline("p")\nt = p.transform(f("t"), "a.t", suffix(".t"), ".u", name="T")\nm = p.merge(f("m"), t, "p.all", name="M")\n'
        "p.set_head_tasks([t])\np.set_tail_tasks([m])\n"
        'q = p.clone("q")\nq.set_input(input="b.t")\nq["M"].modify(("x", 1), {"output": "q.all"})\n'
        'main.merge(f("end"), [p, q], "end")',
        [
            ("t", "a.t", "a.u"),
            ("m", "a.u", "p.all"),
            ("t", "b.t", "b.u"),
            ("m", "b.u", "q.all"),
            ("end", ["p.all", "q.all"], "end"),
        ],
    ),
    "6 set_input of a pipeline and of a task, set_output": Program(
        ["a", "b", "c"],
        'p = Pipeline("p")\nt = p.transform(f("t"), [], suffix(""), ".o")\np.set_head_tasks([t])\np.set_input(input=["a"])\n'
        'q = p.product(f("q"), "a", formatter(), "b", formatter(), "{basename[0][0]}{basename[1][0]}.q")\n'
        'q.set_input(input="b", input2="c")\no = p.originate(f("o"), ["x"])\no.set_output(output=["y", "z"])',
        [("t", "a", "a.o"), ("q", ("b", "c"), "bc.q"), ("o", "y"), ("o", "z")],
    ),
    "6 order of declaration means nothing": Program(
        [],
        'm = f("m")\np = Pipeline("p")\np.merge(m, output_from("later"), "x")\np.originate(f("later"), ["y"])',
        [("m", ["y"], "x"), ("later", "y")],
    ),
    # 17 Traps
    "17.16 texts are files but in output_from, follows and targets": Program(
        ["g"],
        'originate(["x"])(f("g"))\nfollows("g")(merge("g", "y")(f("m")))\nmerge(output_from("g"), "z")(f("n"))',
        [("g", "x"), ("m", "g", "y"), ("n", ["x"], "z")],
    ),
    "17.17 mkdir in every place, several before one task": Program(
        ["a.t"],
        'p = Pipeline("p")\np.mkdir("m1", "m2")\np.mkdir("*.t", suffix(".t"), ".dir", name="of each")\n'
        't = p.transform(f("t"), "a.t", suffix(".t"), ".u").mkdir("m3").mkdir("*.t", formatter(), "m4/{basename[0]}")\n'
        'mkdir("m5")(mkdir(["m6"])(follows(mkdir("m7"))(originate(["x"])(f("o")))))\n'
        'assert p.task_names == ["mkdir", "of each", "t"]',
        [("t", "a.t", "a.u"), ("o", "x")],
    ),
    "17.22 originate, split and merge run without a file name": Program(
        [],
        'originate(["x"])(f("o"))\nsplit(None, ["y"])(f("s"))\nmerge(None, "z")(f("m"))',
        [("o", "x"), ("s", None, ["y"]), ("m", None, "z")],
    ),
}


TOLD: dict[str, tuple[str, str]] = {
    "2.1 bytes are no file name": ('merge([b"a"], "o")(f("m"))', "b'a' is bytes, and a file name is a text"),
    "2.1 a number is no file name": (
        'transform([3], suffix(".t"), ".o")(f("t"))',
        "task t: the input 3 is no file name",
    ),
    "3 output missing": ('merge("a")', "merge has no 'output'"),
    "3 filter missing": ('collate("a", "b")', "collate has no filter"),
    "3 tuple_size missing": ('permutations("a", formatter(), output="b")', "permutations has no 'tuple_size'"),
    "3 twice": ('merge("a", "b", output="c")', "merge has 'output' twice: by position and by name"),
    "3 unknown": ('merge("a", "b", extra=1)', "merge has no argument 'extra'"),
    "3 a filter of the wrong kind": (
        'collate("a", suffix("a"), "b")',
        "collate takes regex(…) or formatter(…), not suffix(…)",
    ),
    "3 a filter of combinatorics": (
        'combinations("a", regex("a"), 2, "b")',
        "combinations takes formatter(…), not regex(…)",
    ),
    "3 a dictionary as extras": ('merge("a", "b", extras={"k": 1})(f("m"))', "extras is {'k': 1}, not a list"),
    "3 two arguments of inputs": ('inputs("a", "b")', "inputs takes one argument, not 2"),
    "4.1 suffix of something else": ("suffix(3)", "suffix(3) is not the end of a file name"),
    "4.2 an unknown number": (
        r'transform("a", regex("a"), r"\3")(f("t"))',
        "task t: '\\\\3' does not fit regex('a'): invalid group reference 3",
    ),
    "4.2 an unknown name": (
        r'transform("a", regex("a"), r"\g<n>")(f("t"))',
        "task t: '\\\\g<n>' does not fit regex('a'): unknown group name 'n'",
    ),
    "4.2 a broken expression": ('regex("(")', "the expression '(' is broken: missing ), unterminated subpattern"),
    "4.2 a control character": (
        'transform("a", regex("(a)"), "\1")(f("t"))',
        "task t: '\\x01' holds a control character, where \\1 may be meant",
    ),
    "4.3 an unknown field": (
        'transform("a", formatter(), "{basenme[0]}")(f("t"))',
        "task t: unknown field {basenme[0]}",
    ),
    "4.3 a number that there is not": (
        'transform("a", formatter(), "{basename[1]}")(f("t"))',
        "task t: {basename[1]} is out of range: basename has 1 value here",
    ),
    "4.4 no input matches": ('transform("a", suffix(".x"), ".o")(f("t"))', "task t: no input ends in .x"),
    "5 two decorators that make jobs": (
        'merge("a", "c")(merge("a", "b")(f("m")))',
        "function m is a merge already, and cannot be a merge too",
    ),
    "5.14 fewer than one job": ('jobs_limit(0)(merge("a", "b")(f("m")))', "jobs_limit is 0, not a number from 1"),
    "5.14 two numbers for one name": (
        'jobs_limit(1, "l")(merge("a", "b")(f("m")))\njobs_limit(2, "l")(merge("a", "c")(f("n")))',
        "jobs_limit 'l' is 2 here and 1 elsewhere",
    ),
    "5.13 posttask that is no function": (
        'posttask(3)(merge("a", "b")(f("m")))',
        "posttask has 3, not a function or touch_file(…)",
    ),
    "5.11 follows an unknown name": (
        'follows("mergee")(originate(["b"])(f("m")))\noriginate(["c"])(f("merges"))',
        "task m names the task 'mergee', which there is not",
    ),
    "5 an unknown runtime parameter": (
        'merge(runtime_parameter("p"), "b")(f("m"))',
        "there is no value for runtime_parameter('p')",
    ),
    "6 two pipelines of one name": ('Pipeline("p")\nPipeline("p")', "two pipelines are called 'p'"),
    "6 one name twice": (
        'p = Pipeline("p")\np.originate(f("g"), ["b"])\np.originate(f("g"), ["c"])',
        "two tasks are called 'g'",
    ),
    "6 an unknown key": ('p = Pipeline("p")\np.originate(f("g"), ["b"])\np["h"]', "pipeline p has no task 'h'"),
    "6 a key of another pipeline": ('Pipeline("p")["q::g"]', "pipeline p has no task 'q::g'"),
    "6 no head tasks": ('Pipeline("p").set_input(input="a")', "pipeline p has no head tasks"),
    "6 no tail tasks": ('merge(Pipeline("p"), "b")(f("m"))', "pipeline p has no tail tasks, which stand for it"),
    "6 set_output of another kind": (
        'Pipeline("p").merge(f("m"), "a", "b").set_output("c")',
        "set_output is for originate, and m is merge",
    ),
    "6 a function that is no task": ('follows(print)(originate(["b"])(f("o")))', "function print is no task"),
    "6 a text as task_func": (
        'Pipeline("p").merge("cat {input}", "a", "b")',
        "task_func is the text 'cat {input}', not a function",
    ),
    "6 an ambiguous function": (
        'g = f("g")\np = Pipeline("p")\np.originate(g, ["b"], name="x")\np.originate(g, ["c"], name="y")\nmerge(g, "d")(f("m"))',
        "2 tasks call function g",
    ),
    "6 an ambiguous name": (
        'for name in "pq":\n    Pipeline(name).originate(f("g"), [name])\nmerge(output_from("g"), "d")(f("m"))',
        "2 tasks are called 'g'",
    ),
    "17.12 two tasks with one output": ('merge("a", "b")(f("m"))\nmerge("a", "b")(f("n"))', "two tasks make b"),
    "17.7 one file as input and output": (
        'transform("a", suffix("a"), "a")(f("t"))',
        "task t: a is both input and output of one job",
    ),
}
"""What Ruffus finds late, drops silently or does something odd with: programs, and what is said at their line."""
