//! Questions about the graph of a process.
use std::collections::BTreeSet;

use crate::module::process::{NodeKind, Process, ProcessNode, TriggerKind};

fn numbered(process: &Process) -> impl Iterator<Item = (u32, &ProcessNode)> {
    (0..).zip(&process.nodes)
}

/// The flows that leave a node, in document order.
pub fn outgoing(process: &Process, node: u32) -> Vec<u32> {
    let flows = (0..).zip(&process.flows).filter(|(_, flow)| flow.source == node);
    flows.map(|(number, _)| number).collect()
}

/// The flows that lead to a node.
pub fn incoming(process: &Process, node: u32) -> BTreeSet<u32> {
    let flows = (0..).zip(&process.flows).filter(|(_, flow)| flow.target == node);
    flows.map(|(number, _)| number).collect()
}

/// The boundary events of an activity.
pub fn attached(process: &Process, host: u32) -> Vec<u32> {
    let events = numbered(process).filter(|(_, node)| node.kind == NodeKind::Boundary && node.host == Some(host));
    events.map(|(number, _)| number).collect()
}

/// Where a scope begins: at its none starts; without start events at all nodes that nothing leads to.
pub fn starts(process: &Process, scope: Option<u32>) -> Vec<u32> {
    let inside: Vec<(u32, &ProcessNode)> = numbered(process).filter(|(_, node)| node.parent == scope).collect();
    if inside.iter().any(|(_, node)| node.kind == NodeKind::Start) {
        let none = |node: &ProcessNode| node.kind == NodeKind::Start && node.trigger.is_none();
        return inside
            .iter()
            .filter(|(_, node)| none(node))
            .map(|(number, _)| *number)
            .collect();
    }
    let mut led_to: BTreeSet<u32> = process.flows.iter().map(|flow| flow.target).collect();
    led_to.extend(process.nodes.iter().filter_map(|node| node.compensation));
    let begins = |number: u32, node: &ProcessNode| {
        !led_to.contains(&number) && !matches!(node.kind, NodeKind::Boundary | NodeKind::EventScope)
    };
    inside
        .iter()
        .filter(|(number, node)| begins(*number, node))
        .map(|(number, _)| *number)
        .collect()
}

/// Start events that wait for something, of a process.
pub fn triggered_starts(process: &Process) -> Vec<u32> {
    let starts = numbered(process).filter(|(_, node)| node.kind == NodeKind::Start && node.parent.is_none());
    starts.map(|(number, _)| number).collect()
}

/// The event sub-processes directly in a scope, each with its start.
pub fn handlers(process: &Process, scope: Option<u32>) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for (handler, node) in numbered(process) {
        if node.kind == NodeKind::EventScope && node.parent == scope {
            let starts = numbered(process)
                .filter(|(_, inner)| inner.parent == Some(handler) && inner.kind == NodeKind::Start)
                .map(|(start, _)| (handler, start));
            found.extend(starts);
        }
    }
    found
}

/// The flows on paths out of a node, or out of boundary events of activities on them, that end where they come to the
/// node `without`.
pub fn reachable_flows(process: &Process, node: u32, without: u32) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut nodes = BTreeSet::from([node]);
    let mut todo = vec![node];
    while let Some(at) = todo.pop() {
        let mut ways = attached(process, at);
        for flow in outgoing(process, at) {
            found.insert(flow);
            ways.extend(process.flows.get(flow as usize).map(|flow| flow.target));
        }
        for way in ways {
            if nodes.insert(way) && way != without {
                todo.push(way);
            }
        }
    }
    found
}

/// The compensation boundary event of an activity, if it is a node, and the activity that undoes it.
pub fn compensable(process: &Process, node: u32) -> (Option<u32>, Option<u32>) {
    let undoes = |node: &ProcessNode| {
        node.trigger
            .as_ref()
            .is_some_and(|trigger| trigger.kind == TriggerKind::Compensate)
    };
    let event = attached(process, node)
        .into_iter()
        .find(|at| process.nodes.get(*at as usize).is_some_and(undoes));
    let of = |at: u32| process.nodes.get(at as usize).and_then(|node| node.compensation);
    (event, of(node).or_else(|| event.and_then(of)))
}

/// The event sub-process that undoes a sub-process, with its start.
pub fn compensation_handler(process: &Process, node: u32) -> Option<(u32, u32)> {
    handlers(process, Some(node)).into_iter().find(|(_, start)| {
        let trigger = process
            .nodes
            .get(*start as usize)
            .and_then(|start| start.trigger.as_ref());
        trigger.is_some_and(|trigger| trigger.kind == TriggerKind::Compensate)
    })
}
