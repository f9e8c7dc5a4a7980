"""The checked intermediate representation: all that stands between the languages and the bytecode.

Every front end (DRL, contract script, later YAML rules, tables and processes) produces these nodes; the back
end reads nothing else. Nodes are immutable; a pass returns new ones. Every node knows the span of source that
it came from. Equality ignores spans, so equal nodes can be shared.

The text form is an s-expression: ``(tag field ... 'type @file:line:column-line:column)``, fields in the order
of the class, tuples in ``[ ]``, texts in JSON quotes, types as ``number``, ``(list text)``, ``(type "Message")``.
``show(node)`` prints it, ``parse(text)`` reads it back; ``show(node, spans=False)`` is what tests compare.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import quote, unquote

from cybermiles.dsl.recursion import room

# --- places ------------------------------------------------------------------------------------------------


class Span(NamedTuple):
    """A stretch of source: lines and columns count from 1, the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of the other."""
        return Span(self.file, self.line, self.column, other.end_line, other.end_column)


NOWHERE = Span("", 0, 0, 0, 0)
"""The span of what the compiler made up itself."""


# --- types -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type without parts; ``any`` is what is known of a value when nothing is known."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose elements have one type."""

    item: Type


@dataclass(frozen=True, slots=True)
class Optional:
    """A type, or null."""

    item: Type


@dataclass(frozen=True, slots=True)
class Enum:
    """One of these texts."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """A record type of the module, by name."""

    name: str


Type: TypeAlias = Scalar | ListOf | Optional | Enum | Ref

ANY = Scalar("any")
BOOL = Scalar("bool")
NUMBER = Scalar("number")
INT = Scalar("int")
TEXT = Scalar("text")
BYTES = Scalar("bytes")
DATE = Scalar("date")
TIME = Scalar("time")
DATETIME = Scalar("datetime")
DURATION = Scalar("duration")
PERIOD = Scalar("period")
RECORD = Scalar("record")
NULL = Scalar("null")
"""The type of the literal null; never the type of a field."""
SESSION = Scalar("session")
"""An open rule session; lives in scripts only."""

SCALARS = {
    t.name: t
    for t in (
        ANY,
        BOOL,
        NUMBER,
        INT,
        TEXT,
        BYTES,
        DATE,
        TIME,
        DATETIME,
        DURATION,
        PERIOD,
        RECORD,
        NULL,
        SESSION,
    )
}


def show_type(type: Type) -> str:
    """The type as a user would write it in contract.yaml."""
    match type:
        case Scalar(name) | Ref(name):
            return name
        case ListOf(item):
            return f"list of {show_type(item)}"
        case Optional(item):
            return f"{show_type(item)}?"
        case Enum(values):
            return "one of " + ", ".join(values)


# --- constants ---------------------------------------------------------------------------------------------


class UndefinedType:
    """The type of the one value ``UNDEFINED``."""

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED = UndefinedType()


@dataclass(frozen=True, slots=True)
class Temporal:
    """A constant date, time, datetime, duration or period as ISO text."""

    kind: str
    text: str


Constant: TypeAlias = bool | int | Decimal | str | Temporal | UndefinedType | None
"""Numbers are ints when integral (up to 34 digits), normalised Decimals otherwise."""


# --- nodes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Node:
    """Anything with a place in a source."""

    span: Span = field(default=NOWHERE, kw_only=True, compare=False)


@dataclass(frozen=True, slots=True)
class Expr(Node):
    """An expression: it leaves one value, whose type is known as far as inference got."""

    type: Type = field(default=ANY, kw_only=True)


@dataclass(frozen=True, slots=True)
class Stmt(Node):
    """A statement: it leaves no value."""


# --- expressions -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Const(Expr):
    """A constant."""

    value: Constant


@dataclass(frozen=True, slots=True)
class Local(Expr):
    """A parameter or local variable of the function; in a rule, a fact or a value that a pattern bound."""

    name: str


@dataclass(frozen=True, slots=True)
class Variable(Expr):
    """A contract variable: kept in state if the call succeeds."""

    name: str


@dataclass(frozen=True, slots=True)
class Parameter(Expr):
    """A contract parameter, bound at instantiation."""

    name: str


@dataclass(frozen=True, slots=True)
class GetField(Expr):
    """``object.name``; with ``safe`` null gives null."""

    object: Expr
    name: str
    safe: bool = False


@dataclass(frozen=True, slots=True)
class GetIndex(Expr):
    """``object[index]``."""

    object: Expr
    index: Expr


@dataclass(frozen=True, slots=True)
class Unary(Expr):
    """``- ! typeof`` and ``delete`` (of a GetField or GetIndex)."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    """``+ - * / % ** == != < <= > >= in``; an ordering with ``safe`` is false for null (conditions)."""

    op: str
    left: Expr
    right: Expr
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Logical(Expr):
    """``&& || ??``: the right side runs only if the left does not decide."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Conditional(Expr):
    """``condition ? then : orelse``."""

    condition: Expr
    then: Expr
    orelse: Expr


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A call of a function of the module."""

    function: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Native(Expr):
    """A call of a library or host function (natives.py)."""

    name: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Method(Expr):
    """``object.name(args)``: a method of a session, list, text, map ... found by name when it runs."""

    object: Expr
    name: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class New(Expr):
    """A new record of a type, the first fields set from ``args`` in order."""

    of: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class NewObject(Expr):
    """``{key: value}``: an untyped record; ``keys`` and ``values`` have one length."""

    keys: tuple[Expr, ...]
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class NewList(Expr):
    """``[a, b]``."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Global(Expr):
    """A global of the rule set: a value that the session holds."""

    name: str


@dataclass(frozen=True, slots=True)
class IsA(Expr):
    """Whether a value is a record of a type, or of one that extends it."""

    value: Expr
    of: str


@dataclass(frozen=True, slots=True)
class Facts(Expr):
    """The list of the facts of a type that are in working memory at this moment."""

    of: str


@dataclass(frozen=True, slots=True)
class Assign(Expr):
    """Sets a Local, Variable, Global, GetField or GetIndex and leaves the new value, or the ``old`` one.

    With ``op`` the new value is ``target op value``.
    """

    target: Expr
    value: Expr
    op: str = ""
    old: bool = False


@dataclass(frozen=True, slots=True)
class Closure(Expr):
    """A function as a value, written where it stands; pass lift_closures makes a function of the module of it.

    It sees the locals around it. With ``own_this`` it has a ``This`` of its own (an arrow has not); ``rest`` names the
    last parameter that takes all further arguments. Arguments that are missing are undefined, those too many are
    dropped.
    """

    name: str
    params: tuple[Field, ...]
    body: tuple[Stmt, ...]
    rest: str = ""
    own_this: bool = False


@dataclass(frozen=True, slots=True)
class MakeClosure(Expr):
    """A function of the module with the values that its first parameters take; what lift_closures leaves of Closure."""

    function: str
    captures: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class NewCell(Expr):
    """A place of its own for a local that closures share; ``CellGet`` and ``CellSet`` reach its value.

    Without a value it is empty until it is set.
    """

    value: Expr | None


@dataclass(frozen=True, slots=True)
class CellGet(Expr):
    """The value in a cell. A cell that was not set yet is a ReferenceError naming ``name``."""

    cell: Expr
    name: str


@dataclass(frozen=True, slots=True)
class CellSet(Expr):
    """Sets the value in a cell and leaves it."""

    cell: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class This(Expr):
    """``this`` of the innermost Closure with ``own_this``."""


@dataclass(frozen=True, slots=True)
class CallValue(Expr):
    """A call of a function value; ``this`` is what it sees as ``This`` (None: undefined). Arguments may be Spread."""

    callee: Expr
    args: tuple[Expr, ...]
    this: Expr | None = None


@dataclass(frozen=True, slots=True)
class Spread(Expr):
    """``...value`` among arguments or items: each element of what can be iterated; in NewObject the fields of a
    record."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Construct(Expr):
    """``new callee(args)`` of a class value."""

    callee: Expr
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Member(Node):
    """A part of a class: ``kind`` is ``method``, ``get``, ``set``, ``field`` or ``block`` (static).

    ``key`` gives the name (``#x``: private).
    ``value`` is a Closure; of a field one without parameters that gives the initial value, with its own ``this``.
    """

    kind: str
    key: Expr
    value: Closure
    static: bool = False


@dataclass(frozen=True, slots=True)
class ClassValue(Expr):
    """A class as a value. Without a ``constructor`` it passes its arguments on to the parent's, if there is one."""

    name: str
    parent: Expr | None
    constructor: Closure | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class SuperCall(Expr):
    """``super(args)`` in a constructor."""

    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class SuperMethod(Expr):
    """``super.name(args)``, or ``super.name`` where ``args`` is None."""

    name: str
    args: tuple[Expr, ...] | None


@dataclass(frozen=True, slots=True)
class NewClass(Expr):
    """A class without members; with the classes below what lift_closures leaves of ClassValue and ``super``."""

    name: str
    parent: Expr | None
    constructor: Expr | None


@dataclass(frozen=True, slots=True)
class Define(Expr):
    """Puts a function into a class (for its instances) or a record, and leaves that; ``method``, ``get`` or ``set``."""

    object: Expr
    kind: str
    key: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class Statics(Expr):
    """The record of a class's own fields."""

    of: Expr


@dataclass(frozen=True, slots=True)
class CallParent(Expr):
    """Runs the constructor of a class on ``this``, which it leaves."""

    parent: Expr
    this: Expr
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class OfParent(Expr):
    """What a parent class has of a name, for ``this``."""

    parent: Expr
    this: Expr
    name: str


@dataclass(frozen=True, slots=True)
class InstanceOf(Expr):
    """Whether a value was made by a class value or by one that extends it."""

    value: Expr
    of: Expr


@dataclass(frozen=True, slots=True)
class Chain(Expr):
    """An optional chain: undefined as soon as a ``Present`` in it meets null or undefined, else the value."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Present(Expr):
    """The object before ``?.``: ends the innermost Chain if it is null or undefined."""

    object: Expr


@dataclass(frozen=True, slots=True)
class Sequence(Expr):
    """``a, b``: all run, the last is left."""

    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Regex(Expr):
    """A regular expression literal; each evaluation makes a new value."""

    source: str
    flags: str


@dataclass(frozen=True, slots=True)
class Accessor(Expr):
    """Among the values of NewObject: a getter, a setter or both for its key."""

    get: Expr | None
    set: Expr | None


@dataclass(frozen=True, slots=True)
class TableRows(Expr):
    """The list of the rows of a decision table that are true of its inputs, ascending; counted from 0."""

    table: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class TableOutput(Expr):
    """What a row of a decision table gives in an output column, for the inputs."""

    table: str
    column: int
    args: tuple[Expr, ...]
    row: Expr


# --- statements --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Let(Stmt):
    """Declares a local; names are unique within a function."""

    name: str
    value: Expr | None


@dataclass(frozen=True, slots=True)
class Do(Stmt):
    """Runs an expression for its effect."""

    value: Expr


@dataclass(frozen=True, slots=True)
class If(Stmt):
    """Runs ``then`` or ``orelse``."""

    condition: Expr
    then: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...] = ()


@dataclass(frozen=True, slots=True)
class Loop(Stmt):
    """While the condition holds: the body, then the step; ``continue`` goes to the step."""

    condition: Expr | None
    body: tuple[Stmt, ...]
    step: tuple[Stmt, ...] = ()
    test_last: bool = False


@dataclass(frozen=True, slots=True)
class ForEach(Stmt):
    """Runs the body with the local set to each element of a list."""

    name: str
    items: Expr
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class ForIn(Stmt):
    """Runs the body with the local set to each key of a record, as text (whole numbers ascending, then as set)."""

    name: str
    object: Expr
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Break(Stmt):
    """Leaves the innermost loop or Switch, or the Labeled statement of that name."""

    label: str = ""


@dataclass(frozen=True, slots=True)
class Continue(Stmt):
    """Next turn of the innermost loop, or of the loop with that label."""

    label: str = ""


@dataclass(frozen=True, slots=True)
class Labeled(Stmt):
    """Statements that ``Break(label)`` leaves; if they are one loop, ``Continue(label)`` goes to its next turn."""

    label: str
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Case(Node):
    """A case of a Switch; ``test`` None is ``default``."""

    test: Expr | None
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Switch(Stmt):
    """Runs from the first case that equals the value (tests in order), else from the default, falling through."""

    value: Expr
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Throw(Stmt):
    """Throws a value; uncaught it ends the call as Revert does, with the value's message or text."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Try(Stmt):
    """``handler`` runs with ``name`` set to what the body threw (None: there is none); ``finalizer`` always runs.

    A trap that is the program's doing arrives as an Error with ``name``, ``message`` and ``code``.
    """

    body: tuple[Stmt, ...]
    name: str
    handler: tuple[Stmt, ...] | None
    finalizer: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Return(Stmt):
    """Ends the function."""

    value: Expr | None


@dataclass(frozen=True, slots=True)
class Revert(Stmt):
    """Ends the call and undoes it, with a text for the caller."""

    value: Expr


@dataclass(frozen=True, slots=True)
class When(Stmt):
    """A nested ``when/then``, decided at this moment; pass lower_nested makes loops and ifs of it."""

    conditions: tuple[Condition, ...]
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Insert(Stmt):
    """Puts a record into working memory."""

    value: Expr


@dataclass(frozen=True, slots=True)
class InsertLogical(Stmt):
    """Puts a record into working memory for as long as a match that inserted it holds."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Focus(Stmt):
    """Gives the focus to an agenda group, by name."""

    group: Expr


@dataclass(frozen=True, slots=True)
class Update(Stmt):
    """Tells the network that any field of a fact may have changed."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Modify(Stmt):
    """Keeps a fact in ``local``, assigns fields of it, then tells the network which fields changed."""

    local: str
    value: Expr
    assigns: tuple[Assign, ...]


@dataclass(frozen=True, slots=True)
class Delete(Stmt):
    """Takes a fact out of working memory."""

    value: Expr


@dataclass(frozen=True, slots=True)
class StopFiring(Stmt):
    """``drools.halt()``: no rule fires after this consequence."""


@dataclass(frozen=True, slots=True)
class TableConflict(Stmt):
    """The trap ``table-conflict``: these rows of a decision table must not be true together."""

    table: str
    rows: Expr


# --- declarations ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A field of a type, an argument of an endpoint, a contract variable, or a parameter of a function."""

    name: str
    type: Type
    default: Const | None = None


@dataclass(frozen=True, slots=True)
class TypeDef(Node):
    """A record type; an open one was never declared, so its fields are those that are mentioned."""

    name: str
    open: bool
    extends: str | None
    fields: tuple[Field, ...]
    keys: tuple[str, ...] = ()
    """Fields that say which facts are equal, for ``InsertLogical``; none: no two are."""


@dataclass(frozen=True, slots=True)
class Function(Node):
    """A function of the module; one that reads globals belongs to a rule set.

    One that closures call (lift_closures) takes ``captures`` values first, then ``this`` if ``own_this``; with ``rest``
    its last parameter is the list of all further arguments.
    """

    name: str
    params: tuple[Field, ...]
    body: tuple[Stmt, ...]
    ruleset: str = ""
    captures: int = 0
    own_this: bool = False
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint(Node):
    """What a transaction or a caller may start."""

    name: str
    args: tuple[Field, ...]
    returns: Type
    function: str


# --- decision tables ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CellAny(Node):
    """``-``: the input does not matter."""


@dataclass(frozen=True, slots=True)
class CellIs(Node):
    """Equal to a constant."""

    value: Const


@dataclass(frozen=True, slots=True)
class CellRange(Node):
    """Between two constants of one ordered kind; ``brackets`` as ``[)``; a missing end is open."""

    brackets: str
    low: Const | None
    high: Const | None


@dataclass(frozen=True, slots=True)
class CellTest(Node):
    """One of the parts holds; ``negated``: none does."""

    negated: bool
    parts: tuple[CellIs | CellRange, ...]


@dataclass(frozen=True, slots=True)
class CellCode(Node):
    """What a function of all inputs says (of an output: gives); ``text`` is the cell as written."""

    function: str
    text: str


Cell: TypeAlias = CellAny | CellTest | CellCode


@dataclass(frozen=True, slots=True)
class TableRow(Node):
    """A row: a cell for each input, a value for each output. ``number`` is the row's place in the source, from 1."""

    number: int
    cells: tuple[Cell, ...]
    outputs: tuple[Const | CellCode, ...]


@dataclass(frozen=True, slots=True)
class TableInput(Node):
    """An input column. ``value`` is an expression over ``Local(FACT)``; ``allowed`` constants, if it is limited.

    A column that only expressions of other cells read is ``hidden``: its cells are all ``-``.
    """

    label: str
    value: Expr
    allowed: tuple[Const, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class TableColumn(Node):
    """An output column: a field's name, its values in order of priority, what it is if no row is true."""

    name: str
    type: Type
    values: tuple[Const, ...] = ()
    default: Const | None = None


FACT = "fact#"
"""The local that a table's inputs read."""


@dataclass(frozen=True, slots=True)
class Table(Node):
    """A decision table. ``hit`` is DMN's hit policy: ``U A P F R O C C+ C< C> C#``.

    Under ``P`` and ``O`` the rows stand in the order of their outputs' priority, else in that of the source.
    """

    name: str
    hit: str
    fact: str
    inputs: tuple[TableInput, ...]
    outputs: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]


# --- rules -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Binding(Node):
    """A name for a value of the pattern's fact; in conditions it is already replaced by the value itself."""

    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Pattern(Node):
    """A fact of a type for which all constraints hold: ``kind`` is ``join``, ``not`` or ``exists``.

    Constraints see the fact as ``Local(binding)`` and what earlier conditions bound by its name. ``watch`` names fields
    (``*`` for all, ``!x`` for none of that name) whose modification matters beside those that are read here.
    """

    kind: str
    binding: str
    of: str
    bindings: tuple[Binding, ...]
    constraints: tuple[Expr, ...]
    watch: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Test(Node):
    """A condition on what is bound so far (``eval``); it binds nothing."""

    value: Expr


@dataclass(frozen=True, slots=True)
class From(Node):
    """Each element of a list (a single value is a list of one, null of none) for which all constraints hold."""

    binding: str
    items: Expr
    constraints: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Group(Node):
    """``kind`` is ``not`` or ``exists``: whether the conditions hold together for any facts; it binds nothing."""

    kind: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Fold(Node):
    """One value out of many matches: ``state`` (each a ``Let`` with a value) is set up, ``action`` runs for each match
    in the order in which the matches arose, ``result`` is bound to ``name``; state and result see what is bound before.
    """

    name: str
    state: tuple[Let, ...]
    action: tuple[Stmt, ...]
    result: Expr


@dataclass(frozen=True, slots=True)
class Accumulate(Node):
    """Folds over all matches of the inner conditions; it holds once, with the folds' names bound.

    It does not hold while the one fold's result is null.
    """

    conditions: tuple[Condition, ...]
    folds: tuple[Fold, ...]


Condition: TypeAlias = Pattern | Test | From | Group | Accumulate
"""What a rule's left side is made of, in order; ``or`` has become several rules of one name."""


@dataclass(frozen=True, slots=True)
class Rule(Node):
    """A rule; ``beta`` and the functions are set by the pass that builds the network.

    Names need not be unique: the branches of an ``or`` and the consequences of one rule share theirs.
    """

    name: str
    salience: Expr
    no_loop: bool
    conditions: tuple[Condition, ...]
    body: tuple[Stmt, ...]
    lock_on_active: bool = False
    agenda_group: str = "MAIN"
    auto_focus: bool = False
    activation_group: str = ""
    beta: int | None = None
    function: str = ""
    salience_function: str = ""


@dataclass(frozen=True, slots=True)
class AlphaType(Node):
    """All facts of a type, subtypes included."""

    of: str


@dataclass(frozen=True, slots=True)
class AlphaCompare(Node):
    """``field op constant`` on the facts of the parent node."""

    parent: int
    field: str
    op: str
    value: Const


@dataclass(frozen=True, slots=True)
class AlphaCode(Node):
    """Any test of the fact alone, as a function."""

    parent: int
    function: str


Alpha: TypeAlias = AlphaType | AlphaCompare | AlphaCode


@dataclass(frozen=True, slots=True)
class JoinKey(Node):
    """``tuple[position].left_field == candidate.right_field``, hashed on both sides.

    Without ``left_field`` the element itself is compared.
    """

    position: int
    left_field: str
    right_field: str
    left_type: str
    right_type: str


@dataclass(frozen=True, slots=True)
class BetaPattern(Node):
    """``kind`` (``join``, ``not``, ``exists``): tuples of ``left`` (None: the root) with facts of the alpha node
    ``right``. ``watch``: the fields of the fact whose modification matters, None for all.
    """

    kind: str
    left: int | None
    right: int
    keys: tuple[JoinKey, ...]
    tests: tuple[str, ...]
    watch: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class BetaTest(Node):
    """Tuples of ``left`` for which all tests hold."""

    left: int | None
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BetaFrom(Node):
    """Tuples of ``left``, each with one element of what ``items`` gives for it, for which all tests hold."""

    left: int | None
    items: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BetaGroup(Node):
    """``kind`` (``not``, ``exists``): tuples of ``left`` with no, or any, tuple of ``right`` that extends them."""

    kind: str
    left: int | None
    right: int


@dataclass(frozen=True, slots=True)
class BetaAccumulate(Node):
    """Tuples of ``left``, each with the result over the tuples of ``right`` that extend it.

    ``init(left elements) -> list`` makes the state, ``step(right elements, state)`` takes in one tuple,
    ``result(left elements, state)`` gives the new element; null: no tuple.
    """

    left: int | None
    right: int
    init: str
    step: str
    result: str


Beta: TypeAlias = BetaPattern | BetaTest | BetaFrom | BetaGroup | BetaAccumulate


@dataclass(frozen=True, slots=True)
class RuleSet(Node):
    """The rules that one session runs, and their network once it is built.

    A global begins as its default; without one a list is empty, a record has no fields, anything else is null.
    """

    name: str
    strategy: str
    rules: tuple[Rule, ...]
    globals: tuple[Field, ...] = ()
    alphas: tuple[Alpha, ...] = ()
    betas: tuple[Beta, ...] = ()


# --- processes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Code(Node):
    """Code of a process: a function of the module over process variables.

    It takes the values of ``reads`` in order (undefined: absent), then those of ``extra`` (named by the place that uses
    it), and returns the list of the values of ``writes`` in order, or, if it is an expression, its value (``writes`` is
    empty). A value that comes back different was written.
    """

    function: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger(Node):
    """What an event waits for or throws. ``kind``: ``message``, ``signal``, ``timer``, ``condition``, ``error``,
    ``escalation``, ``compensate``, ``cancel``, ``terminate``.

    ``name``: of the message or signal; the code of the error or escalation (empty: any); the id of the activity to
    compensate (empty: all of the scope). ``timer``: ``date``, ``duration`` or ``cycle``. ``value``: an expression: the
    timer's ISO text or value, the condition, the payload that is thrown. ``keys``: names of the correlation keys, each
    with the expression in ``key_values``. ``keep``: a message that came early is kept. ``apply``: statements that run
    when it is caught, ``event`` (the payload) being extra; without them the entries of the payload become variables.
    """

    kind: str
    name: str = ""
    timer: str = ""
    value: Code | None = None
    keys: tuple[str, ...] = ()
    key_values: tuple[Code, ...] = ()
    keep: bool = False
    apply: Code | None = None


@dataclass(frozen=True, slots=True)
class Repeat(Node):
    """How often an activity runs. ``kind``: ``parallel`` or ``sequential`` (multi-instance), ``loop`` (standard loop).

    Multi-instance: ``items`` gives the list (or ``count`` how many), ``item`` is the local that holds each, ``output``
    the value of an instance that goes into the list ``result`` in order of the instances; ``until`` ends it after an
    instance. Standard loop: runs again while ``while_`` is true, at most ``maximum`` turns; ``test_first`` asks before
    the first.
    """

    kind: str
    items: Code | None = None
    count: Code | None = None
    item: str = ""
    output: Code | None = None
    result: str = ""
    until: Code | None = None
    while_: Code | None = None
    maximum: Code | None = None
    test_first: bool = False


@dataclass(frozen=True, slots=True)
class HumanTask(Node):
    """What people see of a user task. ``role``: who may do it; ``form``: canonical JSON Schema text of its result;
    ``four_eyes``: ids of tasks that somebody else must have done; ``due`` and ``priority`` are expressions.
    """

    role: str = ""
    form: str = ""
    due: Code | None = None
    priority: Code | None = None
    four_eyes: tuple[str, ...] = ()
    assignee: Code | None = None


@dataclass(frozen=True, slots=True)
class Mapping(Node):
    """A variable that crosses the border of a call activity: ``target`` gets the value."""

    target: str
    value: Code


@dataclass(frozen=True, slots=True)
class ProcessNode(Node):
    """A flow node. ``kind``:

    ``start`` (``trigger`` None: none start), ``end`` (``trigger``: what it throws, ``terminate`` and ``cancel``
    included), ``throw``, ``catch`` (intermediate), ``boundary`` (``host``, ``interrupting``), ``automatic`` (runs
    ``code``; script, service, rules, send, manual, abstract task; jPDL node), ``wait`` (until completed from outside:
    user task, jPDL state and task-node; ``task``), ``receive`` (an activity that waits for ``trigger``), ``call``
    (``called`` process; ``inputs`` and ``outputs``, None: all variables), ``scope`` (sub-process; ``transaction``),
    ``event-scope`` (event sub-process, its start event has the trigger and ``interrupting``), ``exclusive``,
    ``inclusive``, ``parallel``, ``event-gateway``.

    ``parent``: index of the scope around it, None for the process. ``default``: index of the flow taken when no
    condition is true. ``on_enter`` and ``on_leave``: jPDL actions. ``compensation``: index of the node that undoes it.
    ``locals``: variables that live in the scope (data objects of a sub-process). ``merge``: (variable, policy) for data
    that parallel branches write. ``unnamed_exit``: it is left by ``process.next()`` (a state with exactly one unnamed
    transition).
    """

    id: str
    name: str
    kind: str
    parent: int | None = None
    trigger: Trigger | None = None
    host: int | None = None
    interrupting: bool = True
    code: Code | None = None
    task: HumanTask | None = None
    called: str = ""
    inputs: tuple[Mapping, ...] | None = None
    outputs: tuple[Mapping, ...] | None = None
    transaction: bool = False
    repeat: Repeat | None = None
    default: int | None = None
    on_enter: Code | None = None
    on_leave: Code | None = None
    compensation: int | None = None
    locals: tuple[str, ...] = ()
    merge: tuple[Merge, ...] = ()
    unnamed_exit: bool = False


@dataclass(frozen=True, slots=True)
class Merge(Node):
    """How the writes of parallel branches to a variable unite: ``sum``, ``append``, ``first`` or ``last``."""

    variable: str
    policy: str


@dataclass(frozen=True, slots=True)
class Flow(Node):
    """A sequence flow or transition; ``source`` and ``target`` are indices of nodes. ``condition`` None: always.

    Flows stand in document order, and a node's outgoing flows are tried in that order. ``action`` runs when it is
    taken.
    """

    id: str
    name: str
    source: int
    target: int
    condition: Code | None = None
    action: Code | None = None


@dataclass(frozen=True, slots=True)
class Process(Node):
    """A process: BPMN's and jPDL's alike. ``file`` is its file's path; ``id`` tells several of one file apart.

    ``initial``: values that variables begin with. ``merge`` holds for the whole process. ``language``: ``bpmn`` or
    ``jpdl``.
    """

    file: str
    id: str
    name: str
    nodes: tuple[ProcessNode, ...]
    flows: tuple[Flow, ...]
    initial: tuple[Mapping, ...] = ()
    merge: tuple[Merge, ...] = ()
    language: str = "bpmn"


@dataclass(frozen=True, slots=True)
class Module(Node):
    """All that compiles into one module."""

    name: str
    version: str
    types: tuple[TypeDef, ...] = ()
    rulesets: tuple[RuleSet, ...] = ()
    functions: tuple[Function, ...] = ()
    variables: tuple[Field, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    permissions: tuple[str, ...] = ()
    parameters: str = '{"properties":{},"type":"object"}'
    """Canonical JSON text of the parameters' schema."""
    tables: tuple[Table, ...] = ()
    processes: tuple[Process, ...] = ()


# --- text form ---------------------------------------------------------------------------------------------

_WIDTH = 100
_DEEPEST = 30
"""Levels that are indented; deeper ones stay in line, so that the text grows no faster than the tree."""


def _tag(cls: type) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()


_CLASSES: dict[str, Any] = {
    _tag(c): c
    for c in (
        *(
            Const,
            Local,
            Variable,
            Parameter,
            GetField,
            GetIndex,
            Unary,
            Binary,
            Logical,
            Conditional,
            Call,
            Native,
        ),
        *(Method, New, NewObject, NewList, Global, IsA, Facts, Assign, TableRows, TableOutput, TableConflict),
        *(Closure, MakeClosure, NewCell, CellGet, CellSet, This, CallValue, Spread, Construct, Member, ClassValue),
        *(
            SuperCall,
            SuperMethod,
            NewClass,
            Define,
            Statics,
            CallParent,
            OfParent,
            InstanceOf,
            Chain,
            Present,
            Sequence,
            Regex,
            Accessor,
        ),
        *(ForIn, Labeled, Case, Switch, Throw, Try),
        *(Code, Trigger, Repeat, HumanTask, Mapping, ProcessNode, Merge, Flow, Process),
        *(CellAny, CellIs, CellRange, CellTest, CellCode, TableRow, TableInput, TableColumn, Table),
        *(
            Let,
            Do,
            If,
            Loop,
            ForEach,
            Break,
            Continue,
            Return,
            Revert,
            When,
            Insert,
            InsertLogical,
            Focus,
            Update,
            Modify,
            Delete,
            StopFiring,
        ),
        *(Field, TypeDef, Function, Endpoint, Binding, Pattern, Test, From, Group, Fold, Accumulate, Rule),
        *(AlphaType, AlphaCompare, AlphaCode, JoinKey, BetaPattern, BetaTest, BetaFrom, BetaGroup, BetaAccumulate),
        *(RuleSet, Module, Temporal),
    )
}


_LEAVES = frozenset(("str", "bool", "int", "Span", "Type", "Constant", "int | None", "str | None", "tuple[str, ...]"))
"""Annotations of fields that hold no nodes."""
_INNER: dict[type, tuple[str, ...]] = {}


def _inner(cls: type) -> tuple[str, ...]:
    """The fields of a class that may hold nodes, in order."""
    names = _INNER.get(cls)
    if names is None:
        fields: Any = dataclasses.fields(cls)
        names = _INNER[cls] = tuple(f.name for f in fields if f.type not in _LEAVES)
    return names


def children(node: Node) -> list[Node]:
    """The nodes directly inside a node, in order."""
    found: list[Node] = []
    for name in _inner(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found += [v for v in value if isinstance(v, Node)]
    return found


def with_children(node: Node, change: Callable[[Any], Any]) -> Node:
    """The node with each node, and each tuple, directly inside it changed; itself if none is."""
    changes = {}
    for name in _inner(type(node)):
        old = getattr(node, name)
        if isinstance(old, Node | tuple):
            new = change(old)
            if new is not old:
                changes[name] = new
    return dataclasses.replace(node, **changes) if changes else node


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes inside it, outermost first; does not recurse."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        found = children(top)
        found.reverse()
        stack += found


def show(node: Any, *, spans: bool = True) -> str:
    """The text form of a node."""
    with room():
        return _show(node, spans, 0)


def _positional(cls: Any) -> list[str]:
    return [f.name for f in dataclasses.fields(cls) if not f.kw_only]


def _show(node: Any, spans: bool, indent: int) -> str:
    parts: list[str]
    match node:
        case None:
            return "nil"
        case UndefinedType():
            return "undefined"
        case bool():
            return "true" if node else "false"
        case int():
            return str(node)
        case Decimal():
            return str(node)
        case str():
            return json.dumps(node, ensure_ascii=False)
        case Scalar(name):
            return name
        case ListOf(item):
            return f"(list {_show(item, spans, indent)})"
        case Optional(item):
            return f"(optional {_show(item, spans, indent)})"
        case Enum(values):
            return "(" + " ".join(["enum", *(json.dumps(v, ensure_ascii=False) for v in values)]) + ")"
        case Ref(name):
            return f"(type {json.dumps(name, ensure_ascii=False)})"
        case Span():
            name = quote(node.file, safe="/._-")
            return f"@{name}:{node.line}:{node.column}-{node.end_line}:{node.end_column}"
        case tuple():
            open_, close, parts = "[", "]", [_show(x, spans, indent + 1) for x in node]
        case _:
            names = _positional(node)
            parts = [_tag(type(node)), *(_show(getattr(node, n), spans, indent + 1) for n in names)]
            if isinstance(node, Expr) and node.type != ANY:
                parts.append("'" + _show(node.type, spans, indent))
            if spans and isinstance(node, Node) and node.span != NOWHERE:
                parts.append(_show(node.span, spans, indent))
            open_, close = "(", ")"
    line = open_ + " ".join(parts) + close
    if len(line) + 2 * indent <= _WIDTH and "\n" not in line:
        return line
    return open_ + ("\n" + "  " * (min(indent, _DEEPEST) + 1)).join(parts) + close


_TOKEN = re.compile(r"""\s*(?:([()\[\]'])|("(?:[^"\\]|\\.)*")|([^\s()\[\]'"]+))""")
_SPAN = re.compile(r"@(.*):(\d+):(\d+)-(\d+):(\d+)")


class BadTextError(ValueError):
    """The text form of an IR node does not parse."""


def parse(text: str) -> Any:
    """Reads what ``show`` printed."""
    tokens = []
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise BadTextError(f"unexpected `{text[at : at + 10]}` at offset {at}")
        tokens.append(found.group().strip())
        at = found.end()
    with room():
        value, rest = _parse(tokens, 0)
    if rest != len(tokens):
        raise BadTextError(f"unexpected `{tokens[rest]}` after the end")
    return value


def _parse(tokens: list[str], at: int) -> tuple[Any, int]:
    if at >= len(tokens):
        raise BadTextError("unexpected end")
    token = tokens[at]
    at += 1
    if token in ("(", "["):
        close = ")" if token == "(" else "]"
        tag = ""
        if token == "(":
            tag, at = "".join(tokens[at : at + 1]), at + 1
        parts, type_, span = [], ANY, NOWHERE
        while at < len(tokens) and tokens[at] != close:
            if tokens[at] == "'":
                type_, at = _parse(tokens, at + 1)
                continue
            part, at = _parse(tokens, at)
            if isinstance(part, Span):
                span = part
            else:
                parts.append(part)
        if at >= len(tokens):
            raise BadTextError(f"`{token}` is not closed")
        return (tuple(parts) if not tag else _build(tag, parts, type_, span)), at + 1
    if token.startswith('"'):
        return json.loads(token), at
    if token.startswith("@") and (found := _SPAN.fullmatch(token)):
        name = unquote(found[1])
        return Span(name, *(int(x) for x in found.groups()[1:])), at
    words: dict[str, Any] = {"nil": None, "true": True, "false": False, "undefined": UNDEFINED}
    if token in words:
        return words[token], at
    if token in SCALARS:
        return SCALARS[token], at
    try:
        return (int(token) if re.fullmatch(r"-?\d+", token) else Decimal(token)), at
    except ArithmeticError:
        raise BadTextError(f"unknown word `{token}`") from None


def _build(tag: str, parts: list[Any], type_: Type, span: Span) -> Any:
    match tag:
        case "list":
            return ListOf(*parts)
        case "optional":
            return Optional(*parts)
        case "enum":
            return Enum(tuple(parts))
        case "type":
            return Ref(*parts)
        case _ if tag not in _CLASSES:
            raise BadTextError(f"unknown node `{tag}`")
    cls = _CLASSES[tag]
    extra: dict[str, Any] = {}
    if issubclass(cls, Expr):
        extra["type"] = type_
    if issubclass(cls, Node):
        extra["span"] = span
    try:
        return cls(*parts, **extra)
    except TypeError as error:
        raise BadTextError(f"`{tag}`: {error}") from None
