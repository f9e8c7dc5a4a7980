"""Pass 2, functions and globals of rule files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics
from cybermiles.dsl.natives import NATIVES
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.resolve_expressions import Entry
from cybermiles.dsl.passes.resolve_statements import StatementResolver
from cybermiles.dsl.syntax import tree as t

_EFFECTS = (
    *(ir.Insert, ir.InsertLogical, ir.Update, ir.Modify, ir.Delete, ir.StopFiring, ir.Focus),
    *(ir.Revert, ir.Facts),
)


class Declared:
    """The functions and globals that the files of one rule set declare."""

    def __init__(self, context: Context, ruleset: str, items: Sequence[t.Item]) -> None:
        self.context = context
        self.ruleset = ruleset
        self.globals: dict[str, ir.Field] = {}
        self.items: dict[str, t.FunctionItem] = {}
        self._places: dict[str, ir.Span] = {}
        for item in items:
            if isinstance(item, t.GlobalItem):
                self._global(item)
            elif isinstance(item, t.FunctionItem):
                self._function(item)
        self.signatures = {name: (f"{ruleset}/function {name}", len(item.params)) for name, item in self.items.items()}

    def names(self, *, implicit: bool = False) -> StatementResolver:
        """A resolver that knows them."""
        made = StatementResolver(self.context, rules=True, implicit=implicit)
        self.tell(made)
        return made

    def tell(self, resolver: StatementResolver) -> None:
        """Lets a resolver know them."""
        resolver.functions.update(self.signatures)
        for field in self.globals.values():
            value = ir.Global(field.name, type=field.type, span=field.span)
            resolver.scopes[0][field.name] = Entry(value, used=True, span=field.span)

    def resolve(self) -> None:
        """Adds the functions to the module."""
        for name, item in self.items.items():
            self.context.functions.append(self._body(self.signatures[name][0], item))

    def _global(self, item: t.GlobalItem) -> None:
        name = item.name.text
        kind = self.context.types.resolve(item.type.rsplit(".", 1)[-1])
        if kind is None:
            kind = ir.ANY
        if name in self.globals:
            if self.globals[name].type != kind:
                message = f"the global `{name}` is already declared with another type"
                self.context.diagnostics.add("duplicate-name", message, item.name.span)
            return
        self.globals[name] = ir.Field(name, kind, span=item.name.span)

    def _function(self, item: t.FunctionItem) -> None:
        name = item.name.text
        if name in self.items or name in NATIVES:
            what = "declared twice" if name in self.items else "a function of the library"
            self.context.diagnostics.add("duplicate-name", f"the function `{name}` is {what}", item.name.span)
            return
        self.items[name] = item

    def _body(self, name: str, item: t.FunctionItem) -> ir.Function:
        names = self.names(implicit=True)
        params: list[ir.Field] = []
        for kind, param in item.params:
            type_ = names.declared_type(kind, param.span) if kind else ir.ANY
            local = names.declare(param, type_)
            params.append(ir.Field(local.name, type_, span=param.span))
        body = names.body(item.body)
        implicit = tuple(ir.Let(n, None, span=local.span) for n, local in names.implicit_locals.items())
        return ir.Function(name, tuple(params), implicit + body, self.ruleset, span=item.span)


def check_pure(rules: Sequence[ir.Rule], functions: Sequence[ir.Function], diagnostics: Diagnostics) -> None:
    """A condition may call functions without effects only: how often it is evaluated cannot be seen."""
    by_name = {function.name: function for function in functions}
    told: set[ir.Span] = set()
    for rule in rules:
        for made in (node for tested in _tested(rule.conditions) for node in ir.walk(tested) if _makes(node)):
            hint = "compare the fields, or make it in the consequence"
            diagnostics.add("misplaced-statement", "a condition makes no records", made.span, hint)
        for condition in (*rule.conditions, rule.salience):
            for call in ir.walk(condition):
                if not isinstance(call, ir.Call) or "/query " in call.function or call.span in told:
                    continue
                if effect := _effect(by_name, call.function):
                    told.add(call.span)
                    name = call.function.rsplit(" ", 1)[-1]
                    message = f"the function `{name}` has an effect (line {effect.line}), so no condition can call it"
                    hint = "call it in the consequence"
                    diagnostics.add("misplaced-statement", message, call.span, hint)


def _makes(node: ir.Node) -> bool:
    return (isinstance(node, ir.New) and bool(node.args)) or (isinstance(node, ir.NewObject) and bool(node.keys))


def _tested(conditions: Sequence[ir.Condition]) -> Iterator[ir.Expr]:
    """What decides whether conditions hold; not the lists of `from` and the folds, which may make values."""
    for condition in conditions:
        match condition:
            case ir.Test(value):
                yield value
            case ir.Pattern(constraints=constraints) | ir.From(constraints=constraints):
                yield from constraints
            case ir.Group(conditions=inner) | ir.Accumulate(conditions=inner):
                yield from _tested(inner)


def _effect(functions: Mapping[str, ir.Function], name: str) -> ir.Span | None:
    """Where a function, or one that it calls, does more than compute."""
    seen, open_ = {name}, [name]
    while open_:
        function = functions.get(open_.pop())
        if function is None:
            continue
        for node in (node for statement in function.body for node in ir.walk(statement)):
            if isinstance(node, ir.Call) and node.function not in seen:
                seen.add(node.function)
                open_.append(node.function)
            if _is_effect(node):
                return node.span
    return None


def _is_effect(node: ir.Node) -> bool:
    match node:
        case ir.Native(name):
            return NATIVES[name].effect
        case ir.Assign(ir.Global() | ir.Variable() | ir.GetField()):
            return True
        case ir.Method(name=("push" | "add" | "put" | "remove" | "addAll" | "clear" | "set" | "sort" | "pop")):
            return True
    return isinstance(node, _EFFECTS) or _makes(node)
