//! Process graphs as data: what has its default (false, empty, none) is left out.
use super::process::{Assignment, Code, Flow, HumanTask, Merge, Process, ProcessNode, Repeat, Trigger, TriggerKind};
use crate::number::Number;
use crate::value::Data;

#[derive(Default)]
struct Fields(Vec<(String, Data)>);

fn text(value: &str) -> Data {
    Data::Text(value.to_owned())
}

fn int(value: u32) -> Data {
    Data::Num(Number::Int(value.into()))
}

fn names(values: &[String]) -> Data {
    Data::List(values.iter().map(|name| text(name)).collect())
}

fn code(code: &Code) -> Data {
    Data::List(vec![
        int(code.function),
        names(&code.reads),
        names(&code.writes),
        names(&code.extra),
    ])
}

fn assignments(given: &[Assignment]) -> Data {
    let pair = |one: &Assignment| Data::List(vec![text(&one.target), code(&one.value)]);
    Data::List(given.iter().map(pair).collect())
}

impl Fields {
    fn put(mut self, key: &str, value: Data) -> Self {
        self.0.push((key.to_owned(), value));
        self
    }

    fn put_if(self, key: &str, value: Option<Data>) -> Self {
        match value {
            Some(value) => self.put(key, value),
            None => self,
        }
    }

    fn code(self, key: &str, value: Option<&Code>) -> Self {
        self.put_if(key, value.map(code))
    }

    fn text(self, key: &str, value: &str) -> Self {
        self.put_if(key, (!value.is_empty()).then(|| text(value)))
    }

    fn flag(self, key: &str, value: bool) -> Self {
        self.put_if(key, value.then_some(Data::Bool(true)))
    }

    fn index(self, key: &str, value: Option<u32>) -> Self {
        self.put_if(key, value.map(int))
    }

    fn assignments(self, key: &str, given: &[Assignment]) -> Self {
        self.put_if(key, (!given.is_empty()).then(|| assignments(given)))
    }

    fn merges(self, given: &[Merge]) -> Self {
        let pair = |one: &Merge| Data::List(vec![text(&one.variable), text(one.policy.text())]);
        self.put_if(
            "merge",
            (!given.is_empty()).then(|| Data::List(given.iter().map(pair).collect())),
        )
    }

    fn data(self) -> Data {
        Data::Record(self.0)
    }
}

fn trigger(trigger: &Trigger) -> Data {
    let timer = (trigger.kind == TriggerKind::Timer).then(|| text(trigger.timer.text()));
    Fields::default()
        .put("kind", text(trigger.kind.text()))
        .text("name", &trigger.name)
        .put_if("timer", timer)
        .code("value", trigger.value.as_ref())
        .assignments("keys", &trigger.keys)
        .flag("keep", trigger.keep)
        .code("apply", trigger.apply.as_ref())
        .data()
}

fn repeat(repeat: &Repeat) -> Data {
    Fields::default()
        .put("kind", text(repeat.kind.text()))
        .code("items", repeat.items.as_ref())
        .code("count", repeat.count.as_ref())
        .text("item", &repeat.item)
        .code("output", repeat.output.as_ref())
        .text("result", &repeat.result)
        .code("until", repeat.until.as_ref())
        .code("while", repeat.while_.as_ref())
        .code("maximum", repeat.maximum.as_ref())
        .flag("test_first", repeat.test_first)
        .data()
}

fn task(task: &HumanTask) -> Data {
    Fields::default()
        .code("due", task.due.as_ref())
        .code("priority", task.priority.as_ref())
        .code("assignee", task.assignee.as_ref())
        .data()
}

fn node(node: &ProcessNode) -> Data {
    Fields::default()
        .put("id", text(&node.id))
        .text("name", &node.name)
        .put("kind", text(node.kind.text()))
        .index("parent", node.parent)
        .put_if("trigger", node.trigger.as_ref().map(trigger))
        .index("host", node.host)
        .flag("beside", !node.interrupting)
        .code("code", node.code.as_ref())
        .put_if("task", node.task.as_ref().map(task))
        .index("called", node.called)
        .put_if("inputs", node.inputs.as_deref().map(assignments))
        .put_if("outputs", node.outputs.as_deref().map(assignments))
        .flag("transaction", node.transaction)
        .put_if("repeat", node.repeat.as_ref().map(repeat))
        .index("default", node.default)
        .code("on_enter", node.on_enter.as_ref())
        .code("on_leave", node.on_leave.as_ref())
        .index("compensation", node.compensation)
        .put_if("locals", (!node.locals.is_empty()).then(|| names(&node.locals)))
        .merges(&node.merge)
        .flag("unnamed_exit", node.unnamed_exit)
        .data()
}

fn flow(flow: &Flow) -> Data {
    Fields::default()
        .text("id", &flow.id)
        .text("name", &flow.name)
        .put("source", int(flow.source))
        .put("target", int(flow.target))
        .code("condition", flow.condition.as_ref())
        .code("action", flow.action.as_ref())
        .data()
}

pub(super) fn process(process: &Process) -> Data {
    Fields::default()
        .put("file", text(&process.file))
        .put("id", text(&process.id))
        .text("name", &process.name)
        .flag("jpdl", process.jpdl)
        .put("nodes", Data::List(process.nodes.iter().map(node).collect()))
        .put("flows", Data::List(process.flows.iter().map(flow).collect()))
        .assignments("initial", &process.initial)
        .merges(&process.merge)
        .data()
}

/// For the assembly text: a process is written as its data.
pub(super) fn process_from(data: &Data, place: &str) -> Result<Process, super::AdmissionError> {
    super::decode_process::process(super::decode::Node {
        data,
        place: place.to_owned(),
    })
}
