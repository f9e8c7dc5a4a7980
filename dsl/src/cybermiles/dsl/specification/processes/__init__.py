"""The executable specification of processes: what tokens do, and how the data of parallel branches unite.

In the order in which one would explain it: ``state`` (tokens, scopes, branches, waits), ``data`` (who sees what),
``code`` (functions over variables), ``flow`` (flows, gateways, joins, scopes), ``activities`` (nodes, multi-instance,
calls), ``events`` (catching, throwing, compensation), ``timers``, ``instance`` (a run from outside).
``docs/process-specification.md`` is the tour. Everything is looked for anew at each step and nothing is indexed; the
kernel must agree with it on tokens, variables, path and what is waited for.
"""

from cybermiles.dsl.specification.processes.instance import Instance, run

__all__ = ["Instance", "run"]
