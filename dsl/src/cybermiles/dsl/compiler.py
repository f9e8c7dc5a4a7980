"""The compiler: sources to a module, as a literal list of passes.

    source -> syntax tree -> [declare types] -> [resolve] -> IR -> PASSES -> bytecode -> module

``compile_module`` is the one entry for all front ends; ``compile_rules`` is its short form for rule files alone.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cybermiles import platform as kernel
from cybermiles.dsl import ir
from cybermiles.dsl.analysis import analyse
from cybermiles.dsl.analysis.tables import analyse_tables
from cybermiles.dsl.backend.module_dict import debug_map, module_dict
from cybermiles.dsl.diagnostics import CompileError, CompilerBug, Diagnostic, Diagnostics
from cybermiles.dsl.incremental import Checker
from cybermiles.dsl.passes.build_network import build_network
from cybermiles.dsl.passes.check_amounts import check_amounts
from cybermiles.dsl.passes.check_expressions import check_expressions
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.declare_types import declare_types
from cybermiles.dsl.passes.infer_open_types import infer_open_types
from cybermiles.dsl.passes.lift_closures import lift_closures
from cybermiles.dsl.passes.lower_classes import lower_classes
from cybermiles.dsl.passes.lower_nested import lower_nested
from cybermiles.dsl.passes.processes.endpoints import ProcessEndpoint, process_endpoints
from cybermiles.dsl.passes.resolve_rules import resolve_rules
from cybermiles.dsl.passes.script.resolve import resolve_script
from cybermiles.dsl.passes.tables.resolve import declare_tables
from cybermiles.dsl.process_files import declare_processes, read_processes, resolve_processes
from cybermiles.dsl.recursion import room
from cybermiles.dsl.roles import Role
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.syntax.parser import MAX_RULES
from cybermiles.dsl.syntax.rule_file import parse_rule_file
from cybermiles.dsl.syntax.script.statements import parse_script
from cybermiles.dsl.types import TypeTable, type_of_schema

MAX_MODULE = 512 * 1024
"""Bytes of a module that a chain can store."""

PASSES: tuple[tuple[str, Callable[[ir.Module], ir.Module]], ...] = (
    ("infer open types", infer_open_types),
    ("lower nested when/then", lower_nested),
    ("lower classes", lower_classes),
    ("lift closures", lift_closures),
    ("build network", build_network),
)
"""From checked IR to the form that code is generated from, in order."""


@dataclass(frozen=True, slots=True)
class Source:
    """A named text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ScriptEndpoint:
    """An endpoint whose body is a script."""

    endpoint: ir.Endpoint
    source: Source


@dataclass(frozen=True, slots=True)
class RulesEndpoint:
    """An endpoint that takes facts and returns working memory after the rules ran."""

    endpoint: ir.Endpoint
    ruleset: str


@dataclass(frozen=True, slots=True)
class Unit:
    """All that goes into one module."""

    name: str = "rules"
    version: str = "0"
    rulesets: Mapping[str, Sequence[Source]] = field(default_factory=dict)
    """Rule files by the name of their rule set; in an archive each file is one, named by its path."""
    endpoints: Sequence[ScriptEndpoint | RulesEndpoint] = ()
    types: Sequence[ir.TypeDef] = ()
    enums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    variables: Sequence[ir.Field] = ()
    parameters: Mapping[str, Any] | None = None
    """JSON Schema of the contract's parameters; None: there is no contract, so `params.x` is an error."""
    permissions: Sequence[str] = ()
    processes: Sequence[Source] = ()
    """Files of BPMN and jPDL, named by their paths."""
    process_endpoints: Sequence[ProcessEndpoint] = ()
    roles: Sequence[Role] = ()
    """Who may do what with the processes that are endpoints."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Other texts by path, for what names them: forms of human tasks."""
    fact_types: Sequence[str] = ()
    """Types that facts may have although no rule mentions them; taken as open, without a warning."""

    def texts(self) -> dict[str, str]:
        """All sources by file name."""
        rules = {source.name: source.text for sources in self.rulesets.values() for source in sources}
        rules |= {source.name: source.text for source in self.processes}
        rules |= {e.refund[0]: e.refund[1] for e in self.process_endpoints if e.refund is not None}
        return rules | {e.source.name: e.source.text for e in self.endpoints if isinstance(e, ScriptEndpoint)}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A module and what belongs to it."""

    module: dict[str, Any]
    code: bytes
    debug: dict[str, Any]
    ir: ir.Module
    diagnostics: tuple[Diagnostic, ...]
    """Warnings."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """The texts by file name, for explanations."""


def check_module(unit: Unit) -> tuple[Diagnostic, ...]:
    """All diagnostics of the sources, errors included; rules that did not change since are not read again."""
    return _CHECKER.check(unit)


def check_whole(unit: Unit) -> tuple[Diagnostic, ...]:
    """As ``check_module``, without what earlier checks found."""
    findings = Diagnostics()
    with room(), contextlib.suppress(CompileError):
        analyse_tables(_front_end(unit, findings), findings)
    return tuple(findings)


_CHECKER = Checker(check_whole)


def compile_module(unit: Unit) -> Compiled:
    """Compiles; raises CompileError with all diagnostics if there are errors."""
    findings = Diagnostics()
    with room():
        module = _front_end(unit, findings)
        findings.check()
        for _, run in PASSES:
            module = run(module)
        encoded, codes = module_dict(module)
    code = kernel.module_encode(encoded)
    if len(code) > MAX_MODULE:
        message = f"the module has {len(code)} bytes, more than {MAX_MODULE}"
        findings.add("module-too-large", message, ir.Span(unit.name, 1, 1, 1, 1), "split the contract")
        findings.check()
    _admit(code, encoded, unit, findings)
    return Compiled(encoded, code, debug_map(module, codes), module, tuple(findings), unit.texts())


def _admit(code: bytes, encoded: dict[str, Any], unit: Unit, findings: Diagnostics) -> None:
    """Only a limit of the machine can be the author's doing; any other refusal is a bug of the compiler."""
    try:
        kernel.Module(code)
    except kernel.AdmissionError as error:
        if error.code not in ("too-large", "stack-too-deep", "bad-name"):
            raise CompilerBug(f"the module is not admitted: {error}") from error
        where = error.place
        if found := re.match(r"(functions|types)\[(\d+)\]", where):
            name = str(encoded[found[1]][int(found[2])]["name"])
            where = f"{found[1][:-1]} `{name if len(name) <= 40 else name[:37] + '...'}`"
        message = f"a limit of the machine is exceeded in {where}: {error.message}"
        findings.add("module-too-large", message, ir.Span(unit.name, 1, 1, 1, 1), "split it")
        findings.check()


def compile_rules(sources: Sequence[Source], *, fact_types: Sequence[str] = (), ruleset: str = "rules") -> Compiled:
    """Rule files as one rule set, with no contract around them."""
    return compile_module(Unit(rulesets={ruleset: sources}, fact_types=fact_types))


def checked_ir(unit: Unit) -> ir.Module:
    """The IR as the front end leaves it, before PASSES."""
    findings = Diagnostics()
    with room():
        module = _front_end(unit, findings)
    findings.check()
    return module


def _front_end(unit: Unit, findings: Diagnostics) -> ir.Module:
    files = _rule_files(unit, findings)
    scripts: list[tuple[ScriptEndpoint, t.Script | None]] = []
    for endpoint in unit.endpoints:
        if isinstance(endpoint, ScriptEndpoint):
            try:
                scripts.append((endpoint, parse_script(endpoint.source.name, endpoint.source.text, findings)))
            except CompileError:
                scripts.append((endpoint, None))
    process_files = read_processes([(p.name, p.text) for p in unit.processes], findings)
    types = TypeTable(tuple(unit.types), dict(unit.enums))
    schema = None if unit.parameters is None else unit.parameters.get("properties", {})
    context = Context(
        findings,
        types,
        None if schema is None else {name: type_of_schema(s) for name, s in schema.items()},
        {v.name: v.type for v in unit.variables},
        tuple(unit.rulesets),
        tuple(unit.permissions),
    )
    declare_processes(context, process_files)
    all_files = [file for group in files.values() for file in group]
    declare_types(context, all_files)
    declare_tables(context, all_files)
    rulesets = tuple(resolve_rules(context, group, name) for name, group in files.items())
    functions: list[ir.Function] = []
    for script_endpoint, script in scripts:
        if script is not None:
            declared = script_endpoint.endpoint
            functions += resolve_script(context, script, declared.function, declared.args)
    for name in unit.fact_types:
        if types.get(name) is None:
            types.open(name, ir.NOWHERE)
    for endpoint in unit.endpoints:
        if isinstance(endpoint, RulesEndpoint):
            functions.append(_rules_function(endpoint))
    processes = resolve_processes(context, process_files, unit.files)
    people = process_endpoints(context, unit.process_endpoints, unit.roles, processes)
    functions += people.functions
    functions += context.functions
    module = ir.Module(
        unit.name,
        unit.version,
        tuple(types),
        rulesets,
        tuple(functions),
        tuple(unit.variables),
        (*(e.endpoint for e in unit.endpoints), *people.endpoints),
        tuple(sorted(unit.permissions)),
        _canonical(unit.parameters),
        tuple(context.made_tables),
        processes,
    )
    check_expressions(module, types, findings)
    check_amounts(module, findings)
    analyse(module, types, findings)
    return module


def _rule_files(unit: Unit, findings: Diagnostics) -> dict[str, list[t.RuleFile]]:
    """The trees of all rule files; raises CompileError once there are more rules than any module holds."""
    files: dict[str, list[t.RuleFile]] = {}
    rules = 0
    for name, sources in unit.rulesets.items():
        files[name] = []
        for source in sources:
            file = parse_rule_file(source.name, source.text, findings)
            files[name].append(file)
            found = [item for item in file.items if isinstance(item, t.RuleItem)]
            rules += len(found)
            if rules > MAX_RULES:
                message = f"more than {MAX_RULES} rules in one module"
                raise findings.fail("module-too-large", message, found[-1].span, "split the contract, or use a table")
    return files


def _rules_function(endpoint: RulesEndpoint) -> ir.Function:
    """Facts in, working memory out: the first argument is the list of facts."""
    declared = endpoint.endpoint
    if not declared.args:
        raise CompilerBug("an endpoint of rules without an argument for the facts")
    facts = declared.args[0]
    name = ir.Const(endpoint.ruleset, type=ir.TEXT, span=declared.span)
    args = (name, ir.Local(facts.name, type=facts.type, span=declared.span))
    result = ir.Native("rules_eval", args, type=ir.RECORD, span=declared.span)
    return ir.Function(declared.function, declared.args, (ir.Return(result, span=declared.span),), span=declared.span)


def _canonical(value: Any) -> str:
    """JSON text with sorted keys and exact numbers."""
    match value:
        case None:
            return _canonical({"type": "object", "properties": {}})
        case dict():
            return "{" + ",".join(f"{json.dumps(str(k))}:{_scalar(v)}" for k, v in sorted(value.items())) + "}"
        case _:
            return _scalar(value)


def _scalar(value: Any) -> str:
    match value:
        case dict():
            return _canonical(value)
        case list() | tuple():
            return "[" + ",".join(_scalar(v) for v in value) + "]"
        case Decimal():
            return format(value.normalize(), "f")
        case _:
            return json.dumps(value, ensure_ascii=False)
