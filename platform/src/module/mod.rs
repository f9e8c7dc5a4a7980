//! The compiled unit (DESIGN section 3). Canonical CBOR; its SHA-256 is its identity.
//!
//! The structures below are the module format; the encoding is the map of the same names (docs/module-format.md).
use crate::value::Data;

pub mod admission;
pub mod asm;
mod codec;
mod decode;
mod encode;
mod error;
pub mod schema;

pub use codec::hash;
pub use error::AdmissionError;

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
    /// Contract parameters, bound at instantiation; a closed subset of JSON Schema (type object).
    pub parameters: Data,
    /// Contract variables, kept in state if the call succeeds.
    pub variables: Vec<Field>,
    pub endpoints: Vec<Endpoint>,
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

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BetaKind {
    Join,
    Not,
    Exists,
}

/// A two-input node. A parent stands before its children. Shared nodes appear once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beta {
    pub kind: BetaKind,
    /// `None`: the root, which holds one empty tuple.
    pub left: Option<u32>,
    pub right: u32,
    /// Equality keys, hashed on both sides.
    pub keys: Vec<JoinKey>,
    /// Functions of (tuple facts in order, candidate fact) that return a boolean.
    pub tests: Vec<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct JoinKey {
    /// Position of the fact in the tuple (positive patterns count from 0).
    pub left_position: u32,
    pub left_slot: u32,
    pub right_slot: u32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    pub name: String,
    pub salience: i32,
    pub no_loop: bool,
    /// `None`: a rule without patterns; it matches the root's empty tuple once.
    pub beta: Option<u32>,
    /// The consequence: a function of the tuple's facts in order.
    pub function: u32,
}
