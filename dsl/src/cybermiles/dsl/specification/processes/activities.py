"""What nodes do when a token comes to them; multi-instance activities, loops, called processes."""

from __future__ import annotations

from pathlib import PurePosixPath

from cybermiles.dsl import ir
from cybermiles.dsl.specification.processes.data import Lookup, same, stored
from cybermiles.dsl.specification.processes.flow import ACTIVITIES, Flow, compensable
from cybermiles.dsl.specification.processes.state import Data, Record, Scope, Token, Turns
from cybermiles.dsl.specification.values import Halt, Items, absent, kind, whole


class Activities(Flow):
    """Nodes at work."""

    # --- what the classes built on this one do
    def arm_host(self, token: Token) -> None:
        """The boundary events of an activity begin to listen."""
        raise NotImplementedError

    def arm(self, node: int, token: Token) -> None:
        """A token waits for an event."""
        raise NotImplementedError

    def throw(self, token: Token) -> None:
        """A throwing or end event does what its trigger says."""
        raise NotImplementedError

    def next_compensation(self, token: Token) -> None:
        """A throwing event goes on with what it has still to compensate."""
        raise NotImplementedError

    # --- nodes
    def activate(self, token: Token) -> None:
        node = self.node(token)
        if node.kind in ACTIVITIES:
            self.arm_host(token)
            if node.repeat is not None:
                self.begin_turns(token, node.repeat)
                return
        self.perform(token)

    def perform(self, token: Token) -> None:
        """The node itself, once."""
        process, node = self.process(token), self.node(token)
        self.path.append(node.id)
        self.execute(node.on_enter, token, node.id)
        match node.kind:
            case "automatic":
                self.execute(node.code, token, node.id)
                self.complete(token)
            case "wait":
                token.state, token.arrival = "wait", self.number()
            case "receive" | "catch":
                token.state = "wait"
                self.arm(token.node, token)
            case "event-gateway":
                token.state = "wait"
                for flow in self.outgoing(token):
                    self.arm(process.flows[flow].target, token)
            case "scope":
                local = dict.fromkeys(node.locals, ir.UNDEFINED)
                self.open_scope("scope", process, token, local, node=token.node, root_parent=token.branch)
            case "event-scope":
                self.begin_event_scope(token)
            case "call":
                self.call(token, node)
            case "throw" | "end" if node.trigger is not None:
                self.throw(token)
            case "end":
                self.end(token)
            case _:
                self.leave(token)

    def begin_event_scope(self, token: Token) -> None:
        """An event sub-process begins at the start event that was triggered."""
        process, node, begin = self.process(token), self.node(token), token.begin
        if begin is None:  # it undoes the sub-process around it
            begin = next(i for i, n in enumerate(process.nodes) if n.parent == token.node and n.kind == "start")
        local = dict.fromkeys(node.locals, ir.UNDEFINED)
        scope = self.open_scope("scope", process, token, local, node=token.node, root_parent=token.branch, begin=begin)
        start, event = self.inside(scope.id)[0], process.nodes[begin]
        if token.event is None:
            return
        payload, given = token.event
        self.accept(start, event.id, event.trigger, payload, given)

    def caught(self, token: Token) -> None:
        """The event that a gateway waited for has come."""
        self.path.append(self.node(token).id)
        self.resume(token)

    def resume(self, token: Token) -> None:
        """What a token waited for has come."""
        if self.node(token).kind in ACTIVITIES:
            self.complete(token)
        else:
            self.leave(token)

    def complete(self, token: Token, transition: str | None = None) -> None:
        if token.instance is not None:
            self.turn_done(token)
            return
        self.remember(token, self.scopes[token.scope], {}, [])
        self.disarm(token=token.id)
        self.leave(token, transition)

    def remember(self, token: Token, scope: Scope, local: dict[str, Data], inner: list[Record]) -> None:
        """A completed activity can be compensated: what undoes it itself, or the activities inside it."""
        process, (_, handler) = scope.process, compensable(scope.process, token.node)
        if handler is not None or (inner and process.nodes[token.node].kind == "scope"):
            scope.records.append(Record(token.node, local, inner))

    def scope_done(self, scope: Scope) -> None:
        token = None if scope.token is None else self.tokens[scope.token]
        if token is None:
            if self.status == "waiting":
                self.status = "completed"
            self.disarm(scope=scope.id)
            return
        outside, node, local = self.scopes[token.scope], self.node(token), self.branches[scope.root].local or {}
        outputs = self.outputs(scope, token) if scope.kind == "process" else {}
        records = scope.records
        self.close_scope(scope)
        for name, value in outputs.items():
            self.write(token.branch, name, value, node.id)
        match scope.kind:
            case "compensation":
                self.next_compensation(token)
            case "scope" if node.kind == "event-scope":
                self.end(token)
            case _ if token.instance is not None:
                self.turn_done(token, local, records if scope.kind == "scope" else [])
            case kind:
                self.remember(token, outside, dict(local), records if kind == "scope" else [])
                self.disarm(token=token.id)
                self.leave(token)

    # --- called processes
    def call(self, token: Token, node: ir.ProcessNode) -> None:
        """A called process begins with what the call passes; all variables, unless it says which."""
        called = self.called(node.called)
        if node.inputs is None:
            given = self.visible(token)
        else:
            given = {m.target: stored(self.value(m.value, self.at(token), token)) for m in node.inputs}
        self.open_scope("process", called, token, self.initial(called) | given)

    def called(self, name: str) -> ir.Process:
        """A process by its id, its file, or the stem of its file."""
        for process in self.evaluator_processes():
            if name in (process.id, process.file, f"{process.file}#{process.id}", PurePosixPath(process.file).stem):
                return process
        raise Halt("unknown-process", f"there is no process `{name}`")

    def evaluator_processes(self) -> tuple[ir.Process, ...]:
        """The processes of the module."""
        raise NotImplementedError

    def initial(self, process: ir.Process) -> dict[str, Data]:
        """What the variables of a process begin with."""
        values: dict[str, Data] = {}
        for mapping in process.initial:
            values[mapping.target] = stored(self.value(mapping.value, lambda name: values.get(name, ir.UNDEFINED)))
        return values

    def visible(self, token: Token) -> dict[str, Data]:
        """All variables that a token sees."""
        chain = [self.branches[b] for b in self.chain(token.branch)]
        names = {name for at in chain for values in (at.writes, at.seen, at.local or {}) for name in values}
        return {name: self.read(token.branch, name) for name in sorted(names)}

    def outputs(self, scope: Scope, token: Token) -> dict[str, Data]:
        """What a called process gives back: all that is different now, unless the call says what."""
        node = self.node(token)
        if node.outputs is None:
            local = self.branches[scope.root].local or {}
            return {n: v for n, v in sorted(local.items()) if not same(v, self.read(token.branch, n))}
        lookup: Lookup = lambda name: self.read(scope.root, name)  # noqa: E731
        return {m.target: stored(self.value(m.value, lookup, token)) for m in node.outputs}

    # --- multi-instance and loops
    def begin_turns(self, token: Token, repeat: ir.Repeat) -> None:
        """The instances of an activity begin: all together, or the first."""
        token.state, items, total = "host", None, None
        if repeat.kind != "loop" and repeat.items is not None:
            found = self.value(repeat.items, self.at(token), token)
            if not isinstance(found, Items):
                code = "null-operand" if absent(found) else "type-mismatch"
                raise Halt(code, f"`{self.node(token).id}` runs for each item of a list, not of {kind(found)}")
            items, total = [stored(item) for item in found.values], len(found.values)
        elif (count := repeat.maximum if repeat.kind == "loop" else repeat.count) is not None:
            total = whole(found := self.value(count, self.at(token), token))
            if total is None or total < 0:
                raise Halt("type-mismatch", f"`{self.node(token).id}` runs a whole number of times, not {found}")
        token.turns = Turns(total, items)
        parallel = repeat.kind == "parallel"
        if total == 0 or (repeat.kind == "loop" and repeat.test_first and not self.goes_on(token, repeat)):
            self.end_turns(token, repeat)
            return
        made = [self.begin_turn(token, repeat) for _ in range(total or 0 if parallel else 1)]
        for instance in reversed(made):
            self.later(self.perform, instance)

    def begin_turn(self, token: Token, repeat: ir.Repeat) -> Token:
        """One more instance: a scope with its own variables, on a branch of its own if it runs beside others."""
        turns = token.turns or Turns(None)
        turns.begun += 1
        local: dict[str, Data] = {"loopCounter": turns.begun}
        if repeat.kind != "loop":
            local |= {"nrOfInstances": turns.total, "nrOfActiveInstances": 0, "nrOfCompletedInstances": 0}
            if repeat.item:
                local[repeat.item] = ir.UNDEFINED if turns.items is None else turns.items[turns.begun - 1]
        parent = self.add_branch(token.branch, token.node).id if repeat.kind == "parallel" else token.branch
        scope = self.open_scope("instance", self.process(token), token, local, node=token.node, root_parent=parent)
        made = self.add_token(token.node, scope.id, scope.root, instance=turns.begun)
        self.count_turns(token)
        return made

    def count_turns(self, token: Token) -> dict[str, Data]:
        """Tells all instances how many there are."""
        turns = token.turns or Turns(None)
        counts = {"nrOfActiveInstances": turns.begun - turns.ended, "nrOfCompletedInstances": turns.ended}
        for scope in self.scopes_of(token):
            local = self.branches[scope.root].local
            if local is not None and "nrOfInstances" in local:
                local |= counts
        return {"nrOfInstances": turns.total} | counts

    def turn_done(
        self, token: Token, inner_local: dict[str, Data] | None = None, inner: list[Record] | None = None
    ) -> None:
        """An instance has ended."""
        scope = self.scopes[token.scope]
        host, root = self.tokens[scope.token or 0], self.branches[scope.root]
        repeat, turns, local = self.node(host).repeat, host.turns, dict(root.local or {})
        if repeat is None or turns is None:
            raise TypeError("an instance of nothing")
        if repeat.output is not None:
            see, inside = self.at(token), inner_local or {}  # what was local to a sub-process can be given out
            within: Lookup = lambda name: inside[name] if name in inside else see(name)  # noqa: E731
            turns.outputs[token.instance or 0] = stored(self.value(repeat.output, within, token))
        turns.ended += 1
        self.remember(token, self.scopes[host.scope], local | (inner_local or {}), inner or [])
        self.disarm(token=token.id)
        del self.tokens[token.id]
        parent = root.parent
        self.close_scope(scope)
        if repeat.kind == "parallel" and parent is not None:
            self.fold(parent, self.scopes[host.scope])
        local |= self.count_turns(host) if repeat.kind != "loop" else {}
        outside = self.outside(host.branch)
        lookup: Lookup = lambda name: local[name] if name in local else outside(name)  # noqa: E731
        over = repeat.until is not None and self.holds(repeat.until, lookup, host)
        if over or (turns.ended == turns.total) or (repeat.kind == "loop" and not self.goes_on(host, repeat)):
            self.end_turns(host, repeat)
        elif repeat.kind != "parallel":
            self.later(self.perform, self.begin_turn(host, repeat))

    def goes_on(self, token: Token, repeat: ir.Repeat) -> bool:
        """Whether a loop takes another turn."""
        counter = {"loopCounter": 0 if token.turns is None else token.turns.ended}
        see: Lookup = lambda name: counter[name] if name in counter else self.read(token.branch, name)  # noqa: E731
        return repeat.while_ is None or self.holds(repeat.while_, see, token)

    def end_turns(self, token: Token, repeat: ir.Repeat) -> None:
        """All instances have ended, or the rest is cancelled."""
        turns, node = token.turns or Turns(None), self.node(token)
        self.interrupt(token)
        if repeat.result:
            outputs = [turns.outputs[number] for number in sorted(turns.outputs)]
            value = [None if output is ir.UNDEFINED else output for output in outputs]
            self.write(token.branch, repeat.result, value, node.id)
        self.leave(token)
