//! Process graphs. Codes: `bad-process` (ends of flows, parts that do not fit), `bad-index`, `bad-arity`, `too-large`,
//! `bad-name`, `duplicate-name`.
use super::limits::{check_name, check_unique};
use super::refuse;
use crate::module::process::{Code, NodeKind, Process, TriggerKind};
use crate::module::{AdmissionError, Module};

pub const MAX_PROCESSES: usize = 256;
/// Nodes, and flows, of a process.
pub const MAX_PROCESS_NODES: usize = 1 << 14;

type Result<T> = std::result::Result<T, AdmissionError>;

pub(super) fn check_processes(module: &Module) -> Result<()> {
    if module.processes.len() > MAX_PROCESSES {
        let message = format!("a module has at most {MAX_PROCESSES} processes");
        return refuse("too-large", "processes", message);
    }
    let keys: Vec<String> = module.processes.iter().map(Process::key).collect();
    check_unique("processes", keys.iter().map(String::as_str))?;
    for (index, process) in module.processes.iter().enumerate() {
        let place = format!("processes[{index}]");
        if process.nodes.len().max(process.flows.len()) > MAX_PROCESS_NODES {
            let message = format!("a process has at most {MAX_PROCESS_NODES} nodes and flows");
            return refuse("too-large", place, message);
        }
        check_nodes(module, process, &place)?;
        check_flows(process, &place)?;
        for code in process.codes() {
            check_code(module, code, &place)?;
        }
    }
    Ok(())
}

fn check_nodes(module: &Module, process: &Process, place: &str) -> Result<()> {
    check_unique(
        &format!("{place}.nodes"),
        process.nodes.iter().map(|node| node.id.as_str()),
    )?;
    let kind = |at: u32| process.nodes.get(at as usize).map(|node| node.kind);
    for (index, node) in process.nodes.iter().enumerate() {
        let place = format!("{place}.nodes[{index}]");
        let bad = |message: &str| refuse("bad-process", &place, message);
        if let Some(parent) = node.parent {
            // a scope stands before what is in it, so there are no circles
            if parent as usize >= index || !matches!(kind(parent), Some(NodeKind::Scope | NodeKind::EventScope)) {
                return bad("the parent is no scope that stands before it");
            }
        }
        if (node.kind == NodeKind::Boundary) != node.host.is_some() {
            return bad("a boundary event has an activity, and nothing else has");
        }
        if let Some(host) = node.host {
            if !kind(host).is_some_and(NodeKind::is_activity) {
                return bad("the boundary event is at no activity");
            }
        }
        if matches!(node.kind, NodeKind::Catch | NodeKind::Boundary | NodeKind::EventScope)
            && (node.kind != NodeKind::EventScope) != node.trigger.is_some()
        {
            return bad("an event that is caught has a trigger");
        }
        if (node.kind == NodeKind::Call) != node.called.is_some() {
            return bad("a call activity calls a process, and nothing else does");
        }
        if node
            .called
            .is_some_and(|called| called as usize >= module.processes.len())
        {
            return refuse("bad-index", place, "there is no such process");
        }
        if node.compensation.is_some_and(|undo| kind(undo).is_none()) {
            return refuse("bad-index", place, "there is no such node");
        }
        if node.repeat.is_some() && !node.kind.is_activity() {
            return bad("only activities repeat");
        }
        let of_default = node.default.map(|flow| process.flows.get(flow as usize));
        if of_default.is_some_and(|flow| flow.is_none_or(|flow| flow.source as usize != index)) {
            return bad("the default flow begins elsewhere");
        }
        if let Some(trigger) = &node.trigger {
            let needs_value = matches!(trigger.kind, TriggerKind::Timer | TriggerKind::Condition);
            if needs_value && trigger.value.is_none() {
                return bad("a timer or condition has a value");
            }
        }
        for name in &node.locals {
            check_name(&place, name)?;
        }
    }
    Ok(())
}

fn check_flows(process: &Process, place: &str) -> Result<()> {
    let parent = |at: u32| process.nodes.get(at as usize).map(|node| node.parent);
    for (index, flow) in process.flows.iter().enumerate() {
        match (parent(flow.source), parent(flow.target)) {
            (Some(from), Some(to)) if from == to => {}
            (Some(_), Some(_)) => {
                let message = "a flow does not leave its scope";
                return refuse("bad-process", format!("{place}.flows[{index}]"), message);
            }
            _ => return refuse("bad-index", format!("{place}.flows[{index}]"), "there is no such node"),
        }
    }
    Ok(())
}

fn check_code(module: &Module, code: &Code, place: &str) -> Result<()> {
    let Some(function) = module.functions.get(code.function as usize) else {
        return refuse("bad-index", place, format!("there is no function {}", code.function));
    };
    if function.params as usize != code.reads.len() + code.extra.len() {
        let message = format!("the function `{}` does not take what it reads", function.name);
        return refuse("bad-arity", place, message);
    }
    for name in code.reads.iter().chain(&code.writes).chain(&code.extra) {
        check_name(place, name)?;
    }
    match code.writes.iter().find(|name| !code.reads.contains(name)) {
        Some(name) => refuse("bad-process", place, format!("`{name}` is written and not read")),
        None => Ok(()),
    }
}
