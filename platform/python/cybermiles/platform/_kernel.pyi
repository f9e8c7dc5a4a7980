from collections.abc import Callable
from typing import Any, TypeAlias, final

FORMAT: int

# --- values ---------------------------------------------------------------------------------------
# None, bool, int, Decimal, str, bytes, lists, dicts with str keys, and the temporal classes. A float is a TypeError.
Data: TypeAlias = Any

@final
class Date:
    """`2026-03-01`: a day of the proleptic Gregorian calendar, years 1 to 9999."""

    def __init__(self, text: str) -> None: ...
    def __lt__(self, other: Date) -> bool: ...
    def __le__(self, other: Date) -> bool: ...
    def __gt__(self, other: Date) -> bool: ...
    def __ge__(self, other: Date) -> bool: ...

@final
class Time:
    """`13:45:00.25`: a time of day."""

    def __init__(self, text: str) -> None: ...
    def __lt__(self, other: Time) -> bool: ...
    def __le__(self, other: Time) -> bool: ...
    def __gt__(self, other: Time) -> bool: ...
    def __ge__(self, other: Time) -> bool: ...

@final
class DateTime:
    """`2026-03-01T13:45:00Z`: an instant with its offset. Equal if both are equal; ordered by the instant."""

    def __init__(self, text: str) -> None: ...
    def __lt__(self, other: DateTime) -> bool: ...
    def __le__(self, other: DateTime) -> bool: ...
    def __gt__(self, other: DateTime) -> bool: ...
    def __ge__(self, other: DateTime) -> bool: ...

@final
class Duration:
    """`P1DT2H30M`: an exact span of time, its days of 24 hours."""

    def __init__(self, text: str) -> None: ...
    def __lt__(self, other: Duration) -> bool: ...
    def __le__(self, other: Duration) -> bool: ...
    def __gt__(self, other: Duration) -> bool: ...
    def __ge__(self, other: Duration) -> bool: ...

@final
class Period:
    """`P1Y2M3D`: a calendar span of months and days; it has no order."""

    def __init__(self, text: str) -> None: ...

class CborError(ValueError):
    """Bytes that are not canonical CBOR. `.code` is one of `CBOR_ERRORS`, `.offset` that of the item at fault."""

    code: str
    offset: int

class JsonError(ValueError):
    """Text that is not JSON. `.code` is one of `JSON_ERRORS`; `.line` and `.column` count from 1."""

    code: str
    offset: int
    line: int
    column: int

class NumberError(ArithmeticError):
    """An operation without a result. `.code`: `number-overflow`, `division-by-zero`, `invalid-number`."""

    code: str

# (code, message)
CBOR_ERRORS: list[tuple[str, str]]
JSON_ERRORS: list[tuple[str, str]]

def cbor_encode(value: Data) -> bytes:
    """Canonical CBOR (docs/encoding.md)."""

def cbor_decode(data: bytes) -> Data:
    """The value of canonical bytes; anything else is a `CborError`. Keys of dicts come in code-point order."""

def json_encode(value: Data, typed: bool = False) -> str:
    """JSON with numbers, temporals and bytes (hexadecimal) as texts; `typed` keeps them apart from texts."""

def json_decode(text: str, typed: bool = False) -> Data:
    """The value of a JSON text, its numbers exact; `typed` reads what `json_encode(.., typed=True)` wrote."""

# Names of the operations of `decimal_op` and `decimal_batch`.
DECIMAL_OPS: list[str]

def decimal_op(op: str, a: str, b: str = "0") -> str:
    """One operation of the number type on texts; the result in plain notation. For `quantize`, `b` is an exponent."""

def decimal_batch(op: str, a: list[str], b: list[str]) -> list[str]:
    """The operation on each pair; results in scientific notation, or the error's code."""

# Names of the rounding modes.
DECIMAL_ROUNDINGS: list[str]

def decimal_round(a: str, places: int, mode: str) -> str:
    """Rounds to `places` digits after the point by a named mode."""

def decimal_repeat(op: str, a: list[str], b: list[str], rounds: int) -> None:
    """Runs the operation over all pairs `rounds` times, for benchmarks."""

# --- module and machine ---------------------------------------------------------------------------

class AdmissionError(ValueError):
    """A module that may not be stored or run. `.place` says where in it, as in `functions[3]+12`."""

    code: str
    message: str
    place: str

class AsmError(ValueError):
    """A text that is not assembly; lines and columns count from 1."""

    message: str
    line: int
    column: int

class RunError(Exception):
    """A run that ended early. `.kind`: `out_of_gas`, `trap`, `revert`, `fault`; `.code`: the trap's, one of `TRAPS`."""

    kind: str
    code: str
    message: str
    function: int | None
    offset: int | None
    gas: int

# The instruction table: name -> (code, operand kinds).
OPS: dict[str, tuple[int, list[str]]]
# (code, name, operand kinds, gas, the gas figure's name, stack effect)
OP_ROWS: list[tuple[int, str, list[str], int, str, str]]
# (family or kind of value, name, fewest arguments, most, permission, has an effect, gas, description); a method's
# first argument is the value itself.
NATIVES: list[tuple[str, str, int, int, str | None, bool, int, str]]
METHODS: list[tuple[str, str, int, int, str | None, bool, int, str]]
# (kind of value, method of JavaScript that it has not, what to do instead)
REFUSED_METHODS: list[tuple[str, str, str]]
# Names of the classes of errors that scripts know.
ERROR_CLASSES: list[str]
# (code, meaning)
TRAPS: list[tuple[str, str]]

def module_encode(module: dict[str, Any]) -> bytes:
    """Canonical bytes of a module's map form (docs/module-format.md); not yet admitted."""

def module_decode(data: bytes) -> dict[str, Any]:
    """The map form of canonical bytes; `AdmissionError` for any other bytes."""

def asm_print(data: bytes) -> str:
    """Assembly text of a module's bytes."""

def asm_parse(text: str) -> bytes:
    """The bytes of assembly text; `AsmError` says where it is wrong."""

def pattern_error(text: str) -> tuple[str, int, str | None] | None:
    """Why a text is no regular expression of the library: message, place in characters, hint; None if it is one."""

def regexp_error(source: str, flags: str) -> tuple[str, int, str | None] | None:
    """As `pattern_error`, of a script's regular expression and its flags."""

@final
class Module:
    """A decoded and admitted module; `AdmissionError` for bytes that fail."""

    def __init__(self, data: bytes) -> None: ...
    @property
    def hash(self) -> bytes:
        """SHA-256 of the bytes: the module's identity."""
    @property
    def bytes(self) -> bytes: ...
    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def permissions(self) -> list[str]: ...
    @property
    def functions(self) -> list[str]: ...
    @property
    def rulesets(self) -> list[str]: ...
    @property
    def endpoints(self) -> list[dict[str, Any]]: ...
    @property
    def parameters(self) -> dict[str, Any] | None: ...
    def data(self) -> dict[str, Any]:
        """The map form, as `module_decode` gives it."""
    def run(
        self,
        function: int | str,
        args: list[Data] | None = None,
        *,
        gas_limit: int = 10_000_000_000,
        parameters: dict[str, Any] | None = None,
        variables: dict[str, Any] | None = None,
        now: str = "1970-01-01T00:00:00Z",
    ) -> dict[str, Any]:
        """Runs one function on a host without a ledger; a halt is a `RunError`.

        {"result": data, "gas": int, "output": [str], "variables": dict, "events": [(name, data)],
        "transfers": [(address, atto)]}"""

@final
class ProcessRun:
    """One instance of a process of a module, on a host without a ledger. `process` is a key, `FILE#ID` (KeyError).

    Raises `RunError` when code halts; the run is then of no more use."""

    def __init__(
        self,
        module: bytes,
        process: str,
        variables: dict[str, Any],
        now: str,
        *,
        gas_limit: int = 10_000_000_000,
        parameters: dict[str, Any] | None = None,
    ) -> None: ...
    def event(self, event: dict[str, Any]) -> bool:
        """Whether anything waited for the event, one as `dsl process` takes it."""
    def state(self) -> dict[str, Any]:
        """{"status", "variables", "path": [ids], "waiting": [{"element", "kind", "name"?, "due"?}], "tokens": [ids],
        "failure"?: {"code", "message", "element"}}"""
    @property
    def gas(self) -> int: ...
    @property
    def output(self) -> list[str]:
        """What `print` wrote in the last step."""

# --- keys and addresses ---------------------------------------------------------------------------

class KeyFormatError(ValueError):
    """A key, signature or address that is malformed. `.code`: `bad-key`, `bad-signature`, `bad-address`."""

    code: str

def ed25519_public(seed: bytes) -> bytes:
    """The 32-byte public key of a 32-byte seed."""

def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """The 64-byte signature (RFC 8032)."""

def ed25519_verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """True if the signature holds under ZIP-215; malformed input is just false."""

def address_of(key: bytes) -> bytes:
    """Address of a public key: the first 20 bytes of its SHA-256."""

def address_encode(address: bytes) -> str:
    """`cmt1...` (bech32) of a 20-byte address."""

def address_decode(text: str) -> bytes:
    """The 20 bytes of a `cmt1...` address; `KeyFormatError` `bad-address` says what is wrong."""

# --- transactions ---------------------------------------------------------------------------------

class TxError(ValueError):
    """Bytes or fields that are no transaction. `.code` is the ledger's error code (`undecodable`, `too-large`...)."""

    code: str

def tx_body(body: dict[str, Any]) -> bytes:
    """Canonical bytes of a transaction body.

    Keys: `chain_id` str, `key` 32 bytes (may be left out in `tx_sign`), `nonce` int | (`unordered` bytes 1..32 and
    `expiry` height), `rate_height` int, `gas_limit` int, `tip` int attoCMT (default 0), `memo` str (optional),
    `messages` list of (name, dict).
    Native messages: `transfer` {to: bytes20, amount: int} · `deploy` {module: bytes, archive?: bytes32} ·
    `instantiate` {module: bytes32, parameters?: dict, funds?: int} ·
    `call` {contract: bytes20, endpoint: str, args?: dict, funds?: int}; any other `route/verb` {..} goes to a handler.
    """

def tx_sign_bytes(body: bytes) -> bytes:
    """What a signer signs: the domain `cybermiles-tx-v1`, a zero byte, the body."""

def tx_sign(seed: bytes, body: dict[str, Any]) -> bytes:
    """The signed transaction of a body; `key` is filled from the seed."""

def tx_assemble(body: bytes, signature: bytes) -> bytes:
    """A signed transaction from its parts (for offline signers)."""

def tx_decode(tx: bytes) -> dict[str, Any]:
    """The body's dict (as `tx_body` takes it) and `signature`, `hash`, `sender` (bytes20). `TxError` if undecodable."""

def tx_hash(tx: bytes) -> bytes:
    """SHA-256 of the signed bytes."""

# --- contracts in memory --------------------------------------------------------------------------

class ContractError(ValueError):
    """A request that a contract host refuses before it runs. `.code`: `admission`, `unknown-module`,
    `unknown-contract`, `unknown-endpoint`, `bad-argument`, `bad-parameter`, `insufficient-funds`, `bad-state`."""

    code: str

class Sandbox:
    """Contracts on an in-memory ledger; the same host semantics as the chain's. Not an authenticated store."""

    def __init__(self, state: bytes | None = None) -> None:
        """Empty, or what `export` returned."""
    def deploy(self, module: bytes) -> bytes:
        """Checks and stores a module; its hash."""
    def instantiate(
        self,
        module: bytes,
        parameters: dict[str, Any],
        *,
        sender: bytes,
        now: str = "1970-01-01T00:00:00Z",
        value: int = 0,
    ) -> bytes:
        """Binds parameters (defaults filled, errors name the parameter); the contract's address."""
    def call(
        self,
        contract: bytes,
        endpoint: str,
        args: dict[str, Any],
        *,
        sender: bytes,
        value: int = 0,
        now: str = "1970-01-01T00:00:00Z",
        gas_limit: int = 10_000_000_000,
        trace: bool = False,
    ) -> dict[str, Any]:
        """Runs one endpoint. A sender without enough balance for `value` is given it (a sandbox has no faucet).

        {"outcome": "ok"|"out_of_gas"|"trap"|"revert"|"fault", "result": data, "events": [{"contract", "name", "data"}],
        "transfers": [{"from", "to", "amount": int}], "tasks": [], "fired": [(rule, [fact ids])],
        "facts": [as `RuleSession.facts`], "output": [str], "gas": int, "code": str|None, "message": str|None,
        "function": int|None, "offset": int|None}; variables, balances and events are kept only if the outcome is `ok`.
        With `trace`, `fired` and `facts` say what rule sessions did and held at the end, the facts of several sessions
        numbered on.
        """
    def tick(
        self, *, now: str = "1970-01-01T00:00:00Z", gas_limit: int = 10_000_000_000, trace: bool = False
    ) -> list[dict[str, Any]]:
        """What a block of this time does by itself: each due timer of a process is a step of its own, in order of due
        times. A report as `call`'s for each."""
    def variables(self, contract: bytes) -> dict[str, Any]:
        """The contract's stored variables."""
    def balance(self, address: bytes) -> int: ...
    def credit(self, address: bytes, amount: int) -> None:
        """Gives an account money (tests and scenarios)."""
    def export(self) -> bytes:
        """The whole state as canonical CBOR, for the next `Sandbox(state)`."""

# --- the native ledger ----------------------------------------------------------------------------

class LedgerError(RuntimeError):
    """A call that the ledger cannot serve. `.code`: `not-initialised`, `already-initialised`, `bad-genesis`,
    `wrong-height`, `nothing-finalised`, `handler-failed`, `unknown-height`, `no-blocks`, `damaged`,
    `bad-state`, `bad-hash`, `closed`, or the state store's own code."""

    code: str

class HandlerError(Exception):
    """Raised by a handler to refuse a message: `HandlerError(code, message)`; it reverts the transaction."""

    code: str
    message: str
    def __init__(self, code: str, message: str) -> None: ...

class Context:
    """What a Python handler sees: the transaction's staged overlay. Keys are the route's own: in state they stand after
    `x/<route>/` (see `route_key`). It is of no use after the handler returned."""

    height: int
    time_ns: int
    chain_id: str
    tx_hash: bytes
    def get(self, key: bytes) -> bytes | None: ...
    def set(self, key: bytes, value: bytes) -> None: ...
    def delete(self, key: bytes) -> None: ...
    def scan(self, prefix: bytes, limit: int = 1000, start: bytes | None = None) -> list[tuple[bytes, bytes]]:
        """Entries whose key begins with `prefix`, in key order; `start` is the first key wanted."""
    def balance(self, address: bytes) -> int: ...
    def transfer(self, source: bytes, target: bytes, amount: int) -> None:
        """Moves attoCMT; `HandlerError` `insufficient-funds`."""
    def emit(self, name: str, data: dict[str, Any]) -> None:
        """An event of the receipt; its `source` is the route."""
    def charge(self, gas: int) -> None:
        """Charges gas beyond what state access costs by itself; out of gas ends the transaction."""
    def module_exists(self, module: bytes) -> bool: ...
    def module_template(self, module: bytes) -> str | None:
        """The template that a module is sold under."""
    def protect_module(self, module: bytes, template: str) -> None:
        """From now on `instantiate` of the module needs a licence of this template."""
    def grant_licence(self, template: str, holder: bytes, data: dict[str, Any]) -> None:
        """Writes the native licence record."""
    def licence(self, template: str, holder: bytes) -> dict[str, Any] | None: ...
    def deploy(self, module: bytes) -> bytes:
        """Checks and stores a module on behalf of the sender; its hash."""
    def set_validator(self, key: bytes, power: int, reward: bytes) -> None:
        """A validator joins or changes power at the end of the block; power 0 removes it. Fees go to `reward`."""

class BlockResult:
    """Outcome of `finalize_block`."""

    height: int
    app_hash: bytes
    gas_used: int
    def __len__(self) -> int: ...
    codes: list[int]
    phases: list[tuple[str, float]]
    """Seconds that each phase took: `decode`, `signatures`, `transactions`, `receipts`, `root`."""

    def receipts(self) -> list[dict[str, Any]]:
        """One receipt a transaction, in block order:
        {"hash": bytes, "height": int, "index": int, "sender": bytes, "code": int (0 is success), "codespace": str,
        "error": str (stable code, "" on success), "message": str, "gas_limit": int, "gas": int, "fee": int attoCMT,
        "events": [{"source": bytes20 (contract) | str (`ledger` or a route), "name": str, "data": dict}],
        "result": [data per message] | None}"""
    def receipt_bytes(self) -> list[bytes]:
        """The canonical bytes of each receipt: the leaves of the receipts' Merkle tree."""
    def abci_tx_results(self) -> bytes:
        """Field 2 (`tx_results`) of ABCI 2.0 `ResponseFinalizeBlock`, already in protobuf wire form: append it to the
        serialised rest of the response. `data` is the CBOR of `result`, `log` the message."""
    validator_updates: list[tuple[bytes, int]]
    """(public key, power) that changed in this block."""

class Ledger:
    """The replicated state machine: whole blocks at a time, natively, with the GIL released."""

    def __init__(
        self, path: str | None = None, *, blocks: bool = False, keep_versions: int = 128, flush_every: int = 16
    ) -> None:
        """Opens or creates a ledger in a folder, in memory if `None`. `blocks`: keep the block log here, durable at
        each commit (the solo chain; under CometBFT its block store is the record and this stays false)."""
    def register(self, route: str, handler: Callable[[Context, bytes, str, dict[str, Any]], Any]) -> None:
        """`handler(context, sender, verb, data) -> data` serves every message `route/verb`."""
    def on_genesis(self, route: str, hook: Callable[[Context, Any], None]) -> None:
        """`hook(context, genesis["modules"].get(route))` runs in `init_chain`."""
    def on_begin_block(self, route: str, hook: Callable[[Context], None]) -> None:
        """Runs at the start of every block, routes in order of their names."""
    def on_end_block(self, route: str, hook: Callable[[Context], None]) -> None:
        """Runs at the end of every block, before fees are paid out."""
    def init_chain(self, genesis: dict[str, Any]) -> bytes:
        """The app hash of the genesis state.

        {"chain_id": str, "time_ns": int, "initial_height"?: int = 1,
        "accounts": [{"address": bytes20, "balance": int}],
        "validators": [{"key": bytes32, "power": int, "reward": bytes20}], "rate": int (attoCMT a gas unit),
        "limits"?: {"block_bytes", "block_gas", "tx_bytes", "tx_gas", "messages"}, "modules"?: {route: data}}"""
    def recover(self) -> int:
        """Replays what the block log holds beyond the flushed state; call it once, after registering. The height."""
    def info(self) -> dict[str, Any]:
        """{"height": int, "app_hash": bytes, "chain_id": str, "initial_height": int, "time_ns": int, "version": int,
        "oldest": int (first height that `get`/`prove` still serve)}; height 0 before the first block."""
    def check_txs(self, txs: list[bytes], recheck: bool = False) -> list[dict[str, Any]]:
        """CheckTx for many: {"code", "codespace", "error", "message", "gas_limit", "priority" (tip), "sender", "hash"}.
        Accepted ones advance the check state's nonces and reserve their fees; `commit` resets it (then recheck)."""
    def check_codes(self, txs: list[bytes], recheck: bool = False) -> list[int]:
        """As `check_txs`, only the codes: the fast way under load."""
    def prepare_proposal(self, txs: list[bytes], max_bytes: int) -> list[bytes]:
        """Those that pass nonce and fee rules in order and fit the limits."""
    def process_proposal(self, txs: list[bytes]) -> bool:
        """False if any cannot be decoded, is badly signed or the block is over a limit."""
    def finalize_block(self, height: int, time_ns: int, proposer: bytes, txs: list[bytes]) -> BlockResult:
        """Executes a block without persisting it; total: bad transactions give error receipts. `proposer`: 20 bytes."""
    def commit(self) -> int:
        """Makes the finalised block durable (block log) and current; its height."""
    def get(self, key: bytes, height: int | None = None) -> bytes | None: ...
    def scan(
        self, prefix: bytes, limit: int = 1000, start: bytes | None = None, height: int | None = None
    ) -> list[tuple[bytes, bytes]]: ...
    def prove(self, key: bytes, height: int | None = None) -> tuple[bytes | None, bytes, int]:
        """(value or None, proof bytes, height): the proof holds against the app hash of that height, which stands in
        header height + 1. Verify with `verify_proof`."""
    def account(self, address: bytes) -> dict[str, Any]:
        """{"address", "balance": int, "nonce": int, "contract": bool}; zeros for one never seen."""
    def contract(self, address: bytes) -> dict[str, Any] | None:
        """{"address", "module": bytes32, "creator", "height", "parameters": dict, "variables": dict, "balance": int,
        "template": str | None}"""
    def module(self, hash: bytes) -> dict[str, Any] | None:
        """{"hash", "code": bytes, "archive": bytes | None, "template": str | None, "creator", "height"}"""
    def rate(self, height: int | None = None) -> int:
        """Gas rate recorded at a height of the quote window (default: the newest)."""
    def supply(self) -> int:
        """Total attoCMT, as the state records it."""
    def check_invariants(self) -> None:
        """`LedgerError` `bad-state` if the sum of all balances is not the supply (walks all accounts)."""
    def receipt(self, tx_hash: bytes) -> dict[str, Any] | None:
        """The receipt of a committed transaction (needs `blocks`)."""
    def receipt_proof(self, tx_hash: bytes) -> dict[str, Any] | None:
        """{"receipt": bytes, "height", "index", "count", "path": [bytes32], "root": bytes32, "state_proof": bytes,
        "state_height": int, "state_root": bytes32}:
        `verify_receipt` checks path -> root, `verify_proof` checks root under key `receipts_key(height)`."""
    def block(self, height: int) -> dict[str, Any] | None:
        """{"height", "time_ns", "proposer", "txs": [bytes], "app_hash", "previous_app_hash", "receipts": [..]}
        (needs `blocks`)."""
    def simulate(self, tx: bytes) -> dict[str, Any]:
        """Runs a transaction on a throw-away overlay (signature and nonce unchecked): a receipt dict, and
        `gas_estimate`: a limit that suffices with a margin."""
    def view(
        self,
        contract: bytes,
        endpoint: str,
        args: dict[str, Any],
        *,
        sender: bytes | None = None,
        gas_limit: int = 50_000_000,
    ) -> dict[str, Any]:
        """Read-only call on the newest state; the same shape as `Sandbox.call`."""
    def rollback(self, height: int) -> None:
        """Goes back to a kept height; blocks above it are forgotten."""
    def flush(self) -> None:
        """Writes to disk what is not there yet."""
    def close(self) -> None:
        """Flushes and closes the store; the object is of no use afterwards."""

def receipts_key(height: int) -> bytes:
    """State key of a block's receipts root."""

def route_key(route: str, key: bytes) -> bytes:
    """State key of what a route's handler calls `key`."""

def contract_address(body: bytes, index: int) -> bytes:
    """Where message `index` of a transaction's body creates its contract: known before it is sent."""

def verify_receipt(receipt: bytes, index: int, count: int, path: list[bytes], root: bytes) -> bool:
    """True if the receipt is leaf `index` of `count` under `root`."""

def account_key(address: bytes) -> bytes:
    """State key of an account."""

CMT_PLACES: int
"""Decimal places of a CMT: 1 CMT = 10^18 attoCMT."""

LEDGER_ERRORS: list[tuple[int, str, str, str]]
"""(number, codespace, code, meaning) of every code in receipts and checks: the one table."""

# --- the state store ------------------------------------------------------------------------------

class StateError(Exception):
    """`.code`: `state-io`, `state-corrupt`, `log-corrupt`, `state-height`, `state-limit`, `state-stage`,
    `snapshot-invalid`, `state-injected`."""

    code: str

STATE_FAILPOINTS: list[str]
"""Steps at which a crash test can stop the process, in the order in which a height meets them."""

class StateView:
    """One version, held: whatever the writer does, its reads stay the same."""

    @property
    def height(self) -> int: ...
    @property
    def root(self) -> bytes: ...
    def get(self, key: bytes) -> bytes | None: ...
    def scan(
        self,
        prefix: bytes = b"",
        *,
        start: bytes | None = None,
        after: bytes | None = None,
        limit: int = 1000,
        reverse: bool = False,
    ) -> list[tuple[bytes, bytes]]:
        """Rows in key order (or the reverse) from `start` (inclusive) or `after` (exclusive) on."""
    def prove(self, key: bytes) -> bytes:
        """The proof that the key has its value, or none."""
    def export(self, folder: str) -> bytes:
        """Writes a snapshot into a new folder; its manifest."""

class StateReader:
    """Reads for other threads than the writer's; never blocks it."""

    def view(self, height: int | None = None) -> StateView: ...
    @property
    def heights(self) -> tuple[int, int]:
        """Oldest and newest kept height."""

class Stage:
    """Writes over the last committed height, with nested savepoints; seen by its own reads only."""

    def get(self, key: bytes) -> bytes | None: ...
    def set(self, key: bytes, value: bytes) -> None: ...
    def delete(self, key: bytes) -> None: ...
    def scan(
        self,
        prefix: bytes = b"",
        *,
        start: bytes | None = None,
        after: bytes | None = None,
        limit: int = 1000,
        reverse: bool = False,
    ) -> list[tuple[bytes, bytes]]: ...
    def begin(self) -> int:
        """Opens a savepoint; how many are open now."""
    def commit(self) -> None:
        """Closes the innermost savepoint and keeps its writes."""
    def rollback(self) -> None:
        """Closes the innermost savepoint and takes its writes back."""
    @property
    def depth(self) -> int: ...
    def fork(self) -> Stage: ...

class Store:
    """An authenticated key-value store (docs/state.md), in memory without a path. One owner, the writer."""

    def __init__(
        self,
        path: str | None = None,
        *,
        keep: int = 128,
        flush_every: int = 16,
        value_cache: int = 67108864,
        page_cache: int = 268435456,
        threads: int = 2,
        background: bool = True,
        verify: bool = True,
        fail_at: str | None = None,
        fail_hit: int = 1,
        fail_abort: bool = True,
    ) -> None:
        """`fail_at`: one of `STATE_FAILPOINTS`; at its `fail_hit`th time the process ends (or `StateError`)."""
    @property
    def height(self) -> int: ...
    @property
    def root(self) -> bytes: ...
    @property
    def heights(self) -> tuple[int, int]: ...
    @property
    def flushed_height(self) -> int | None:
        """The last height on disk, where replay begins after a crash."""
    @property
    def is_fresh(self) -> bool: ...
    @property
    def nodes(self) -> tuple[int, int]:
        """Inner nodes and leaves in memory, all kept versions together."""
    def reader(self) -> StateReader: ...
    def view(self, height: int | None = None) -> StateView: ...
    def stage(self) -> Stage: ...
    def root_of(self, stage: Stage) -> bytes:
        """The root that committing the stage would lead to; nothing is persisted."""
    def commit(self, stage: Stage, height: int) -> bytes: ...
    def apply(self, height: int, writes: list[tuple[bytes, bytes | None]]) -> bytes:
        """Stages and commits one height; `None` removes a key."""
    def flush(self) -> None: ...
    def rollback(self, height: int) -> None:
        """Goes back to a kept height and forgets those above it."""
    def close(self) -> None: ...

class BlockLog:
    """Append-only log of blocks; what `append` returned for survives a crash."""

    def __init__(
        self,
        path: str,
        *,
        segment_bytes: int = 67108864,
        fail_at: str | None = None,
        fail_hit: int = 1,
        fail_abort: bool = True,
    ) -> None: ...
    @property
    def heights(self) -> tuple[int, int] | None: ...
    @property
    def torn(self) -> tuple[int, int, str] | None:
        """Height, bytes and file of what was cut off the end when it was opened."""
    def append(self, height: int, block: bytes) -> None: ...
    def read(self, height: int) -> bytes | None: ...
    def verify(self) -> None: ...
    def prune(self, height: int) -> int | None:
        """Deletes whole files below the height; the oldest height left."""
    def truncate(self, height: int) -> None:
        """Forgets the heights above."""

class SnapshotImporter:
    """Builds a store from a snapshot's chunks, in order; trusts nothing."""

    def __init__(
        self, manifest: bytes, path: str, *, root: bytes | None = None, max_bytes: int = 68719476736
    ) -> None: ...
    @property
    def next_chunk(self) -> int | None: ...
    def add(self, chunk: bytes) -> None: ...
    def finish(self) -> bytes: ...

def import_snapshot(
    folder: str, path: str, *, root: bytes | None = None, max_bytes: int = 68719476736
) -> tuple[int, bytes, int]:
    """Builds a store in `path` from a folder that `StateView.export` wrote; (height, root, keys)."""

def verify_proof(root: bytes, key: bytes, value: bytes | None, proof: bytes) -> bool:
    """Does the proof show that under `root` the key has this value (with `None`: no value)?"""

def proof_error(root: bytes, key: bytes, value: bytes | None, proof: bytes) -> tuple[str, str] | None:
    """`None` if the proof holds, else (code, reason): `proof-malformed`, `proof-unrelated`, `proof-wrong-root`."""

# --- rule sessions --------------------------------------------------------------------------------

class FactBatch:
    """Facts decoded once, for `RuleSession.batch`."""

    def __init__(self, facts: list[dict[str, Any]]) -> None: ...
    def __len__(self) -> int: ...

class RuleSession:
    """Working memory over one rule set of a module, with no contract around it.

    Halts raise `RunError`; after one only `rewind` is of use (ValueError otherwise).
    """

    def __init__(
        self,
        module: Module,
        ruleset: str,
        *,
        gas_limit: int,
        now: str = "1970-01-01T00:00:00Z",
        parameters: dict[str, Any] | None = None,
        record: bool = True,
    ) -> None:
        """KeyError for an unknown rule set, ValueError for bad parameters or time. `record`: keep what fired."""
    def insert(self, fact: dict[str, Any]) -> int:
        """Inserts a fact, a dict with `$type`; its number."""
    def fire(self, limit: int | None = None) -> int:
        """Fires until nothing is left or `limit` rules have fired; how many fired."""
    def facts(self) -> list[dict[str, Any]]:
        """Working memory in order of insertion: each fact with `$type` and `$id`."""
    def fired(self) -> list[tuple[str, list[int]]]:
        """(rule, numbers of the facts of its positive patterns in order) for each firing so far."""
    def batch(self, facts: FactBatch, *, one_by_one: bool) -> tuple[int, int]:
        """Runs a stream of facts without Python's lock: (rules fired, gas).

        `one_by_one`: each fact is alone with what stood before, and it and what it brought is removed after; otherwise
        all are inserted, then fired.
        """
    def counts(self) -> tuple[int, int, int, int]:
        """Abstract events of matching since the session began: (activations, candidates, tuples, firings)."""

    def rewind(self, gas_limit: int) -> None:
        """Forgets all facts and firings; gas and output start again."""
    @property
    def gas(self) -> int: ...
    @property
    def output(self) -> list[str]: ...
