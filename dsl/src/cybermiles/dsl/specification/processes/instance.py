"""One run of a process: it begins, events come, it can be looked at after each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.recursion import room
from cybermiles.dsl.specification.processes.events import Events
from cybermiles.dsl.specification.processes.flow import starts
from cybermiles.dsl.specification.processes.state import Failure, Wait
from cybermiles.dsl.specification.processes.timers import instant


class Instance(Events):
    """An instance of a process of a module.

    Raises ``Halt`` when code traps; the instance is then of no more use.
    """

    def __init__(
        self,
        module: ir.Module,
        process: str | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        now: str = "1970-01-01T00:00:00Z",
        parameters: Mapping[str, Any] | None = None,
        steps: int = 5_000_000,
    ) -> None:
        super().__init__(module, now, parameters, steps)
        self.processes = module.processes
        self.unmatched: list[dict[str, Any]] = []
        chosen = module.processes[0] if process is None else self.called(process)
        given = {name: self.given(value) for name, value in (variables or {}).items()}
        self.step(lambda: self.start(chosen, given))

    def evaluator_processes(self) -> tuple[ir.Process, ...]:
        return self.processes

    def start(self, process: ir.Process, given: dict[str, Any]) -> None:
        """Begins at the none starts; without any it waits for what triggers its starts."""
        scope = self.open_scope("process", process, None, self.initial(process) | given)
        if not starts(process, None):
            for number, node in enumerate(process.nodes):
                if node.kind == "start" and node.parent is None:
                    self.listen(number, scope, None, lambda name: self.read(scope.root, name))
            if not self.waits:
                self.status = "completed"

    def step(self, begin: Callable[[], Any]) -> Any:
        """Does something, then works until the process waits for something from outside."""
        done = None
        try:
            with room():
                done = self.guard(begin)
                self.work()
                while self.status == "waiting" and self.guard(self.idle):
                    self.work()
        except Failure as failure:
            self.status, self.failure = "failed", failure
        if self.status != "waiting":
            self.tokens, self.waits, self.stack = {}, {}, []
        return done

    def idle(self) -> bool:
        """No token is ready: what goes on by itself now, in this order."""
        return self.kept_message() or self.inclusive_join() or self.condition() or self.due()

    # --- from outside
    def event(self, event: Mapping[str, Any]) -> bool:
        """An event as ``dsl process`` takes it; whether anything waited for it. If not, nothing has changed."""
        before = self.status
        taken = bool(self.step(lambda: self.take(event))) if before == "waiting" else False
        if not taken:
            self.unmatched.append(dict(event))
        return taken

    def take(self, event: Mapping[str, Any]) -> bool:
        """Gives an event to what waits for it."""
        payload = self.given(event["payload"]) if event.get("payload") is not None else ir.UNDEFINED
        if "task" in event:
            return self.complete_task(event)
        if "message" in event:
            return self.correlate(event["message"], payload, self.given(event.get("correlation") or {}))
        if "signal" in event:
            return self.signal(event["signal"], payload)
        self.evaluator.now = max(self.now, instant(event["timer"]))
        return self.due()

    def complete_task(self, event: Mapping[str, Any]) -> bool:
        """The earliest waiting task of a name, or that of an instance, is done."""
        found = []
        for token in self.tokens.values():
            node = self.node(token)
            if node.kind == "wait" and token.state == "wait" and event["task"] in (node.id, node.name):
                found.append(token)
        found.sort(key=lambda token: token.arrival)
        at = event.get("instance")
        if at is not None:
            found = [t for n, t in enumerate(found, 1) if at == (n if t.instance is None else t.instance)]
        if not found:
            return False
        token = found[0]
        for name, value in (event.get("result") or {}).items():
            self.write(token.branch, name, self.given(value), self.node(token).id)
        self.complete(token, event.get("transition"))
        return True

    # --- looked at
    def variables(self) -> dict[str, Any]:
        """The process's variables: what stands, and what ended branches wrote."""
        root = next(branch for branch in self.branches.values() if branch.parent is None)
        values = dict(root.local or {}) | {name: write.value for name, write in self.gathered(root.id)}
        return {name: value for name, value in sorted(values.items()) if value is not ir.UNDEFINED}

    def waiting(self) -> list[dict[str, Any]]:
        """What the process waits for, the oldest first."""
        found: list[tuple[int, dict[str, Any]]] = []
        for token in self.tokens.values():
            node = self.node(token)
            if node.kind == "wait" and token.state == "wait":
                found.append((token.arrival, _item(node, "task", node.name)))
        for wait in self.waits.values():
            node = self.node(wait)
            if node.kind != "boundary" and not (wait.token is None and self.is_handler(wait)):
                item = _item(node, wait.trigger.kind, wait.trigger.name)
                found.append((wait.id, item | ({"due": str(wait.due)} if wait.due is not None else {})))
        return [item for _, item in sorted(found, key=lambda pair: pair[0])]

    def is_handler(self, wait: Wait) -> bool:
        """Whether a start is that of an event sub-process."""
        return self.node(wait).parent is not None

    def places(self) -> list[str]:
        """The elements where tokens are."""
        return sorted(self.node(token).id for token in self.tokens.values())

    def result(self) -> dict[str, Any]:
        """What ``dsl process`` prints."""
        found = {
            "status": self.status,
            "variables": self.variables(),
            "path": list(self.path),
            "waiting": self.waiting(),
            "unmatched": list(self.unmatched),
        }
        if self.failure is not None:
            names = {"code": self.failure.code, "message": self.failure.message, "element": self.failure.element}
            found["failure"] = names
        return found


def _item(node: ir.ProcessNode, kind: str, name: str) -> dict[str, Any]:
    return {"element": node.id, "kind": kind} | ({"name": name} if name else {})


def run(
    module: ir.Module,
    variables: Mapping[str, Any] | None = None,
    events: Iterable[Mapping[str, Any]] = (),
    now: str = "1970-01-01T00:00:00Z",
    *,
    process: str | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Runs a process of a module until it waits or ends, with events in order: ``{status, variables, path, waiting,
    unmatched, failure?}``. ``process`` is an id; without it the first one runs. Raises ``Halt``."""
    instance = Instance(module, process, variables, now=now, parameters=parameters)
    for event in events:
        instance.event(event)
    return instance.result()
