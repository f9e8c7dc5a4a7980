//! The compiled unit (DESIGN section 3). Canonical CBOR; its SHA-256 is its identity.
//!
//! The structures below are the module format; the encoding is the map of the same names (docs/module-format.md).
use crate::value::Data;

pub mod admission;
pub mod asm;
mod codec;
mod decode;
mod decode_process;
mod encode;
mod encode_process;
mod error;
pub mod process;
pub mod schema;
mod table;

pub use codec::hash;
pub use error::AdmissionError;
pub use table::{Bound, Cell, Output, Part, Range, Table, TableRow};

pub const FORMAT: u32 = 1;

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Module {
    pub name: String,
    pub version: String,
    pub types: Vec<TypeDef>,
    pub consts: Vec<Data>,
    pub functions: Vec<Function>,
    /// Names of the library and host functions that `native` instructions call, by index.
    pub imports: Vec<String>,
    pub rulesets: Vec<RuleSet>,
    /// Decision tables, by index in `table_rows` and `table_output`.
    pub tables: Vec<Table>,
    /// Contract parameters, bound at instantiation; a closed subset of JSON Schema (type object).
    pub parameters: Data,
    /// Contract variables, kept in state if the call succeeds.
    pub variables: Vec<Field>,
    pub endpoints: Vec<Endpoint>,
    /// Process graphs.
    pub processes: Vec<process::Process>,
    /// Out of `transfer, call, files, tables, schedule, sponsor, migrate`; sorted.
    pub permissions: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TypeRef {
    Any,
    Bool,
    Number,
    /// A number without fraction.
    Int,
    Text,
    Bytes,
    Date,
    Time,
    DateTime,
    Duration,
    Period,
    Record,
    List(Box<TypeRef>),
    /// Null is allowed too.
    Optional(Box<TypeRef>),
    /// One of these texts.
    Enum(Vec<String>),
    /// Index into `Module::types`.
    Type(u32),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeDef {
    pub name: String,
    /// An undeclared type: `fields` are those that the rules mention, a value may hold others.
    pub open: bool,
    /// The parent's fields come first.
    pub extends: Option<u32>,
    pub fields: Vec<Field>,
    /// Slots that say which facts are equal, for `insert_logical`; none: no two are.
    pub keys: Vec<u32>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    pub name: String,
    pub ty: TypeRef,
    pub default: Option<Data>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    pub name: String,
    pub params: u32,
    /// Local slots, parameters included.
    pub locals: u32,
    pub code: Vec<u8>,
    /// Parameters at the front that `make_closure` binds.
    pub captures: u32,
    /// The parameter after those is what the function is called on.
    pub this: bool,
    /// The last parameter is the list of all further arguments.
    pub rest: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    pub name: String,
    pub args: Vec<Field>,
    pub returns: TypeRef,
    pub function: u32,
}

/// Conflict resolution, a total order (DESIGN section 3, "Rule network").
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Strategy {
    #[default]
    Drools,
    Depth,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleSet {
    /// Path of the file in the archive, as scripts name it.
    pub name: String,
    pub strategy: Strategy,
    /// Values that the session holds; `get_global` reads them by index.
    pub globals: Vec<Field>,
    pub alphas: Vec<Alpha>,
    pub betas: Vec<Beta>,
    pub rules: Vec<Rule>,
}

/// A node of the alpha network; a parent stands before its children. Shared nodes appear once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Alpha {
    /// All facts of a type, subtypes included.
    Type(u32),
    Test {
        parent: u32,
        test: AlphaTest,
    },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AlphaTest {
    /// `slot op constant`. `Eq` children of one parent on one slot share a hash index; the four orderings share a
    /// range index; `Ne` is scanned.
    Compare { slot: u32, op: CompareOp, constant: u32 },
    /// A function of the fact alone that returns a boolean.
    Code { function: u32 },
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// How many facts a pattern asks for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Quantifier {
    /// Each: its fact becomes an element of the tuple.
    Join,
    Not,
    Exists,
}

/// A node of the beta network. A parent stands before its children. Shared nodes appear once.
///
/// A tuple's elements are values: facts, or what `From` and `Accumulate` gave. Functions take them in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beta {
    /// `None`: the root, which holds one empty tuple.
    pub left: Option<u32>,
    pub kind: BetaKind,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BetaKind {
    /// Tuples with facts of an alpha node.
    Pattern {
        quantifier: Quantifier,
        right: u32,
        /// Equality keys, hashed on both sides.
        keys: Vec<JoinKey>,
        /// Functions of (elements, candidate fact) that return a boolean.
        tests: Vec<u32>,
        /// Slots of the fact whose modification matters, ascending; `None`: all.
        watch: Option<Vec<u32>>,
    },
    /// Tuples for which all functions of (elements) return true.
    Test { tests: Vec<u32> },
    /// A tuple for each element of the list that `items`, a function of (elements), returns, if all `tests`, functions
    /// of (elements, item), return true. A value that is no list is a list of one; null is the empty one.
    From { items: u32, tests: Vec<u32> },
    /// `Not`, `Exists`: tuples with no, or any, tuple of the node `right` that extends them.
    Group { quantifier: Quantifier, right: u32 },
    /// Each tuple with one more element, the result over the tuples of the node `right` that extend it.
    Accumulate {
        right: u32,
        /// (elements) -> the state, a list.
        init: u32,
        /// (elements of the right tuple, state): takes one in.
        step: u32,
        /// (elements, state) -> the element; null: there is no tuple.
        result: u32,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct JoinKey {
    /// Position of the element in the tuple.
    pub left_position: u32,
    /// `None`: the element itself.
    pub left_slot: Option<u32>,
    pub right_slot: u32,
}

/// The agenda group that has the focus when no other has.
pub const MAIN_GROUP: &str = "MAIN";

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rule {
    /// Not unique: the branches of an `or` share it.
    pub name: String,
    pub salience: i32,
    /// A function of the elements that gives the salience when the match arises.
    pub salience_function: Option<u32>,
    pub no_loop: bool,
    pub lock_on_active: bool,
    pub agenda_group: String,
    pub auto_focus: bool,
    /// Empty: none.
    pub activation_group: String,
    /// `None`: a rule without conditions; it matches the root's empty tuple once.
    pub beta: Option<u32>,
    /// The consequence: a function of the tuple's elements in order.
    pub function: u32,
}
