"""Pass 2, statements: scopes, local variables and what a consequence does to working memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import CompilerBug, suggest
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.resolve_expressions import Entry, ExpressionResolver
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.types import ALIASES, accepts, strip

_MEMORY: dict[str, Callable[..., ir.Stmt]] = {
    "insert": ir.Insert,
    "insertLogical": ir.InsertLogical,
    "update": ir.Update,
    "delete": ir.Delete,
    "retract": ir.Delete,
}
_ENGINE = ("drools", "kcontext")
_WAY = frozenset(
    (
        *("getWorkingMemory", "getKnowledgeRuntime", "getKieRuntime", "getRuntime", "getAgenda", "getAgendaGroup"),
        *("getRuleFlowGroup", "getRule", "getMatch"),
    )
)
"""Methods that only lead to what is asked of the engine."""


@dataclass(frozen=True, slots=True)
class EngineChain:
    """A call on ``drools`` or ``kcontext``: the last method, its arguments, and the agenda group on the way."""

    root: str
    verb: str
    args: Sequence[t.Expr]
    group: t.Expr | None


def engine_chain(node: t.Expr) -> EngineChain | None:
    """What a chain of calls asks of the engine, or None if it does not begin there."""
    match node:
        case t.CallExpr(callee=t.Member(object=at, name=verb), args=args):
            group: t.Expr | None = None
            while isinstance(at, t.CallExpr) and isinstance(at.callee, t.Member) and at.callee.name in _WAY:
                group = at.args[0] if at.args else group
                at = at.callee.object
            if isinstance(at, t.Name) and at.text in _ENGINE:
                return EngineChain(at.text, verb, args, group)
    return None


def _bare(target: t.Target) -> t.Name:
    """What rules declare: a name."""
    if not isinstance(target, t.Name):
        raise CompilerBug("rules have no patterns of names")
    return target


def _printed(node: t.CallExpr) -> t.CallExpr | None:
    """``System.out.println(x)`` is ``print(x)``."""
    match node:
        case t.CallExpr(span, t.Member(_, t.Member(_, t.Name(_, "System"), "out" | "err"), name), args):
            if name in ("print", "println") and len(args) < 2:
                return t.CallExpr(span, t.Name(span, "print"), args or [t.Literal(span, "")])
    return None


class StatementResolver(ExpressionResolver):
    """Resolves the body of one function or consequence."""

    def __init__(self, context: Context, *, rules: bool, implicit: bool) -> None:
        super().__init__(context, rules=rules)
        self.implicit = implicit
        """Assigning an unknown name declares it, with a warning."""
        self.implicit_locals: dict[str, ir.Local] = {}
        self.loops = 0
        self._taken: dict[str, int] = {}
        self.single: frozenset[str] = frozenset()
        """Names that are assigned once at most: their variables have the type of that value."""

    # --- scopes
    def unique(self, name: str) -> str:
        """A local's name that no other of the function has."""
        count = self._taken.get(name, 0)
        self._taken[name] = count + 1
        return f"{name}#{count}" if count else name

    def declare(
        self,
        node: t.Name,
        type_: ir.Type,
        *,
        constant: bool = False,
        fact: bool = False,
        function_wide: bool = False,
    ) -> ir.Local:
        """A new name in the innermost scope (or the function's)."""
        scope = self.scopes[0] if function_wide else self.scopes[-1]
        known = scope.get(node.text) if function_wide else None
        if known is not None and isinstance(known.value, ir.Local) and not known.constant:
            local = dataclasses.replace(known.value, type=ir.ANY, span=node.span)
            scope[node.text] = Entry(local, constant, fact, span=node.span)
            return local
        if node.text in scope and not function_wide:
            self.diagnostics.add("duplicate-name", f"`{node.text}` is declared twice", node.span)
        local = ir.Local(self.unique(node.text), type=type_, span=node.span)
        scope[node.text] = Entry(local, constant, fact, span=node.span)
        return local

    def body(self, statements: Iterable[t.Stmt]) -> tuple[ir.Stmt, ...]:
        """Statements in a scope of their own."""
        self.scopes.append({})
        try:
            return tuple(made for s in statements for made in self.statement(s))
        finally:
            self.scopes.pop()

    def _looped(self, statements: Iterable[t.Stmt]) -> tuple[ir.Stmt, ...]:
        self.loops += 1
        try:
            return self.body(statements)
        finally:
            self.loops -= 1

    # --- statements
    def statement(self, node: t.Stmt) -> Sequence[ir.Stmt]:
        """One statement becomes none, one or more."""
        match node:
            case t.ExprStmt(span, value):
                return [self.effect(span, value)]
            case t.LetStmt():
                return self.let(node)
            case t.IfStmt(span, branches, orelse):
                made = self.body(orelse)
                for condition, then in reversed(branches):
                    made = (ir.If(self.test(condition), self.body(then), made, span=condition.span),)
                return made
            case t.WhileStmt(span, condition, body, test_last):
                return [ir.Loop(self.test(condition), self._looped(body), (), test_last, span=span)]
            case t.ForStmt():
                return self.for_(node)
            case t.ForOfStmt():
                return [self.for_of(node)]
            case t.ReturnStmt(span, value):
                return [ir.Return(None if value is None else self.expr(value), span=span)]
            case t.JumpStmt(span, kind):
                if not self.loops:
                    self.diagnostics.add("misplaced-statement", f"`{kind}` stands outside of any loop", span)
                return [ir.Break(span=span) if kind == "break" else ir.Continue(span=span)]
            case t.ThrowStmt(span, value):
                match value:
                    case t.NewExpr(_, "Error", _, [message]) if "Error" not in self.context.types:
                        value = message
                return [ir.Revert(self.expr(value), span=span)]
            case t.BlockStmt(_, body):
                return self.body(body)
            case t.ModifyStmt():
                return self.modify(node)
            case t.WhenStmt():
                return self.when(node)
        raise CompilerBug(f"rules have no statement {type(node).__name__}")

    def test(self, node: t.Expr) -> ir.Expr:
        """The condition of an `if` or a loop."""
        return self.expr(node)

    def let(self, node: t.LetStmt) -> Sequence[ir.Stmt]:
        """Declarations of variables."""
        made: list[ir.Stmt] = []
        for target, value in node.names:
            name = _bare(target)
            resolved = None if value is None else self.expr(value)
            if node.kind in ("let", "const", "var", "final", "def"):
                single = node.kind == "const" or name.text in self.single
                kind = resolved.type if resolved is not None and single else ir.ANY
                if kind == ir.NULL:
                    kind = ir.ANY
            else:
                kind = self.declared_type(node.kind, node.span)
                if resolved is not None and not accepts(self.context.types, kind, resolved.type):
                    given = ir.show_type(strip(resolved.type))
                    message = f"`{name.text}` is a {ir.show_type(strip(kind))}, so it cannot hold a {given}"
                    self.diagnostics.add("type-mismatch", message, resolved.span)
            wide = node.kind == "var"
            local = self.declare(name, kind, constant=node.kind == "const", function_wide=wide)
            if resolved is None and node.kind == "const":
                self.diagnostics.add("syntax", f"the constant `{name.text}` has no value", name.span)
            if resolved is not None or not wide:
                made.append(ir.Let(local.name, resolved, span=name.span))
        return made

    def declared_type(self, text: str, span: ir.Span) -> ir.Type:
        """The type of a variable that is declared with one; it may be null."""
        found = self.context.types.resolve(text)
        if found is None:
            if not text[:1].isupper():
                hint = suggest(text, [*ALIASES, *self.context.types.names()])
                self.diagnostics.add("unknown-type", f"unknown type `{text}`", span, hint)
                return ir.ANY
            found = ir.Ref(self.context.record_type(text, span))
        return ir.Optional(found) if isinstance(found, ir.Ref) else found

    def for_(self, node: t.ForStmt) -> Sequence[ir.Stmt]:
        """``for (;;)``: the variables of the head live around the loop."""
        self.scopes.append({})
        try:
            init = [made for s in node.init for made in self.statement(s)]
            condition = None if node.condition is None else self.test(node.condition)
            step = () if node.step is None else (self.effect(node.step.span, node.step),)
            return [*init, ir.Loop(condition, self._looped(node.body), step, span=node.span)]
        finally:
            self.scopes.pop()

    def for_of(self, node: t.ForOfStmt) -> ir.Stmt:
        """A loop over the elements of a list."""
        items = self.expr(node.items)
        of = strip(items.type)
        if of == ir.RECORD:
            hint = "use `keys(record)` or `values(record)`"
            self.diagnostics.add("type-mismatch", "a record has no elements to loop over", items.span, hint)
        kind = of.item if isinstance(of, ir.ListOf) else ir.ANY
        if node.kind not in ("", "let", "const", "var"):
            kind = self.declared_type(node.kind, node.span)
        self.scopes.append({})
        try:
            name = _bare(node.name)
            if node.kind == "" and (place := self.name_place(name, None)):
                if isinstance(place, ir.Local):
                    return ir.ForEach(place.name, items, self._looped(node.body), span=node.span)
                message = f"`{name.text}` cannot be the variable of a loop"
                self.diagnostics.add("not-a-place", message, name.span, "write `let` before it")
                return ir.Do(items, span=node.span)
            local = self.declare(name, kind, constant=node.kind == "const")
            return ir.ForEach(local.name, items, self._looped(node.body), span=node.span)
        finally:
            self.scopes.pop()

    def effect(self, span: ir.Span, value: t.Expr) -> ir.Stmt:
        """An expression statement, or a call that is a statement in rules."""
        if self.rules and isinstance(value, t.CallExpr):
            if (printed := _printed(value)) is not None:
                value = printed
            special = self.memory(span, value)
            if special is not None:
                return special
        return ir.Do(self.expr(value), span=span)

    # --- working memory
    def memory(self, span: ir.Span, node: t.CallExpr) -> ir.Stmt | None:
        """``insert``, ``update``, ``delete`` and ``drools.halt()``."""
        callee = node.callee
        if (chain := engine_chain(node)) is not None:
            return self._engine(span, chain)
        if not isinstance(callee, t.Name) or self.find(callee.text) or callee.text not in _MEMORY:
            return None
        return self._memory(span, callee.text, node.args)

    def _memory(self, span: ir.Span, verb: str, args: Sequence[t.Expr]) -> ir.Stmt:
        if len(args) != 1:
            message = f"`{verb}` takes 1 argument, not {len(args)}"
            self.diagnostics.add("wrong-argument-count", message, span)
            return ir.Do(ir.Const(None), span=span)
        value = self.expr(args[0])
        self._check_fact(verb, value)
        return _MEMORY[verb](value, span=span)

    def _engine(self, span: ir.Span, chain: EngineChain) -> ir.Stmt:
        """``drools.halt()``, ``drools.setFocus("g")``, ``kcontext.getKnowledgeRuntime().insert(x)`` ..."""
        match chain.verb, len(chain.args):
            case "halt", 0:
                return ir.StopFiring(span=span)
            case "setFocus", 1:
                return ir.Focus(self.expr(chain.args[0]), span=span)
            case "setFocus", 0 if chain.group is not None:
                return ir.Focus(self.expr(chain.group), span=span)
            case "getName", 0:
                return ir.Do(self.rule_name(span), span=span)
            case (("fireAllRules" | "fireUntilHalt"), _):
                after = (
                    "rules fire by themselves once the consequence has ended; `drools.setFocus(...)` chooses a group"
                )
                message = "rules cannot be fired from inside a consequence"
                self.diagnostics.add("nested-firing", message, span, after)
                return ir.Do(ir.Const(None), span=span)
            case verb, _ if verb in _MEMORY:
                return self._memory(span, verb, chain.args)
        message = f"`{chain.root}....{chain.verb}` is not supported"
        hint = suggest(chain.verb, ("halt", "setFocus", "getRule", *_MEMORY))
        self.diagnostics.add("unsupported", message, span, hint)
        return ir.Do(ir.Const(None), span=span)

    def call(self, node: t.CallExpr) -> ir.Expr:
        """A call; of the engine's, only those that have a value may stand here."""
        chain = engine_chain(node) if self.rules else None
        if chain is None or self.find(chain.root) is not None:
            return super().call(node)
        if chain.verb == "getName":
            return self.rule_name(node.span)
        message = f"`{chain.root}....{chain.verb}` has no value"
        self.diagnostics.add("unsupported", message, node.span, "write it as a statement of its own")
        return ir.Const(None, span=node.span)

    def rule_name(self, span: ir.Span) -> ir.Expr:
        """``drools.getRule().getName()``; overridden where there is a rule."""
        self.diagnostics.add("misplaced-statement", "there is no rule here", span)
        return ir.Const(None, span=span)

    def _check_fact(self, verb: str, value: ir.Expr) -> None:
        of = strip(value.type)
        if of != ir.ANY and not isinstance(of, ir.Ref):
            message = f"`{verb}` takes a fact, not a {ir.show_type(of)}"
            self.diagnostics.add("not-a-fact", message, value.span)
        elif isinstance(value, ir.GetField) and verb in ("update", "delete", "retract"):
            hint = "bind the fact in a pattern: `$o : Order(...)`"
            self.diagnostics.add("not-a-fact", f"`{verb}` takes a fact, not a field of one", value.span, hint)

    def modify(self, node: t.ModifyStmt) -> Sequence[ir.Stmt]:
        """``modify (fact) { field = value, setField(value) }``."""
        value = self.expr(node.target)
        self._check_fact("modify", value)
        local = ir.Local(self.unique("modify"), type=value.type, span=value.span)
        made: list[ir.Assign] = []
        for entry in node.entries:
            resolved = self._modify_entry(local, entry)
            if resolved is not None:
                made.append(resolved)
        return [ir.Modify(local.name, value, tuple(made), span=node.span)]

    def _modify_entry(self, fact: ir.Local, entry: t.Expr) -> ir.Assign | None:
        match entry:
            case t.AssignExpr(span, t.Name(name_span, name), op, new):
                pass
            case t.CallExpr(span, t.Name(name_span, text), [new]) if text.startswith("set") and text[3:]:
                name, op = text[3].lower() + text[4:], ""
            case _:
                hint = "write `field = value`"
                self.diagnostics.add("syntax", "`modify` takes assignments of fields", entry.span, hint)
                return None
        target = self.field(fact, name, False, name_span, name_span)
        value = self.expr(new)
        return ir.Assign(target, value, op, type=value.type, span=span)

    # --- names
    def name_place(self, node: t.Name, value: ir.Expr | None) -> ir.Expr:
        """Assigning an unknown name declares it where that is allowed."""
        known = self.find(node.text) is not None or node.text in self.context.variables
        if known or not self.implicit:
            return super().name_place(node, value)
        hint = f"declare it: `let {node.text} = ...`"
        self.diagnostics.add("implicit-variable", f"`{node.text}` is not declared", node.span, hint)
        single = value is not None and node.text in self.single and value.type != ir.NULL
        kind = value.type if value is not None and single else ir.ANY
        local = self.declare(node, kind, function_wide=True)
        self.implicit_locals[local.name] = local
        return local

    # --- nested conditions
    def when(self, node: t.WhenStmt) -> Sequence[ir.Stmt]:
        """Overridden where nested conditions may stand."""
        self.diagnostics.add("misplaced-statement", "`when` stands in consequences only", node.span)
        return []
