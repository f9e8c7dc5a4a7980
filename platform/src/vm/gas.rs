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
}

// --- matching (abstract events of an eager Rete; benchmark: tests/benchmarks/gas.py) ---
/// A fact enters or leaves the network.
pub const MATCH_ACTIVATION: u64 = 20;
/// A candidate that an index yields is looked at.
pub const MATCH_CANDIDATE: u64 = 4;
/// A tuple is made or removed.
pub const MATCH_TUPLE: u64 = 15;
/// A rule fires.
pub const MATCH_FIRING: u64 = 30;
