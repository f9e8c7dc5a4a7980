//! What matching costs: abstract events, counted the same however a session came to be (DESIGN section 3).
use crate::vm::gas::{MATCH_ACTIVATION, MATCH_CANDIDATE, MATCH_FIRING, MATCH_TUPLE};
use crate::vm::{Halt, Machine};

use super::session::Session;

#[derive(Clone, Copy, Debug)]
pub(super) enum Counted {
    /// A fact enters or leaves, a fact or tuple arrives at a node, a fold takes in a tuple.
    Activation,
    /// A candidate that an index yields, an item of a list.
    Candidate,
    /// A tuple is made or dropped.
    Tuple,
    Firing,
}

/// How often each happened in a session, by `Counted`.
pub type Counts = [u64; 4];

const PRICES: Counts = [MATCH_ACTIVATION, MATCH_CANDIDATE, MATCH_TUPLE, MATCH_FIRING];

impl Session {
    /// Counts and pays.
    #[inline]
    pub(super) fn count(&mut self, machine: &mut Machine, what: Counted, times: u64) -> Result<(), Halt> {
        self.counts[what as usize] += times;
        machine.gas.charge(times * PRICES[what as usize])
    }
}
