"""Decisions in a process: a decision table or a rule file, asked with process variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.passes.processes.code import CodeMaker
from cybermiles.dsl.syntax.xml import Text

_LISTS = ("R", "O", "C")
_SESSION = "session#"
_RESULT = "result#"
_FACT = "each#"


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the archive can decide by."""

    files: tuple[str, ...] = ()
    """Rule files."""
    tables: Mapping[str, ir.Table] = field(default_factory=dict)
    """Decision tables by name."""
    types: tuple[str, ...] = ()
    """Types that facts may have."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task that decides."""

    code: CodeMaker
    known: Decisions
    diagnostics: Diagnostics
    span: ir.Span
    name: str
    result: str
    """The variable that gets what was decided; empty: none."""


def find_file(wanted: str, files: Sequence[str]) -> str | None:
    """The rule file of a name: the whole path, the file's name, or its stem if only one has it."""
    bases = {name: name.rsplit("/", 1)[-1] for name in files}
    for names in ({n: n for n in files}, bases, {n: b.rsplit(".", 1)[0] for n, b in bases.items()}):
        found = [name for name, short in names.items() if short == wanted]
        if len(found) == 1:
            return found[0]
    return None


def by_table(task: Task, name: str) -> ir.Code:
    """The inputs of a table are the variables that its columns read; its outputs become variables."""
    table, span = task.known.tables[name], task.span
    inputs = _inputs(table)
    keys = tuple(ir.Const(n, type=ir.TEXT, span=span) for n in inputs)
    record = ir.NewObject(keys, tuple(ir.Local(n, span=span) for n in inputs), type=ir.RECORD, span=span)
    decided = ir.Call(f"decide {name}", (record,), span=span)
    if task.result:
        body: list[ir.Stmt] = [_set(task.result, decided, span)]
        return task.code.body(body, sorted({*inputs, task.result}), span, task.name)
    outputs = [column.name for column in table.outputs]
    if table.hit in _LISTS:
        message = f"the table `{name}` gives a list of all rows that are true"
        task.diagnostics.add("process-incomplete", message, span, 'add `cm:result="variable"`')
    body = [ir.Let(_RESULT, decided, span=span)]
    given = ir.Local(_RESULT, span=span)
    for output in outputs:
        value = given if len(outputs) == 1 else ir.GetField(given, output, safe=True, span=span)
        body.append(_set(output, value, span))
    return task.code.body(body, sorted({*inputs, *outputs}), span, task.name)


def by_rules(task: Task, file: str, facts: Text | None, known: Sequence[str]) -> ir.Code | None:
    """Facts go into a session in order, the rules fire, and change the facts in place."""
    span = task.span
    session = ir.Local(_SESSION, type=ir.SESSION, span=span)
    name = ir.Const(file, type=ir.TEXT, span=span)
    body: list[ir.Stmt] = [ir.Let(_SESSION, ir.Native("load_rules", (name,), type=ir.SESSION, span=span), span=span)]
    variables = set(known) if facts is None else set()
    if facts is not None:
        given = task.code.value(facts)
        if given is None:
            return None
        variables |= set(given[1])
        each = ir.Do(ir.Method(session, "insert", (ir.Local(_FACT, span=span),), span=span), span=span)
        body.append(ir.ForEach(_FACT, given[0], (each,), span=span))
    else:
        variables |= {name[0].lower() + name[1:] for name in task.known.types}
        for variable in sorted(variables):
            fact = ir.Local(variable, span=span)
            insert = ir.Do(ir.Method(session, "insert", (fact,), span=span), span=span)
            if (test := _typed(fact, task.known.types, span)) is not None:
                body.append(ir.If(test, (insert,), span=span))
    body.append(ir.Do(ir.Method(session, "fire", (), span=span), span=span))
    if task.result:
        variables.add(task.result)
        body.append(_set(task.result, ir.Method(session, "facts", (), span=span), span))
    return task.code.body(body, sorted(variables), span, task.name)


def _typed(fact: ir.Local, types: Sequence[str], span: ir.Span) -> ir.Expr | None:
    made: ir.Expr | None = None
    for name in types:
        test = ir.IsA(fact, name, type=ir.BOOL, span=span)
        made = test if made is None else ir.Logical("||", made, test, type=ir.BOOL, span=span)
    return made


def _set(variable: str, value: ir.Expr, span: ir.Span) -> ir.Stmt:
    return ir.Do(ir.Assign(ir.Local(variable, span=span), value, span=span), span=span)


def _inputs(table: ir.Table) -> list[str]:
    """The fields that the columns read."""
    found = {
        node.name
        for column in table.inputs
        for node in ir.walk(column.value)
        if isinstance(node, ir.GetField) and node.object == ir.Local(ir.FACT, type=node.object.type)
    }
    return sorted(found)
