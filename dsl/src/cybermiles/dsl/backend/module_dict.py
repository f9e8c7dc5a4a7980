"""The module as the kernel's encoder takes it, and the debug map beside it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.backend.assembler import Code
from cybermiles.dsl.backend.decision_tables import decision_table
from cybermiles.dsl.backend.processes import process_dicts
from cybermiles.dsl.backend.tables import Tables, data_of, type_ref
from cybermiles.dsl.passes.codegen import generate
from cybermiles.dsl.passes.conditions.functions import condition_functions
from cybermiles.dsl.types import initial

FORMAT = 1
_COMPARE = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def module_dict(module: ir.Module) -> tuple[dict[str, Any], list[Code]]:
    """The module's map form, and each function's code with its places."""
    tables = Tables(module)
    codes: list[Code] = []
    functions: list[dict[str, Any]] = []
    rulesets = [_ruleset(tables, rs) for rs in module.rulesets]
    pure = condition_functions(module)
    for function in module.functions:
        code, count = generate(function, tables, in_conditions=function.name in pure)
        codes.append(code)
        functions.append(_function(function, code, count))
    types = [
        {
            "name": d.name,
            "open": d.open,
            "extends": None if d.extends is None else tables.types[d.extends],
            "fields": [_field(tables, f) for f in d.fields],
            "keys": _slots(tables, d.name, tables.keys(d.name)),
        }
        for d in module.types
    ]
    endpoints = [
        {
            "name": e.name,
            "args": [_field(tables, a) for a in e.args],
            "returns": type_ref(tables, e.returns),
            "function": tables.functions[e.function],
        }
        for e in module.endpoints
    ]
    made = {
        "format": FORMAT,
        "name": module.name,
        "version": module.version,
        "types": types,
        "consts": tables.values,
        "functions": functions,
        "imports": list(tables.imports),
        "rulesets": rulesets,
        "parameters": json.loads(module.parameters, parse_float=Decimal),
        "variables": [_field(tables, v) for v in module.variables],
        "endpoints": endpoints,
        "permissions": sorted(module.permissions),
    }
    if module.processes:
        made["processes"] = process_dicts(module.processes, tables.functions)
    if module.tables:
        made["tables"] = [decision_table(tables, table) for table in module.tables]
        made["consts"] = tables.values
    return made, codes


def _function(function: ir.Function, code: Code, locals_: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": function.name,
        "params": len(function.params),
        "locals": locals_,
        "code": code.code,
    }
    if function.captures:
        made["captures"] = function.captures
    if function.own_this:
        made["this"] = True
    if function.rest:
        made["rest"] = True
    return made


def _field(tables: Tables, field: ir.Field) -> dict[str, Any]:
    made: dict[str, Any] = {"name": field.name, "type": type_ref(tables, field.type)}
    if field.default is not None:
        made["default"] = data_of(field.default.value)
    return made


def _ruleset(tables: Tables, ruleset: ir.RuleSet) -> dict[str, Any]:
    types: list[str] = []
    alphas: list[list[Any]] = []
    for node in ruleset.alphas:
        match node:
            case ir.AlphaType(of):
                types.append(of)
                alphas.append(["type", tables.types[of]])
            case ir.AlphaCompare(parent, field, op, value):
                types.append(types[parent])
                slot = tables.slot(types[parent], field)
                alphas.append(["compare", parent, slot, _COMPARE[op], tables.constant(value.value)])
            case ir.AlphaCode(parent, function):
                types.append(types[parent])
                alphas.append(["code", parent, tables.functions[function]])
    return {
        "name": ruleset.name,
        "strategy": ruleset.strategy,
        "globals": [_global(tables, g) for g in ruleset.globals],
        "alphas": alphas,
        "betas": [_beta(tables, types, b) for b in ruleset.betas],
        "rules": [_rule(tables, r) for r in ruleset.rules],
    }


def _global(tables: Tables, field: ir.Field) -> dict[str, Any]:
    made = _field(tables, field)
    if "default" not in made and (value := initial(field.type)) is not None:
        made["default"] = value
    return made


def _beta(tables: Tables, alpha_types: list[str], node: ir.Beta) -> dict[str, Any]:
    match node:
        case ir.BetaPattern(kind, left, right, keys, tests, watch):
            return {
                "kind": kind,
                "left": left,
                "right": right,
                "keys": [_join_key(tables, key) for key in keys],
                "tests": [tables.functions[t] for t in tests],
                "watch": None if watch is None else _slots(tables, alpha_types[right], watch),
            }
        case ir.BetaTest(left, tests):
            return {"kind": "test", "left": left, "tests": [tables.functions[t] for t in tests]}
        case ir.BetaFrom(left, items, tests):
            tests_ = [tables.functions[t] for t in tests]
            return {"kind": "from", "left": left, "items": tables.functions[items], "tests": tests_}
        case ir.BetaGroup(kind, left, right):
            return {"kind": f"{kind}_group", "left": left, "right": right}
        case ir.BetaAccumulate(left, right, init, step, result):
            return {
                "kind": "accumulate",
                "left": left,
                "right": right,
                "init": tables.functions[init],
                "step": tables.functions[step],
                "result": tables.functions[result],
            }


def _join_key(tables: Tables, key: ir.JoinKey) -> list[int | None]:
    left = tables.slot(key.left_type, key.left_field) if key.left_field else None
    return [key.position, left, tables.slot(key.right_type, key.right_field)]


def _slots(tables: Tables, of: str, fields: tuple[str, ...]) -> list[int]:
    """Slots of the fields; a name that the type does not have (nor therefore any fact) is left out."""
    found = (tables.slot(of, name) for name in fields)
    return sorted(slot for slot in found if slot is not None)


def _rule(tables: Tables, rule: ir.Rule) -> dict[str, Any]:
    fixed = rule.salience.value if isinstance(rule.salience, ir.Const) else 0
    return {
        "name": rule.name,
        "salience": fixed,
        "salience_function": tables.functions[rule.salience_function] if rule.salience_function else None,
        "beta": rule.beta,
        "function": tables.functions[rule.function],
        "no_loop": rule.no_loop,
        "lock_on_active": rule.lock_on_active,
        "agenda_group": rule.agenda_group,
        "auto_focus": rule.auto_focus,
        "activation_group": rule.activation_group,
    }


def debug_map(module: ir.Module, codes: list[Code]) -> dict[str, Any]:
    """Function number and offset to source: a file of the archive, linked by hash, never part of the module."""
    files: dict[str, int] = {}
    functions = []
    for function, code in zip(module.functions, codes, strict=True):
        places = []
        for offset, span in code.places:
            number = files.setdefault(span.file, len(files))
            places.append([offset, number, *span[1:]])
        functions.append({"name": function.name, "places": places})
    return {"format": FORMAT, "files": list(files), "functions": functions}
