"""The text of a node: its own source, on one line, or if it has none a short form of the IR."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from cybermiles.dsl import ir

MAX_TEXT = 160


class Texts:
    """The sources that nodes came from, by file name."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._lines = {name: text.split("\n") for name, text in sources.items()}

    def of(self, node: ir.Node) -> str:
        """A node's text."""
        text = self.source(node.span).removesuffix(" then")
        match node:
            case ir.Pattern(kind) | ir.Group(kind):
                text = closed(text) if "(" in text else ""
                if text and kind != "join" and kind not in text.split("(")[0]:
                    text = f"{kind} {text}"
            case ir.Accumulate():
                text = closed(text)
        return short(text or written(node))

    def source(self, span: ir.Span) -> str:
        """The source of a span on one line, without the spaces and comments at its end; empty if it has none."""
        lines = self._lines.get(span.file, [])[span.line - 1 : span.end_line] if span.line else []
        if not lines:
            return ""
        lines = list(lines)
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return " ".join(filter(None, (line.split("//")[0].strip() for line in lines)))


def closed(text: str) -> str:
    """A text up to the parenthesis that closes its first one."""
    depth, quote = 0, ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return text[: at + 1]
    return text


def short(text: str) -> str:
    """A text of at most MAX_TEXT characters."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + "..."


def written(node: ir.Node) -> str:
    """An expression or condition in the language's own terms; what has no short form is named by its kind."""
    match node:
        case ir.Const(value):
            return _constant(value)
        case ir.Local(name) | ir.Global(name) | ir.Variable(name):
            return name.split("#")[0]
        case ir.Parameter(name):
            return f"params.{name}"
        case ir.GetField(of, name, safe):
            return f"{written(of)}{'!.' if safe else '.'}{name}"
        case ir.GetIndex(of, index):
            return f"{written(of)}[{written(index)}]"
        case ir.Unary(op, operand):
            return f"{op}{written(operand)}"
        case ir.Binary(op, left, right) | ir.Logical(op, left, right):
            return f"{written(left)} {op} {written(right)}"
        case ir.Call(name, args) | ir.Native(name, args):
            return f"{name.split('/')[-1]}({', '.join(map(written, args))})"
        case ir.Method(of, name, args):
            return f"{written(of)}.{name}({', '.join(map(written, args))})"
        case ir.NewList(items):
            return f"[{', '.join(map(written, items))}]"
        case ir.IsA(value, of):
            return f"{written(value)} is a {of}"
        case ir.Facts(of):
            return f"all {of}"
        case ir.Pattern(kind, _, of, _, constraints):
            text = f"{of}( {', '.join(map(written, constraints))} )"
            return text if kind == "join" else f"{kind} {text}"
        case ir.Test(value):
            return f"eval( {written(value)} )"
        case ir.From(name, items):
            return f"{name.split('#')[0]} from {written(items)}"
        case ir.Group(kind, conditions):
            return f"{kind}( {', '.join(map(written, conditions))} )"
        case ir.Accumulate(conditions):
            return f"accumulate( {', '.join(map(written, conditions))} )"
    return type(node).__name__


def _constant(value: ir.Constant) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case ir.Temporal(_, text) | str(text):
            return f'"{text}"'
    return str(value)
