//! The deterministic core of CyberMiles: what every validator must compute to the same bytes.
//!
//! Folders, bottom up; each uses only those above it in this list:
//! - [`number`]    one decimal type (IEEE 754-2008 decimal128, canonical form)
//! - [`value`]     owned data trees and temporal types
//! - [`codec`]     canonical CBOR, JSON
//! - [`module`]    the compiled unit: structure, encoding, assembly text, admission checks
//! - [`vm`]        values in an arena, gas, instructions, interpreter, library functions, the `Host` interface
//! - [`rules`]     the rule network (Rete), agenda and sessions
//! - [`state`]     authenticated versioned key-value store: tree, proofs, overlay, durability
//! - [`contracts`] host semantics over an abstract store: instances, parameters, calls, transfers, events
//! - [`ledger`]    the native hot path: transactions, signatures, fees, blocks, receipts
//! - [`py`]        the Python face, one file a class
pub mod codec;
pub mod contracts;
pub mod ledger;
pub mod module;
pub mod number;
pub mod process;
pub mod py;
pub mod rules;
pub mod state;
pub mod value;
pub mod vm;
