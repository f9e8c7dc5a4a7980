"""The syntax tree: what the grammars build, as written, before any name has a meaning. Every node has its span."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from cybermiles.dsl.ir import Span, Temporal

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
    safe: bool = False


@dataclass(slots=True)
class CallExpr:
    """``callee(args)``."""

    span: Span
    callee: Expr
    args: list[Expr]
    safe: bool = False


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
    grouped: bool = False
    """It stands in brackets of its own."""


@dataclass(slots=True)
class Partial:
    """``> 3``: a comparison whose left side is that of the comparison before it (DRL)."""

    span: Span
    op: str
    right: Expr


@dataclass(slots=True)
class PartialIn:
    """``in (a, b)``, ``not in (a, b)`` on the left side of the comparison before it (DRL)."""

    span: Span
    items: list[Expr]
    negated: bool


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


@dataclass(slots=True)
class BindExpr:
    """``$x : a > 3`` within a constraint; with ``unify`` (``:=``) a known name must have this value (DRL)."""

    span: Span
    name: Name
    value: Expr
    unify: bool


@dataclass(slots=True)
class CastExpr:
    """``value#T`` or ``(T) value`` (DRL)."""

    span: Span
    type: str
    type_span: Span
    value: Expr


@dataclass(slots=True)
class PathStep:
    """``/name#T[index, constraints]`` of an OOPath."""

    span: Span
    name: str
    cast: str | None
    index: Expr | None
    constraints: list[Constraint]


@dataclass(slots=True)
class PathExpr:
    """An OOPath, as the value of a constraint (DRL)."""

    span: Span
    steps: list[PathStep]


# --- expressions of scripts only


@dataclass(slots=True)
class ChainExpr:
    """A chain of accesses and calls with a ``?.`` in it: the whole of it is undefined once an object is absent."""

    span: Span
    value: Expr


@dataclass(slots=True)
class NewValueExpr:
    """``new callee(args)`` of anything but a name."""

    span: Span
    callee: Expr
    args: list[Expr]


@dataclass(slots=True)
class SpreadExpr:
    """``...value`` among arguments, items or entries."""

    span: Span
    value: Expr


@dataclass(slots=True)
class SequenceExpr:
    """``a, b``."""

    span: Span
    values: list[Expr]


@dataclass(slots=True)
class RegexExpr:
    """``/source/flags``."""

    span: Span
    source: str
    flags: str


@dataclass(slots=True)
class SuperExpr:
    """``super``, before a call or a member."""

    span: Span


@dataclass(slots=True)
class Default:
    """A target with what it gets instead of undefined; without ``value`` nothing."""

    target: Target
    value: Expr | None


@dataclass(slots=True)
class ListTarget:
    """``[a, , b = 1, ...c]`` as what is assigned or declared."""

    span: Span
    items: list[Default | None]
    rest: Target | None


@dataclass(slots=True)
class ObjectTarget:
    """``{a, b: c = 1, [k]: d, ...e}`` as what is assigned or declared; keys are texts or computed."""

    span: Span
    entries: list[tuple[Expr, Default]]
    rest: Target | None


Target: TypeAlias = "Name | Member | Index | ListTarget | ObjectTarget"
"""What can be given a value; a declaration has only names at its leaves."""


@dataclass(slots=True)
class FunctionExpr:
    """A function; ``kind``: ``function``, ``arrow``, ``method``. An arrow's expression is a return statement."""

    span: Span
    kind: str
    name: Name | None
    params: list[Default]
    rest: Target | None
    body: list[Stmt]


@dataclass(slots=True)
class AccessorExpr:
    """A getter or setter as the value of an object's entry; ``kind``: ``get`` or ``set``."""

    span: Span
    kind: str
    function: FunctionExpr


@dataclass(slots=True)
class ClassMember:
    """``kind``: ``constructor``, ``method``, ``get``, ``set``, ``field``, ``block``; a private key begins with `#`."""

    span: Span
    kind: str
    key: Expr
    value: FunctionExpr | Expr | None
    static: bool


@dataclass(slots=True)
class ClassExpr:
    """``class N extends P { ... }``."""

    span: Span
    name: Name | None
    parent: Expr | None
    members: list[ClassMember]


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
    | PartialIn
    | InExpr
    | ConditionalExpr
    | AssignExpr
    | StepExpr
    | ListExpr
    | ObjectExpr
    | TemplateExpr
    | BindExpr
    | CastExpr
    | PathExpr
    | ChainExpr
    | NewValueExpr
    | SpreadExpr
    | SequenceExpr
    | RegexExpr
    | SuperExpr
    | FunctionExpr
    | AccessorExpr
    | ClassExpr
    | ListTarget
    | ObjectTarget
)

# --- statements -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class ExprStmt:
    """An expression for its effect."""

    span: Span
    value: Expr


@dataclass(slots=True)
class LetStmt:
    """``let a = 1, {b} = c``; ``kind`` is ``let``, ``const``, ``var`` or a type's name (DRL, which has names only)."""

    span: Span
    kind: str
    names: list[tuple[Target, Expr | None]]


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
    name: Target
    items: Expr
    body: list[Stmt]


@dataclass(slots=True)
class ForInStmt:
    """``for (let k in o)``; without ``kind`` the variable exists already."""

    span: Span
    kind: str
    name: Target
    object: Expr
    body: list[Stmt]


@dataclass(slots=True)
class ReturnStmt:
    """``return value``."""

    span: Span
    value: Expr | None


@dataclass(slots=True)
class JumpStmt:
    """``break`` or ``continue``, perhaps of a labelled statement."""

    span: Span
    kind: str
    label: Name | None = None


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
    function: FunctionExpr


@dataclass(slots=True)
class ClassStmt:
    """``class C { ... }``."""

    span: Span
    name: Name
    value: ClassExpr


@dataclass(slots=True)
class LabeledStmt:
    """``name: statement``."""

    span: Span
    label: Name
    body: list[Stmt]


@dataclass(slots=True)
class SwitchCase:
    """``case test:``, ``default:`` where ``test`` is None."""

    span: Span
    test: Expr | None
    body: list[Stmt]


@dataclass(slots=True)
class SwitchStmt:
    """``switch (value) { ... }``."""

    span: Span
    value: Expr
    cases: list[SwitchCase]


@dataclass(slots=True)
class TryStmt:
    """``try { } catch (param) { } finally { }``."""

    span: Span
    body: list[Stmt]
    param: Target | None
    handler: list[Stmt] | None
    finalizer: list[Stmt] | None


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
    | ForInStmt
    | SwitchStmt
    | TryStmt
    | LabeledStmt
    | ClassStmt
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
    unify: bool = False


@dataclass(slots=True)
class FromSource:
    """``from value``."""

    span: Span
    value: Expr


@dataclass(slots=True)
class CollectSource:
    """``from collect( condition )``."""

    span: Span
    inner: Condition


@dataclass(slots=True)
class FoldCall:
    """``$s : sum( $x )`` of an ``accumulate``."""

    span: Span
    binding: Name | None
    name: str
    name_span: Span
    args: list[Expr]


@dataclass(slots=True)
class CustomFold:
    """``init( ... ) action( ... ) reverse( ... ) result( value )`` of an ``accumulate``."""

    span: Span
    init: list[Stmt]
    action: list[Stmt]
    reverse: list[Stmt] | None
    result: Expr


@dataclass(slots=True)
class AccumulateSource:
    """``from accumulate( ... )``: one function, or a custom fold."""

    span: Span
    inner: Condition
    functions: list[FoldCall]
    custom: CustomFold | None


Source: TypeAlias = FromSource | CollectSource | AccumulateSource


@dataclass(slots=True)
class PatternNode:
    """``$m : T( positional ; constraints ) @watch( ... ) from source``; a call of a query has this form, too."""

    span: Span
    binding: Name | None
    type: str
    type_span: Span
    constraints: list[Constraint]
    positional: list[Expr] = field(default_factory=list)
    unify: bool = False
    source: Source | None = None
    watch: list[str] = field(default_factory=list)
    pull: bool = False


@dataclass(slots=True)
class AccumulateNode:
    """``accumulate( condition ; functions ; constraints )``."""

    span: Span
    inner: Condition
    functions: list[FoldCall]
    custom: CustomFold | None
    constraints: list[Expr]


@dataclass(slots=True)
class DoNode:
    """``do[label]``."""

    span: Span
    label: Name


@dataclass(slots=True)
class ChooseNode:
    """``if (c) do[x] else if (d) break[y] else do[z]``: condition (None: ``else``), ``do`` or ``break``, label."""

    span: Span
    branches: list[tuple[Expr | None, str, Name]]


@dataclass(slots=True)
class GroupNode:
    """``not``, ``exists``, ``forall``, ``and``, ``or`` over conditions."""

    span: Span
    kind: str
    items: list[Condition]


@dataclass(slots=True)
class TestNode:
    """An expression as a condition."""

    span: Span
    value: Expr


Condition: TypeAlias = PatternNode | GroupNode | TestNode | AccumulateNode | DoNode | ChooseNode


@dataclass(slots=True)
class Attribute:
    """A rule attribute as written."""

    span: Span
    name: str
    value: Expr | None


@dataclass(slots=True)
class Annotation:
    """``@key``, ``@position(0)``: name and arguments as written."""

    span: Span
    name: str
    args: list[Expr]


@dataclass(slots=True)
class AttributeItem:
    """A rule attribute outside any rule: the default of the rules of the file; also ``strategy "depth"``."""

    span: Span
    attribute: Attribute


@dataclass(slots=True)
class GlobalItem:
    """``global T name``."""

    span: Span
    type: str
    type_span: Span
    name: Name


@dataclass(slots=True)
class FunctionItem:
    """``function T name(T a, b) { ... }``; types that are not given are None."""

    span: Span
    name: Name
    returns: str | None
    params: list[tuple[str | None, Name]]
    body: list[Stmt]


@dataclass(slots=True)
class RuleItem:
    """A rule."""

    span: Span
    name: str
    name_span: Span
    attributes: list[Attribute]
    conditions: list[Condition]
    body: list[Stmt]
    extends: str | None = None
    consequences: list[tuple[Name, list[Stmt]]] = field(default_factory=list)
    """Named consequences: ``then[x]``."""
    annotations: list[Annotation] = field(default_factory=list)


@dataclass(slots=True)
class QueryItem:
    """``query name(T a, b) ... end``; parameters are their types (None: any) and names."""

    span: Span
    name: str
    name_span: Span
    params: list[tuple[str | None, Name]]
    conditions: list[Condition]


@dataclass(slots=True)
class FieldItem:
    """A field of a declared type."""

    span: Span
    name: str
    type: str
    type_span: Span
    optional: bool
    default: Expr | None
    annotations: list[Annotation] = field(default_factory=list)


@dataclass(slots=True)
class DeclareItem:
    """``declare T ... end``."""

    span: Span
    name: str
    name_span: Span
    extends: str | None
    fields: list[FieldItem]
    annotations: list[Annotation] = field(default_factory=list)


@dataclass(slots=True)
class EnumItem:
    """``declare enum T A(1), B(2); size : int end``."""

    span: Span
    name: str
    name_span: Span
    values: list[str]
    args: list[list[Expr]] = field(default_factory=list)
    """Of each value, for the fields in order."""
    fields: list[FieldItem] = field(default_factory=list)


@dataclass(slots=True)
class ImportItem:
    """``package a.b`` or ``import a.b.C``: ignored, names are global within an archive."""

    span: Span
    kind: str
    name: str


@dataclass(slots=True)
class TableCell:
    """A cell of a decision table: a text of the cell language, or a value that the file gives as such.

    ``inner`` is the place of the text's first character if it stands in the file as it is, on one line.
    """

    span: Span
    text: str
    value: int | Decimal | bool | Temporal | None = None
    inner: tuple[int, int] | None = None
    items: list[TableCell] | None = None
    """The entries of a YAML list: one of them."""


@dataclass(slots=True)
class TableColumn:
    """An input (an expression over the fact) or an output (a field) of a decision table."""

    span: Span
    head: TableCell
    label: str = ""
    type: str | None = None
    values: list[TableCell] = field(default_factory=list)
    """What the column allows; of an output in the order of priority."""
    default: TableCell | None = None


@dataclass(slots=True)
class TableRow:
    """A row: its cells in the order of the columns, and its number as the file counts, from 1."""

    span: Span
    number: int
    inputs: list[TableCell]
    outputs: list[TableCell]


@dataclass(slots=True)
class TableItem:
    """A decision table. ``hit`` is one of ``U A P F R O C C+ C< C> C#``."""

    span: Span
    name: str
    name_span: Span
    fact: str | None
    fact_span: Span
    insert: str | None
    insert_span: Span
    hit: str
    inputs: list[TableColumn]
    outputs: list[TableColumn]
    rows: list[TableRow]


Item: TypeAlias = (
    RuleItem | QueryItem | DeclareItem | EnumItem | ImportItem | GlobalItem | FunctionItem | AttributeItem | TableItem
)


@dataclass(slots=True)
class RuleFile:
    """A parsed file of rules."""

    items: list[Item]


@dataclass(slots=True)
class Script:
    """A parsed contract script."""

    span: Span
    body: list[Stmt]
