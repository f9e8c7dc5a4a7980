//! Process graphs as the module carries them: BPMN's and jPDL's alike (docs/process-specification.md says what they mean).

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Process {
    /// Path of the file in the archive; with `id` the process's key, `FILE#ID`.
    pub file: String,
    pub id: String,
    pub name: String,
    /// Transitions are taken by name.
    pub jpdl: bool,
    pub nodes: Vec<ProcessNode>,
    /// In document order.
    pub flows: Vec<Flow>,
    /// Values that variables begin with, in this order.
    pub initial: Vec<Assignment>,
    pub merge: Vec<Merge>,
}

/// A function over process variables: it takes the values of `reads` in order, then those of `extra`. Statements give
/// the list of the values of `writes`; an expression, whose `writes` is empty, its value.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Code {
    pub function: u32,
    pub reads: Vec<String>,
    pub writes: Vec<String>,
    pub extra: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    pub target: String,
    pub value: Code,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Merge {
    pub variable: String,
    pub policy: Policy,
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $($variant),* }
        impl $name {
            pub const ALL: &'static [($name, &'static str)] = &[$(($name::$variant, $text)),*];
            pub fn named(text: &str) -> Option<Self> {
                Self::ALL.iter().find(|(_, name)| *name == text).map(|(found, _)| *found)
            }
            pub fn text(self) -> &'static str {
                Self::ALL.iter().find(|(found, _)| *found == self).map_or("", |(_, name)| name)
            }
        }
    };
}

named!(Policy { Sum "sum", Append "append", First "first", Last "last" });

named!(NodeKind {
    Start "start", End "end", Throw "throw", Catch "catch", Boundary "boundary",
    Automatic "automatic", Wait "wait", Receive "receive", Call "call", Scope "scope", EventScope "event-scope",
    Exclusive "exclusive", Inclusive "inclusive", Parallel "parallel", EventGateway "event-gateway",
});

named!(TriggerKind {
    None "none", Message "message", Signal "signal", Timer "timer", Condition "condition", Error "error",
    Escalation "escalation", Compensate "compensate", Cancel "cancel", Terminate "terminate",
});

named!(
    /// What a timer's value is.
    TimerKind { Date "date", Duration "duration", Cycle "cycle" }
);

named!(RepeatKind { Parallel "parallel", Sequential "sequential", Loop "loop" });

impl NodeKind {
    /// May boundary events be attached, may it repeat?
    pub fn is_activity(self) -> bool {
        matches!(
            self,
            Self::Automatic | Self::Wait | Self::Receive | Self::Call | Self::Scope
        )
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trigger {
    pub kind: TriggerKind,
    /// Of the message or signal; the code of an error or escalation; the activity to compensate.
    pub name: String,
    pub timer: TimerKind,
    /// The timer's text, the condition, the payload that is thrown.
    pub value: Option<Code>,
    /// Correlation keys by name.
    pub keys: Vec<Assignment>,
    pub keep: bool,
    pub apply: Option<Code>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Repeat {
    pub kind: RepeatKind,
    pub items: Option<Code>,
    pub count: Option<Code>,
    pub item: String,
    pub output: Option<Code>,
    pub result: String,
    pub until: Option<Code>,
    pub while_: Option<Code>,
    pub maximum: Option<Code>,
    pub test_first: bool,
}

/// What people see of a task, besides what the contract's endpoints know.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HumanTask {
    pub due: Option<Code>,
    pub priority: Option<Code>,
    pub assignee: Option<Code>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProcessNode {
    pub id: String,
    pub name: String,
    pub kind: NodeKind,
    /// The scope around it; `None`: the process.
    pub parent: Option<u32>,
    pub trigger: Option<Trigger>,
    /// Of a boundary event: its activity.
    pub host: Option<u32>,
    pub interrupting: bool,
    pub code: Option<Code>,
    pub task: Option<HumanTask>,
    /// Of a call activity: index of the process.
    pub called: Option<u32>,
    /// `None`: all variables.
    pub inputs: Option<Vec<Assignment>>,
    pub outputs: Option<Vec<Assignment>>,
    pub transaction: bool,
    pub repeat: Option<Repeat>,
    /// The flow that is taken when no condition is true.
    pub default: Option<u32>,
    pub on_enter: Option<Code>,
    pub on_leave: Option<Code>,
    /// The node that undoes it.
    pub compensation: Option<u32>,
    pub locals: Vec<String>,
    pub merge: Vec<Merge>,
    /// A state that `process.next()` leaves.
    pub unnamed_exit: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flow {
    pub id: String,
    pub name: String,
    pub source: u32,
    pub target: u32,
    /// `None`: always.
    pub condition: Option<Code>,
    /// Runs when it is taken.
    pub action: Option<Code>,
}

impl Process {
    pub fn key(&self) -> String {
        format!("{}#{}", self.file, self.id)
    }

    /// All code, each with the number of values that it takes.
    pub fn codes(&self) -> Vec<&Code> {
        let mut found: Vec<&Code> = self.initial.iter().map(|given| &given.value).collect();
        for node in &self.nodes {
            found.extend([&node.code, &node.on_enter, &node.on_leave].into_iter().flatten());
            if let Some(trigger) = &node.trigger {
                found.extend([&trigger.value, &trigger.apply].into_iter().flatten());
                found.extend(trigger.keys.iter().map(|key| &key.value));
            }
            if let Some(task) = &node.task {
                found.extend([&task.due, &task.priority, &task.assignee].into_iter().flatten());
            }
            for mappings in [&node.inputs, &node.outputs].into_iter().flatten() {
                found.extend(mappings.iter().map(|mapping| &mapping.value));
            }
            if let Some(repeat) = &node.repeat {
                let codes = [
                    &repeat.items,
                    &repeat.count,
                    &repeat.output,
                    &repeat.until,
                    &repeat.while_,
                    &repeat.maximum,
                ];
                found.extend(codes.into_iter().flatten());
            }
        }
        for flow in &self.flows {
            found.extend([&flow.condition, &flow.action].into_iter().flatten());
        }
        found
    }
}
