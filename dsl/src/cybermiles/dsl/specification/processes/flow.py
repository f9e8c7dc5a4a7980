"""How tokens move: flows, gateways, joins, scopes that open and close. Work is depth first, on a stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.specification.processes.code import Coded, Thrown
from cybermiles.dsl.specification.processes.state import Data, Failure, Scope, Token
from cybermiles.dsl.specification.values import Halt

ACTIVITIES = frozenset(("automatic", "wait", "receive", "call", "scope"))


class Flow(Coded):
    """Tokens that enter and leave nodes. What nodes do, and events, are added by the classes built on this one."""

    def __init__(self, module: ir.Module, now: str, parameters: Mapping[str, Any] | None, steps: int) -> None:
        super().__init__(module, now, parameters, steps)
        self.status = "waiting"
        self.failure: Failure | None = None
        self.path: list[str] = []
        self.stack: list[tuple[Callable[[Token], None], int]] = []

    # --- what the classes built on this one do
    def activate(self, token: Token) -> None:
        """A token has come to a node that it may enter."""
        raise NotImplementedError

    def complete(self, token: Token) -> None:
        """An activity has done its work."""
        raise NotImplementedError

    def arm_scope(self, scope: Scope) -> None:
        """Event sub-processes of a new scope begin to listen."""
        raise NotImplementedError

    def disarm(self, *, token: int | None = None, scope: int | None = None) -> None:
        """Nothing is waited for any more by a token, or in a scope."""
        raise NotImplementedError

    def scope_done(self, scope: Scope) -> None:
        """No token is left in a scope."""
        raise NotImplementedError

    # --- the stack
    def later(self, work: Callable[[Token], None], token: Token) -> None:
        """Puts work on the stack; it is dropped if the token has gone by then."""
        self.stack.append((work, token.id))

    def work(self) -> None:
        """Does what is ready until nothing is."""
        while self.stack and self.status == "waiting":
            self.evaluator.spend(1)
            run, number = self.stack.pop()
            if number in self.tokens:
                self.guard(lambda run=run, token=self.tokens[number]: run(token))  # type: ignore[misc]

    def guard(self, run: Callable[[], Any]) -> Any:
        """Does something; an error of the process's own that comes out goes to whatever catches it."""
        try:
            return run()
        except Thrown as thrown:
            self.throw_error(thrown.token, thrown.code, thrown.message, thrown.payload)
            return True

    def throw_error(self, token: Token, code: str, message: str, payload: Data) -> None:
        """An error goes to whatever catches it."""
        raise NotImplementedError

    # --- tokens
    def add_token(self, node: int, scope: int, branch: int, **more: Any) -> Token:
        """A new token."""
        made = Token(self.number(), node, scope, branch, **more)
        self.tokens[made.id] = made
        return made

    def enter(self, token: Token) -> None:
        """A token comes to a node by a flow. A joining gateway makes it wait for the others."""
        process, node = self.process(token), self.node(token)
        if token.flow is not None:
            flow = process.flows[token.flow]
            self.execute(flow.action, token, flow.id or process.nodes[flow.source].id)
        if node.kind in ("parallel", "inclusive") and len(self.incoming(process, token.node)) > 1:
            token.state, token.arrival = "join", self.number()
            if node.kind == "parallel":
                flows = self.incoming(process, token.node)
                if {other.flow for other in self.joining(token.node, token.scope)} == set(flows):
                    self.join(token.node, token.scope)
        else:
            self.activate(token)

    def leave(self, token: Token, transition: str | None = None) -> None:
        """A token goes on: to the one flow that is taken, or split over several."""
        node = self.node(token)
        self.execute(node.on_leave, token, node.id)
        flows, targets = self.taken(token, transition), self.process(token).flows
        if not flows:
            self.end(token)
            return
        if len(flows) == 1:
            token.flow, token.node, token.state = flows[0], targets[flows[0]].target, "ready"
            self.later(self.enter, token)
            return
        del self.tokens[token.id]
        made = []
        for flow in flows:
            branch = self.add_branch(token.branch, token.node)
            made.append(self.add_token(targets[flow].target, token.scope, branch.id, flow=flow))
        for split in reversed(made):
            self.later(self.enter, split)

    def taken(self, token: Token, transition: str | None) -> list[int]:
        """The flows that a token takes."""
        process, node, flows = self.process(token), self.node(token), self.outgoing(token)
        if not flows or node.kind == "parallel":
            return flows
        if process.language == "jpdl" and node.kind != "exclusive":
            named = [f for f in flows if transition is None or process.flows[f].name == transition]
            if not named:
                raise Halt("no-transition", f"`{node.id}` has no transition `{transition}`")
            return named[:1]
        found = []
        for flow in flows:
            condition = process.flows[flow].condition
            if flow != node.default and (condition is None or self.holds(condition, self.at(token), token)):
                found.append(flow)
                if node.kind == "exclusive":
                    break
        if not found and node.default is not None:
            return [node.default]
        if not found:
            raise Failure("no-flow", f"no flow out of `{node.id}` is true and none is the default", node.id)
        return found

    def end(self, token: Token) -> None:
        """A token ends; its scope does when it was the last."""
        scope = self.scopes[token.scope]
        self.disarm(token=token.id)
        del self.tokens[token.id]
        self.fold(token.branch, scope)
        if not self.inside(scope.id):
            self.scope_done(scope)

    # --- joins
    def joining(self, node: int, scope: int) -> list[Token]:
        """The tokens that wait at a joining gateway, in order of arrival."""
        found = [t for t in self.inside(scope) if t.node == node and t.state == "join"]
        return sorted(found, key=lambda token: token.arrival)

    def join(self, node: int, scope: int) -> None:
        """A joining gateway fires: it takes the first token of each incoming flow that has one."""
        first: dict[int | None, Token] = {}
        for token in self.joining(node, scope):
            first.setdefault(token.flow, token)
        tokens = list(first.values())
        for token in tokens:
            del self.tokens[token.id]
        made = self.add_token(node, scope, self.unite(tokens, node))
        self.later(self.activate, made)

    def inclusive_join(self) -> bool:
        """Fires the first inclusive join that may fire."""
        waiting = {
            (token.node, token.scope)
            for token in self.tokens.values()
            if token.state == "join" and self.node(token).kind == "inclusive"
        }
        for node, scope in sorted(waiting):
            if self.may_fire(node, scope):
                self.join(node, scope)
                return True
        return False

    def may_fire(self, node: int, scope: int) -> bool:
        """BPMN 2.0.2, 13.4.3: no token elsewhere has a path to an incoming flow without a token, unless it also has one
        to an incoming flow with a token; paths do not visit the gateway."""
        process = self.scopes[scope].process
        filled = {token.flow for token in self.joining(node, scope)}
        empty = set(self.incoming(process, node)) - filled
        for token in self.inside(scope):
            if token.node == node and token.state == "join":
                continue
            reached = reachable_flows(process, token.node, node)
            if reached & empty and not reached & filled:
                return False
        return True

    # --- scopes
    def open_scope(
        self,
        kind: str,
        process: ir.Process,
        token: Token | None,
        local: dict[str, Data],
        *,
        node: int | None = None,
        root_parent: int | None = None,
        begin: int | None = None,
    ) -> Scope:
        """A new scope with tokens at its starts (at ``begin``, if it is given). They begin on the scope's root."""
        root = self.add_branch(root_parent, node, local)
        parent = None if token is None else token.scope
        made = Scope(self.number(), kind, process, node, parent, None if token is None else token.id, root.id)
        self.scopes[made.id] = made
        if token is not None:
            token.state = "host"
        if kind in ("process", "scope"):
            nodes = starts(process, node) if begin is None else [begin]
            if nodes:
                self.arm_scope(made)
                self.begin(made, nodes)
            elif token is not None:
                self.scope_done(made)
        return made

    def begin(self, scope: Scope, nodes: list[int]) -> list[Token]:
        """The tokens with which a scope starts; several are a split."""
        branches = [scope.root] if len(nodes) == 1 else [self.add_branch(scope.root).id for _ in nodes]
        made = [self.add_token(node, scope.id, branch) for node, branch in zip(nodes, branches, strict=True)]
        for token in reversed(made):
            self.later(self.activate, token)
        return made

    def close_scope(self, scope: Scope) -> None:
        """A scope goes with all that is in it; what ended branches wrote is kept."""
        self.empty(scope)
        self.disarm(scope=scope.id)
        root = self.branches[scope.root]
        self.keep_gathered(root.id)
        del self.branches[root.id]
        del self.scopes[scope.id]

    def empty(self, scope: Scope, but: Token | None = None) -> None:
        """All tokens of a scope go, and the scopes inside them. The branches stay."""
        for token in self.inside(scope.id):
            if token is not but:
                self.drop_scopes(token)
                self.disarm(token=token.id)
                del self.tokens[token.id]

    def drop_scopes(self, token: Token) -> None:
        """What runs inside a token's activity goes. The branches stay, but for those of a called process."""
        for inner in self.scopes_of(token):
            self.empty(inner)
            self.disarm(scope=inner.id)
            if self.branches[inner.root].parent is None:
                for branch in self.subtree(inner.root):
                    del self.branches[branch.id]
            del self.scopes[inner.id]

    def interrupt(self, token: Token) -> None:
        """What goes on inside an activity ends; its token stays. The activity waits for nothing any more."""
        self.drop_scopes(token)
        self.disarm(token=token.id)
        self.keep_gathered(token.branch)
        token.turns, token.queue, token.flow, token.state = None, None, None, "ready"

    def interrupt_scope(self, scope: Scope, by: Token | None = None) -> None:
        """All that goes on in a scope ends, but for the token that ends it, which is then alone in it."""
        writes: dict[str, Any] = {}
        if by is not None:
            chain = self.chain(by.branch)
            for branch in reversed(chain[: chain.index(scope.root)]):
                writes |= self.branches[branch].writes
        self.empty(scope, by)
        if by is not None:
            by.branch = scope.root
        self.keep_gathered(scope.root)
        for name, write in writes.items():
            self.write(scope.root, name, write.value, write.element)


def starts(process: ir.Process, scope: int | None) -> list[int]:
    """Where a scope begins: at its none starts; without start events at all nodes that nothing leads to."""
    inside = [number for number, node in enumerate(process.nodes) if node.parent == scope]
    if events := [n for n in inside if process.nodes[n].kind == "start"]:
        return [n for n in events if process.nodes[n].trigger is None]
    led_to = {flow.target for flow in process.flows} | {node.compensation for node in process.nodes}
    return [n for n in inside if n not in led_to and process.nodes[n].kind not in ("boundary", "event-scope")]


def reachable_flows(process: ir.Process, node: int, without: int) -> set[int]:
    """The flows on paths out of a node, or out of boundary events of activities on them, that end where they come to
    the node ``without``."""
    found: set[int] = set()
    nodes, todo = {node}, [node]
    while todo:
        at = todo.pop()
        ways = {number for number, other in enumerate(process.nodes) if other.kind == "boundary" and other.host == at}
        for number, flow in enumerate(process.flows):
            if flow.source == at:
                found.add(number)
                ways |= {flow.target}
        todo += ways - nodes - {without}
        nodes |= ways
    return found


def compensable(process: ir.Process, node: int) -> tuple[int | None, int | None]:
    """The compensation boundary event of an activity, if it is a node, and the activity that undoes it."""
    event = next(
        (
            number
            for number, other in enumerate(process.nodes)
            if other.kind == "boundary" and other.host == node and other.trigger and other.trigger.kind == "compensate"
        ),
        None,
    )
    handler = process.nodes[node].compensation
    if handler is None and event is not None:
        handler = process.nodes[event].compensation
    return event, handler
