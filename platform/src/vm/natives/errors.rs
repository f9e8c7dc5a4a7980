//! The classes of errors: which one a caught trap is of.

/// Names of the classes, the parent of all first.
pub const CLASSES: &[&str] = &[
    "Error",
    "TypeError",
    "RangeError",
    "ReferenceError",
    "SyntaxError",
    "BpmnError",
];

/// The class of the error that a trap is when a script catches it, as JavaScript would throw it.
pub fn class_of(code: &str) -> &'static str {
    match code {
        "null-operand" | "type-mismatch" | "unknown-field" | "unknown-method" | "frozen" | "not-data" => "TypeError",
        "index-range" | "bad-argument" | "not-whole" | "invalid-number" | "number-overflow" | "division-by-zero"
        | "bad-time" | "too-deep" | "call-depth" | "stack-limit" => "RangeError",
        "not-initialized" => "ReferenceError",
        "bad-pattern" | "bad-json" => "SyntaxError",
        _ => "Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trap_is_of_a_class() {
        for (code, _) in crate::vm::halt::TRAPS {
            assert!(CLASSES.contains(&class_of(code)), "{code}");
        }
    }

    #[test]
    fn refused_methods_are_no_methods() {
        for (kind, name, _) in super::super::refused::METHODS {
            assert!(super::super::find_method(kind, name).is_none(), "{kind}.{name}");
        }
    }
}
