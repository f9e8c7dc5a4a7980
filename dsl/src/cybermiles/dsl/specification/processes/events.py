"""Events: what is waited for, what happens when it comes, what is thrown, and what is undone."""

from __future__ import annotations

from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.specification.processes.activities import Activities
from cybermiles.dsl.specification.processes.data import Lookup, same, stored
from cybermiles.dsl.specification.processes.flow import ACTIVITIES, compensable
from cybermiles.dsl.specification.processes.state import Data, Failure, Record, Scope, Token, Wait
from cybermiles.dsl.specification.processes.timers import later, schedule

_ARMED = ("message", "signal", "timer", "condition")


class Events(Activities):
    """Catching and throwing."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.kept: list[tuple[str, Data, Data]] = []
        """Messages that came before anybody waited for them: name, payload, correlation."""

    # --- arming
    def listen(self, node: int, scope: Scope, token: Token | None, see: Lookup) -> None:
        """An event may happen from now on."""
        trigger = scope.process.nodes[node].trigger
        if trigger is None or trigger.kind not in _ARMED:
            return
        made = Wait(self.number(), node, scope.id, None if token is None else token.id, trigger)
        made.keys = tuple(stored(self.value(key, see, token)) for key in trigger.key_values)
        if trigger.kind == "timer" and trigger.value is not None:
            made.due, made.left, made.every = schedule(trigger.timer, self.value(trigger.value, see, token), self.now)
        if made.left != 0:
            self.waits[made.id] = made

    def arm(self, node: int, token: Token) -> None:
        self.listen(node, self.scopes[token.scope], token, self.at(token))

    def arm_host(self, token: Token) -> None:
        for number in attached(self.process(token), token.node):
            self.arm(number, token)

    def arm_scope(self, scope: Scope) -> None:
        if scope.kind in ("process", "scope"):
            for _, start in self.handlers(scope):
                self.listen(start, scope, None, lambda name: self.read(scope.root, name))

    def handlers(self, scope: Scope) -> list[tuple[int, int]]:
        """The event sub-processes of a scope, each with its start."""
        nodes = scope.process.nodes
        found = []
        for number, node in enumerate(nodes):
            if node.kind == "event-scope" and node.parent == scope.node and scope.kind in ("process", "scope"):
                found += [(number, at) for at, n in enumerate(nodes) if n.parent == number and n.kind == "start"]
        return found

    def disarm(self, *, token: int | None = None, scope: int | None = None) -> None:
        for wait in list(self.waits.values()):
            if (token is not None and wait.token == token) or (wait.token is None and wait.scope == scope):
                del self.waits[wait.id]

    # --- what is waited for has come
    def trigger(self, wait: Wait, payload: Data = ir.UNDEFINED, event: Data = None) -> None:
        """An event happens."""
        node, scope = self.node(wait), self.scopes[wait.scope]
        if wait.trigger.kind == "timer" and wait.every is not None and (wait.left is None or wait.left > 1):
            wait.left, wait.due = wait.left and wait.left - 1, later(wait.due, wait.every)
        elif wait.trigger.kind != "condition" and not self.again(wait):
            del self.waits[wait.id]
        if wait.token is None:
            self.start_handler(scope, node.parent, wait.node, payload, event)
            return
        token = self.tokens[wait.token]
        if node.kind == "boundary":
            self.leave_host(token, wait.node, payload, event)
            return
        if token.node == wait.node:
            self.waits.pop(wait.id, None)
            self.accept(token, node.id, node.trigger, payload, event)
            token.state = "ready"
            self.later(self.resume, token)
        else:
            self.disarm(token=token.id)
            token.node, token.state, token.flow = wait.node, "ready", None
            self.accept(token, node.id, node.trigger, payload, event)
            self.later(self.caught, token)

    def again(self, wait: Wait) -> bool:
        """Whether an event may happen any number of times: the non-interrupting ones, but for timers."""
        node = self.node(wait)
        return wait.trigger.kind != "timer" and node.kind in ("boundary", "start") and not node.interrupting

    def leave_host(self, token: Token, boundary: int, payload: Data, event: Data) -> None:
        """A boundary event happens: instead of the activity, or beside it."""
        node = self.process(token).nodes[boundary]
        if node.interrupting:
            self.interrupt(token)
            token.node = boundary
        else:
            branch = self.beside(token.branch, token.node)
            token = self.add_token(boundary, token.scope, branch.id)
        self.accept(token, node.id, node.trigger, payload, event)
        self.later(self.perform, token)

    def start_handler(self, scope: Scope, handler: int | None, start: int, payload: Data, event: Data) -> None:
        """An event sub-process begins: instead of all else in its scope, or beside it. Outside of one, the process."""
        if handler is None or scope.process.nodes[handler].kind != "event-scope":
            self.disarm(scope=scope.id)
            self.arm_scope(scope)
            token = self.begin(scope, [start])[0]
            self.accept(token, self.node(token).id, self.node(token).trigger, payload, event)
            return
        if scope.process.nodes[start].interrupting:
            self.interrupt_scope(scope)
            self.disarm(scope=scope.id)
            scope.interrupted = True
            branch = scope.root
        else:
            branch = self.beside(scope.root, handler).id
        token = self.add_token(handler, scope.id, branch, begin=start, event=(payload, event))
        self.later(self.perform, token)

    # --- messages, signals, conditions, timers
    def deliver(self, name: str, payload: Data, correlation: Data) -> bool:
        """The oldest subscription that a message fits takes it."""
        for wait in self.waits.values():
            given = (payload if isinstance(payload, dict) else {}) | (correlation or {})
            fits = all(
                same(given.get(key, ir.UNDEFINED), value)
                for key, value in zip(wait.trigger.keys, wait.keys, strict=True)
            )
            if wait.trigger.kind == "message" and wait.trigger.name == name and fits:
                self.trigger(wait, payload, payload)
                return True
        return False

    def correlate(self, name: str, payload: Data, correlation: Data) -> bool:
        """A message: somebody takes it, or it is kept, or it is lost."""
        if self.deliver(name, payload, correlation):
            return True
        triggers = [node.trigger for process in self.evaluator_processes() for node in process.nodes]
        keeps = any(t is not None and t.kind == "message" and t.name == name and t.keep for t in triggers)
        if keeps and self.status == "waiting":
            self.kept.append((name, payload, correlation))
        return keeps and self.status == "waiting"

    def kept_message(self) -> bool:
        """A message that was kept finds somebody who waits for it."""
        for message in self.kept:
            if self.deliver(*message):
                self.kept.remove(message)
                return True
        return False

    def signal(self, name: str, payload: Data) -> bool:
        """A signal: all that wait for it get it, the oldest first; their work runs in that order."""
        found = [w for w in self.waits.values() if w.trigger.kind == "signal" and w.trigger.name == name]
        below, parts = len(self.stack), []
        for wait in found:
            if wait.id in self.waits:
                self.guard(lambda wait=wait: self.trigger(wait, payload, payload))  # type: ignore[misc]
            parts.append(self.stack[below:])
            del self.stack[below:]
        self.stack += [work for part in reversed(parts) for work in part]
        return bool(found)

    def condition(self) -> bool:
        """A condition that was false or unknown is true now."""
        waiting = [wait for wait in self.waits.values() if wait.trigger.kind == "condition"]
        for wait in sorted(waiting, key=lambda w: (w.node, w.id)):
            before, wait.was = wait.was, self.is_true(wait)
            if wait.was and not before:
                interrupting = self.node(wait).kind not in ("boundary", "start") or self.node(wait).interrupting
                if interrupting:
                    del self.waits[wait.id]
                self.trigger(wait)
                return True
        return False

    def is_true(self, wait: Wait) -> bool:
        """Whether the condition of a wait holds, as it is seen there."""
        branch = self.scopes[wait.scope].root if wait.token is None else self.tokens[wait.token].branch
        return wait.trigger.value is not None and self.holds(wait.trigger.value, self.outside(branch))

    def due(self) -> bool:
        """The next timer whose time has come."""
        found = [wait for wait in self.waits.values() if wait.due is not None and wait.due <= self.now]
        if found:
            self.trigger(min(found, key=lambda wait: (wait.due, wait.id)))
        return bool(found)

    # --- throwing
    def throw(self, token: Token) -> None:
        node = self.node(token)
        trigger = node.trigger or ir.Trigger("none")
        payload = ir.UNDEFINED if trigger.value is None else stored(self.value(trigger.value, self.at(token), token))
        go_on = self.end if node.kind == "end" else self.leave
        match trigger.kind:
            case "error":
                self.throw_error(token, trigger.name, "", payload)
            case "terminate":
                self.terminate(token)
            case "cancel":
                self.cancel(token)
            case "compensate":
                token.state, token.queue = "host", self.to_compensate(token, trigger.name)
                self.next_compensation(token)
            case _:
                self.later(go_on, token)
                match trigger.kind:
                    case "signal":
                        self.signal(trigger.name, payload)
                    case "message":
                        keys = [stored(self.value(key, self.at(token), token)) for key in trigger.key_values]
                        self.correlate(trigger.name, payload, dict(zip(trigger.keys, keys, strict=True)))
                    case "escalation":
                        self.catch(token, "escalation", trigger.name, payload, {"code": trigger.name, "message": ""})

    def throw_error(self, token: Token, code: str, message: str, payload: Data) -> None:
        if not self.catch(token, "error", code, payload, {"code": code, "message": message}):
            raise Failure(code, message or f"nothing catches the error `{code}`", self.node(token).id)

    def catch(self, token: Token, kind: str, code: str, payload: Data, event: Data) -> bool:
        """An error or escalation goes outwards to the first that catches it: at each level a boundary event, then an
        event sub-process of the scope, but not the one that threw; an equal code before none."""
        event = payload if isinstance(payload, dict) else event
        at, inner = token, None
        while True:
            process, scope = self.process(at), self.scopes[at.scope]
            if self.node(at).kind in ACTIVITIES and at.instance is None:
                found = self.catcher(process, attached(process, at.node), kind, code)
                if found is not None:
                    self.leave_host(at, found, payload, event)
                    return True
            if not scope.interrupted:
                starts = {start: handler for handler, start in self.handlers(scope) if handler != inner}
                found = self.catcher(process, list(starts), kind, code)
                if found is not None:
                    self.start_handler(scope, starts[found], found, payload, event)
                    return True
            if scope.token is None:
                return False
            at, inner = self.tokens[scope.token], scope.node

    def catcher(self, process: ir.Process, nodes: list[int], kind: str, code: str) -> int | None:
        """The first of these events that catches a code: an equal one before one that catches all."""
        for name in (code, ""):
            for number in nodes:
                trigger = process.nodes[number].trigger
                if trigger is not None and trigger.kind == kind and trigger.name == name:
                    return number
        return None

    def terminate(self, token: Token) -> None:
        """All in the scope ends."""
        scope = self.scopes[token.scope]
        self.interrupt_scope(scope, token)
        if scope.token is None:
            self.status = "terminated"
        self.end(token)

    # --- compensation
    def to_compensate(self, token: Token, name: str) -> list[Record]:
        """Takes what a throw compensates, the last that completed first: all of the scope (of the one around an event
        sub-process), or an activity by name in the nearest scope that knows it."""
        scope = self.scopes[token.scope]
        while scope.node is not None and scope.process.nodes[scope.node].kind == "event-scope":
            scope = self.scopes[scope.parent or 0]
        ids = [node.id for node in scope.process.nodes]
        while name and not any(ids[r.node] == name for r in scope.records) and scope.parent is not None:
            scope = self.scopes[scope.parent]
            ids = [node.id for node in scope.process.nodes]
        found = [record for record in scope.records if not name or ids[record.node] == name]
        scope.records = [record for record in scope.records if record not in found]
        return found[::-1]

    def next_compensation(self, token: Token) -> None:
        """Undoes the next activity; when none is left the throwing event goes on."""
        node, process = self.node(token), self.process(token)
        while token.queue:
            record = token.queue.pop(0)
            event, handler = compensable(process, record.node)
            inner = self.compensation_handler(process, record.node)
            if handler is None and inner is None:
                token.queue[:0] = [Record(r.node, record.local | r.local, r.inner) for r in reversed(record.inner)]
                continue
            scope = self.open_scope(
                "compensation", process, token, dict(record.local), node=record.node, root_parent=token.branch
            )
            scope.records = record.inner
            if handler is not None:
                if event is not None:
                    self.path.append(process.nodes[event].id)
                undo = self.add_token(handler, scope.id, scope.root)
                self.later(self.activate, undo)
            elif inner is not None:
                undo = self.add_token(inner[0], scope.id, scope.root, begin=inner[1], event=(ir.UNDEFINED, None))
                self.later(self.perform, undo)
            return
        token.queue = None
        trigger = node.trigger
        if trigger is not None and trigger.kind == "cancel":
            self.cancelled(token)
        elif node.kind == "end":
            self.end(token)
        else:
            self.leave(token)

    def compensation_handler(self, process: ir.Process, node: int) -> tuple[int, int] | None:
        """The event sub-process that undoes a sub-process, with its start."""
        for number, handler in enumerate(process.nodes):
            if handler.kind == "event-scope" and handler.parent == node:
                for at, start in enumerate(process.nodes):
                    trigger = start.trigger if start.parent == number and start.kind == "start" else None
                    if trigger is not None and trigger.kind == "compensate":
                        return number, at
        return None

    def transaction(self, token: Token) -> Scope:
        """The nearest transaction around a token."""
        scope = self.scopes[token.scope]
        while scope.node is None or not scope.process.nodes[scope.node].transaction:
            if scope.parent is None:
                raise Failure("no-transaction", "a cancel end event outside of a transaction", self.node(token).id)
            scope = self.scopes[scope.parent]
        return scope

    def cancel(self, token: Token) -> None:
        """A transaction is cancelled: all in it ends and what it has done is undone, then it is left."""
        scope = self.transaction(token)
        if scope.id != token.scope:
            raise Failure("no-transaction", "a cancel end event outside of a transaction", self.node(token).id)
        self.interrupt_scope(scope, token)
        self.disarm(scope=scope.id)
        scope.interrupted = True
        token.state, token.queue, scope.records = "host", scope.records[::-1], []
        self.next_compensation(token)

    def cancelled(self, token: Token) -> None:
        """The transaction is left by its cancel boundary event; without one its token ends."""
        host = self.tokens[self.scopes[token.scope].token or 0]
        boundary = self.catcher(self.process(host), attached(self.process(host), host.node), "cancel", "")
        self.interrupt(host)
        if boundary is None:
            self.end(host)
        else:
            self.leave_host(host, boundary, ir.UNDEFINED, None)


def attached(process: ir.Process, host: int) -> list[int]:
    """The boundary events of an activity."""
    return [number for number, node in enumerate(process.nodes) if node.kind == "boundary" and node.host == host]
