"""The module registry: what is rarer than the hot path is a Python module over the same staged state.

A module has a route (`catalog`), verbs with handlers (`catalog/publish`), and what it writes at genesis. Modules are
registered in order of their routes, so the order in which they were given never matters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cybermiles.chain.blocks import BlockInput
from cybermiles.platform import Context, HandlerError, Ledger

Handler = Callable[[Context, bytes, dict[str, Any]], Any]
"""(context, sender's address, the message's data) -> result; refuses with HandlerError."""
Check = Callable[[Ledger], list[str]]
"""An invariant over the whole state: one line for each violation."""


def no_genesis(context: Context, data: Any) -> None:
    """A module without state of its own at genesis."""


def no_hook(context: Context, block: BlockInput) -> None:
    """A module that does nothing of its own in a block."""


@dataclass(frozen=True)
class Module:
    """One module of the application."""

    route: str
    handlers: Mapping[str, Handler]
    genesis: Callable[[Context, Any], None] = no_genesis
    begin_block: Callable[[Context, BlockInput], None] = no_hook
    end_block: Callable[[Context, BlockInput], None] = no_hook
    invariants: tuple[Check, ...] = field(default=())

    def handle(self, context: Context, sender: bytes, verb: str, data: dict[str, Any]) -> Any:
        """Dispatches one message. Raises HandlerError `unknown-message` for a verb that the module does not have."""
        handler = self.handlers.get(verb)
        if handler is None:
            raise HandlerError("unknown-message", f"`{self.route}` has no message `{verb}`")
        return handler(context, sender, data)


def register_modules(ledger: Ledger, modules: tuple[Module, ...], block: Callable[[], BlockInput]) -> None:
    """Puts the modules on a ledger, in order of their routes. `block` gives what came with the block at work."""
    for module in sorted(modules, key=lambda m: m.route):
        ledger.register(module.route, module.handle)
        ledger.on_genesis(module.route, module.genesis)
        if module.begin_block is not no_hook:
            ledger.on_begin_block(module.route, _bound(module.begin_block, block))
        if module.end_block is not no_hook:
            ledger.on_end_block(module.route, _bound(module.end_block, block))


def _bound(hook: Callable[[Context, BlockInput], None], block: Callable[[], BlockInput]) -> Callable[[Context], None]:
    return lambda context: hook(context, block())
