//! One `Machine` runs one program; it is rewound, not rebuilt, between calls.
use std::sync::Arc;

use super::calls::Handler;
use super::gas::{self, Gas};
use super::halt::{Halt, Outcome, Place};
use super::heap::{data_size, Heap, Mark};
use super::host::Host;
use super::patterns::Patterns;
use super::program::Program;
use super::regexps::RegExps;
use super::value::{FactId, ObjId, Value};
use crate::module::Module;
use crate::value::Data;

/// Functions that wait for another to return.
pub const CALL_DEPTH: usize = 256;
/// Runs inside runs, each on the native stack: a consequence that a script's session fires is one deeper than the script,
/// and so is a function that the library calls back.
pub const RUN_DEPTH: u32 = 64;
/// Values on the stack, locals included.
pub const STACK_LIMIT: usize = 64 * 1024;
/// Bytes that `print` may write in a call.
pub const OUTPUT_LIMIT: usize = 64 * 1024;
/// Rule sessions that a call may open.
pub const SESSION_LIMIT: usize = 64;

/// What a consequence does to the facts; implemented by `rules::Session`.
pub trait WorkingMemory {
    fn insert(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<FactId, Halt>;
    /// `slots`: the fields that changed (`modify`), or `None` for all (`update`).
    fn update(
        &mut self,
        machine: &mut Machine,
        host: &mut dyn Host,
        object: ObjId,
        slots: Option<&[u32]>,
    ) -> Result<(), Halt>;
    fn delete(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<(), Halt>;
    /// Inserts a fact that stays while the match whose consequence runs, or another that inserted an equal one, holds.
    fn insert_logical(&mut self, machine: &mut Machine, host: &mut dyn Host, object: ObjId) -> Result<(), Halt>;
    /// Gives the focus to an agenda group; a name that no rule has changes nothing.
    fn focus(&mut self, group: &str);
    /// The facts of a type (subtypes included) as they now are, in order of insertion.
    fn facts_of(&self, machine: &Machine, ty: u32) -> Vec<ObjId>;
    /// Stop firing after this consequence.
    fn halt(&mut self);
}

/// A rule session that a script opened with `load_rules`.
pub trait ScriptSession: WorkingMemory + Send + Sync {
    /// Fires until nothing is left, or `limit` rules have fired. Returns how many fired.
    fn fire(&mut self, machine: &mut Machine, host: &mut dyn Host, limit: Option<u64>) -> Result<u64, Halt>;
    /// All facts in order of insertion.
    fn facts(&self, machine: &Machine) -> Vec<ObjId>;
    /// All facts with their numbers, in order of insertion.
    fn numbered_facts(&self) -> Vec<(FactId, ObjId)>;
    /// What fired: rule (index in the rule set) and the facts of its match, in order.
    fn fired(&self) -> &[(u32, Vec<FactId>)];
}

/// Opens sessions; implemented by `rules`, which lies above this folder.
pub trait RuleEngine: Send + Sync {
    /// A new session over a rule set of the machine's module.
    fn open(&self, machine: &mut Machine, host: &mut dyn Host, ruleset: u32) -> Result<Box<dyn ScriptSession>, Halt>;
}

/// Instances of processes; implemented by `process`, which lies above this folder.
pub trait ProcessEngine: Send + Sync {
    /// What a function or method of the family `processes` does; a method's first argument is the handle.
    fn door(&self, name: &str, machine: &mut Machine, host: &mut dyn Host, args: &[Value]) -> Result<Value, Halt>;
}

/// A session and the index of its rule set. The session is away while it works.
pub(super) struct OpenSession {
    pub ruleset: u32,
    pub session: Option<Box<dyn ScriptSession>>,
}

/// What a session did, for people who want to know why: nothing in execution depends on it.
pub struct Traced {
    pub facts: Vec<(FactId, ObjId)>,
    pub fired: Vec<(String, Vec<FactId>)>,
}

pub(super) struct Frame {
    pub function: u32,
    pub pc: u32,
    pub base: u32,
}

pub struct Machine {
    pub module: Arc<Module>,
    pub heap: Heap,
    pub gas: Gas,
    /// What `print` wrote.
    pub output: Vec<String>,
    /// Where the last run that halted stopped.
    pub place: Option<Place>,
    pub(super) program: Arc<Program>,
    pub(super) output_size: usize,
    pub(super) stack: Vec<Value>,
    /// First free place of the stack.
    pub(super) top: usize,
    pub(super) frames: Vec<Frame>,
    pub(super) sessions: Vec<OpenSession>,
    /// Keep the sessions of `rules_eval` for `traced`.
    pub tracing: bool,
    pub(super) finished: Vec<OpenSession>,
    /// Globals of all sessions of this run, and where those of the session at work begin.
    pub globals: Vec<Value>,
    pub globals_at: usize,
    pub(super) engine: Option<Arc<dyn RuleEngine>>,
    /// Instances of processes that are at work.
    pub busy: Vec<String>,
    pub(super) processes: Option<&'static dyn ProcessEngine>,
    pub(super) patterns: Patterns,
    pub(super) regexps: RegExps,
    /// Where what is thrown goes, innermost last.
    pub(super) handlers: Vec<Handler>,
    /// The value on its way to a handler.
    pub(super) thrown: Value,
    /// Errors that stand for traps which were caught.
    pub(super) trapped: Vec<(ObjId, Halt)>,
    runs: u32,
    base: Mark,
}

impl Machine {
    pub fn new(program: Arc<Program>, gas: Gas) -> Self {
        let heap = program.base.clone();
        Self {
            module: Arc::clone(&program.module),
            base: heap.mark(),
            heap,
            gas,
            output: Vec::new(),
            place: None,
            program,
            output_size: 0,
            stack: Vec::new(),
            top: 0,
            frames: Vec::new(),
            sessions: Vec::new(),
            tracing: false,
            finished: Vec::new(),
            globals: Vec::new(),
            globals_at: 0,
            engine: None,
            busy: Vec::new(),
            processes: None,
            patterns: Patterns::default(),
            regexps: RegExps::default(),
            handlers: Vec::new(),
            thrown: Value::Undefined,
            trapped: Vec::new(),
            runs: 0,
        }
    }

    /// Lets scripts open rule sessions.
    pub fn with_engine(mut self, engine: Arc<dyn RuleEngine>) -> Self {
        self.engine = Some(engine);
        self
    }

    /// Lets scripts start and load instances of processes.
    pub fn with_processes(mut self, engine: &'static dyn ProcessEngine) -> Self {
        self.processes = Some(engine);
        self
    }

    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// As new, with other gas: everything of the last call is freed.
    pub fn reset(&mut self, gas: Gas) {
        self.heap.rewind(&self.base);
        self.gas = gas;
        self.output.clear();
        self.output_size = 0;
        self.place = None;
        self.sessions.clear();
        self.tracing = false;
        self.finished.clear();
        self.globals.clear();
        self.globals_at = 0;
        self.busy.clear();
        self.patterns.forget();
        self.regexps.forget();
        self.top = 0;
        self.frames.clear();
        self.handlers.clear();
        self.thrown = Value::Undefined;
        self.trapped.clear();
        self.runs = 0;
    }

    /// The next use of a pattern is paid for as the first: a call of its own begins.
    pub fn forget_patterns(&mut self) {
        self.patterns.forget();
        self.regexps.forget();
    }

    /// What each rule session of the last run did: those of `rules_eval` (if `tracing`), then those of `load_rules`.
    pub fn traced(&self) -> Vec<Traced> {
        let trace = |open: &OpenSession| {
            let session = open.session.as_ref()?;
            let rules = &self.module.rulesets.get(open.ruleset as usize)?.rules;
            let name = |rule: u32| {
                rules
                    .get(rule as usize)
                    .map_or_else(String::new, |rule| rule.name.clone())
            };
            Some(Traced {
                facts: session.numbered_facts(),
                fired: session
                    .fired()
                    .iter()
                    .map(|(rule, facts)| (name(*rule), facts.clone()))
                    .collect(),
            })
        };
        self.finished.iter().chain(&self.sessions).filter_map(trace).collect()
    }

    /// Runs a function to its end. `memory` is the session whose consequence this is, if any. After a halt `place` says
    /// where; the innermost run's place stays.
    pub fn run(
        &mut self,
        host: &mut dyn Host,
        memory: Option<&mut dyn WorkingMemory>,
        function: u32,
        args: &[Value],
    ) -> Result<Value, Halt> {
        if self.runs == 0 {
            self.place = None;
        }
        if self.runs == RUN_DEPTH {
            return Err(Halt::trap("call-depth", "calls out of the library are nested too deep"));
        }
        let (top, frames, handlers) = (self.top, self.frames.len(), self.handlers.len());
        self.runs += 1;
        let result = self.interpret(host, memory, function, args);
        self.runs -= 1;
        self.top = top;
        self.frames.truncate(frames);
        self.handlers.truncate(handlers);
        match result {
            Err(Halt::Thrown) if self.runs == 0 => Err(self.uncaught().bounded()),
            result => result.map_err(Halt::bounded),
        }
    }

    /// A result with its place.
    pub fn outcome<T>(&self, result: Result<T, Halt>) -> Outcome<T> {
        match result {
            Ok(value) => Outcome::Done(value),
            Err(halt) => Outcome::Halted {
                halt,
                place: self.place,
            },
        }
    }

    /// Pays for what was allocated and checked since the last time.
    #[inline]
    pub fn settle(&mut self) -> Result<(), Halt> {
        let cost = self.heap.unsettled();
        if cost == 0 {
            return Ok(());
        }
        self.gas.charge(cost)
    }

    /// Data into the heap, paid for.
    pub fn import(&mut self, data: &Data) -> Result<Value, Halt> {
        let value = self.heap.import(data)?;
        self.settle()?;
        Ok(value)
    }

    /// A value out of the heap, paid for.
    pub fn export(&mut self, value: Value) -> Result<Data, Halt> {
        let data = self.heap.export(value)?;
        self.gas.charge(data_size(&data) * gas::EXPORT_BYTE)?;
        Ok(data)
    }

    /// Writes a line of output.
    pub fn print(&mut self, line: String) -> Result<(), Halt> {
        self.output_size += line.len() + 1;
        if self.output_size > OUTPUT_LIMIT {
            return Err(Halt::trap("output-limit", "the call prints too much"));
        }
        self.gas.charge(line.len() as u64 * gas::PRINT_BYTE)?;
        self.output.push(line);
        Ok(())
    }
}
