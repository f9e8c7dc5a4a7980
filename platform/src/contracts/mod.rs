//! Host semantics of contracts over an abstract store: the chain and `dsl call` run this same code.
//!
//! - [`err`]      the table of error codes
//! - [`kv`]       the abstract store and its key layout
//! - [`address`]  addresses and their text
//! - [`amount`]   numbers and attoCMT
//! - [`bank`]     accounts and transfers
//! - [`records`]  what is stored of modules, contracts and licences
//! - [`cache`]    programs and machines kept between calls
//! - [`host`]     what a running contract sees
//! - [`engine`]   deploy, instantiate, call
//! - [`nested`]   calls from contract to contract
//! - [`timers`]   what is due, and the step that a block makes for it
//! - [`sandbox`]  all of it on an in-memory store
pub mod address;
pub mod amount;
pub mod bank;
pub mod cache;
pub mod engine;
pub mod err;
pub mod host;
pub mod kv;
mod nested;
pub mod records;
pub mod sandbox;
pub mod timers;
