"""Pass 2, expressions: names get their meaning, every node its type as far as it is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import CompilerBug, suggest
from cybermiles.dsl.natives import NATIVES, NativeDef
from cybermiles.dsl.passes import resolve_methods
from cybermiles.dsl.passes.conditions.values import kind_test, property_of
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.declare_types import literal_type
from cybermiles.dsl.passes.operators import not_null, word_operation
from cybermiles.dsl.syntax import tree as t
from cybermiles.dsl.types import ALIASES, strip

_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">=", "===", "!=="))
_JAVASCRIPT = {"Number": "number", "String": "text"}
"""JavaScript's names of library functions."""


@dataclass(slots=True)
class Entry:
    """What a name in scope stands for."""

    value: ir.Expr
    constant: bool = False
    fact: bool = False
    used: bool = False
    span: ir.Span = ir.NOWHERE


class ExpressionResolver:
    """Resolves the expressions of one function, rule or condition."""

    def __init__(self, context: Context, *, rules: bool) -> None:
        self.context = context
        self.diagnostics = context.diagnostics
        self.rules = rules
        self.scopes: list[dict[str, Entry]] = [{}]
        self.this: ir.Local | None = None
        """The fact of the pattern whose constraints are being resolved."""
        self.condition = False
        """In a condition of a rule: ordered comparison with null is false."""
        self.guards: list[ir.Expr] = []
        """What must hold for the values read so far to be there: filled by ``a!.b`` and ``a#T`` in conditions."""
        self.functions: dict[str, tuple[str, int]] = {}
        """Functions of the same source: name to (name in the module, number of parameters)."""

    # --- names
    def find(self, name: str) -> Entry | None:
        """The innermost entry of a name."""
        for scope in reversed(self.scopes):
            if name in scope:
                scope[name].used = True
                return scope[name]
        return None

    def means_something(self, name: str) -> bool:
        """Whether a name is a variable, a binding or a declared field here."""
        if self.find(name) is not None or name in self.context.variables:
            return True
        declared = self.this is not None and not self.context.types.is_open(_record(self.this))
        return declared and self._this_field(name, ir.NOWHERE) is not None

    def names(self) -> Iterable[str]:
        """All names that mean something here, for hints."""
        for scope in self.scopes:
            yield from scope
        yield from self.context.variables
        if self.this is not None:
            yield from (f.name for f in self.context.types.fields(_record(self.this)))

    def _this_field(self, name: str, span: ir.Span) -> ir.Expr | None:
        if self.this is None:
            return None
        if not isinstance(self.this.type, ir.Ref):
            return self._this_property(self.this, name, span)
        found = self.context.types.field_type(_record(self.this), name)
        return None if found is None else ir.GetField(self.this, name, type=found, span=span)

    def _this_property(self, this: ir.Local, name: str, span: ir.Span) -> ir.Expr | None:
        """A name that an element has that is no fact."""
        made = property_of(this, name, span)
        if made is None and strip(this.type) in (ir.ANY, ir.RECORD):
            return ir.GetField(this, name, span=span)
        return made

    def is_known(self, name: str) -> bool:
        """Whether a bare name means something without being in scope."""
        return name in self.context.variables or self._constant_function(name) is not None

    def _constant_function(self, name: str) -> NativeDef | None:
        """A library function that can be named without brackets."""
        native = NATIVES.get(name)
        if native is None or native.most or (self.rules and native.script_only) or (self.condition and native.effect):
            return None
        return native

    def name(self, node: t.Name) -> ir.Expr:
        """A bare name."""
        text = node.text
        if self.this is not None:
            if text == "this":
                return dataclasses.replace(self.this, span=node.span)
            declared = not self.context.types.is_open(_record(self.this))
            if declared and (field := self._this_field(text, node.span)):
                return field
        if entry := self.find(text):
            return dataclasses.replace(entry.value, span=node.span)
        binding = self.rules and self.condition and text.startswith("$")
        if not binding and (field := self._this_field(text, node.span)):
            return field
        if text in self.context.variables:
            if self.rules:
                message = f"rules cannot see the contract variable `{text}`"
                self.diagnostics.add("unknown-name", message, node.span, "pass it as a field of a fact")
            return ir.Variable(text, type=self.context.variables[text], span=node.span)
        if native := self._constant_function(text):
            return ir.Native(text, (), type=native.returns, span=node.span)
        return self.unknown(node)

    def unknown(self, node: t.Name) -> ir.Expr:
        """Reports a name without meaning."""
        if self.this is not None:
            of = _record(self.this) or ir.show_type(self.this.type)
            fields = [f.name for f in self.context.types.fields(of)]
            hint = suggest(node.text, [*fields, *self.names()])
            self.diagnostics.add("unknown-field", f"`{of}` has no field `{node.text}`", node.span, hint)
        else:
            hint = suggest(node.text, self.names())
            self.diagnostics.add("unknown-name", f"unknown name `{node.text}`", node.span, hint)
        return ir.Const(None, span=node.span)

    # --- expressions
    def expr(self, node: t.Expr) -> ir.Expr:
        """The meaning of an expression."""
        match node:
            case t.Literal():
                value = ir.UNDEFINED if node.undefined else node.value
                return ir.Const(value, type=literal_type(node), span=node.span)
            case t.Name():
                return self.name(node)
            case t.Member():
                return self.member(node)
            case t.Index(span, value, index):
                return ir.GetIndex(self.expr(value), self.expr(index), span=span)
            case t.CallExpr():
                return self.call(node)
            case t.NewExpr():
                return self.new(node)
            case t.UnaryExpr():
                return self.unary(node)
            case t.BinaryExpr():
                return self.binary(node)
            case t.Partial(span) | t.PartialIn(span):
                self.diagnostics.add("syntax", "this comparison has no left side", span)
                return ir.Const(None, span=span)
            case t.InExpr(span, left, items, negated):
                return self.in_list(span, left, items, negated)
            case t.ConditionalExpr(span, condition, then, orelse):
                a, b, c = self.expr(condition), self.expr(then), self.expr(orelse)
                return ir.Conditional(a, b, c, type=_join(b.type, c.type), span=span)
            case t.AssignExpr():
                return self.assign(node)
            case t.StepExpr(span, target, op, prefix):
                self._changes(span)
                one = ir.Const(1, type=ir.INT, span=span)
                place = self.place(target)
                return ir.Assign(place, one, op[0], not prefix, type=ir.NUMBER, span=span)
            case t.ListExpr(span, items):
                made = tuple(self.expr(i) for i in items)
                return ir.NewList(made, type=ir.ListOf(ir.ANY), span=span)
            case t.ObjectExpr(span, entries):
                keys = tuple(self.expr(k) for k, _ in entries)
                values = tuple(self.expr(v) for _, v in entries)
                return ir.NewObject(keys, values, type=ir.RECORD, span=span)
            case t.TemplateExpr(span, parts):
                return self.template(span, parts)
            case t.CastExpr():
                return self.cast(node)
            case t.BindExpr(span, value=value):
                hint = "bind it in a constraint of its own"
                self.diagnostics.add("misplaced-binding", "a name cannot be bound here", span, hint)
                return self.expr(value)
            case t.PathExpr(span):
                hint = "write it as a constraint: `$x : /a/b`"
                self.diagnostics.add("unsupported", "a path within an expression", span, hint)
                return ir.Const(None, span=span)
        raise CompilerBug(f"rules have no expression {type(node).__name__}")

    def cast(self, node: t.CastExpr) -> ir.Expr:
        """``value#T``, ``(T) value``: the value, known to be a T; in a condition a value of another type fails it."""
        value = self.expr(node.value)
        wanted, short = self.type_named(node.type, node.type_span)
        test = kind_test(self.context.types, value, wanted, short, node.span)
        if test is not None and self.condition:
            self.guards.append(test)
        return dataclasses.replace(value, type=wanted)

    def type_named(self, name: str, span: ir.Span) -> tuple[ir.Type, str]:
        """The type that a name in a cast or after ``instanceof`` means, and its name without a package."""
        short = name.rsplit(".", 1)[-1]
        found = None if short in self.context.types else ALIASES.get(short)
        return found if found is not None else ir.Ref(self.context.record_type(name, span)), short

    def template(self, span: ir.Span, parts: list[t.Expr]) -> ir.Expr:
        """A template text is a concatenation that begins with a text."""
        made: ir.Expr = ir.Const("", type=ir.TEXT, span=span)
        for part in parts:
            value = self.expr(part)
            if value == ir.Const("", type=ir.TEXT):
                continue
            if isinstance(made, ir.Const) and made.value == "" and value.type == ir.TEXT:
                made = value
            else:
                made = ir.Binary("+", made, self.shown(value), type=ir.TEXT, span=span)
        return made

    def member(self, node: t.Member) -> ir.Expr:
        """``a.b``: a field, a contract parameter, or a constant of a type."""
        if (constant := resolve_methods.class_constant(self, node)) is not None:
            return constant
        if isinstance(node.object, t.Name):
            special = self._special_member(node, node.object)
            if special is not None:
                return special
        value = self.expr(node.object)
        return self.field(value, node.name, node.safe, node.span, node.name_span)

    def field(self, value: ir.Expr, name: str, safe: bool, span: ir.Span, name_span: ir.Span) -> ir.Expr:
        """A field of a value."""
        of = strip(value.type)
        found: ir.Type = ir.ANY
        if safe and self.condition:
            self.guards.append(not_null(value))
        if isinstance(of, ir.Ref):
            known_type = self.context.types.field_type(of.name, name)
            if known_type is None:
                known = [f.name for f in self.context.types.fields(of.name)]
                hint = suggest(name, known)
                self.diagnostics.add("unknown-field", f"`{of.name}` has no field `{name}`", name_span, hint)
            found = known_type or ir.ANY
        elif isinstance(of, ir.Enum) and (constants := self.context.types.enum_field(of, name)):
            return _of_enum(value, constants, span)
        elif (self.rules or name in ("length", "size")) and (made := property_of(value, name, span)):
            return made
        return ir.GetField(value, name, safe, type=found, span=span)

    def _special_member(self, node: t.Member, owner: t.Name) -> ir.Expr | None:
        if self.find(owner.text) is not None or owner.text in self.context.variables:
            return None
        if owner.text == "params":
            return self.parameter(node)
        declared_field = self.this is not None and not self.context.types.is_open(_record(self.this))
        if declared_field and self._this_field(owner.text, owner.span) is not None:
            return None
        if owner.text in self.context.types or owner.text[:1].isupper():
            return self._type_constant(node, owner)
        return None

    def _type_constant(self, node: t.Member, owner: t.Name) -> ir.Expr:
        types = self.context.types
        known: list[str] = list(types.enums.get(owner.text, ()))
        if owner.text not in types:
            self.context.warn_undeclared(owner.text, owner.span)
        for field in types.fields(owner.text):
            of = strip(field.type)
            if isinstance(of, ir.Enum):
                known += of.values
        if known and node.name not in known:
            hint = suggest(node.name, known)
            message = f"`{owner.text}` has no constant `{node.name}`"
            self.diagnostics.add("unknown-name", message, node.name_span, hint)
        kind = ir.Enum(types.enums[owner.text]) if owner.text in types.enums else ir.TEXT
        return ir.Const(node.name, type=kind, span=node.span)

    def parameter(self, node: t.Member) -> ir.Expr:
        """``params.name``."""
        known = self.context.parameters
        if known is None or node.name not in known:
            hint = suggest(node.name, known or ())
            message = f"the contract has no parameter `{node.name}`"
            if known is None:
                message = f"there is no contract around this, so `params.{node.name}` has no value"
            self.diagnostics.add("unknown-parameter", message, node.name_span, hint)
        kind = ir.ANY if known is None else known.get(node.name, ir.ANY)
        return ir.Parameter(node.name, type=kind, span=node.span)

    # --- calls
    def call(self, node: t.CallExpr) -> ir.Expr:
        """A call of a function or a method."""
        if isinstance(node.callee, t.Member):
            return resolve_methods.method(self, node, node.callee)
        if not isinstance(node.callee, t.Name):
            self.diagnostics.add("unsupported", "only functions and methods can be called", node.span)
            return ir.Const(None, span=node.span)
        name = node.callee.text
        if len(node.args) == 1 and (completed := _complete(node.args[0], node.callee)[0]) is not node.args[0]:
            return self.expr(completed)  # `age( > 30 && < 40 )`
        if (own := resolve_methods.own_method(self, node, node.callee)) is not None:
            return own
        if name == "decide" and name not in self.functions:
            return self.decide(node)
        args = tuple(self.expr(a) for a in node.args)
        if name in self.functions:
            target, count = self.functions[name]
            if len(args) > count:
                self.count(name, f"at most {count}", len(args), node.span)
            missing = ir.Const(ir.UNDEFINED, span=node.span)
            return ir.Call(target, args + (missing,) * (count - len(args)), span=node.span)
        if not self.rules:
            name = _JAVASCRIPT.get(name, name)
        native = NATIVES.get(name)
        if self.find(name) is not None:
            message = f"`{name}` is a variable here, not a function"
            hint = f"give the variable another name to call the library's `{name}`" if native is not None else None
            self.diagnostics.add("unknown-function", message, node.callee.span, hint)
            return ir.Const(None, span=node.span)
        if native is None or (self.rules and native.script_only):
            return self._unknown_function(node.callee, native is not None)
        return self.library(name, node, args)

    def decide(self, node: t.CallExpr) -> ir.Expr:
        """``decide("table", record)``: what a decision table gives for a record that holds its inputs."""
        if len(node.args) != 2:
            self.count("decide", "2", len(node.args), node.span)
            return ir.Const(None, span=node.span)
        name, value = node.args[0], self.expr(node.args[1])
        if not isinstance(name, t.Literal) or not isinstance(name.value, str):
            usage = 'write `decide("name", {...})`'
            self.diagnostics.add("unknown-table", "`decide` takes the name of a table as a text", name.span, usage)
            return ir.Const(None, span=node.span)
        table = self.context.tables.get(name.value)
        if table is None:
            hint = suggest(name.value, self.context.tables)
            self.diagnostics.add("unknown-table", f"there is no decision table `{name.value}`", name.span, hint)
            return ir.Const(None, span=node.span)
        if table.lists and self.condition:
            message = f"the table `{name.value}` gives a list and cannot be asked in a condition"
            self.diagnostics.add("misplaced-statement", message, node.span, "ask it in the consequence")
        return ir.Call(table.function, (value,), type=ir.ListOf(ir.ANY) if table.lists else ir.ANY, span=node.span)

    def library(self, name: str, node: t.CallExpr, args: tuple[ir.Expr, ...]) -> ir.Expr:
        """A call of a function of the library."""
        native = NATIVES[name]
        if not native.least <= len(args) <= native.most:
            wanted = str(native.least) if native.least == native.most else f"{native.least} to {native.most}"
            self.count(name, wanted, len(args), node.span)
        if native.effect and self.condition:
            message = f"`{name}` cannot be called in a condition"
            self.diagnostics.add("misplaced-statement", message, node.span, "call it in the consequence")
        if native.permission and native.permission not in self.context.permissions:
            message = f"`{name}` needs the permission `{native.permission}`"
            hint = f"add `{native.permission}` to `permissions` in contract.yaml"
            self.diagnostics.add("missing-permission", message, node.span, hint)
        if name == "load_rules":
            args = (self._rules_name(args[0]),) if args else ()
        if name in ("print", "text"):
            args = tuple(map(self.shown, args))
        return ir.Native(name, args, type=native.returns, span=node.span)

    def count(self, name: str, wanted: str, given: int, span: ir.Span) -> None:
        """Reports a wrong number of arguments."""
        message = f"`{name}` takes {wanted} argument{'' if wanted == '1' else 's'}, not {given}"
        self.diagnostics.add("wrong-argument-count", message, span)

    def _unknown_function(self, callee: t.Name, script_only: bool) -> ir.Expr:
        name, hint = callee.text, None
        if script_only:
            message = f"`{name}` is not for rules, only for scripts"
        else:
            message = f"unknown function `{name}`"
            hint = suggest(
                name, [*self.functions, *(n.name for n in NATIVES.values() if not (self.rules and n.script_only))]
            )
        if name in ("insert", "update", "delete", "retract", "modify"):
            code = "misplaced-statement"
            message = f"`{name}` is a statement of a rule's consequence"
            hint = None if self.rules else "open the rules and use the session: `engine.insert(fact)`"
            self.diagnostics.add(code, message, callee.span, hint)
        else:
            self.diagnostics.add("unknown-function", message, callee.span, hint)
        return ir.Const(None, span=callee.span)

    def _rules_name(self, arg: ir.Expr) -> ir.Expr:
        if not isinstance(arg, ir.Const) or not isinstance(arg.value, str):
            self.diagnostics.add("unknown-rules", "`load_rules` takes the name of a rule file as a text", arg.span)
            return arg
        wanted, known = arg.value, self.context.rulesets
        bases = {n: n.rsplit("/", 1)[-1] for n in known}
        stems = {n: base.rsplit(".", 1)[0] for n, base in bases.items()}
        for names in ({n: n for n in known}, bases, stems):
            matches = [n for n, short in names.items() if short == wanted]
            if len(matches) == 1:
                return dataclasses.replace(arg, value=matches[0])
        hint = suggest(wanted, [n.rsplit("/", 1)[-1] for n in known])
        self.diagnostics.add("unknown-rules", f"the archive has no rules `{wanted}`", arg.span, hint)
        return arg

    def new(self, node: t.NewExpr) -> ir.Expr:
        """``new T(a, b)``: the arguments are the fields in order."""
        if (made := resolve_methods.new_value(self, node)) is not None:
            return made
        name = self.context.record_type(node.type, node.type_span)
        args = tuple(self.expr(a) for a in node.args)
        fields = self.context.types.fields(name)
        if args and self.context.types.is_open(name):
            message = f"the undeclared type `{name}` has no field order, so `new {name}` takes no arguments"
            self.diagnostics.add("wrong-argument-count", message, node.span, "declare the type, or assign the fields")
        elif len(args) > len(fields):
            self.count(f"new {name}", f"at most {len(fields)}", len(args), node.span)
        return ir.New(name, args, type=ir.Ref(name), span=node.span)

    # --- operators
    def unary(self, node: t.UnaryExpr) -> ir.Expr:
        """A prefix operator; signs of literals are folded."""
        operand = self.expr(node.operand)
        if node.op in "+-" and isinstance(operand, ir.Const) and isinstance(node.operand, t.Literal):
            value = operand.value
            if not isinstance(value, bool | str | None | ir.UndefinedType | ir.Temporal):
                signed = -value if node.op == "-" and value else value
                return dataclasses.replace(operand, value=signed, span=node.span)
        if node.op == "delete" and not isinstance(operand, ir.GetField | ir.GetIndex):
            self.diagnostics.add("not-a-place", "only fields and elements can be deleted", node.span)
            return operand
        if node.op == "delete" and isinstance(operand, ir.GetIndex) and not _named(operand.index):
            hint = "use a field's name: `delete o.name`"
            self.diagnostics.add("unsupported", "`delete` of an element is not supported", node.span, hint)
            return ir.Const(True, type=ir.BOOL, span=node.span)
        if node.op == "+":
            return ir.Native("number", (operand,), type=ir.NUMBER, span=node.span)
        kinds = {"-": ir.NUMBER, "typeof": ir.TEXT}
        kind: ir.Type = kinds.get(node.op, ir.BOOL)
        if node.op == "-" and strip(operand.type) in (ir.DURATION, ir.PERIOD, ir.ANY):
            kind = strip(operand.type)
        return ir.Unary(node.op, operand, type=kind, span=node.span)

    def binary(self, node: t.BinaryExpr) -> ir.Expr:
        """An infix operator."""
        if node.op in ("&&", "||"):
            completed = _complete(node, None)[0]
            if completed is not node:
                return self.expr(completed)
        if node.op in ("instanceof", "not instanceof"):
            return self.instance_of(node)
        left, right = self.expr(node.left), self.expr(node.right)
        op = node.op
        if self.rules or _is_present(left) or _is_present(right):
            op = {"===": "==", "!==": "!="}.get(op, op)  # the two differ in null and undefined alone
        if op in ("&&", "||", "??"):
            return ir.Logical(op, left, right, type=_join(left.type, right.type), span=node.span)
        if op[0].isalpha() and op != "in":
            return word_operation(self.diagnostics, op, left, right, node.span)
        if op == "in" and not _named(left):
            return self._in(left, right, node.span)
        if op in _COMPARISONS or op == "in":
            ordered = op in ("<", "<=", ">", ">=")
            return ir.Binary(op, left, right, self.condition and ordered, type=ir.BOOL, span=node.span)
        kind = _arithmetic(op, left.type, right.type)
        if op == "+" and kind in (ir.TEXT, ir.ANY):
            left, right = self.shown(left), self.shown(right)
        return ir.Binary(op, left, right, type=kind, span=node.span)

    def shown(self, value: ir.Expr) -> ir.Expr:
        """A value that becomes part of a text: rules know no undefined, so what was never set reads `null`."""
        unset = isinstance(value, ir.GetField | ir.GetIndex | ir.Local | ir.Method | ir.Call) and value.type == ir.ANY
        if not self.rules or not unset:
            return value
        null = ir.Const(None, type=ir.NULL, span=value.span)
        return ir.Logical("??", value, null, type=ir.ANY, span=value.span)

    def instance_of(self, node: t.BinaryExpr) -> ir.Expr:
        """``value instanceof T``."""
        value = self.expr(node.left)
        name = _dotted(node.right)
        wanted, short = self.type_named(name, node.right.span)
        test = kind_test(self.context.types, dataclasses.replace(value, type=ir.ANY), wanted, short, node.span)
        made: ir.Expr = test or not_null(value)
        return ir.Unary("!", made, type=ir.BOOL, span=node.span) if node.op.startswith("not") else made

    def _in(self, left: ir.Expr, right: ir.Expr, span: ir.Span) -> ir.Expr:
        """``key in record`` for a key that is computed."""
        if isinstance(strip(right.type), ir.ListOf):
            hint = "use `list.includes(x)` for values, `i < list.length` for places"
            self.diagnostics.add("unsupported", "`in` of a list is not supported", span, hint)
        names = ir.Native("keys", (right,), type=ir.ListOf(ir.TEXT), span=span)
        name = left if left.type == ir.TEXT else ir.Native("text", (left,), type=ir.TEXT, span=span)
        return ir.Native("contains", (names, name), type=ir.BOOL, span=span)

    def in_list(self, span: ir.Span, left: t.Expr, items: list[t.Expr], negated: bool) -> ir.Expr:
        """``x in (a, b)`` is ``x == a || x == b``."""
        value = self.expr(left)
        made: ir.Expr | None = None
        for item in items:
            op = "!=" if negated else "=="
            test = ir.Binary(op, value, self.expr(item), type=ir.BOOL, span=item.span)
            made = test if made is None else ir.Logical("&&" if negated else "||", made, test, type=ir.BOOL, span=span)
        return made if made is not None else ir.Const(negated, type=ir.BOOL, span=span)

    # --- assignment
    def assign(self, node: t.AssignExpr) -> ir.Expr:
        """``target = value`` and its compound forms."""
        self._changes(node.span, "compare with `==`" if not node.op else None)
        value = self.expr(node.value)
        target = self.place(node.target, value)
        kind = value.type if not node.op else _arithmetic(node.op, target.type, value.type)
        return ir.Assign(target, value, node.op, type=kind, span=node.span)

    def _changes(self, span: ir.Span, hint: str | None = None) -> None:
        if self.condition:
            self.diagnostics.add("misplaced-statement", "a condition cannot assign", span, hint)

    def place(self, node: t.Expr, value: ir.Expr | None = None) -> ir.Expr:
        """What an assignment sets."""
        if isinstance(node, t.Name):
            return self.name_place(node, value)
        if not isinstance(node, t.Member | t.Index):
            self.diagnostics.add("not-a-place", "this cannot be assigned", node.span)
            return ir.Const(None, span=node.span)
        target = self.expr(node)
        if isinstance(target, ir.Parameter):
            message = f"the parameter `{target.name}` cannot be assigned"
            self.diagnostics.add("assign-constant", message, node.span)
        elif not isinstance(target, ir.GetField | ir.GetIndex):
            self.diagnostics.add("not-a-place", "this cannot be assigned", node.span)
        elif isinstance(target, ir.GetField) and target.safe:
            self.diagnostics.add("not-a-place", "a null-safe access cannot be assigned", node.span, "use `.`")
        return target

    def name_place(self, node: t.Name, value: ir.Expr | None) -> ir.Expr:
        """An assignment to a bare name."""
        del value
        entry = self.find(node.text)
        if entry is None:
            return self.name(node)
        if entry.constant:
            what = "the fact" if entry.fact else "the constant"
            self.diagnostics.add("assign-constant", f"{what} `{node.text}` cannot be assigned", node.span)
        return dataclasses.replace(entry.value, span=node.span)


def _is_present(value: ir.Expr) -> bool:
    """Whether a value is a constant that is neither null nor undefined."""
    return isinstance(value, ir.Const) and value.value is not None and value.value is not ir.UNDEFINED


def _record(local: ir.Local) -> str:
    kind = local.type
    return kind.name if isinstance(kind, ir.Ref) else ""


def _of_enum(value: ir.Expr, constants: dict[str, ir.Const], span: ir.Span) -> ir.Expr:
    """The field of an enumeration's value: a constant, or a choice by the value."""
    if isinstance(value, ir.Const) and isinstance(value.value, str) and value.value in constants:
        return dataclasses.replace(constants[value.value], span=span)
    made: ir.Expr = ir.Const(None, type=ir.NULL, span=span)
    for name, constant in reversed(constants.items()):
        same = ir.Binary("==", value, ir.Const(name, type=ir.TEXT, span=span), type=ir.BOOL, span=span)
        made = ir.Conditional(same, dataclasses.replace(constant, span=span), made, type=constant.type, span=span)
    return made


def _dotted(node: t.Expr) -> str:
    match node:
        case t.Name(text=text):
            return text
        case t.Member(object=owner, name=name):
            return f"{_dotted(owner)}.{name}"
    return ""


def _named(key: ir.Expr) -> bool:
    return isinstance(key, ir.Const) and isinstance(key.value, str)


def _join(a: ir.Type, b: ir.Type) -> ir.Type:
    if a == b:
        return a
    if {a, b} == {ir.INT, ir.NUMBER}:
        return ir.NUMBER
    return ir.ANY


def _arithmetic(op: str, left: ir.Type, right: ir.Type) -> ir.Type:
    a, b = strip(left), strip(right)
    numbers = (ir.NUMBER, ir.INT)
    if op == "+" and (ir.TEXT in (a, b) or isinstance(a, ir.Enum) or isinstance(b, ir.Enum)):
        return ir.TEXT
    if a == b == ir.INT and op in ("+", "-", "*"):
        return ir.INT
    return ir.NUMBER if a in numbers and b in numbers else ir.ANY


def complete(node: t.Expr) -> t.Expr:
    """The expression with half comparisons (`x > 3 && < 9`) made whole."""
    return _complete(node, None)[0]


def _complete(node: t.Expr, subject: t.Expr | None) -> tuple[t.Expr, t.Expr | None]:
    """Gives half comparisons (`x > 3 && < 9`) their left side; the same node if there are none."""
    match node:
        case t.BinaryExpr(span, op, left, right) if op in ("&&", "||"):
            new_left, subject = _complete(left, subject)
            new_right, subject = _complete(right, subject)
            if new_left is left and new_right is right:
                return node, subject
            return t.BinaryExpr(span, op, new_left, new_right, node.grouped), subject
        case t.BinaryExpr(_, op, left, _) if op in _COMPARISONS or op[0].isalpha():
            return node, left
        case t.InExpr(left=left):
            return node, left
        case t.CallExpr(_, t.Name() as callee, [arg]):
            completed = _complete(arg, callee)[0]
            return (node, None) if completed is arg else (completed, callee)
        case t.Partial(span, op, right) if subject is not None:
            return t.BinaryExpr(span, op, subject, right), subject
        case t.PartialIn(span, items, negated) if subject is not None:
            return t.InExpr(span, subject, items, negated), subject
    return node, None
