//! Process graphs from data. What is absent has its default: false, empty, none.
use super::decode::{bad, Entries, Node};
use super::process::{
    Assignment, Code, Flow, HumanTask, Merge, NodeKind, Policy, Process, ProcessNode, Repeat, RepeatKind, TimerKind,
    Trigger, TriggerKind,
};
use super::AdmissionError;

type Result<T> = std::result::Result<T, AdmissionError>;

fn code(node: Node) -> Result<Code> {
    let place = node.place.clone();
    let parts: std::result::Result<[Node; 4], _> = node.items()?.try_into();
    let Ok([function, reads, writes, extra]) = parts else {
        return bad(&place, "code is a list of a function and three lists of names");
    };
    Ok(Code {
        function: function.index()?,
        reads: reads.list(Node::text)?,
        writes: writes.list(Node::text)?,
        extra: extra.list(Node::text)?,
    })
}

fn pair(node: Node) -> Result<(String, Node)> {
    let place = node.place.clone();
    let parts: std::result::Result<[Node; 2], _> = node.items()?.try_into();
    match parts {
        Ok([name, value]) => Ok((name.text()?, value)),
        Err(_) => bad(&place, "a list of a name and a value is expected"),
    }
}

fn assignment(node: Node) -> Result<Assignment> {
    let (target, value) = pair(node)?;
    let value = code(value)?;
    Ok(Assignment { target, value })
}

fn merge(node: Node) -> Result<Merge> {
    let (variable, policy) = pair(node)?;
    let place = policy.place.clone();
    match Policy::named(&policy.text()?) {
        Some(policy) => Ok(Merge { variable, policy }),
        None => bad(&place, "the policy is unknown"),
    }
}

impl<'a> Entries<'a> {
    fn code(&mut self, key: &str) -> Result<Option<Code>> {
        self.take_if(key).map(code).transpose()
    }

    fn text_or_empty(&mut self, key: &str) -> Result<String> {
        self.take_if(key).map_or(Ok(String::new()), Node::text)
    }

    fn flag(&mut self, key: &str) -> Result<bool> {
        self.take_if(key).map_or(Ok(false), Node::bool)
    }

    fn index_if(&mut self, key: &str) -> Result<Option<u32>> {
        self.take_if(key).map(Node::index).transpose()
    }

    fn list_of<T>(&mut self, key: &str, item: impl Fn(Node<'a>) -> Result<T>) -> Result<Vec<T>> {
        self.take_if(key).map_or(Ok(Vec::new()), |node| node.list(item))
    }

    fn kind<T>(&mut self, named: impl Fn(&str) -> Option<T>) -> Result<T> {
        let node = self.take("kind")?;
        let place = node.place.clone();
        let text = node.text()?;
        named(&text).map_or_else(|| bad(&place, "the kind is unknown"), Ok)
    }
}

fn trigger(node: Node) -> Result<Trigger> {
    let mut entries = node.entries()?;
    let kind = entries.kind(TriggerKind::named)?;
    let timer = match entries.take_if("timer") {
        None => TimerKind::Date,
        Some(node) => {
            let place = node.place.clone();
            match TimerKind::named(&node.text()?) {
                Some(kind) => kind,
                None => return bad(&place, "the kind of timer is unknown"),
            }
        }
    };
    let made = Trigger {
        kind,
        name: entries.text_or_empty("name")?,
        timer,
        value: entries.code("value")?,
        keys: entries.list_of("keys", assignment)?,
        keep: entries.flag("keep")?,
        apply: entries.code("apply")?,
    };
    entries.end()?;
    Ok(made)
}

fn repeat(node: Node) -> Result<Repeat> {
    let mut entries = node.entries()?;
    let made = Repeat {
        kind: entries.kind(RepeatKind::named)?,
        items: entries.code("items")?,
        count: entries.code("count")?,
        item: entries.text_or_empty("item")?,
        output: entries.code("output")?,
        result: entries.text_or_empty("result")?,
        until: entries.code("until")?,
        while_: entries.code("while")?,
        maximum: entries.code("maximum")?,
        test_first: entries.flag("test_first")?,
    };
    entries.end()?;
    Ok(made)
}

fn task(node: Node) -> Result<HumanTask> {
    let mut entries = node.entries()?;
    let made = HumanTask {
        due: entries.code("due")?,
        priority: entries.code("priority")?,
        assignee: entries.code("assignee")?,
    };
    entries.end()?;
    Ok(made)
}

fn process_node(node: Node) -> Result<ProcessNode> {
    let mut entries = node.entries()?;
    let made = ProcessNode {
        id: entries.take("id")?.text()?,
        name: entries.text_or_empty("name")?,
        kind: entries.kind(NodeKind::named)?,
        parent: entries.index_if("parent")?,
        trigger: entries.take_if("trigger").map(trigger).transpose()?,
        host: entries.index_if("host")?,
        interrupting: !entries.flag("beside")?,
        code: entries.code("code")?,
        task: entries.take_if("task").map(task).transpose()?,
        called: entries.index_if("called")?,
        inputs: entries
            .take_if("inputs")
            .map(|node| node.list(assignment))
            .transpose()?,
        outputs: entries
            .take_if("outputs")
            .map(|node| node.list(assignment))
            .transpose()?,
        transaction: entries.flag("transaction")?,
        repeat: entries.take_if("repeat").map(repeat).transpose()?,
        default: entries.index_if("default")?,
        on_enter: entries.code("on_enter")?,
        on_leave: entries.code("on_leave")?,
        compensation: entries.index_if("compensation")?,
        locals: entries.list_of("locals", Node::text)?,
        merge: entries.list_of("merge", merge)?,
        unnamed_exit: entries.flag("unnamed_exit")?,
    };
    entries.end()?;
    Ok(made)
}

fn flow(node: Node) -> Result<Flow> {
    let mut entries = node.entries()?;
    let made = Flow {
        id: entries.text_or_empty("id")?,
        name: entries.text_or_empty("name")?,
        source: entries.take("source")?.index()?,
        target: entries.take("target")?.index()?,
        condition: entries.code("condition")?,
        action: entries.code("action")?,
    };
    entries.end()?;
    Ok(made)
}

pub(super) fn process(node: Node) -> Result<Process> {
    let mut entries = node.entries()?;
    let made = Process {
        file: entries.take("file")?.text()?,
        id: entries.take("id")?.text()?,
        name: entries.text_or_empty("name")?,
        jpdl: entries.flag("jpdl")?,
        nodes: entries.take("nodes")?.list(process_node)?,
        flows: entries.take("flows")?.list(flow)?,
        initial: entries.list_of("initial", assignment)?,
        merge: entries.list_of("merge", merge)?,
    };
    entries.end()?;
    Ok(made)
}
