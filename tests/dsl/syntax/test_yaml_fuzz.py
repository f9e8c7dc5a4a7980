"""Whatever stands in a YAML rule file, there is an answer; and the schema and the reader agree on what is refused."""

from __future__ import annotations

import copy
import json
import random
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cybermiles.dsl.archive.yaml_source import load
from cybermiles.dsl.compiler import Source, Unit, check_module
from cybermiles.dsl.convert import yaml_out
from cybermiles.dsl.diagnostics import Diagnostics

ROOT = Path(__file__).parents[2] / "conformance" / "yaml"
EXAMPLES = [case["yaml"] for case in yaml.safe_load((ROOT / "equal.yaml").read_text(encoding="utf-8"))]
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((resources.files("cybermiles.dsl") / "data" / "rules.schema.json").read_text(encoding="utf-8"))
)
_KEYS = [
    "name",
    "when",
    "then",
    "where",
    "from",
    "not",
    "or",
    "$x",
    "set",
    "modify",
    "type",
    "as",
    "enum",
    "compute",
    "x",
]
_VALUES: list[Any] = [None, True, 7, Decimal("0.5"), "T( n > 1 )", "n > 1", "", "print(1)", [], {}, ["T"], {"$x": "T"}]


def _places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = range(len(data)) if isinstance(data, list) else list(data) if isinstance(data, dict) else []
    return [p for key in keys for p in [(*path, key), *_places(data[key], (*path, key))]]


def mutate(dice: random.Random, data: Any) -> None:
    """One change: a value of another kind, a key with another name, one less."""
    path = dice.choice(_places(data))
    around = data
    for key in path[:-1]:
        around = around[key]
    match dice.randrange(4):
        case 0:
            around[path[-1]] = copy.deepcopy(dice.choice(_VALUES))
        case 1 if isinstance(around, dict):
            value = around.pop(path[-1])
            around[dice.choice(_KEYS)] = value
        case 2 if isinstance(around, dict):
            around[dice.choice(_KEYS)] = copy.deepcopy(dice.choice(_VALUES))
        case _:
            del around[path[-1]]


def node(value: Any) -> yaml_out.Node:
    match value:
        case dict():
            return yaml_out.Mapping([yaml_out.Entry(node(v), yaml_out.Text(str(k))) for k, v in value.items()])
        case list():
            return yaml_out.Listing([yaml_out.Entry(node(v)) for v in value])
        case str():
            return yaml_out.Text(value)
    return yaml_out.Raw("null" if value is None else str(value).lower())


@pytest.mark.parametrize("seed", range(20))
def test_the_schema_and_the_reader_agree(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(20):
        data = load(dice.choice(EXAMPLES).encode(), "a.yaml", Diagnostics()).data
        for _ in range(dice.randint(1, 2)):
            if data:
                mutate(dice, data)
        root = node(data)
        assert isinstance(root, yaml_out.Mapping)
        text = yaml_out.emit(root) or "{}\n"
        errors = [d for d in check_module(Unit(rulesets={"rules": [Source("a.yaml", text)]})) if d.severity == "error"]
        valid = SCHEMA.is_valid(load(text.encode(), "a.yaml", Diagnostics()).data)
        assert valid or errors, text
        shape = [d for d in errors if d.code == "yaml-rules"]
        assert not (valid and shape) or any(m in shape[0].message for m in _ONLY_THE_READER), (text, shape)


_ONLY_THE_READER = (
    "constraints stand in brackets or under `where`, not in both",
    "this text is empty",
    "unknown key `$",
    "of this entry ends it",
)


@pytest.mark.parametrize("seed", range(40))
def test_damaged_text_has_an_answer(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(10):
        text = list(dice.choice(EXAMPLES))
        for _ in range(dice.randint(1, 5)):
            at = dice.randrange(len(text))
            match dice.randrange(3):
                case 0:
                    text[at] = dice.choice("\t\n :-#|>'\"[]{}()&*!%@`,?\0\x85é\u2028🂡")
                case 1:
                    del text[at]
                case _:
                    text[at:at] = text[dice.randrange(len(text)) :][: dice.randrange(20)]
        check_module(Unit(rulesets={"rules": [Source("a.yaml", "".join(text))]}))


@pytest.mark.parametrize(
    "text",
    [
        "rules:\n"
        + "  - name: a\n    when:\n"
        + "".join(" " * (6 + 2 * i) + "- not:\n" for i in range(60))
        + "    then:\n",
        "rules: " + "[" * 5000,
        "rules: " + "{a: " * 2000 + "1" + "}" * 2000,
        "a: &a [" + "x, " * 100 + "]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(50)),
        "rules:\n  - name: " + "9" * 100_000 + "\n    then:\n",
        "rules:\n  - name: a\n    salience: " + "9" * 300 + "\n    then:\n",
        "rules:\n  - name: a\n    then: " + "f(" * 5000 + "\n",
        "rules:\n  - name: a\n    when: " + "T( n > 1 ) and " * 3000 + "T()\n    then:\n",
        "x: y\n" * 3,
        "rules:\n" + "  - {name: a, then: x()}\n" * 3000,
        "# only a comment\n",
        "",
        "\ufeffrules: []\n",
    ],
    ids=range(13),
)
def test_hostile_text_has_an_answer(text: str) -> None:
    check_module(Unit(rulesets={"rules": [Source("a.yaml", text)]}))
