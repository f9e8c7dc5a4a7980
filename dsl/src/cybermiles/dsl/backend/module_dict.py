"""The module as the kernel's encoder takes it, and the debug map beside it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.backend.assembler import Code
from cybermiles.dsl.backend.tables import Tables, data_of, type_ref
from cybermiles.dsl.passes.codegen import generate

FORMAT = 1
_COMPARE = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def module_dict(module: ir.Module) -> tuple[dict[str, Any], list[Code]]:
    """The module's map form, and each function's code with its places."""
    tables = Tables(module)
    codes: list[Code] = []
    functions: list[dict[str, Any]] = []
    rulesets = [_ruleset(tables, rs) for rs in module.rulesets]
    for function in module.functions:
        code, count = generate(function, tables)
        codes.append(code)
        functions.append({"name": function.name, "params": len(function.params), "locals": count, "code": code.code})
    types = [
        {
            "name": d.name,
            "open": d.open,
            "extends": None if d.extends is None else tables.types[d.extends],
            "fields": [_field(tables, f) for f in d.fields],
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
    return {
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
    }, codes


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
    betas = [
        {
            "kind": b.kind,
            "left": b.left,
            "right": b.right,
            "keys": [
                [k.position, tables.slot(k.left_type, k.left_field), tables.slot(k.right_type, k.right_field)]
                for k in b.keys
            ],
            "tests": [tables.functions[t] for t in b.tests],
        }
        for b in ruleset.betas
        if isinstance(b, ir.BetaPattern)
    ]
    rules = [
        {
            "name": r.name,
            "salience": r.salience.value if isinstance(r.salience, ir.Const) else 0,
            "no_loop": r.no_loop,
            "beta": r.beta,
            "function": tables.functions[r.function],
        }
        for r in ruleset.rules
    ]
    return {"name": ruleset.name, "strategy": ruleset.strategy, "alphas": alphas, "betas": betas, "rules": rules}


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
