"""Programs in the vocabulary of Ruffus, with the calls that Ruffus 3.0.0 makes for them: `(task, *arguments)`."""

from __future__ import annotations

from typing import NamedTuple


class Program(NamedTuple):
    """`f(name)` makes a function for a task. The root is `/r`."""

    files: list[str]
    source: str
    calls: list[tuple[object, ...]]


PROGRAMS: dict[str, Program] = {
    "combinations 1": Program(
        ["a.c", "b.c", "a.h", "b.h"],
        r"""
combinations(["a.c","b.c"],formatter(),2,inputs("a.h"),"{basename[0][0]}-{basename[1][0]}.out","{path[0][0]}")(f("comb"))
""",
        [("comb", "a.h", "a-b.out", "/r")],
    ),
    "transform 1": Program(
        ["a.c", "b.c", "ax.c"],
        r"""
transform(["a.c","b.c","ax.c"],regex(r"([ab])(x)?\.c"),r"\1\2.o",r"<\2>")(f("t"))
""",
        [("t", "a.c", "a.o", "<>"), ("t", "ax.c", "ax.o", "<x>"), ("t", "b.c", "b.o", "<>")],
    ),
    "collate 1": Program(
        ["a.c", "b.c", "c.x"],
        r"""
collate(["a.c","b.c","c.x"],regex(r".*\.(.)"),inputs(r"a.c"),r"\1.all",r"\1")(f("t"))
""",
        [("t", ("a.c",), "c.all", "c"), ("t", ("a.c",), "x.all", "x")],
    ),
    "transform 2": Program(
        ["a.c", "b.c", "c.x"],
        r"""
transform(["a.c","b.c"],regex(r"(.)\.c"),inputs(r"\1.*"),r"\1.all",r"\1")(f("t"))
""",
        [("t", ["a.c"], "a.all", "a"), ("t", ["b.c"], "b.all", "b")],
    ),
    "transform 3": Program(
        ["a.c", "b.c", "c.x"],
        r"""
transform(["a.c","b.c"],regex(r"(.)\.c"),inputs([r"\1.*","c.x"]),r"\1.all",r"\1")(f("t"))
""",
        [("t", ["a.c", "c.x"], "a.all", "a"), ("t", ["b.c", "c.x"], "b.all", "b")],
    ),
    "originate transform 1": Program(
        ["a.c", "b.c", "c.x"],
        r"""
originate(["q1","q2"])(f("o_"))
transform(["a.c","b.c"],regex(r"(.)\.c"),add_inputs(r"\1.*",output_from("o_")),r"\1.all",r"\1")(f("t"))
""",
        [
            ("o_", "q1"),
            ("o_", "q2"),
            ("t", ("a.c", "a.c", "q1", "q2"), "a.all", "a"),
            ("t", ("b.c", "b.c", "q1", "q2"), "b.all", "b"),
        ],
    ),
    "product 1": Program(
        ["a.c", "b.c", "c.x", "d.x"],
        r"""
product(["a.c","b.c"],formatter(),["c.x","d.x"],formatter(r".*/(?P<q>.).x"),"{basename[0][0]}{basename[1][0]}{q[1][0]}.o","{path[1][0]}",["{ext[0][0]}",3])(f("t"))
""",
        [
            ("t", ("a.c", "c.x"), "acc.o", "/r", [".c", 3]),
            ("t", ("a.c", "d.x"), "add.o", "/r", [".c", 3]),
            ("t", ("b.c", "c.x"), "bcc.o", "/r", [".c", 3]),
            ("t", ("b.c", "d.x"), "bdd.o", "/r", [".c", 3]),
        ],
    ),
    "product 2": Program(
        ["a.c", "b.c", "c.x", "d.x"],
        r"""
product(["a.c","b.c"],formatter(),["c.x","d.x"],formatter(),add_inputs("c.x","d.x"),"{basename[0][0]}{basename[1][0]}.o")(f("t"))
""",
        [
            ("t", (("a.c", "c.x"), "c.x", "d.x"), "ac.o"),
            ("t", (("a.c", "d.x"), "c.x", "d.x"), "ad.o"),
            ("t", (("b.c", "c.x"), "c.x", "d.x"), "bc.o"),
            ("t", (("b.c", "d.x"), "c.x", "d.x"), "bd.o"),
        ],
    ),
    "originate combinations 1": Program(
        ["a.c", "b.c", "a.d", "b.d"],
        r"""
originate([["a.c","a.d"],["b.c","b.d"]])(f("o_"))
combinations(output_from("o_"),formatter(r".*c",".*d"),2,"{basename[0][0]}{basename[1][1]}.o","{ext[0][1]}")(f("t"))
""",
        [("o_", ["a.c", "a.d"]), ("o_", ["b.c", "b.d"]), ("t", (["a.c", "a.d"], ["b.c", "b.d"]), "ab.o", ".d")],
    ),
    "transform 4": Program(
        ["a.c", "b.c", "a.d", "b.d"],
        r"""
transform([["a.c","a.d"],["b.c","b.d"]],regex(r"(.)\.c"),[r"\1.o",(r"\1.p",3)],[r"\1",{"x":r"\1"}],{r"\1"})(f("t"))
""",
        [
            ("t", ["a.c", "a.d"], ["a.o", ("a.p", 3)], ["a", {"x": "\\1"}], {"a"}),
            ("t", ["b.c", "b.d"], ["b.o", ("b.p", 3)], ["b", {"x": "\\1"}], {"b"}),
        ],
    ),
    "combinations_with_replacement 1": Program(
        ["a.c", "b.c", "a.d", "b.d"],
        r"""
combinations_with_replacement(["a.c","b.c","a.d"],formatter(r"c$"),2,"{basename[0][0]}{basename[1][0]}.o")(f("t"))
""",
        [("t", ("a.c", "a.c"), "aa.o"), ("t", ("a.c", "b.c"), "ab.o"), ("t", ("b.c", "b.c"), "bb.o")],
    ),
    "collate 2": Program(
        ["a.c", "b.c", "a.d", "b.d"],
        r"""
collate(["a.c","b.c","a.d"],formatter(),"{ext[0]}.o",["{ext[0]}","{path[0]}"])(f("t"))
""",
        [("t", ("a.c", "b.c"), ".c.o", [".c", "/r"]), ("t", ("a.d",), ".d.o", [".d", "/r"])],
    ),
    "collate 3": Program(
        ["a.c", "b.c", "a.d", "b.d"],
        r"""
collate([["a.c","b.c"],["b.d","a.d"]],formatter(),"x.o")(f("t"))
""",
        [("t", (["a.c", "b.c"], ["b.d", "a.d"]), "x.o")],
    ),
    "transform 5": Program(
        ["a.c", "b.c"],
        r"""
transform("*.c",suffix(".c"),".o",r"x","\\1.y",output_dir="out")(f("t"))
""",
        [("t", "a.c", "out/a.o", "x", "out/a.y"), ("t", "b.c", "out/b.o", "x", "out/b.y")],
    ),
    "originate merge 1": Program(
        [],
        r"""
originate(["a",["b","c"]],"x",3)(f("o_1"))
merge(output_from("o_1"),"end")(f("m"))
""",
        [("o_1", "a", "x", 3), ("o_1", ["b", "c"], "x", 3), ("m", [["b", "c"], "a"], "end")],
    ),
    "originate merge 2": Program(
        [],
        r"""
originate("one")(f("o_1"))
merge(output_from("o_1"),"end")(f("m"))
""",
        [("o_1", "one"), ("m", ["one"], "end")],
    ),
    "merge transform 1": Program(
        ["a.t"],
        r"""
merge("a.t","x.1")(f("m1"))
merge(output_from("m1"),"x.2")(f("m2"))
transform(output_from("m2"),suffix(".2"),".3")(f("t"))
merge(output_from("t"),"x.4")(f("m4"))
""",
        [("m1", "a.t", "x.1"), ("m2", "x.1", "x.2"), ("t", "x.2", "x.3"), ("m4", "x.3", "x.4")],
    ),
    "merge 1": Program(
        ["a.t", "b.t"],
        r"""
merge("*.t","x.1")(f("m1"))
""",
        [("m1", ["a.t", "b.t"], "x.1")],
    ),
    "merge 2": Program(
        ["a.t", "b.t"],
        r"""
merge(["*.t",["a.t",("*.t",)]],"x.1")(f("m1"))
""",
        [("m1", ["a.t", "b.t", ["a.t", ("a.t", "b.t")]], "x.1")],
    ),
    "merge transform 2": Program(
        ["a.t", "b.t"],
        r"""
merge(["a.t","b.t"],["x.1","x.2"],extras=["x"])(f("m1"))
transform(output_from("m1"),suffix(".1"),".o")(f("t"))
""",
        [("m1", ["a.t", "b.t"], ["x.1", "x.2"], "x"), ("t", ["x.1", "x.2"], "x.o")],
    ),
    "split transform merge 1": Program(
        ["a.t", "b.t"],
        r"""
split(["a.t","b.t"],["x.1","x.2"])(f("s"))
transform(output_from("s"),regex(r"x\.(\d)"),r"y.\1")(f("t"))
merge(output_from("s"),"all")(f("m"))
""",
        [("s", ["a.t", "b.t"], ["x.1", "x.2"]), ("t", "x.1", "y.1"), ("t", "x.2", "y.2"), ("m", ["x.1", "x.2"], "all")],
    ),
    "split merge 1": Program(
        [],
        r"""
split(None,["x.1","x.2"],"extra")(f("s"))
merge(output_from("s"),"all")(f("m"))
""",
        [("s", None, ["x.1", "x.2"], "extra"), ("m", ["x.1", "x.2"], "all")],
    ),
    "subdivide merge 1": Program(
        ["a.t", "b.t"],
        r"""
subdivide(["a.t","b.t"],suffix(".t"),[".1",".2"],"e")(f("s"))
merge(output_from("s"),"all")(f("m"))
""",
        [
            ("s", "a.t", ["a.1", "a.2"], "e"),
            ("s", "b.t", ["b.1", "b.2"], "e"),
            ("m", ["a.1", "a.2", "b.1", "b.2"], "all"),
        ],
    ),
    "subdivide transform 1": Program(
        ["a.t", "b.t"],
        r"""
subdivide("*.t",regex(r"(.)\.t"),[r"\1.1",r"\1.2"],r"\1")(f("s"))
transform(output_from("s"),formatter(),"{basename[0]}{ext[0]}.o","{ext[0]}")(f("t"))
""",
        [
            ("s", "a.t", ["a.1", "a.2"], "a"),
            ("s", "b.t", ["b.1", "b.2"], "b"),
            ("t", "a.1", "a.1.o", ".1"),
            ("t", "a.2", "a.2.o", ".2"),
            ("t", "b.1", "b.1.o", ".1"),
            ("t", "b.2", "b.2.o", ".2"),
        ],
    ),
    "subdivide collate 1": Program(
        ["a.t", "b.t"],
        r"""
subdivide("*.t",formatter(),["{basename[0]}.1","{basename[0]}.2"])(f("s"))
collate(output_from("s"),regex(r".*\.(\d)"),r"\1.all")(f("c"))
""",
        [
            ("s", "a.t", ["a.1", "a.2"]),
            ("s", "b.t", ["b.1", "b.2"]),
            ("c", ("a.1", "b.1"), "1.all"),
            ("c", ("a.2", "b.2"), "2.all"),
        ],
    ),
    "transform 6": Program(
        ["a.t", "b.t"],
        r"""
transform(input="*.t",filter=suffix(".t"),output=".o",extras=["x",{"k":1}])(f("t"))
""",
        [("t", "a.t", "a.o", "x", {"k": 1}), ("t", "b.t", "b.o", "x", {"k": 1})],
    ),
    "transform 7": Program(
        ["a.t", "b.t"],
        r"""
transform("*.t",filter=suffix(".t"),output=[".o",".p"],output_dir="d")(f("t"))
""",
        [("t", "a.t", ["d/a.o", "d/a.p"]), ("t", "b.t", ["d/b.o", "d/b.p"])],
    ),
    "transform 8": Program(
        ["a.t", "b.t"],
        r"""
transform("*.t",suffix(".t"),".o","x1","x2")(f("t"))
""",
        [("t", "a.t", "a.o", "x1", "x2"), ("t", "b.t", "b.o", "x1", "x2")],
    ),
    "transform 9": Program(
        ["a.t", "b.t", "a.h"],
        r"""
transform(input="*.t",filter=regex(r"(.)\.t"),add_inputs=add_inputs("a.h"),output=r"\1.o")(f("t"))
""",
        [("t", ("a.t", "a.h"), "a.o"), ("t", ("b.t", "a.h"), "b.o")],
    ),
    "transform 10": Program(
        ["a.t", "b.t", "a.h"],
        r"""
transform(input="*.t",filter=regex(r"(.)\.t"),add_inputs=("a.h","*.h"),output=r"\1.o")(f("t"))
""",
        [("t", ("a.t", "a.h", "a.h"), "a.o"), ("t", ("b.t", "a.h", "a.h"), "b.o")],
    ),
    "transform 11": Program(
        ["a.t", "b.t", "a.h"],
        r"""
transform(input="*.t",filter=regex(r"(.)\.t"),replace_inputs=inputs(["a.h","*.t"]),output=r"\1.o")(f("t"))
""",
        [("t", ["a.h", "a.t", "b.t"], "a.o"), ("t", ["a.h", "a.t", "b.t"], "b.o")],
    ),
    "transform 12": Program(
        ["a.t", "b.t", "a.h"],
        r"""
transform(input="*.t",filter=regex(r"(.)\.t"),replace_inputs="a.h",output=r"\1.o")(f("t"))
""",
        [("t", "a.h", "a.o"), ("t", "a.h", "b.o")],
    ),
    "collate 4": Program(
        ["a.t", "b.t", "a.h"],
        r"""
collate(input="*.?",filter=formatter(r".*\.(?P<E>.)$"),output="{E[0]}.all",extras=["{E[0]}"])(f("t"))
""",
        [("t", ("a.h",), "h.all", "h"), ("t", ("a.t", "b.t"), "t.all", "t")],
    ),
    "product 3": Program(
        ["a.t", "b.t", "a.h"],
        r"""
product(input="*.t",filter=formatter(),input2="*.h",filter2=formatter(),output="{basename[0][0]}-{basename[1][0]}.p",extras=["{path[0][0]}"])(f("t"))
""",
        [("t", ("a.t", "a.h"), "a-a.p", "/r"), ("t", ("b.t", "a.h"), "b-a.p", "/r")],
    ),
    "product 4": Program(
        ["a.t", "b.t", "a.h"],
        r"""
product("*.t",formatter(),"*.h",formatter(),["a.t"],formatter(),"{basename[0][0]}-{basename[1][0]}-{basename[2][0]}.p")(f("t"))
""",
        [("t", ("a.t", "a.h", "a.t"), "a-a-a.p"), ("t", ("b.t", "a.h", "a.t"), "b-a-a.p")],
    ),
    "product 5": Program(
        ["a.t", "b.t", "a.h"],
        r"""
product("*.t",formatter(),output="{basename[0][0]}.p",input2="*.h",filter2=formatter())(f("t"))
""",
        [("t", ("a.t", "a.h"), "a.p"), ("t", ("b.t", "a.h"), "b.p")],
    ),
    "permutations 1": Program(
        ["a.t", "b.t", "c.t"],
        r"""
permutations(input="*.t",filter=formatter(),tuple_size=2,output="{basename[0][0]}-{basename[1][0]}.p")(f("t"))
""",
        [
            ("t", ("a.t", "b.t"), "a-b.p"),
            ("t", ("a.t", "c.t"), "a-c.p"),
            ("t", ("b.t", "a.t"), "b-a.p"),
            ("t", ("b.t", "c.t"), "b-c.p"),
            ("t", ("c.t", "a.t"), "c-a.p"),
            ("t", ("c.t", "b.t"), "c-b.p"),
        ],
    ),
    "combinations 2": Program(
        ["a.t", "b.t", "c.t"],
        r"""
combinations("*.t",formatter(),tuple_size=3,output="{basename[0][0]}-{basename[2][0]}.p")(f("t"))
""",
        [("t", ("a.t", "b.t", "c.t"), "a-c.p")],
    ),
    "pipeline of originate transform merge 1": Program(
        [],
        r"""
p=Pipeline("p")
t=p.originate(f("o_1"),["a.t","b.t"])
u=p.transform(f("t"),t,suffix(".t"),".o")
p.merge(f("m"),[t,u],"end",name="mm")
""",
        [
            ("o_1", "a.t"),
            ("o_1", "b.t"),
            ("t", "a.t", "a.o"),
            ("t", "b.t", "b.o"),
            ("m", ["a.t", "b.t", "a.o", "b.o"], "end"),
        ],
    ),
    "pipeline of originate transform merge 2": Program(
        [],
        r"""
p=Pipeline("p")
p.originate(task_func=f("o_1"),output=["a.t","b.t"],name="first")
p.transform(task_func=f("t"),input=output_from("first"),filter=suffix(".t"),output=".o",name="second")
p.merge(task_func=f("m"),input=output_from("second","first"),output="end")
""",
        [
            ("o_1", "a.t"),
            ("o_1", "b.t"),
            ("t", "a.t", "a.o"),
            ("t", "b.t", "b.o"),
            ("m", ["a.o", "b.o", "a.t", "b.t"], "end"),
        ],
    ),
    "pipeline of originate transform merge 3": Program(
        [],
        r"""
p=Pipeline("p")
g=f("o_1")
p.originate(g,["a.t","b.t"])
p.transform(f("t"),g,suffix(".t"),".o")
p.merge(f("m"),"*.o","end").follows(p["t"])
""",
        [("o_1", "a.t"), ("o_1", "b.t"), ("t", "a.t", "a.o"), ("t", "b.t", "b.o"), ("m", ["a.o", "b.o"], "end")],
    ),
    "pipeline of originate transform merge 4": Program(
        [],
        r"""
p=Pipeline("p"); q=Pipeline("q")
t=p.originate(f("o_1"),["a.t","b.t"]); p.set_tail_tasks([t])
q.transform(f("t"),p,suffix(".t"),".o")
q.merge(f("m"),[p,"a.t"],"end")
""",
        [("o_1", "a.t"), ("o_1", "b.t"), ("t", "a.t", "a.o"), ("t", "b.t", "b.o"), ("m", ["a.t", "b.t", "a.t"], "end")],
    ),
    "pipeline of transform merge 1": Program(
        ["a.t", "b.t", "c.t"],
        r"""
p=Pipeline("p")
a=p.transform(f("t"),[],suffix(".t"),".o",name="x"); b=p.merge(f("m"),a,"end.p",name="y")
p.set_head_tasks([a]); p.set_tail_tasks([b])
p.set_input(input=["a.t","b.t"])
""",
        [("t", "a.t", "a.o"), ("t", "b.t", "b.o"), ("m", ["a.o", "b.o"], "end.p")],
    ),
    "transform merge 1": Program(
        ["a.t", "b.t", "c.t"],
        r"""
transform("*.t",suffix(".t"),".o")(f("t"))
merge(output_from("t"),"end")(follows(mkdir("dd"))(f("m")))
""",
        [("t", "a.t", "a.o"), ("t", "b.t", "b.o"), ("t", "c.t", "c.o"), ("m", ["a.o", "b.o", "c.o"], "end")],
    ),
    "transform 13": Program(
        ["d/a.t", "d/b.t"],
        r"""
transform("d/*.t",formatter(r"/(?P<N>\w)\.t$"),"{subpath[0][1]}/{subdir[0][0]}-{N[0]}.o","{N[0]}")(f("t"))
""",
        [("t", "d/a.t", "d-a.o", "a"), ("t", "d/b.t", "d-b.o", "b")],
    ),
    "transform 14": Program(
        ["d/a.t", "d/b.t"],
        r"""
transform("d/*.t",formatter(r"b"),"{basename[0]}.o","{0[0]}")(f("t"))
""",
        [("t", "d/b.t", "b.o", "b")],
    ),
    "collate 5": Program(
        ["a.1.t", "a.2.t", "b.1.t"],
        r"""
collate("*.t",regex(r"(.)\.(.)\.t"),[r"\1.all",r"\1.log"],r"\1",[r"\1"])(f("t"))
""",
        [("t", ("a.1.t", "a.2.t"), ["a.all", "a.log"], "a", ["a"]), ("t", ("b.1.t",), ["b.all", "b.log"], "b", ["b"])],
    ),
    "transform 15": Program(
        ["a.1", "b.2"],
        r"""
transform([["a.1","b.2"]],formatter(r"(.)\.1",r"(.)\.2"),"{1[0]}{1[1]}{ext[1]}.o")(f("t"))
""",
        [("t", ["a.1", "b.2"], "ab.2.o")],
    ),
    "transform 16": Program(
        ["a.1", "b.2"],
        r"""
transform([("a.1","b.2"),["b.2",3]],suffix(".1"),".o")(f("t"))
""",
        [("t", ("a.1", "b.2"), "a.o")],
    ),
    "transform 17": Program(
        ["a.1", "b.2"],
        r"""
transform({"a.1","b.2"},regex(r"(.).(.)"),r"\2\1.o")(f("t"))
""",
        [("t", "a.1", "1a.o"), ("t", "b.2", "2b.o")],
    ),
    "transform 18": Program(
        ["a.1", "b.2"],
        r"""
transform(("a.1","b.2"),regex(r"(.).(.)"),r"\2\1.o",{r"\1":r"\1"},(r"\1",),None,1.5)(f("t"))
""",
        [
            ("t", "a.1", "1a.o", {"\\1": "\\1"}, ("a",), None, 1.5),
            ("t", "b.2", "2b.o", {"\\1": "\\1"}, ("b",), None, 1.5),
        ],
    ),
    "transform 19": Program(
        ["a.1", "b.2"],
        r"""
transform([["a.1",None,3]],regex(r"(.).(.)"),[r"\2\1.o",None])(f("t"))
""",
        [("t", ["a.1", None, 3], ["1a.o", None])],
    ),
    "transform 20": Program(
        ["a.c", "b.c"],
        r"""
transform("*.c",regex(r"\.c$"),".o","x")(f("t"))
""",
        [("t", "a.c", "a.o", "ax"), ("t", "b.c", "b.o", "bx")],
    ),
    "transform 21": Program(
        ["a.c", "b.c"],
        r"""
transform("*.c",regex(r"(?P<n>.)\.c$"),r"\g<n>.o",r"\g<n>",r"\g<1>")(f("t"))
""",
        [("t", "a.c", "a.o", "a", "a"), ("t", "b.c", "b.o", "b", "b")],
    ),
    "transform 22": Program(
        ["x/a.c", "x/b.c"],
        r"""
transform("x/*.c",suffix(".c"),".o",output_dir="y/z")(f("t"))
""",
        [("t", "x/a.c", "y/z/a.o"), ("t", "x/b.c", "y/z/b.o")],
    ),
    "split merge 2": Program(
        ["a.c", "b.c"],
        r"""
split("a.c",regex(r"(.)\.c"),[r"\1.1",r"\1.2"])(f("t"))
merge(output_from("t"),"end")(f("m"))
""",
        [("t", "a.c", ["a.1", "a.2"]), ("m", ["a.1", "a.2"], "end")],
    ),
    "transform merge split 1": Program(
        ["a.t", "b.t"],
        r"""
transform(["a.t","b.t"],suffix(".t"),".1")(f("t1"))
merge(output_from("t1"),"x.2")(f("m"))
transform(output_from("m"),suffix(".2"),".3")(f("t2"))
merge(output_from("t2"),"x.4")(f("m2"))
split(output_from("m2"),["y.1","y.2"])(f("s"))
""",
        [
            ("t1", "a.t", "a.1"),
            ("t1", "b.t", "b.1"),
            ("m", ["a.1", "b.1"], "x.2"),
            ("t2", "x.2", "x.3"),
            ("m2", "x.3", "x.4"),
            ("s", "x.4", ["y.1", "y.2"]),
        ],
    ),
    "transform merge 2": Program(
        ["a.t"],
        r"""
transform("a.t",suffix(".t"),".1")(f("t1"))
merge(output_from("t1"),"x.2")(f("m"))
""",
        [("t1", "a.t", "a.1"), ("m", "a.1", "x.2")],
    ),
    "originate merge 3": Program(
        [],
        r"""
originate("a.t")(f("o_1"))
merge(output_from("o_1"),"x.2")(f("m"))
""",
        [("o_1", "a.t"), ("m", ["a.t"], "x.2")],
    ),
    "originate transform merge 1": Program(
        [],
        r"""
originate(["a.t"])(f("o_1"))
transform(output_from("o_1"),suffix(".t"),".2")(f("m"))
merge(output_from("m"),"end")(f("e"))
""",
        [("o_1", "a.t"), ("m", "a.t", "a.2"), ("e", ["a.2"], "end")],
    ),
    "originate transform merge 2": Program(
        [],
        r"""
originate([["a.t","b.t"]])(f("o_1"))
transform(output_from("o_1"),suffix(".t"),[".2",".3"])(f("m"))
merge(output_from("m"),"end")(f("e"))
""",
        [("o_1", ["a.t", "b.t"]), ("m", ["a.t", "b.t"], ["a.2", "a.3"]), ("e", [["a.2", "a.3"]], "end")],
    ),
    "originate merge 4": Program(
        [],
        r"""
originate(["a.t","b.t"])(f("o_1"))
originate(["c.t"])(f("o_2"))
merge([output_from("o_1","o_2"),(output_from("o_1"),3)],"end")(f("e"))
""",
        [("o_1", "a.t"), ("o_1", "b.t"), ("o_2", "c.t"), ("e", ["a.t", "b.t", "c.t", ("a.t", "b.t", 3)], "end")],
    ),
    "originate product 1": Program(
        [],
        r"""
originate(["a.t","b.t"])(f("o_1"))
product(output_from("o_1"),formatter(),output_from("o_1"),formatter(),"{basename[0][0]}{basename[1][0]}.p")(f("e"))
""",
        [
            ("o_1", "a.t"),
            ("o_1", "b.t"),
            ("e", ("a.t", "a.t"), "aa.p"),
            ("e", ("a.t", "b.t"), "ab.p"),
            ("e", ("b.t", "a.t"), "ba.p"),
            ("e", ("b.t", "b.t"), "bb.p"),
        ],
    ),
    "originate collate merge 1": Program(
        [],
        r"""
originate(["a.1","a.2","b.1"])(f("o_1"))
collate(output_from("o_1"),regex(r"(.)\.\d"),r"\1.all",r"\1")(f("e"))
merge(output_from("e"),"end")(f("m"))
""",
        [
            ("o_1", "a.1"),
            ("o_1", "a.2"),
            ("o_1", "b.1"),
            ("e", ("a.1", "a.2"), "a.all", "a"),
            ("e", ("b.1",), "b.all", "b"),
            ("m", ["a.all", "b.all"], "end"),
        ],
    ),
    "originate subdivide merge 1": Program(
        [],
        r"""
originate(["a.1","a.2","b.1"])(f("o_1"))
subdivide(output_from("o_1"),formatter(),"{basename[0]}{ext[0]}.s","{basename[0]}")(f("e"))
merge(output_from("e"),"end")(f("m"))
""",
        [
            ("o_1", "a.1"),
            ("o_1", "a.2"),
            ("o_1", "b.1"),
            ("e", "a.1", "a.1.s", "a"),
            ("e", "a.2", "a.2.s", "a"),
            ("e", "b.1", "b.1.s", "b"),
            ("m", ["a.1.s", "a.2.s", "b.1.s"], "end"),
        ],
    ),
    "pipeline of many kinds 1": Program(
        [],
        r"""
p=Pipeline("p")
p.originate(f("o_1"),output=["a.1","b.1"],name="x",extras=[1,{"a":2}])
p.subdivide(f("e"),output_from("x"),formatter(),["{basename[0]}.s","{basename[0]}.r"],name="y")
p.collate(f("c"),output_from("y"),regex(r".*\.(.)"),r"all.\1",name="z")
p.permutations(f("q"),output_from("z"),formatter(),2,"{ext[0][0]}{ext[1][0]}",name="w")
p.merge(f("m"),[output_from("w"),output_from("z")],"end",name="v")
""",
        [
            ("o_1", "a.1", 1, {"a": 2}),
            ("o_1", "b.1", 1, {"a": 2}),
            ("e", "a.1", ["a.s", "a.r"]),
            ("e", "b.1", ["b.s", "b.r"]),
            ("c", ("a.r", "b.r"), "all.r"),
            ("c", ("a.s", "b.s"), "all.s"),
            ("q", ("all.r", "all.s"), ".r.s"),
            ("q", ("all.s", "all.r"), ".s.r"),
            ("m", [".r.s", ".s.r", "all.r", "all.s"], "end"),
        ],
    ),
    "pipeline of many kinds 2": Program(
        [],
        r"""
p=Pipeline("p")
t=p.originate(task_func=f("o_1"),output=["a.1","b.1"])
p.product(task_func=f("e"),input=t,filter=formatter(),input2=t,filter2=formatter(),output="{basename[0][0]}{basename[1][0]}.o",extras=["x"])
p.combinations(task_func=f("c"),input=t,filter=formatter(),tuple_size=2,output="{basename[0][0]}{basename[1][0]}.c")
p.combinations_with_replacement(f("d"),t,formatter(),2,"{basename[0][0]}{basename[1][0]}.d")
""",
        [
            ("o_1", "a.1"),
            ("o_1", "b.1"),
            ("d", ("a.1", "a.1"), "aa.d"),
            ("d", ("a.1", "b.1"), "ab.d"),
            ("d", ("b.1", "b.1"), "bb.d"),
            ("e", ("a.1", "a.1"), "aa.o", "x"),
            ("e", ("a.1", "b.1"), "ab.o", "x"),
            ("e", ("b.1", "a.1"), "ba.o", "x"),
            ("e", ("b.1", "b.1"), "bb.o", "x"),
            ("c", ("a.1", "b.1"), "ab.c"),
        ],
    ),
    "transform 23": Program(
        ["d1/a.t", "d2/a.t"],
        r"""
transform("*/a.t",formatter(r".*/(?P<D>d.)/(?P<B>.)\.t"),"{subpath[0][1]}/out/{D[0]}_{B[0]}.o","{subdir[0][0]}")(f("t"))
""",
        [("t", "d1/a.t", "out/d1_a.o", "d1"), ("t", "d2/a.t", "out/d2_a.o", "d2")],
    ),
    "transform 24": Program(
        ["a.t", "b.t"],
        r"""
transform("*.t",formatter(),"{basename[0]!r:>5}.o","{ext[0]:_<5}","{{x}}")(f("t"))
""",
        [("t", "a.t", "  'a'.o", ".t___", "{x}"), ("t", "b.t", "  'b'.o", ".t___", "{x}")],
    ),
    "transform 25": Program(
        ["a.b.c.t"],
        r"""
transform("*.t",formatter(),"{basename[0]}.o","{ext[0]}","{basename[0][0]}{basename[0][2]}")(f("t"))
""",
        [("t", "a.b.c.t", "a.b.c.o", ".t", "ab")],
    ),
    "transform 26": Program(
        ["a.t", "b.t"],
        r"""
transform("*.t",regex(r"^(.)(\.t)$"),add_inputs([r"\1.t","a.t"]),[r"\1.o",[r"\1.p"]],[[r"\1"],(r"\2",)])(f("t"))
""",
        [
            ("t", ("a.t", ["a.t", "a.t"]), ["a.o", ["a.p"]], [["a"], (".t",)]),
            ("t", ("b.t", ["b.t", "a.t"]), ["b.o", ["b.p"]], [["b"], (".t",)]),
        ],
    ),
    "transform 27": Program(
        ["a.t", "b.t"],
        r"""
transform("*.t",suffix(".t"),inputs((r"\1.t","b.t")),".o")(f("t"))
""",
        [("t", ("a.t", "b.t"), "a.o"), ("t", ("b.t", "b.t"), "b.o")],
    ),
    "merge 3": Program(
        ["a.t", "b.t"],
        r"""
merge({"a.t"},"end")(f("t"))
""",
        [("t", {"a.t"}, "end")],
    ),
    "merge 4": Program(
        ["a.t", "b.t"],
        r"""
merge(("a.t","b.t"),("end","end2"),("x",),{"y"})(f("t"))
""",
        [("t", ("a.t", "b.t"), ("end", "end2"), ("x",), {"y"})],
    ),
    "split 1": Program(
        ["a.t", "b.t"],
        r"""
split("a.t",["1","2"],extras=["p"])(f("s"))
""",
        [("s", "a.t", ["1", "2"], "p")],
    ),
    "combinations 3": Program(
        ["a.t", "b.t"],
        r"""
combinations(["b.t","a.t","b.t"],formatter(),2,"{basename[0][0]}{basename[1][0]}.c")(f("s"))
""",
        [("s", ("b.t", "a.t"), "ba.c"), ("s", ("b.t", "b.t"), "bb.c"), ("s", ("a.t", "b.t"), "ab.c")],
    ),
}
