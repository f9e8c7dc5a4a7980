//! Assembly text: a module as readable text that parses back to equal bytes.
//!
//! Line breaks mean nothing; `;` begins a comment. docs/bytecode.md describes the grammar.
mod lexer;
mod literal;
mod parse;
mod print;

pub use lexer::AsmError;
pub use parse::parse;
pub use print::print;
