"""The syntax tree: what the grammars build, as written, before any name has a meaning. Every node has its span."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from cybermiles.dsl.ir import Span

# --- expressions ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Literal:
    """A number, text, truth value, null or undefined."""

    span: Span
    value: int | Decimal | str | bool | None
    undefined: bool = False


@dataclass(slots=True)
class Name:
    """A bare name; ``this`` is one."""

    span: Span
    text: str


@dataclass(slots=True)
class Member:
    """``object.name``, null-safe with ``?.`` or ``!.``."""

    span: Span
    object: Expr
    name: str
    name_span: Span
    safe: bool


@dataclass(slots=True)
class Index:
    """``object[index]``."""

    span: Span
    object: Expr
    index: Expr


@dataclass(slots=True)
class CallExpr:
    """``callee(args)``."""

    span: Span
    callee: Expr
    args: list[Expr]


@dataclass(slots=True)
class NewExpr:
    """``new T(args)``."""

    span: Span
    type: str
    type_span: Span
    args: list[Expr]


@dataclass(slots=True)
class UnaryExpr:
    """``- + ! typeof delete``."""

    span: Span
    op: str
    operand: Expr


@dataclass(slots=True)
class BinaryExpr:
    """Arithmetic, comparison, ``in``, ``contains`` ... and ``&& || ??``."""

    span: Span
    op: str
    left: Expr
    right: Expr


@dataclass(slots=True)
class Partial:
    """``> 3``: a comparison whose left side is that of the comparison before it (DRL)."""

    span: Span
    op: str
    right: Expr


@dataclass(slots=True)
class InExpr:
    """``x in (a, b)``, ``x not in (a, b)`` (DRL)."""

    span: Span
    left: Expr
    items: list[Expr]
    negated: bool


@dataclass(slots=True)
class ConditionalExpr:
    """``condition ? then : orelse``."""

    span: Span
    condition: Expr
    then: Expr
    orelse: Expr


@dataclass(slots=True)
class AssignExpr:
    """``target op= value``; ``op`` is empty for plain assignment."""

    span: Span
    target: Expr
    op: str
    value: Expr


@dataclass(slots=True)
class StepExpr:
    """``x++``, ``--x``."""

    span: Span
    target: Expr
    op: str
    prefix: bool


@dataclass(slots=True)
class ListExpr:
    """``[a, b]``."""

    span: Span
    items: list[Expr]


@dataclass(slots=True)
class ObjectExpr:
    """``{key: value}``; keys are names, texts, or computed expressions."""

    span: Span
    entries: list[tuple[Expr, Expr]]


@dataclass(slots=True)
class TemplateExpr:
    """A template text: literal parts and expressions."""

    span: Span
    parts: list[Expr]


Expr: TypeAlias = (
    Literal
    | Name
    | Member
    | Index
    | CallExpr
    | NewExpr
    | UnaryExpr
    | BinaryExpr
    | Partial
    | InExpr
    | ConditionalExpr
    | AssignExpr
    | StepExpr
    | ListExpr
    | ObjectExpr
    | TemplateExpr
)

# --- statements -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class ExprStmt:
    """An expression for its effect."""

    span: Span
    value: Expr


@dataclass(slots=True)
class LetStmt:
    """``let a = 1, b``; ``kind`` is ``let``, ``const``, ``var`` or a type's name (DRL)."""

    span: Span
    kind: str
    names: list[tuple[Name, Expr | None]]


@dataclass(slots=True)
class IfStmt:
    """``if`` with all its ``else if`` branches."""

    span: Span
    branches: list[tuple[Expr, list[Stmt]]]
    orelse: list[Stmt]


@dataclass(slots=True)
class WhileStmt:
    """``while`` and ``do ... while``."""

    span: Span
    condition: Expr
    body: list[Stmt]
    test_last: bool


@dataclass(slots=True)
class ForStmt:
    """``for (init; condition; step)``."""

    span: Span
    init: list[Stmt]
    condition: Expr | None
    step: Expr | None
    body: list[Stmt]


@dataclass(slots=True)
class ForOfStmt:
    """``for (let x of xs)``, ``for (T x : xs)``; without ``kind`` the variable exists already."""

    span: Span
    kind: str
    name: Name
    items: Expr
    body: list[Stmt]


@dataclass(slots=True)
class ReturnStmt:
    """``return value``."""

    span: Span
    value: Expr | None


@dataclass(slots=True)
class JumpStmt:
    """``break`` or ``continue``."""

    span: Span
    kind: str


@dataclass(slots=True)
class ThrowStmt:
    """``throw value``: reverts the call."""

    span: Span
    value: Expr


@dataclass(slots=True)
class BlockStmt:
    """``{ ... }``."""

    span: Span
    body: list[Stmt]


@dataclass(slots=True)
class FunctionStmt:
    """``function f(a, b) { ... }``."""

    span: Span
    name: Name
    params: list[Name]
    body: list[Stmt]


@dataclass(slots=True)
class ModifyStmt:
    """``modify (fact) { field = value, setField(value) }``."""

    span: Span
    target: Expr
    entries: list[Expr]


@dataclass(slots=True)
class WhenStmt:
    """A nested ``when ... then``."""

    span: Span
    conditions: list[Condition]
    body: list[Stmt]


Stmt: TypeAlias = (
    ExprStmt
    | LetStmt
    | IfStmt
    | WhileStmt
    | ForStmt
    | ForOfStmt
    | ReturnStmt
    | JumpStmt
    | ThrowStmt
    | BlockStmt
    | FunctionStmt
    | ModifyStmt
    | WhenStmt
)

# --- rules ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Constraint:
    """``$x : field > 3``: the binding names the leftmost operand."""

    span: Span
    binding: Name | None
    value: Expr


@dataclass(slots=True)
class PatternNode:
    """``$m : T( constraints )``."""

    span: Span
    binding: Name | None
    type: str
    type_span: Span
    constraints: list[Constraint]


@dataclass(slots=True)
class GroupNode:
    """``not``, ``exists``, ``and``, ``or`` over conditions."""

    span: Span
    kind: str
    items: list[Condition]


@dataclass(slots=True)
class TestNode:
    """An expression as a condition."""

    span: Span
    value: Expr


Condition: TypeAlias = PatternNode | GroupNode | TestNode


@dataclass(slots=True)
class Attribute:
    """A rule attribute as written."""

    span: Span
    name: str
    value: Expr | None


@dataclass(slots=True)
class RuleItem:
    """A rule."""

    span: Span
    name: str
    name_span: Span
    attributes: list[Attribute]
    conditions: list[Condition]
    body: list[Stmt]


@dataclass(slots=True)
class FieldItem:
    """A field of a declared type."""

    span: Span
    name: str
    type: str
    type_span: Span
    optional: bool
    default: Expr | None


@dataclass(slots=True)
class DeclareItem:
    """``declare T ... end``."""

    span: Span
    name: str
    name_span: Span
    extends: str | None
    fields: list[FieldItem]


@dataclass(slots=True)
class EnumItem:
    """``declare enum T A, B end``."""

    span: Span
    name: str
    name_span: Span
    values: list[str]


@dataclass(slots=True)
class ImportItem:
    """``package a.b`` or ``import a.b.C``: ignored, names are global within an archive."""

    span: Span
    kind: str
    name: str


Item: TypeAlias = RuleItem | DeclareItem | EnumItem | ImportItem


@dataclass(slots=True)
class RuleFile:
    """A parsed DRL file."""

    items: list[Item]


@dataclass(slots=True)
class Script:
    """A parsed contract script."""

    span: Span
    body: list[Stmt]
