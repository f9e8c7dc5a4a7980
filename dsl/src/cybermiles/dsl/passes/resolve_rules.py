"""Pass 2, rules: a rule file becomes a rule set.

The left side is the business of ``conditions``, the consequence that of ``resolve_statements``; here they meet.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import CompileError, suggest
from cybermiles.dsl.passes.attributes import Attributes, attributes_of, defaults_of, strategy_of
from cybermiles.dsl.passes.conditions.branches import Branch, Branches
from cybermiles.dsl.passes.conditions.query_functions import QueryFunctions
from cybermiles.dsl.passes.conditions.resolver import Conditions, Usage
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.functions import Declared, check_pure
from cybermiles.dsl.passes.resolve_expressions import Entry
from cybermiles.dsl.passes.resolve_statements import StatementResolver
from cybermiles.dsl.passes.tables.resolve import resolve_table
from cybermiles.dsl.syntax import tree as t

_T = TypeVar("_T", t.RuleItem, t.QueryItem)


def resolve_rules(context: Context, files: Sequence[t.RuleFile], ruleset: str) -> ir.RuleSet:
    """The rule set of some files, rules in order."""
    items = [item for file in files for item in file.items]
    known = _by_name(context, [item for item in items if isinstance(item, t.RuleItem)], "duplicate-rule", "rule")
    queries = _by_name(context, [item for item in items if isinstance(item, t.QueryItem)], "duplicate-name", "query")

    declared = Declared(context, ruleset, items)
    functions = QueryFunctions(context, ruleset, queries, declared.names)
    defaults = {id(item): defaults_of(file) for file in files for item in file.items}
    rules: list[ir.Rule] = []
    for item in items:
        with contextlib.suppress(CompileError):  # it is reported, and the next rule may have findings of its own
            if isinstance(item, t.TableItem):
                rules += resolve_table(context, item)
            elif isinstance(item, t.RuleItem) and known[item.name] is item:
                rules += _rules(context, item, known, functions, declared, defaults[id(item)])
    for query in queries.values():
        with contextlib.suppress(CompileError):
            functions.check(query)
    declared.resolve()
    check_pure(rules, context.functions, context.diagnostics)
    strategy = strategy_of(files, context.diagnostics)
    return ir.RuleSet(ruleset, strategy, tuple(rules), tuple(declared.globals.values()))


def _by_name(context: Context, items: Sequence[_T], code: str, what: str) -> dict[str, _T]:
    found: dict[str, _T] = {}
    for item in items:
        if item.name in found:
            before = found[item.name].span
            message = f"the {what} `{item.name}` is already defined in line {before.line} of {before.file}"
            context.diagnostics.add(code, message, item.name_span, "rename one of them")
            continue
        found[item.name] = item
    return found


def _rules(
    context: Context,
    item: t.RuleItem,
    known: Mapping[str, t.RuleItem],
    functions: QueryFunctions,
    declared: Declared,
    defaults: Sequence[t.Attribute],
) -> list[ir.Rule]:
    """The rules that one rule as written stands for: one for each branch of its ``or`` and for each ``do``."""
    lineage = _lineage(context, item, known)
    conditions = [condition for ancestor in lineage for condition in ancestor.conditions]
    usage = Usage()
    made: list[ir.Rule] = []
    attributes = attributes_of(item.attributes, defaults, context.diagnostics)
    for branch in Branches(context.diagnostics, functions.queries).rules(conditions, item.span):
        body = _consequence(context, lineage, branch)
        if body is not None:
            resolver = _RuleResolver(context, item, functions, usage)
            declared.tell(resolver)
            made.append(resolver.run(branch, body, attributes))
    for name, span in usage.unused():
        context.diagnostics.add("unused-binding", f"the binding `{name}` is never used", span)
    return made if attributes.enabled is not False else []


def _lineage(context: Context, item: t.RuleItem, known: Mapping[str, t.RuleItem]) -> list[t.RuleItem]:
    """The rule after those that it extends, the most remote first."""
    chain = [item]
    while chain[0].extends is not None:
        parent = known.get(chain[0].extends)
        if parent is None or parent in chain:
            what = f"extends the unknown rule `{chain[0].extends}`" if parent is None else "extends itself"
            message = f"the rule `{chain[0].name}` {what}"
            context.diagnostics.add("unknown-rule", message, chain[0].name_span, suggest(chain[0].extends, known))
            break
        chain.insert(0, parent)
    return chain


def _consequence(context: Context, lineage: Sequence[t.RuleItem], branch: Branch) -> list[t.Stmt] | None:
    """The statements that a branch runs: its label's, of the rule or of the nearest that it extends."""
    if branch.label is None:
        return lineage[-1].body
    bodies = {name.text: body for item in lineage for name, body in item.consequences}
    if branch.label.text in bodies:
        return bodies[branch.label.text]
    message = f"the rule has no consequence `then[{branch.label.text}]`"
    context.diagnostics.add("unknown-name", message, branch.label.span, suggest(branch.label.text, bodies))
    return None


class _RuleResolver(StatementResolver):
    """Resolves one rule."""

    def __init__(self, context: Context, item: t.RuleItem, functions: QueryFunctions, usage: Usage) -> None:
        super().__init__(context, rules=True, implicit=True)
        self.item = item
        self.query_functions = functions
        self.usage = usage
        self.bindings: dict[str, Entry] = {}
        """Names bound by the conditions."""

    def run(self, branch: Branch, statements: Sequence[t.Stmt], attributes: Attributes) -> ir.Rule:
        """The rule; problems are reported on the way."""
        item = self.item
        self.scopes.append(self.bindings)
        of = Conditions(self, self.query_functions, self.usage)
        of.first = 1
        conditions = [*of.all(branch.conditions), *self._tests(attributes)]
        salience = self._salience(attributes.salience)
        self.scopes.pop()
        before = {name: entry.used for name, entry in self.bindings.items()}
        for entry in self.bindings.values():
            entry.used = False
        lets = self._let_fields()
        body = self.body(statements)
        prologue = [let for name, let in lets if self.scopes[0][name].used]
        for name, entry in self.bindings.items():
            entry.used = entry.used or before[name] or self.scopes[0][name].used
        self.usage.note(self.bindings)
        implicit = [ir.Let(name, None, span=local.span) for name, local in self.implicit_locals.items()]
        return ir.Rule(
            item.name,
            salience,
            attributes.no_loop,
            tuple(conditions),
            (*prologue, *implicit, *body),
            attributes.lock_on_active,
            attributes.agenda_group,
            attributes.auto_focus,
            attributes.activation_group,
            span=item.span,
        )

    def rule_name(self, span: ir.Span) -> ir.Expr:
        return ir.Const(self.item.name, type=ir.TEXT, span=span)

    def _salience(self, value: t.Expr | None) -> ir.Expr:
        if value is None:
            return ir.Const(0, type=ir.INT)
        return self.expr(value)

    def _tests(self, attributes: Attributes) -> list[ir.Condition]:
        """What `enabled`, `date-effective` and `date-expires` ask, as conditions."""
        made: list[ir.Condition] = []
        now = ir.Native("now", (), type=ir.DATETIME, span=self.item.span)
        for op, moment in ((">=", attributes.effective), ("<", attributes.expires)):
            if moment is not None:
                limit = ir.Const(moment, type=ir.DATETIME, span=self.item.span)
                test = ir.Binary(op, now, limit, True, type=ir.BOOL, span=self.item.span)
                made.append(ir.Test(test, span=self.item.span))
        if not isinstance(attributes.enabled, bool):
            self.condition = True
            made.append(ir.Test(self.expr(attributes.enabled), span=attributes.enabled.span))
            self.condition = False
        return made

    def _let_fields(self) -> list[tuple[str, ir.Let]]:
        """In the consequence a bound value is a local variable, set at its start."""
        lets: list[tuple[str, ir.Let]] = []
        for name, entry in self.bindings.items():
            if entry.fact:
                self.scopes[0][name] = Entry(entry.value, True, True, span=entry.span)
                continue
            local = ir.Local(self.unique(name), type=entry.value.type, span=entry.span)
            self.scopes[0][name] = Entry(local, span=entry.span)
            lets.append((name, ir.Let(local.name, entry.value, span=entry.span)))
        return lets

    # --- nested when/then
    def when(self, node: t.WhenStmt) -> Sequence[ir.Stmt]:
        """Conditions at this moment, each alternative in turn."""
        made: list[ir.Stmt] = []
        alternatives = Branches(self.diagnostics, self.query_functions.queries).alternatives(node.conditions, node.span)
        for alternative in alternatives:
            of = Conditions(self, self.query_functions, self.usage, within_query=True)
            with of.scope():
                conditions = of.all(alternative)
                body = self.body(node.body)
            made.append(ir.When(tuple(conditions), body, span=node.span))
        return made

    def unknown(self, node: t.Name) -> ir.Expr:
        """In a consequence a field's name alone is a common slip."""
        if self.condition and node.text.startswith("$"):
            message = f"nothing before binds `{node.text}`"
            self.diagnostics.add("unknown-name", message, node.span, suggest(node.text, self.names()))
            return ir.Const(None, span=node.span)
        if self.this is None:
            owners = [
                name
                for name, entry in self.bindings.items()
                if entry.fact
                and isinstance(entry.value.type, ir.Ref)
                and node.text in (f.name for f in self.context.types.fields(entry.value.type.name))
            ]
            if owners:
                hint = f"did you mean `{owners[0]}.{node.text}`?"
                self.diagnostics.add("unknown-name", f"unknown name `{node.text}`", node.span, hint)
                return ir.Const(None, span=node.span)
        return super().unknown(node)
