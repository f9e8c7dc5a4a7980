"""A stream of orders, each joined with its customer among 1,000 and its product among 1,000, gas on, beside CLIPS.

A rule sees an order, the customer with its number and the product with its number, and adds to the order's points if
the customer's level reaches what the product asks for. Each order is gone before the next comes; customers and products
stay.
"""

from __future__ import annotations

from typing import Any

import clips

from cybermiles.dsl.compiler import Source, compile_rules
from cybermiles.platform import FactBatch, Module, RuleSession
from tests.benchmarks.tables import median_rates, table

MANY = 1_000
ORDERS = 100_000

DRL = """
declare Customer id : int  level : int end
declare Product id : int  asks : int end
declare Order customer : int  product : int  points : int end

rule "reward"
when
  $order : Order( $customer : customer, $product : product )
  Customer( id == $customer, $level : level )
  Product( id == $product, asks <= $level )
then
  $order.points = $order.points + $level
end
"""

CLIPS = """
(deftemplate customer (slot id) (slot level))

(deftemplate product (slot id) (slot asks))

(deftemplate order (slot customer) (slot product))

(defglobal ?*points* = 0 ?*fired* = 0)

(defrule reward
  (order (customer ?customer) (product ?product))
  (customer (id ?customer) (level ?level))
  (product (id ?product) (asks ?asks&:(<= ?asks ?level)))
  =>
  (bind ?*points* (+ ?*points* ?level))
  (bind ?*fired* (+ ?*fired* 1)))

(deffunction prepare (?many)
  (loop-for-count (?i 0 (- ?many 1)) do
    (assert (customer (id ?i) (level (mod (* ?i 7) 10))))
    (assert (product (id ?i) (asks (mod (* ?i 11) 10))))))

(deffunction decide (?many ?orders)
  (bind ?*fired* 0)
  (loop-for-count (?i 0 (- ?orders 1)) do
    (bind ?order (assert (order (customer (mod (* ?i 7919) ?many)) (product (mod (* ?i 104729) ?many)))))
    (run)
    (retract ?order))
  ?*fired*)
"""


def standing() -> list[dict[str, Any]]:
    """Customers and products."""
    customers = [{"$type": "Customer", "id": i, "level": i * 7 % 10} for i in range(MANY)]
    return customers + [{"$type": "Product", "id": i, "asks": i * 11 % 10} for i in range(MANY)]


def orders() -> list[dict[str, Any]]:
    """A fixed stream of orders."""
    return [
        {"$type": "Order", "customer": i * 7919 % MANY, "product": i * 104_729 % MANY, "points": 0}
        for i in range(ORDERS)
    ]


def main() -> str:
    compiled = compile_rules([Source("joins.drl", DRL)])
    session = RuleSession(Module(compiled.code), "rules", gas_limit=1 << 62, record=False)
    customers_and_products = FactBatch(standing())
    batch = FactBatch(orders())
    environment = clips.Environment()
    for construct in CLIPS.strip().split("\n\n"):
        environment.build(construct)
    environment.reset()
    environment.eval(f"(prepare {MANY})")
    fired: dict[str, int] = {}

    def kernel() -> int:
        session.rewind(1 << 62)
        session.batch(customers_and_products, one_by_one=False)
        fired["CyberMiles"] = session.batch(batch, one_by_one=True)[0]
        return ORDERS

    def peer() -> int:
        fired["CLIPS"] = int(environment.eval(f"(decide {MANY} {ORDERS})"))
        return ORDERS

    rates = median_rates({"CyberMiles": kernel, "CLIPS": peer}, 5)
    assert fired["CyberMiles"] == fired["CLIPS"], fired
    row: list[object] = [
        f"{MANY:,} x {MANY:,}",
        rates["CyberMiles"],
        rates["CLIPS"],
        rates["CyberMiles"] / rates["CLIPS"],
    ]
    return table(
        f"Orders joined with customers and products, gas on ({ORDERS:,} orders, median of 5)",
        ["customers x products", "CyberMiles a second", "CLIPS 6.4 a second", "ratio", "firings an order"],
        [[*row, fired["CLIPS"] / ORDERS]],
    )


if __name__ == "__main__":
    print(main())
