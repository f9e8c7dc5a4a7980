//! The authenticated key-value store with versions, proofs and durability.
