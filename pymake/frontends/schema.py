"""The JSON schema of `pymake.toml`, for editors: `python -m pymake.frontends.schema` prints it.

It is generated from the table of keys, shipped as `pymake.schema.json` and refuses what the parser refuses, except what
needs more than one key's value: names that must exist, functions that must be found.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from pymake.frontends.keys import RULES, TASK_KEYS, TOP_KEYS
from pymake.frontends.shapes import DEFINITIONS
from pymake.model.task import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymake.frontends.keys import Key, Rule
    from pymake.frontends.shapes import Schema


def schema() -> dict[str, object]:
    """The schema, draft 2020-12."""
    tasks: Schema = {
        "type": "object",
        "propertyNames": {"minLength": 1},
        "additionalProperties": {"$ref": "#/$defs/task"},
        "description": "One table for each task; its name is a target.",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pymake.toml",
        "description": "A build file of pymake.",
        "type": "object",
        "properties": {**_properties(TOP_KEYS), "task": tasks},
        "additionalProperties": False,
        "$defs": {**DEFINITIONS, "task": _task()},
    }


def _task() -> Schema:
    return {
        "type": "object",
        "properties": _properties(TASK_KEYS),
        "additionalProperties": False,
        "allOf": [_rule(rule) for rule in RULES],
    }


def _properties(keys: Mapping[str, Key]) -> Schema:
    return {key.name: {**key.shape.schema, "description": key.doc} for key in keys.values()}


def _rule(rule: Rule) -> Schema:
    about: Schema = {"required": [rule.key]}
    if rule.value is not None:
        about["properties"] = {rule.key: {"const": rule.value}}
    return {"if": about, "then": _demand(rule)}


def _demand(rule: Rule) -> Schema:
    demand: Schema = {}
    if rule.needs:
        demand["anyOf"] = [{"required": [name]} for name in rule.needs]
    if rule.refuses is not None:
        demand["not"] = {"required": [rule.refuses]}
    if rule.kinds:
        demand["properties"] = {"kind": {"enum": [kind.value for kind in rule.kinds]}}
        if Kind.TASK not in rule.kinds:
            demand["required"] = ["kind"]
    return demand


def text() -> str:
    """The schema as the file that ships with the package."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
