//! The native hot path: transactions, signatures, nonces, fees, calls, receipts, whole blocks at a time.
//!
//! - [`tx`]        the signed envelope
//! - [`keys`], [`sig`]  ed25519, batched checks
//! - [`rules`]     what a chain fixes: limits, the window of gas rates
//! - [`overlay`]   the contracts' store over a stage of the state
//! - [`fee`]       reserving, charging and sharing out fees
//! - [`admit`]     the rules that refuse a transaction before it costs anything
//! - [`scene`]     what a block and its current transaction write; handlers see it too
//! - [`msgs`]      the messages
//! - [`receipt`], [`merkle`]  outcomes and their proofs
//! - [`block`]     a whole block
//! - [`check`]     CheckTx and proposals
//! - [`genesis`]   the first state
//! - [`ledger`]    all of it over one store
//! - [`archive`]   blocks and receipts of the solo chain
//! - [`invariants`]  what must hold after every block
pub mod admit;
pub mod archive;
pub mod block;
pub mod check;
pub mod fee;
pub mod genesis;
pub mod invariants;
pub mod keys;
#[allow(clippy::module_inception)] // the folder's main type
pub mod ledger;
pub mod merkle;
pub mod msgs;
pub mod overlay;
pub mod receipt;
pub mod rules;
pub mod scene;
pub mod sig;
pub mod tx;

pub use crate::contracts::err;

#[cfg(test)]
mod tests;
