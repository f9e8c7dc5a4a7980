"""The executable specification of rules: a small evaluator of the checked IR that recomputes instead of remembering.

It says what the languages mean, in the order in which one would explain it: ``values`` and ``operators``, the
``library``, ``evaluator`` (expressions and statements), ``network`` and ``stages`` (which tuples hold after an event),
``agenda`` (which match fires next), ``session`` (working memory). ``docs/specification.md`` is the tour. The kernel
must agree with it on firings, order, facts and matching work; it is for reading, testing and explaining, never for
running a contract.
"""

from cybermiles.dsl.specification.session import Session
from cybermiles.dsl.specification.values import Halt

__all__ = ["Halt", "Session"]
