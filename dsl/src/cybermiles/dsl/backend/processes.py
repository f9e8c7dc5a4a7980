"""Process graphs as the kernel's encoder takes them; what has its default is left out (docs/module-format.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cybermiles.dsl import ir
from cybermiles.dsl.diagnostics import CompilerBug

Functions = Mapping[str, int]
"""Numbers of functions by name."""


def process_dicts(processes: Sequence[ir.Process], functions: Functions) -> list[dict[str, Any]]:
    """The map form of all processes."""
    numbers = {f"{process.file}#{process.id}": number for number, process in enumerate(processes)}
    return [_Writer(functions, numbers).process(process) for process in processes]


class _Writer:
    def __init__(self, functions: Functions, numbers: Mapping[str, int]) -> None:
        self.functions = functions
        self.numbers = numbers

    def process(self, process: ir.Process) -> dict[str, Any]:
        return {
            "file": process.file,
            "id": process.id,
            "nodes": [self.node(node) for node in process.nodes],
            "flows": [self.flow(flow) for flow in process.flows],
        } | _given(
            name=process.name,
            jpdl=process.language == "jpdl",
            initial=self.mappings(process.initial),
            merge=_merges(process.merge),
        )

    def node(self, node: ir.ProcessNode) -> dict[str, Any]:
        made = {"id": node.id, "kind": node.kind} | _given(
            name=node.name,
            trigger=self.trigger(node.trigger),
            beside=not node.interrupting,
            code=self.code(node.code),
            task=self.task(node.task),
            transaction=node.transaction,
            repeat=self.repeat(node.repeat),
            on_enter=self.code(node.on_enter),
            on_leave=self.code(node.on_leave),
            locals=list(node.locals),
            merge=_merges(node.merge),
            unnamed_exit=node.unnamed_exit,
        )
        numbers = {
            "parent": node.parent,
            "host": node.host,
            "default": node.default,
            "compensation": node.compensation,
            "called": self.called(node.called),
        }
        made |= {key: number for key, number in numbers.items() if number is not None}
        mapped = {"inputs": node.inputs, "outputs": node.outputs}
        return made | {key: self.mappings(given) for key, given in mapped.items() if given is not None}

    def flow(self, flow: ir.Flow) -> dict[str, Any]:
        return {"source": flow.source, "target": flow.target} | _given(
            id=flow.id, name=flow.name, condition=self.code(flow.condition), action=self.code(flow.action)
        )

    def code(self, code: ir.Code | None) -> list[Any] | None:
        if code is None:
            return None
        if code.function not in self.functions:
            raise CompilerBug(f"a process runs the function `{code.function}`, which there is not")
        return [self.functions[code.function], list(code.reads), list(code.writes), list(code.extra)]

    def called(self, key: str) -> int | None:
        if not key:
            return None
        if key not in self.numbers:
            raise CompilerBug(f"a call activity calls `{key}`, which there is not")
        return self.numbers[key]

    def mappings(self, given: Sequence[ir.Mapping]) -> list[Any]:
        return [[mapping.target, self.code(mapping.value)] for mapping in given]

    def trigger(self, trigger: ir.Trigger | None) -> dict[str, Any] | None:
        if trigger is None:
            return None
        keys = zip(trigger.keys, trigger.key_values, strict=True)
        return {"kind": trigger.kind} | _given(
            name=trigger.name,
            timer=trigger.timer if trigger.kind == "timer" else "",
            value=self.code(trigger.value),
            keys=[[name, self.code(value)] for name, value in keys],
            keep=trigger.keep,
            apply=self.code(trigger.apply),
        )

    def task(self, task: ir.HumanTask | None) -> dict[str, Any] | None:
        if task is None:
            return None
        return _given(due=self.code(task.due), priority=self.code(task.priority), assignee=self.code(task.assignee))

    def repeat(self, repeat: ir.Repeat | None) -> dict[str, Any] | None:
        if repeat is None:
            return None
        made = {"kind": repeat.kind} | _given(
            items=self.code(repeat.items),
            count=self.code(repeat.count),
            item=repeat.item,
            output=self.code(repeat.output),
            result=repeat.result,
            until=self.code(repeat.until),
            maximum=self.code(repeat.maximum),
            test_first=repeat.test_first,
        )
        return made | _given(**{"while": self.code(repeat.while_)})


def _merges(merges: Sequence[ir.Merge]) -> list[list[str]]:
    return [[merge.variable, merge.policy] for merge in merges]


def _given(**fields: Any) -> dict[str, Any]:
    """The fields without those that have their default."""
    return {key: value for key, value in fields.items() if value not in (None, "", False) and value != []}
