"""The flow of data: each branch sees what it wrote and what stood before the split; joins and ends unite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from cybermiles.dsl import ir
from cybermiles.dsl.specification.operators import calculate
from cybermiles.dsl.specification.processes.state import Branch, Data, Failure, Scope, Tables, Token, Write
from cybermiles.dsl.specification.values import data, number

Lookup = Callable[[str], Data]


def same(a: Data, b: Data) -> bool:
    """Deep equality of stored values; values of different kinds are different."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return isinstance(a, bool) == isinstance(b, bool) and type(a == b) is bool and a == b


def stored(value: Data) -> Data:
    """A value as it is stored: keys in code-point order, without undefined fields; an undefined one is absent."""
    return ir.UNDEFINED if value is ir.UNDEFINED else _sorted(data(value))


def _sorted(value: Data) -> Data:
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return {key: _sorted(value[key]) for key in sorted(value)} if isinstance(value, dict) else value


class DataFlow(Tables):
    """Reading, writing and uniting."""

    # --- one branch
    def read(self, branch: int | None, name: str) -> Data:
        """A variable as a branch sees it."""
        while branch is not None:
            at = self.branches[branch]
            if name in at.writes:
                return at.writes[name].value
            for values in (at.seen, at.local or {}):
                if name in values:
                    return values[name]
            branch = at.parent
        return ir.UNDEFINED

    def write(self, branch: int, name: str, value: Data, element: str) -> None:
        """A variable gets a value. The root of a scope keeps its own variables and passes on all others."""
        at = self.branches[branch]
        while at.local is not None:
            if name in at.local or at.parent is None:
                at.local[name] = value
                return
            at = self.branches[at.parent]
        at.writes[name] = Write(value, element)

    def add_branch(self, parent: int | None, split: int | None = None, local: dict[str, Data] | None = None) -> Branch:
        """A new branch; with ``local`` the root of a scope."""
        made = Branch(self.number(), parent, split, local)
        self.branches[made.id] = made
        return made

    def children(self, branch: int) -> list[Branch]:
        """The living branches directly below."""
        return [child for child in self.branches.values() if child.parent == branch]

    def chain(self, branch: int) -> list[int]:
        """A branch and those above it."""
        found, at = [], self.branches[branch]
        while at.parent is not None:
            found.append(at.id)
            at = self.branches[at.parent]
        return [*found, at.id]

    def subtree(self, branch: int) -> list[Branch]:
        """A branch and all below it, oldest first."""
        return [at for at in list(self.branches.values()) if branch in self.chain(at.id)]

    # --- what can be seen from outside
    def gathered(self, branch: int) -> Iterator[tuple[str, Write]]:
        """What ended branches at and below a branch wrote, oldest branch first, without what is local further down."""
        for at in self.subtree(branch):
            chain = self.chain(at.id)
            between = chain[: chain.index(branch)]
            for name, write in at.gathered.items():
                if not any(name in (self.branches[b].local or {}) for b in between):
                    yield name, write

    def outside(self, branch: int) -> Lookup:
        """How handlers and completion conditions see variables: what stands, and what ended branches wrote."""
        values = {name: write.value for name, write in self.gathered(branch)}
        return lambda name: values[name] if name in values else self.read(branch, name)

    # --- ends and joins
    def fold(self, branch: int, scope: Scope) -> None:
        """A branch has ended: what it wrote goes to its parent."""
        at = self.branches[branch]
        if at.parent is None or at.local is not None:
            return
        parent = self.branches[at.parent]
        for name, write in at.writes.items():
            base, before = self.read(parent.id, name), self._before(at, name)
            self._gather(parent.gathered, name, write, base, before, scope, (at.split,))
        del self.branches[branch]
        self.settle(parent.id, scope)

    def settle(self, branch: int, scope: Scope) -> None:
        """The last child has ended: what was gathered is written; if nothing sits there, the branch ends too."""
        if self.children(branch):
            return
        self._absorb(self.branches[branch])
        if not any(token.branch == branch for token in self.tokens.values()):
            self.fold(branch, scope)

    def unite(self, tokens: list[Token], node: int) -> int:
        """The branch on which the one token goes on that takes the place of these, given in order of arrival."""
        if len(tokens) == 1:
            return tokens[0].branch
        scope, leaves = self.scopes[tokens[0].scope], [token.branch for token in tokens]
        top = next(b for b in self.chain(leaves[0]) if all(b in self.chain(leaf) for leaf in leaves))
        union: dict[str, Write] = {}
        seen: dict[str, Data] = {}
        for leaf in leaves:
            for above in reversed(self.chain(leaf)[1 : self.chain(leaf).index(top)]):
                if not self._complete(above, leaves):
                    seen |= {name: write.value for name, write in self.branches[above].writes.items()}
        complete = {b for leaf in leaves for b in self.chain(leaf) if b != top and self._complete(b, leaves)}
        alone = all(child.id in complete for child in self.children(top))
        target = self.branches[top].gathered if alone else union
        for leaf in leaves:
            at = self.branches[leaf]
            while True:
                parent = self.branches[at.parent or 0]
                inner = parent.id != top and parent.id in complete
                into, values = (parent.id, parent.gathered) if inner else (top, target)
                for name, write in at.writes.items():
                    base = seen[name] if name in seen and not inner else self.read(into, name)
                    self._gather(values, name, write, base, self._before(at, name), scope, (node, at.split))
                del self.branches[at.id]
                if not inner or self.children(parent.id):
                    break
                self._absorb(parent)
                at = parent
        if alone:
            self._absorb(self.branches[top])
            return top
        made = self.add_branch(top, node)
        made.writes, made.seen = union, seen
        return made.id

    def _complete(self, branch: int, leaves: list[int]) -> bool:
        """Whether all that lives in a branch is joined."""
        below = self.children(branch)
        return branch in leaves or (bool(below) and all(self._complete(child.id, leaves) for child in below))

    def _before(self, branch: Branch, name: str) -> Data:
        return branch.seen[name] if name in branch.seen else self.read(branch.parent, name)

    def _absorb(self, branch: Branch) -> None:
        gathered, branch.gathered = branch.gathered, {}
        for name, write in gathered.items():
            self.write(branch.id, name, write.value, write.element)

    def _gather(
        self,
        gathered: dict[str, Write],
        name: str,
        write: Write,
        base: Data,
        before: Data,
        scope: Scope,
        nodes: tuple[int | None, ...],
    ) -> None:
        """One more branch's write to a variable beside those of others, which began from ``base``; it had found
        ``before``."""
        old = gathered.get(name)
        match self._policy(name, scope, nodes):
            case "sum" | "append" as policy:
                begun = old.value if old else base
                united = _sum(begun, write.value, before) if policy == "sum" else _append(begun, write.value, before)
                if united is None:
                    text = f"`{name}` cannot be merged by `{policy}`: the value of `{write.element}` does not fit"
                    raise Failure("merge-conflict", text, write.element)
                gathered[name] = Write(united, write.element)
            case "last":
                gathered[name] = write
            case policy:
                if old is None:
                    gathered[name] = write
                elif policy != "first" and not same(old.value, write.value):
                    text = f"`{old.element}` and `{write.element}` gave `{name}` different values"
                    raise Failure("merge-conflict", text, write.element)

    def _policy(self, name: str, scope: Scope, nodes: tuple[int | None, ...]) -> str | None:
        """How a variable is merged: as the join says, the split, the activities around, the process."""
        process, around = scope.process, [node for node in nodes if node is not None]
        at: Scope | None = scope
        while at is not None and at.process is process:
            around += [] if at.node is None else [at.node]
            at = None if at.parent is None else self.scopes[at.parent]
        merges = (*(merge for node in around for merge in process.nodes[node].merge), *process.merge)
        return next((merge.policy for merge in merges if merge.variable == name), None)

    # --- interruptions
    def keep_gathered(self, branch: int) -> None:
        """What ended branches in and below a branch wrote is written; the branches below go."""
        for name, write in list(self.gathered(branch)):
            self.write(branch, name, write.value, write.element)
        for at in self.subtree(branch):
            at.gathered = {}
            if at.id != branch:
                del self.branches[at.id]

    def beside(self, branch: int, split: int) -> Branch:
        """A new branch for a handler beside one that goes on; both begin where they part."""
        at = self.branches[branch]
        seen = {name: write.value for name, write in self.gathered(branch)}
        if at.local is None and not at.writes:
            made = self.add_branch(at.parent, split)
        else:
            occupant = next((token for token in self.tokens.values() if token.branch == branch), None)
            if occupant is not None:
                below = self.children(branch)
                own = self.add_branch(branch, split)
                own.gathered, at.gathered, occupant.branch = at.gathered, {}, own.id
                for child in below:
                    child.parent = own.id
            made = self.add_branch(branch, split)
        made.seen = seen
        return made


def _sum(base: Data, value: Data, before: Data) -> Data:
    parts = [number(0 if part is ir.UNDEFINED else part) for part in (base, value, before) if _is_number(part)]
    if len(parts) != 3:
        return None
    return data(calculate("+", parts[0], calculate("-", parts[1], parts[2])))


def _is_number(value: Data) -> bool:
    return value is ir.UNDEFINED or (isinstance(value, int | Decimal) and not isinstance(value, bool))


def _append(base: Data, value: Data, before: Data) -> Data:
    lists = [[] if part is ir.UNDEFINED else part for part in (base, value, before)]
    if not all(isinstance(part, list) for part in lists) or not same(lists[1][: len(lists[2])], lists[2]):
        return None
    return [*lists[0], *lists[1][len(lists[2]) :]]
