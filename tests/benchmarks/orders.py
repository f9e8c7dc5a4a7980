"""A stream of orders joined with customers and products by their keys, gas on, beside CLIPS 6.4 in the same run.

Customers and products are in working memory; then all orders come, and the one rule fires once for each.
"""

from __future__ import annotations

import statistics

import clips

from cybermiles.dsl.compiler import Source, compile_rules
from cybermiles.platform import FactBatch, Module, RuleSession
from tests.benchmarks.tables import seconds, table

KEYS = 1_000
ORDERS = 50_000
RUNS = 5
DRL = """
declare Customer id : int tier : int end
declare Product id : int price : int end
declare Order customer : int product : int quantity : int total : int end
rule "total"
when
  $o : Order( $c : customer, $p : product, $q : quantity )
  Customer( id == $c, $tier : tier )
  Product( id == $p, $price : price )
then
  $o.total = $price * $q - $tier
end
"""
CLIPS = (
    "(deftemplate customer (slot id) (slot tier))",
    "(deftemplate product (slot id) (slot price))",
    "(deftemplate order (slot customer) (slot product) (slot quantity))",
    "(defglobal ?*total* = 0)",
    "(defrule total (order (customer ?c) (product ?p) (quantity ?q)) (customer (id ?c) (tier ?t)) "
    "(product (id ?p) (price ?price)) => (bind ?*total* (- (* ?price ?q) ?t)))",
    "(deffunction prepare () (loop-for-count (?i 0 999) do (assert (customer (id ?i) (tier (mod ?i 7)))) "
    "(assert (product (id ?i) (price (+ 1 (mod ?i 90)))))))",
    f"(deffunction stream () (loop-for-count (?i 0 {ORDERS - 1}) do (assert (order (customer (mod (* ?i 7919) 1000)) "
    "(product (mod (* ?i 104729) 1000)) (quantity ?i)))) (run))",
)


def main() -> str:
    module = Module(compile_rules([Source("orders.drl", DRL)]).code)
    session = RuleSession(module, "rules", gas_limit=1 << 62, record=False)
    known = [{"$type": "Customer", "id": i, "tier": i % 7} for i in range(KEYS)]
    known += [{"$type": "Product", "id": i, "price": 1 + i % 90} for i in range(KEYS)]
    orders = [
        {"$type": "Order", "customer": i * 7919 % KEYS, "product": i * 104_729 % KEYS, "quantity": i, "total": 0}
        for i in range(ORDERS)
    ]
    loaded, stream = FactBatch(known), FactBatch(orders)
    environment = clips.Environment()
    for construct in CLIPS:
        environment.build(construct)
    ours, theirs = [], []
    for _ in range(RUNS):
        session.rewind(1 << 62)
        session.batch(loaded, one_by_one=False)
        ours.append(seconds(lambda: session.batch(stream, one_by_one=False)))
        assert session.counts()[3] == ORDERS, "each order fires once"
        environment.reset()
        environment.eval("(prepare)")
        theirs.append(seconds(lambda: environment.eval("(stream)")))
    a, b = ORDERS / statistics.median(ours), ORDERS / statistics.median(theirs)
    return table(
        f"Orders joined with {KEYS:,} customers and {KEYS:,} products, gas on ({ORDERS:,} orders, median of {RUNS})",
        ["CyberMiles, orders a second", "CLIPS 6.4, orders a second", "ratio"],
        [[a, b, a / b]],
    )


if __name__ == "__main__":
    print(main())
