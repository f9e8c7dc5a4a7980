"""Pass 4b: quotients that reach a transfer before anything rounds them.

A transfer takes amounts of at most 18 decimal places and traps on finer ones. Whether ``total / n`` is finer depends on
the figures, so tests may pass and the contract fail later.
"""

from __future__ import annotations

from decimal import Decimal

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import Diagnostics

_INEXACT = frozenset(("avg", "percent_of", "year_fraction", "sqrt", "ln", "exp"))
_KEEPS = frozenset(("abs", "min", "max", "sum", "percent", "add_percent", "mod", "floor_mod", "number"))
_METHOD_KEEPS = frozenset(("add", "subtract", "multiply", "remainder", "negate", "abs", "min", "max", "doubleValue"))


def check_amounts(module: ir.Module, diagnostics: Diagnostics) -> None:
    """Reports; changes nothing."""
    inexact: set[str] = set()
    while True:
        found = {f.name for f in module.functions if f.name not in inexact and _Flow(f, inexact).returns_quotient()}
        if not found:
            break
        inexact |= found
    for function in module.functions:
        _Flow(function, inexact).report(diagnostics)


class _Flow:
    """What a function's local names hold, whatever the order: one unrounded quotient is enough."""

    def __init__(self, function: ir.Function, inexact: set[str]) -> None:
        self.nodes = [node for statement in function.body for node in ir.walk(statement)]
        self.inexact = inexact
        self.locals: set[str] = set()
        while True:
            before = len(self.locals)
            for node in self.nodes:
                match node:
                    case ir.Let(name, value) if value is not None and self.quotient(value):
                        self.locals.add(name)
                    case ir.Assign(ir.Local(name), value, op) if self.quotient(value) or op == "/":
                        self.locals.add(name)
            if len(self.locals) == before:
                break

    def returns_quotient(self) -> bool:
        """Whether some result is an unrounded quotient."""
        return any(isinstance(n, ir.Return) and n.value is not None and self.quotient(n.value) for n in self.nodes)

    def report(self, diagnostics: Diagnostics) -> None:
        """Warns of each transfer of one."""
        for node in self.nodes:
            match node:
                case ir.Native("transfer", (_, amount)) if self.quotient(amount):
                    message = "this amount may have more than 18 decimal places: a quotient in it is not rounded"
                    hint = "round it: `round(x, 2, 'down')`, or divide with `div(a, b)`"
                    diagnostics.add("unrounded-amount", message, amount.span, hint)

    def quotient(self, node: ir.Expr) -> bool:
        """Whether the value may be a quotient that nothing rounded."""
        match node:
            case ir.Binary("/", left, right):
                return not _divides_exactly(right) or self.quotient(left)
            case ir.Binary("+" | "-" | "*" | "%", left, right) | ir.Logical(_, left, right):
                return self.quotient(left) or self.quotient(right)
            case ir.Unary("-", operand):
                return self.quotient(operand)
            case ir.Conditional(_, then, orelse):
                return self.quotient(then) or self.quotient(orelse)
            case ir.Assign(_, value):
                return self.quotient(value)
            case ir.Local(name):
                return name in self.locals
            case ir.Call(name):
                return name in self.inexact
            case ir.Native(name, args):
                return name in _INEXACT or (name in _KEEPS and any(map(self.quotient, args)))
            case ir.Method(value, "divide", args):
                return len(args) == 1
            case ir.Method(value, name, args):
                return name in _METHOD_KEEPS and (self.quotient(value) or any(map(self.quotient, args)))
        return False


def _divides_exactly(divisor: ir.Expr) -> bool:
    """A constant whose quotients end: only twos and fives divide it."""
    if not isinstance(divisor, ir.Const) or not isinstance(divisor.value, int | Decimal) or not divisor.value:
        return False
    numerator, _ = Decimal(divisor.value).as_integer_ratio()
    rest = abs(numerator)
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1
