"""Fields of open types are those that are mentioned."""

from cybermiles.dsl.passes.infer_open_types import infer_open_types
from tests.dsl.passes.helpers import rules_ir


def test_fields_in_order_of_mention() -> None:
    module = infer_open_types(rules_ir("rule a when $t : T( b > 1, a == 2 ) then $t.c = $t.b end"))
    assert [(d.name, [f.name for f in d.fields]) for d in module.types] == [("T", ["b", "a", "c"])]


def test_declared_types_stay() -> None:
    module = rules_ir("declare T a : number end rule a when T( a > 1 ) then end")
    assert infer_open_types(module).types == module.types
