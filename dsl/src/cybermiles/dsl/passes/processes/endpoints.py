"""The endpoints of processes: `buy`, `buy.complete`, `buy.claim` .. of a contract whose `buy` is a process.

What they do stands in `data/process_endpoints.js`, contract script like any other; here it gets what it must know of
this contract (roles, forms, rights) and its doors to the kernel, and each endpoint becomes a function that calls it.
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import CompileError, CompilerBug, Diagnostics, suggest
from cybermiles.dsl.passes.context import Context
from cybermiles.dsl.passes.script.resolve import resolve_script
from cybermiles.dsl.roles import RIGHTS, Role
from cybermiles.dsl.syntax.script.statements import parse_script

FILE = "process_endpoints.js"
_PREFIX = "processes"
"""What the names of the made functions begin with."""
MAX_INFERRED = 48
"""Start variables that become arguments without being declared."""

_DOORS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "refuse": ("people refuse", ("code", "message")),
    "form_error": ("people form", ("schema", "value")),
    "note": ("people note", ("key",)),
    "set_note": ("people set note", ("key", "value")),
    "start_process": ("start_process", ("key", "variables")),
    "load_process": ("load_process", ("id",)),
    "correlate": ("correlate", ("message", "payload", "correlation")),
    "signal": ("signal", ("name", "payload")),
}
"""Functions of the file that are the kernel's: its native, the parameters."""


@dataclass(frozen=True, slots=True)
class ProcessEndpoint:
    """An endpoint that is a process. ``key`` names the process (`FILE` or `FILE#ID`); ``args`` None: the variables that
    it reads are its arguments. ``refund``: file and text of the script that runs when an instance is cancelled;
    ``senders``: the role that may send a message, by its name."""

    name: str
    process: str
    args: tuple[ir.Field, ...] | None = None
    refund: tuple[str, str] | None = None
    senders: tuple[tuple[str, str], ...] = ()
    span: ir.Span = ir.NOWHERE


_ID = ("instance", ir.TEXT)
_MAYBE_ID = ("instance", ir.Optional(ir.TEXT))
_TASK = ("task", ir.ANY)
_TURN = ("turn", ir.Optional(ir.INT))
_RECORD = ir.Optional(ir.RECORD)
_NOTHING = ir.Optional(ir.ANY)

_VERBS: Mapping[str, tuple[str, tuple[tuple[str, ir.Type], ...], ir.Type]] = {
    "where": ("where", (_ID,), ir.RECORD),
    "tasks": ("tasks", (_ID,), ir.ListOf(ir.ANY)),
    "complete": (
        "complete",
        (_ID, _TASK, ("result", _RECORD), ("transition", ir.Optional(ir.TEXT)), _TURN),
        _NOTHING,
    ),
    "claim": ("claim", (_ID, _TASK, _TURN), _NOTHING),
    "release": ("release", (_ID, _TASK, _TURN), _NOTHING),
    "reassign": ("reassign", (_ID, _TASK, ("to", ir.TEXT), _TURN), _NOTHING),
    "correlate": (
        "send_message",
        (_MAYBE_ID, ("message", ir.TEXT), ("payload", _NOTHING), ("correlation", _RECORD)),
        _NOTHING,
    ),
    "incidents": ("incidents", (_ID,), ir.ListOf(ir.ANY)),
    "retry": ("retry", (_ID, ("incident", ir.INT)), _NOTHING),
    "skip": ("skip", (_ID, ("incident", ir.INT)), _NOTHING),
    "move": ("move", (_ID, ("from", ir.ANY), ("to", ir.TEXT)), _NOTHING),
    "cancel": ("cancel", (_ID, ("reason", ir.Optional(ir.TEXT))), _NOTHING),
    "migrate": ("migrate", (_ID, ("plan", ir.RECORD)), _NOTHING),
}
"""Verb to the function of the file, the arguments after the process's key, and what it returns."""
_SIGNAL = ("send_signal", (_MAYBE_ID, ("name", ir.TEXT), ("payload", _NOTHING)), _NOTHING)
_TRANSITION = (
    "send_transition",
    (_ID, ("transition", ir.Optional(ir.TEXT)), ("state", ir.Optional(ir.TEXT))),
    _NOTHING,
)
_NOMINATIONS: Mapping[str, tuple[str, tuple[tuple[str, ir.Type], ...], ir.Type]] = {
    "nominate": ("nominate", (_ID, ("role", ir.TEXT), ("to", ir.TEXT)), _NOTHING),
    "endorse": ("endorse", (_ID, ("role", ir.TEXT), ("to", ir.TEXT)), _NOTHING),
}


@dataclass(slots=True)
class Made:
    """What the endpoints add to a module."""

    functions: list[ir.Function] = field(default_factory=list)
    endpoints: list[ir.Endpoint] = field(default_factory=list)


def process_endpoints(
    context: Context, endpoints: Sequence[ProcessEndpoint], roles: Sequence[Role], processes: Sequence[ir.Process]
) -> Made:
    """The functions and endpoints of all process endpoints; what is wrong is reported."""
    made = Made()
    by_key = {f"{p.file}#{p.id}": p for p in processes}
    chosen: list[tuple[ProcessEndpoint, str, ir.Process]] = []
    for endpoint in endpoints:
        key = context.processes.get(endpoint.process, "")
        if key in by_key:
            chosen.append((endpoint, key, by_key[key]))
        elif not key:
            message = f"the endpoint `{endpoint.name}` runs `{endpoint.process}`, which is no process of the archive"
            hint = suggest(endpoint.process, context.processes)
            context.diagnostics.add("process-bad-reference", message, endpoint.span, hint)
    _check_roles(context, chosen, roles, by_key)
    if not chosen:
        return made
    made.functions += _library(context, chosen, roles, by_key)
    for endpoint, key, process in chosen:
        _endpoint(made, endpoint, key, process, bool(_given(roles)))
    return made


# --- what the file must know of this contract
def _library(
    context: Context,
    chosen: Sequence[tuple[ProcessEndpoint, str, ir.Process]],
    roles: Sequence[Role],
    processes: Mapping[str, ir.Process],
) -> list[ir.Function]:
    parts = [(importlib.resources.files("cybermiles.dsl") / "data" / FILE).read_text(encoding="utf-8")]
    parts += [f"function {name}({', '.join(params)}) {{ return null; }}" for name, (_, params) in _DOORS.items()]
    parts += [_holds(context, roles), _allowed(roles), _about(processes), _nomination(roles)]
    parts += [_sender(chosen), "function refund(key, id, variables) { return null; }"]
    functions = [_doored(f) for f in _resolved(context, "\n".join(parts))]
    refunds = []
    for endpoint, key, _ in chosen:
        if endpoint.refund is not None:
            file, text = endpoint.refund
            fields = (ir.Field("instance", ir.TEXT), ir.Field("variables", ir.RECORD))
            name = f"refund {endpoint.name}"
            try:
                script = parse_script(file, text, context.diagnostics)
            except CompileError:
                continue
            functions += resolve_script(context, script, name, fields)
            refunds.append((key, name))
    return [_with_refunds(f, refunds) if f.name == f"{_PREFIX}.refund" else f for f in functions]


def _resolved(context: Context, text: str) -> list[ir.Function]:
    """The functions of the file. That it has findings is a bug of the compiler."""
    findings = Diagnostics()
    inner = replace(context, diagnostics=findings, variables={})
    try:
        functions = resolve_script(inner, parse_script(FILE, text, findings), _PREFIX, ())
    except CompileError as error:
        raise CompilerBug(f"{FILE}: {error}") from error
    if findings.has_errors:
        raise CompilerBug(f"{FILE}: {CompileError(findings)}")
    return [f for f in functions if f.name != _PREFIX]


def _doored(function: ir.Function) -> ir.Function:
    """A function that is the kernel's calls it."""
    door = _DOORS.get(function.name.removeprefix(f"{_PREFIX}."))
    if door is None:
        return function
    args = tuple(ir.Local(p.name) for p in function.params)
    return replace(function, body=(ir.Return(ir.Native(door[0], args)),))


def _with_refunds(function: ir.Function, refunds: Sequence[tuple[str, str]]) -> ir.Function:
    """The script of the process runs, if it has one."""
    key, id_, variables = (ir.Local(p.name) for p in function.params)
    body = [
        ir.If(ir.Binary("==", key, ir.Const(of)), (ir.Do(ir.Call(name, (id_, variables))),), ()) for of, name in refunds
    ]
    return replace(function, body=(*body, *function.body))


def _holds(context: Context, roles: Sequence[Role]) -> str:
    lines = []
    for role in roles:
        ways = [f"who == {_js(address)}" for address in role.addresses]
        if role.parameter:
            of = (context.parameters or {}).get(role.parameter)
            value = f"params.{role.parameter}"
            ways.append(f"{value}.includes(who)" if isinstance(of, ir.ListOf) else f"who == {value}")
        if role.variable:
            ways.append(f"names(process.variables[{_js(role.variable)}], who)")
        if role.starter:
            ways.append('who == note("starter/" + process.id)')
        if role.nominated_by:
            ways.append(f'who == note("role/" + process.id + {_js("/" + role.name)})')
        lines += [f"  if (role == {_js(role.name)}) {{ return {' || '.join(ways) or 'false'}; }}"]
    names = (
        "function names(value, who) {\n"
        '  return is_kind(value, "list") ? value.includes(who) : is_kind(value, "text") && value == who;\n}\n'
    )
    return names + _function("holds(process, role, who)", [*lines, "  return false;"])


def _allowed(roles: Sequence[Role]) -> str:
    lines = []
    for right in RIGHTS:
        names = [role.name for role in roles if right in role.may]
        lines.append(f"  if (right == {_js(right)}) {{ return {_js(names)}; }}")
    return _function("allowed(right)", [*lines, "  return [];"])


def _nomination(roles: Sequence[Role]) -> str:
    lines = [
        f"  if (role == {_js(role.name)}) {{ return "
        f"{{ nominated_by: {_js(role.nominated_by)}, endorsed_by: {_js(role.endorsed_by)} }}; }}"
        for role in _given(roles)
    ]
    refusal = '  refuse("bad-role", "nobody is nominated for `" + role + "`");'
    return _function("nomination(role)", [*lines, refusal])


def _given(roles: Sequence[Role]) -> list[Role]:
    return [role for role in roles if role.nominated_by]


def _about(processes: Mapping[str, ir.Process]) -> str:
    """Of a task that the models do not have (an instance of an older module) nothing is known: nobody may do it."""
    lines = []
    for key, process in processes.items():
        eyes = _eyes(process)
        inner = []
        for node in process.nodes:
            if node.kind == "wait":
                task = node.task or ir.HumanTask()
                what = {"role": task.role, "form": task.form, "eyes": sorted(eyes.get(node.id, ()))}
                inner.append(f"    if (element == {_js(node.id)}) {{ return {_js(what)}; }}")
        if inner:
            lines += [f"  if (process == {_js(key)}) {{", *inner, "  }"]
    refusal = '  refuse("wrong-role", "the task `" + element + "` is not of this version of the contract");'
    return _function("about(process, element)", [*lines, refusal])


def _eyes(process: ir.Process) -> dict[str, set[str]]:
    """The tasks that somebody else must do, both ways round: whichever of two comes second."""
    found: dict[str, set[str]] = {}
    for node in process.nodes:
        for other in node.task.four_eyes if node.task is not None else ():
            found.setdefault(node.id, set()).add(other)
            found.setdefault(other, set()).add(node.id)
    return found


def _sender(chosen: Sequence[tuple[ProcessEndpoint, str, ir.Process]]) -> str:
    names = {name: role for endpoint, _, _ in chosen for name, role in endpoint.senders}
    lines = [f"  if (name == {_js(name)}) {{ return {_js(role)}; }}" for name, role in names.items()]
    return _function("sender(name)", [*lines, '  return "";'])


def _function(head: str, lines: Sequence[str]) -> str:
    return "\n".join((f"function {head} {{", *lines, "}"))


def _js(value: Any) -> str:
    return json.dumps(value)


# --- endpoints
def _endpoint(made: Made, endpoint: ProcessEndpoint, key: str, process: ir.Process, nominations: bool) -> None:
    fields = endpoint.args if endpoint.args is not None else _inferred(process)
    names = tuple(ir.Const(f.name, type=ir.TEXT) for f in fields)
    values = ir.NewObject(names, tuple(ir.Local(f.name, type=f.type) for f in fields))
    _add(made, endpoint, "", "start", tuple(fields), (ir.Const(key, type=ir.TEXT), values), ir.TEXT)
    verbs = dict(_VERBS) | {"signal": _TRANSITION if process.language == "jpdl" else _SIGNAL}
    for verb, (function, args, returns) in (verbs | (dict(_NOMINATIONS) if nominations else {})).items():
        params = tuple(ir.Field(name, type_) for name, type_ in args)
        passed = (ir.Const(key, type=ir.TEXT), *(ir.Local(name, type=type_) for name, type_ in args))
        _add(made, endpoint, f".{verb}", function, params, passed, returns)


def _add(
    made: Made,
    endpoint: ProcessEndpoint,
    verb: str,
    function: str,
    params: tuple[ir.Field, ...],
    passed: tuple[ir.Expr, ...],
    returns: ir.Type,
) -> None:
    name = f"{endpoint.name}{verb}"
    call = ir.Call(f"{_PREFIX}.{function}", passed, span=endpoint.span)
    body = (ir.Return(call, span=endpoint.span),)
    made.functions.append(ir.Function(f"endpoint {name}", params, body, span=endpoint.span))
    made.endpoints.append(ir.Endpoint(name, params, returns, f"endpoint {name}", span=endpoint.span))


def _inferred(process: ir.Process) -> tuple[ir.Field, ...]:
    """The variables that code of the process reads: each may be given."""
    names = sorted({name for node in ir.walk(process) if isinstance(node, ir.Code) for name in node.reads})
    return tuple(ir.Field(name, ir.Optional(ir.ANY)) for name in names[:MAX_INFERRED])


# --- roles that the models name
def _check_roles(
    context: Context,
    chosen: Sequence[tuple[ProcessEndpoint, str, ir.Process]],
    roles: Sequence[Role],
    processes: Mapping[str, ir.Process],
) -> None:
    known = {role.name for role in roles}
    for key in _reached([key for _, key, _ in chosen], processes):
        for node in processes[key].nodes:
            role = node.task.role if node.task is not None else ""
            if role and role not in known:
                message = (
                    f"the task `{node.name or node.id}` needs the role `{role}`, which contract.yaml does not declare"
                )
                hint = suggest(role, known) or f"declare it: `roles: {{{role}: {{addresses: [cmt1...]}}}}`"
                context.diagnostics.add("unknown-role", message, _place(node), hint)
    for endpoint, _, _ in chosen:
        for name, role in endpoint.senders:
            if role not in known:
                message = f"the sender of `{name}` is the role `{role}`, which is not declared"
                context.diagnostics.add("unknown-role", message, endpoint.span, suggest(role, known))


def _reached(keys: Sequence[str], processes: Mapping[str, ir.Process]) -> list[str]:
    """The processes, and those that they call."""
    found = [key for key in keys if key in processes]
    for key in found:
        found += [n.called for n in processes[key].nodes if n.called in processes and n.called not in found]
    return list(dict.fromkeys(found))


def _place(node: ir.ProcessNode) -> ir.Span:
    return node.task.span if node.task is not None and node.task.span != ir.NOWHERE else node.span
