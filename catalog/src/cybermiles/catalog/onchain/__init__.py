"""The catalog on chain: publish a template version, buy a licence. Consensus code: int, bytes, str, bool, sorted order.

One folder a module, the same files in each: `types` (records and their checks), `keeper` (state access), `handlers`
(messages), `invariants`, `module` (what is registered).
"""
