//! Host semantics of contracts over an abstract store.
