//! All gas figures, in one file, each with the benchmark that set it, and the meter.
use super::halt::Halt;

/// Version of this schedule; a consensus parameter.
pub const SCHEDULE: u32 = 1;

/// Remaining gas of a call.
#[derive(Clone, Debug)]
pub struct Gas {
    limit: u64,
    used: u64,
}

impl Gas {
    pub fn new(limit: u64) -> Self {
        Self { limit, used: 0 }
    }
    #[inline]
    pub fn charge(&mut self, amount: u64) -> Result<(), Halt> {
        let used = self.used.saturating_add(amount);
        if used > self.limit {
            self.used = self.limit;
            return Err(Halt::OutOfGas);
        }
        self.used = used;
        Ok(())
    }
    pub fn used(&self) -> u64 {
        self.used
    }
    pub fn remaining(&self) -> u64 {
        self.limit - self.used
    }
    pub fn limit(&self) -> u64 {
        self.limit
    }
    /// What the interpreter's loop has left of what it was given.
    #[inline]
    pub(super) fn set_remaining(&mut self, remaining: u64) {
        self.used = self.limit.saturating_sub(remaining);
    }
}

// --- state, contracts and transactions (benchmark: tests/benchmarks/application.py) ---
/// A key is read: the lookup, seldom the disk.
pub const STATE_READ: u64 = 1_000;
pub const STATE_READ_BYTE: u64 = 1;
/// A key is written: its leaf, the hashes above it, its share of the flush.
pub const STATE_WRITE: u64 = 5_000;
pub const STATE_WRITE_BYTE: u64 = 10;
/// Two accounts are read and written.
pub const TRANSFER: u64 = 10_000;
/// An event, its encoding in the receipt and the receipt's hash.
pub const EVENT: u64 = 500;
pub const EVENT_BYTE: u64 = 5;
/// A module is made ready at its first touch in a transaction, whether or not it is at hand.
pub const MODULE_LOAD: u64 = 2_000;
pub const MODULE_LOAD_BYTE: u64 = 1;
/// Admission, the code's bytes in state for ever.
pub const DEPLOY: u64 = 50_000;
pub const DEPLOY_BYTE: u64 = 100;
/// The record of a contract, besides its bytes.
pub const INSTANTIATE: u64 = 20_000;
/// A handler of another layer is entered and left.
pub const HANDLER: u64 = 10_000;
/// Decoding, the signature, nonce, fee and receipt of a transaction.
pub const TRANSACTION: u64 = 20_000;
pub const TRANSACTION_BYTE: u64 = 10;

// --- matching (abstract events of an eager Rete; benchmark: tests/benchmarks/gas.py) ---
/// A fact enters or leaves the network.
pub const MATCH_ACTIVATION: u64 = 50;
/// A candidate that an index yields is looked at.
pub const MATCH_CANDIDATE: u64 = 4;
/// A tuple is made or removed.
pub const MATCH_TUPLE: u64 = 30;
/// A rule fires.
pub const MATCH_FIRING: u64 = 40;

// --- instructions (benchmark of each: the family of the same name in tests/benchmarks/gas.py) ---
/// Constants, locals, stack, jumps.
pub const STACK: u64 = 2;
/// Add, subtract, multiply, negate.
pub const ARITHMETIC: u64 = 4;
/// Divide, remainder.
pub const DIVISION: u64 = 20;
/// Power, besides what its numbers cost.
pub const POWER: u64 = 30;
/// Comparisons and truth.
pub const COMPARISON: u64 = 4;
/// A new record or list, without its bytes.
pub const OBJECT: u64 = 20;
/// A slot of a typed record.
pub const SLOT: u64 = 4;
/// A field by name, an index.
pub const FIELD: u64 = 10;
/// A call of a function.
pub const CALL: u64 = 12;
/// A library function or method, besides its own figure.
pub const NATIVE: u64 = 10;
/// A door to the host, besides what the host charges.
pub const HOST: u64 = 50;
/// Working memory, besides matching.
pub const MEMORY: u64 = 10;
/// Each local of a called function.
pub const CALL_LOCAL: u64 = 1;

// --- decision tables (benchmark: the family `tables` in tests/benchmarks/gas.py) ---
/// A decision is begun.
pub const TABLE: u64 = 60;
/// An input is looked up in its column.
pub const TABLE_INPUT: u64 = 40;
/// Sixty-four rows of a column are looked at.
pub const TABLE_WORD: u64 = 2;
/// A row is true.
pub const TABLE_ROW: u64 = 20;
/// Eight bytes of a text that is an input.
pub const TABLE_TEXT: u64 = 16;
/// An output is read; one that is a function costs its call besides.
pub const TABLE_OUTPUT: u64 = 10;

// --- processes (benchmark: tests/benchmarks/processes.py) ---
/// A door to an instance is used, besides reading and writing its record.
pub const PROCESS: u64 = 500;
/// A token does one piece of work: it enters a node, runs it, leaves it.
pub const PROCESS_WORK: u64 = 100;
/// Tokens, branches or subscriptions that one unit of gas looks through.
pub const PROCESS_LOOKED: u64 = 8;

// --- by size (benchmark: the families `texts`, `lists`, `export` in tests/benchmarks/gas.py) ---
/// Bytes of text or list that one unit of gas reads.
pub const BYTES_READ: u64 = 8;
/// Bytes of the arena that one unit of gas allocates.
pub const BYTES_ALLOCATED: u64 = 4;
/// A byte of data that leaves the call.
pub const EXPORT_BYTE: u64 = 1;
/// A byte of output.
pub const PRINT_BYTE: u64 = 1;

// --- library (benchmark: the family `natives` in tests/benchmarks/gas.py) ---
/// A method or small function of the library, besides what it reads and allocates.
pub const METHOD: u64 = 10;
/// Opening a rule session, besides its network's own cost.
pub const SESSION: u64 = 500;
/// Rounding of a number, the least or greatest of some.
pub const ROUND: u64 = 30;
/// A text to a number or back.
pub const PARSE: u64 = 60;
/// A square root.
pub const ROOT: u64 = 300;
/// Logarithm, exponential (by the slowest).
pub const LOGARITHM: u64 = 10_000;
/// A byte of JSON that is read.
pub const JSON_BYTE: u64 = 3;
/// A cube root.
pub const CUBE_ROOT: u64 = 1_000;
/// A function of an angle, a hyperbolic function, or the inverse of one (by the slowest).
pub const ANGLE: u64 = 20_000;
/// A power that is no whole number of 64 bits, or has a fraction in its base or exponent (by the slowest).
pub const POWER_DECIMAL: u64 = 40_000;
/// An operator on numbers that are not whole numbers of 64 bits, on texts, on temporals (by the slowest).
pub const DECIMAL: u64 = 100;
/// A number or temporal value written as text.
pub const FORMAT: u64 = 80;
/// A search in a text, besides its reading.
pub const SEARCH: u64 = 120;
/// A part cut out of a text, the names or values of a record.
pub const PART: u64 = 60;
/// Another contract is entered and left, besides its loading, what it does and what crosses the border.
pub const CONTRACT_CALL: u64 = 2_000;
/// An address to its text or back.
pub const ADDRESS: u64 = 300;
/// A look through a door of the host, besides what the host charges.
pub const DOOR: u64 = 40;
/// An item that is added to a sum.
pub const SUM_ITEM: u64 = 10;
/// A comparison of two items of a list, a look for an equal one.
pub const COMPARE_ITEM: u64 = 12;
/// A function of the calendar, besides the days that it looks at.
pub const CALENDAR: u64 = 60;
/// A day that a business calendar looks at.
pub const CALENDAR_DAY: u64 = 15;

// --- patterns (benchmark: the family `patterns` in tests/benchmarks/gas.py) ---
/// A pattern's first use in a call, whether or not it is at hand compiled.
pub const PATTERN: u64 = 1_000;
/// A byte of it.
pub const PATTERN_BYTE: u64 = 300;
/// A class of Unicode's tables in it.
pub const PATTERN_CLASS: u64 = 5_000;
/// A character beyond ASCII in a class whose case is folded.
pub const PATTERN_FOLD: u64 = 600;
/// A state of its automaton.
pub const PATTERN_STATE: u64 = 40;
/// A look at a state while searching.
pub const PATTERN_STEP: u64 = 6;
/// A byte of a script's regular expression.
pub const REGEXP_BYTE: u64 = 60;
/// A class of Unicode's tables in it, or one whose case is folded.
pub const REGEXP_CLASS: u64 = 8_000;
/// An instruction of its program.
pub const REGEXP_STEP: u64 = 20;
/// A character of one whose case is folded.
pub const REGEXP_FOLD: u64 = 600;
/// A search, besides its steps.
pub const PATTERN_SEARCH: u64 = 40;
