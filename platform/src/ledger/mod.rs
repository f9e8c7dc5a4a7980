//! The native hot path: transactions, signatures, nonces, fees, calls, receipts, whole blocks at a time.
