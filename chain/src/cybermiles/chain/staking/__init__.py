"""Delegated proof of stake on chain. Consensus code: int, bytes, str, bool, sorted order.

One folder a module, the same files in each: `types` (records, parameters and their checks), `keeper` (state access),
`handlers` (messages), `hooks` (begin and end of a block), `genesis`, `invariants`, `module` (what is registered).
Of its own: `pool` (tokens and shares), `rewards` (fees to delegators in O(1)), `slashing`, `validator_set`.

Amounts are attoCMT; rates and ratios are integers scaled by 10^18; quotients are floored.
"""
