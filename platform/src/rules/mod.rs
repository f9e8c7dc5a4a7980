//! The rule network: Rete with hashed alpha and beta memories, agenda, sessions.
