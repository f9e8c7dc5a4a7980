//! The abstract store under contracts, and where things stand in it (the table of docs/state.md).
use std::sync::Arc;

use super::address::Hash;
use crate::vm::host::Address;

/// Ordered byte keys to byte values. A store that fails (a disk) remembers the failure and stops the block: see
/// `ledger::overlay`; contracts never see it.
pub trait Kv {
    fn get(&mut self, key: &[u8]) -> Option<Arc<[u8]>>;
    fn set(&mut self, key: &[u8], value: &[u8]);
    fn delete(&mut self, key: &[u8]);
}

fn join(prefix: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut key = Vec::with_capacity(prefix.len() + parts.iter().map(|part| part.len()).sum::<usize>());
    key.extend_from_slice(prefix);
    for part in parts {
        key.extend_from_slice(part);
    }
    key
}

/// Balance and nonce; on the stack, because every transaction asks for some.
pub fn account(address: &Address) -> [u8; 22] {
    let mut key = [0; 22];
    key[..2].copy_from_slice(ACCOUNTS);
    key[2..].copy_from_slice(address);
    key
}

pub const ACCOUNTS: &[u8] = b"a/";
pub const ROUTES: &[u8] = b"x/";

pub fn contract(address: &Address) -> Vec<u8> {
    join(b"c/", &[address])
}

pub fn variable(contract: &Address, name: &str) -> Vec<u8> {
    join(b"v/", &[contract, name.as_bytes()])
}

pub fn variables(contract: &Address) -> Vec<u8> {
    join(b"v/", &[contract])
}

pub fn module_code(hash: &Hash) -> Vec<u8> {
    join(b"m/", &[hash])
}

pub fn module_info(hash: &Hash) -> Vec<u8> {
    join(b"i/", &[hash])
}

pub fn licence(template: &str, holder: &Address) -> Vec<u8> {
    join(b"l/", &[template.as_bytes(), b"/", holder])
}

/// What a route's handler calls `key`.
pub fn route(route: &str, key: &[u8]) -> Vec<u8> {
    join(ROUTES, &[route.as_bytes(), b"/", key])
}
