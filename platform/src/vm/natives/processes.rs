//! Processes: starting and finding instances, and what scripts do with one. The engine lies above this folder.
use super::{effect, Call, Native};
use crate::vm::gas;
use crate::vm::halt::Halt;
use crate::vm::value::Value;

pub const FUNCTIONS: &[Native] = &[
    effect(
        "start_process",
        (1, 2),
        gas::PROCESS,
        run,
        "start_process(file, variables?) -> process; begins an instance and runs it until it waits",
    ),
    effect(
        "load_process",
        (1, 1),
        gas::PROCESS,
        run,
        "load_process(id) -> process; trap unknown-instance",
    ),
    effect(
        "correlate",
        (1, 3),
        gas::PROCESS,
        run,
        "correlate(message, payload?, keys?) -> null; the oldest subscription of the contract gets it; trap unmatched",
    ),
    effect(
        "signal",
        (1, 2),
        gas::PROCESS,
        run,
        "signal(name, payload?) -> null; all instances of the contract that wait for it get it; trap unmatched",
    ),
];

pub const METHODS: &[Native] = &[
    effect(
        "next",
        (1, 1),
        gas::PROCESS,
        run,
        "next() -> name of the next state with one unnamed transition, which `state` then is; null if none is left",
    ),
    effect(
        "signal",
        (1, 3),
        gas::PROCESS,
        run,
        "signal(transition?) leaves the jPDL state; signal(name, payload?) is a BPMN signal for this instance",
    ),
    effect(
        "complete",
        (2, 4),
        gas::PROCESS,
        run,
        "complete(task, result?, transition?) -> null; by id, name or number; trap unknown-task",
    ),
    effect(
        "correlate",
        (2, 4),
        gas::PROCESS,
        run,
        "correlate(message, payload?, keys?) -> null; a message for this instance",
    ),
    effect(
        "where",
        (1, 1),
        gas::PROCESS,
        run,
        "where() -> record: status, variables, path, waiting, failure",
    ),
    effect(
        "tasks",
        (1, 1),
        gas::PROCESS,
        run,
        "tasks() -> list of what people may do now: task, element, name, due ..",
    ),
    effect(
        "incidents",
        (1, 1),
        gas::PROCESS,
        run,
        "incidents() -> list of steps that failed: incident, element, code, message, at",
    ),
    effect(
        "retry",
        (2, 2),
        gas::PROCESS,
        run,
        "retry(incident) -> null; runs the step again",
    ),
    effect(
        "skip",
        (2, 2),
        gas::PROCESS,
        run,
        "skip(incident) -> null; goes on behind the element that failed",
    ),
    effect(
        "move",
        (3, 3),
        gas::PROCESS,
        run,
        "move(from, to) -> null; the token at an element goes to another one of the same scope",
    ),
    effect(
        "cancel",
        (1, 1),
        gas::PROCESS,
        run,
        "cancel() -> null; ends the instance",
    ),
    effect(
        "migrate",
        (2, 2),
        gas::PROCESS,
        run,
        "migrate(plan) -> null; goes on as another process: {process, nodes: {old: new}}",
    ),
];

fn run(call: &mut Call) -> Result<Value, Halt> {
    let Some(engine) = call.machine.processes else {
        return Err(Halt::trap("unknown-process", "there are no processes here"));
    };
    engine.door(call.name, call.machine, call.host, call.args)
}
