//! Each check by modules that break it, in assembly text.
use super::{check, CHECKS};
use crate::module::{asm, AdmissionError, Module};

const HEAD: &str = r#"module "t" version "1"
    type "A" declared { "x": number } type "B" declared extends 0 { "y": text }
    const "x" const 5 import "abs" variable "v": number
    parameters {"type": "object", "properties": {"p": {"type": "number", "default": 1}}}
"#;

fn admit(text: &str) -> Result<(), AdmissionError> {
    match asm::parse(text) {
        Ok(module) => check(&module),
        Err(error) => panic!("{error}\n{text}"),
    }
}

#[track_caller]
fn refused(text: &str, code: &str, place: &str) {
    match admit(text) {
        Err(error) => assert_eq!(
            (error.code, error.place.as_str()),
            (code, place),
            "{text}\n{}",
            error.message
        ),
        Ok(()) => panic!("admitted: {text}"),
    }
}

/// A module with a function of one parameter and two locals.
fn with_code(body: &str) -> String {
    format!(r#"{HEAD} function "f" params 1 locals 2 {{ {body} }}"#)
}

#[test]
fn a_sound_module_is_admitted() {
    assert_eq!(
        check(&Module {
            name: "t".into(),
            version: "1".into(),
            ..Module::default()
        }),
        Ok(())
    );
    assert_eq!(admit(&with_code("load 0 store 1 load 1 native 0 1 return")), Ok(()));
}

#[test]
fn checks_have_names() {
    assert!(CHECKS.iter().all(|(name, _)| name.starts_with("check_")));
}

#[test]
fn stack_discipline() {
    for (body, code, place) in [
        ("pop null return", "stack-underflow", "functions[0]+0"),
        ("int 1 add return", "stack-underflow", "functions[0]+2"),
        (
            "true jump_if_true L int 1 L: null return",
            "stack-mismatch",
            "functions[0]+8",
        ),
        ("L: null jump L", "stack-mismatch", "functions[0]+0"),
        ("null pop", "falls-off", "functions[0]+1"),
        ("true jump_if_true L L: null pop", "falls-off", "functions[0]+7"),
        (
            "true jump_if_true_keep L pop L: return",
            "stack-underflow",
            "functions[0]+6",
        ),
        ("new_list 1 return", "stack-underflow", "functions[0]+0"),
        ("return", "stack-underflow", "functions[0]+0"),
    ] {
        refused(&with_code(body), code, place);
    }
    refused(
        &with_code(&format!("{} return", "null ".repeat(2000))),
        "stack-too-deep",
        "functions[0]+1024",
    );
    assert_eq!(
        admit(&with_code("null return null pop pop pop")),
        Ok(()),
        "what is never reached is never run"
    );
}

#[test]
fn indices_and_jumps() {
    for (body, code) in [
        ("load 2 return", "bad-index"),
        ("const 9 return", "bad-index"),
        ("new_record 2 return", "bad-index"),
        ("load 0 get_slot 0 1 return", "bad-index"),
        ("load 0 get_field 1 return", "bad-index"), // constant 1 is a number
        ("get_variable 1 return", "bad-index"),
        ("get_parameter 1 return", "bad-index"),
        ("call 3 0 return", "bad-index"),
        ("native 1 0 return", "bad-index"),
        ("load 0 call 0 1 pop call 0 0 return", "bad-arity"),
        ("native 0 0 return", "bad-arity"),
        ("load 0 update_slots [1024] null return", "bad-index"),
        ("jump @1", "bad-jump"),
        ("jump @5", "bad-jump"),
        ("int 300 pop jump @1", "bad-jump"),
    ] {
        let text = with_code(body);
        assert_eq!(admit(&text).map_err(|error| error.code), Err(code), "{body}");
    }
    assert_eq!(admit(&with_code("load 0 get_slot 1 1 return")), Ok(()));
    refused(
        &format!(r#"{HEAD} function "f" params 0 locals 0 raw x"ff""#),
        "unknown-op",
        "functions[0]+0",
    );
    refused(
        &format!(r#"{HEAD} function "f" params 0 locals 0 raw x"0580""#),
        "bad-operand",
        "functions[0]+0",
    );
    refused(
        &format!(r#"{HEAD} function "f" params 0 locals 0 raw x"""#),
        "empty-code",
        "functions[0]+0",
    );
    refused(
        &format!(r#"{HEAD} function "f" params 2 locals 1 raw x"00""#),
        "bad-index",
        "functions[0]",
    );
    refused(
        &format!(r#"{HEAD} function "f" params 65 locals 65 raw x"00""#),
        "too-large",
        "functions[0]",
    );
}

#[test]
fn names_and_constants() {
    refused(r#"module "" version "1""#, "bad-name", "name");
    refused(r#"module "a\nb" version "1""#, "bad-name", "name");
    refused(r#"module "t" version "1" const [1]"#, "bad-const", "consts[0]");
    refused(
        r#"module "t" version "1" import "abs" import "abs""#,
        "duplicate-name",
        "imports[1]",
    );
    refused(
        r#"module "t" version "1" import "format_disk""#,
        "unknown-import",
        "imports[0]",
    );
}

#[test]
fn types() {
    for (types, code, place) in [
        (r#"type "A" declared extends 0 { }"#, "bad-type", "types[0]"),
        (
            r#"type "A" open { } type "B" declared extends 0 { }"#,
            "bad-type",
            "types[1]",
        ),
        (r#"type "A" open { } type "A" open { }"#, "duplicate-name", "types[1]"),
        (r#"type "A" open { "x": any "x": any }"#, "duplicate-name", "types[0]"),
        (
            r#"type "A" open { "x": any } type "B" open extends 0 { "x": any }"#,
            "duplicate-name",
            "types[1]",
        ),
        (
            r#"type "A" declared { "x": type(4) }"#,
            "bad-index",
            "types[0].fields[0]",
        ),
        (r#"type "A" declared { "x": enum() }"#, "bad-type", "types[0].fields[0]"),
        (
            r#"type "A" declared { "x": number = "one" }"#,
            "bad-default",
            "types[0].fields[0]",
        ),
        (
            r#"type "A" declared { "x": int = 1.5 }"#,
            "bad-default",
            "types[0].fields[0]",
        ),
        (
            r#"type "A" declared { "x": any = {"$type": "A"} }"#,
            "bad-default",
            "types[0].fields[0]",
        ),
    ] {
        refused(&format!(r#"module "t" version "1" {types}"#), code, place);
    }
}

#[test]
fn the_contracts_face() {
    for (text, code, place) in [
        (r#"permission "fly""#, "bad-permission", "permissions[0]"),
        (
            r#"permission "transfer" permission "call""#,
            "bad-permission",
            "permissions[1]",
        ),
        (
            r#"permission "call" permission "call""#,
            "bad-permission",
            "permissions[1]",
        ),
        (r#"import "transfer""#, "permission-denied", "imports[0]"),
        (r#"parameters {"type": "array"}"#, "bad-parameters", "parameters"),
        (
            r#"parameters {"type": "object", "$ref": "x"}"#,
            "bad-parameters",
            "parameters.$ref",
        ),
        (
            r#"parameters {"type": "object", "properties": {"a": {"type": "number", "default": "x"}}}"#,
            "bad-parameters",
            "parameters.properties.a.default",
        ),
        (r#"variable "v": type(0)"#, "bad-index", "variables[0]"),
        (r#"variable "v": text = 1"#, "bad-default", "variables[0]"),
        (r#"endpoint "e" () returns any function 0"#, "bad-index", "endpoints[0]"),
        (
            r#"function "f" params 0 locals 0 { null return } endpoint "e" ("a": any) returns any function 0"#,
            "bad-arity",
            "endpoints[0]",
        ),
        (
            r#"function "f" params 0 locals 0 { null return } endpoint "e" () returns type(0) function 0"#,
            "bad-index",
            "endpoints[0]",
        ),
    ] {
        refused(&format!(r#"module "t" version "1" {text}"#), code, place);
    }
    assert_eq!(
        admit(r#"module "t" version "1" permission "transfer" import "transfer""#),
        Ok(())
    );
}

#[test]
fn networks() {
    let head = r#"module "t" version "1" type "A" open { "x": any } const 1 import "print"
        function "test" params 1 locals 1 { true return }
        function "join" params 2 locals 2 { true return }
        function "loud" params 1 locals 1 { load 0 call 3 1 return }
        function "print" params 1 locals 1 { load 0 native 0 1 return }"#;
    for (body, code, place) in [
        ("alpha type 1", "bad-index", "rulesets[0].alphas[0]"),
        ("alpha compare 0 0 eq 0", "bad-network", "rulesets[0].alphas[0]"),
        (
            "alpha type 0 alpha compare 0 1 eq 0",
            "bad-index",
            "rulesets[0].alphas[1]",
        ),
        (
            "alpha type 0 alpha compare 0 0 eq 1",
            "bad-index",
            "rulesets[0].alphas[1]",
        ),
        ("alpha type 0 alpha code 0 1", "bad-arity", "rulesets[0].alphas[1]"),
        ("alpha type 0 alpha code 0 9", "bad-index", "rulesets[0].alphas[1]"),
        (
            "alpha type 0 beta join left 0 right 0 keys [] tests [] watch all",
            "bad-network",
            "rulesets[0].betas[0]",
        ),
        (
            "alpha type 0 beta join left none right 1 keys [] tests [] watch all",
            "bad-index",
            "rulesets[0].betas[0]",
        ),
        (
            "alpha type 0 beta join left none right 0 keys [(0, 0, 0)] tests [] watch all",
            "bad-network",
            "rulesets[0].betas[0]",
        ),
        (
            "alpha type 0 beta join left none right 0 keys [] tests [1] watch all",
            "bad-arity",
            "rulesets[0].betas[0]",
        ),
        (
            "alpha type 0 beta join left none right 0 keys [] tests [] watch all
             beta join left 0 right 0 keys [(0, 0, 1)] tests [] watch all",
            "bad-index",
            "rulesets[0].betas[1]",
        ),
        (
            "alpha type 0 beta join left none right 0 keys [] tests [] watch [1]",
            "bad-index",
            "rulesets[0].betas[0]",
        ),
        (
            "alpha type 0 beta test left none tests [0]",
            "bad-arity",
            "rulesets[0].betas[0]",
        ),
        (
            "beta from left none items 0 tests []",
            "bad-arity",
            "rulesets[0].betas[0]",
        ),
        (
            "beta not_group left none right 0",
            "bad-network",
            "rulesets[0].betas[0]",
        ),
        (
            "alpha type 0 beta join left none right 0 keys [] tests [] watch all
             beta join left none right 0 keys [] tests [] watch all beta not_group left 0 right 1",
            "bad-network",
            "rulesets[0].betas[2]",
        ),
        (
            "alpha type 0 beta join left none right 0 keys [] tests [] watch all
             beta accumulate left none right 0 init 0 step 1 result 0",
            "bad-arity",
            "rulesets[0].betas[1]",
        ),
        (
            r#"rule "r" salience 0 agenda_group "" activation_group "" beta none function 0"#,
            "bad-name",
            "rulesets[0].rules[0]",
        ),
        (
            r#"rule "r" salience 0 agenda_group "MAIN" activation_group "" beta 0 function 0"#,
            "bad-index",
            "rulesets[0].rules[0]",
        ),
        (
            r#"rule "r" salience 0 agenda_group "MAIN" activation_group "" beta none function 0"#,
            "bad-arity",
            "rulesets[0].rules[0]",
        ),
        ("alpha type 0 alpha code 0 2", "impure-condition", "functions[3]+2"),
    ] {
        refused(
            &format!(r#"{head} rules "r" strategy drools {{ {body} }}"#),
            code,
            place,
        );
    }
    let sound = r#"alpha type 0 alpha compare 0 0 gt 0 alpha code 1 0
        beta join left none right 2 keys [] tests [0] watch all beta not left 0 right 0 keys [(0, 0, 0)] tests [1] watch all
        rule "r" salience -5 no_loop agenda_group "MAIN" activation_group "" beta 1 function 2"#;
    assert_eq!(
        admit(&format!(r#"{head} rules "r" strategy depth {{ {sound} }}"#)),
        Ok(())
    );
    let long = (0..40).map(|at| {
        let left = if at == 0 {
            "none".to_owned()
        } else {
            (at - 1).to_string()
        };
        format!("beta join left {left} right 0 keys [] tests [] watch all ")
    });
    let long: String = long.collect();
    refused(
        &format!(r#"{head} rules "r" strategy drools {{ alpha type 0 {long} }}"#),
        "too-large",
        "rulesets[0].betas[32]",
    );
}

#[test]
fn decision_tables() {
    let with = |rows: &str| {
        format!(
            r#"{HEAD} const "a" function "f" params 1 locals 1 {{ null return }}
            function "g" params 0 locals 0 {{ null print }}
            table "t" inputs 1 outputs 1 {{ {rows} }}"#
        )
        .replace("null print", "null return")
    };
    assert_eq!(admit(&with(r#"row [in ("[)" 1 none, 0)] gives [code 0]"#)), Ok(()));
    for (rows, code) in [
        ("row [any] gives []", "bad-table"),
        ("row [any, any] gives [0]", "bad-table"),
        (r#"row [in ("[]" 0 1)] gives [0]"#, "bad-table"),
        (r#"row [in ("()" none none)] gives [0]"#, "bad-table"),
        ("row [in (9)] gives [0]", "bad-index"),
        (r#"row [in ("[)" 9 none)] gives [0]"#, "bad-index"),
        ("row [any] gives [9]", "bad-index"),
        ("row [code 9] gives [0]", "bad-index"),
        ("row [code 1] gives [0]", "bad-arity"),
        ("row [any] gives [code 1]", "bad-arity"),
    ] {
        refused(&with(rows), code, "tables[0].rows[0]");
    }
    refused(
        &with("").replace("table \"t\" inputs 1", "table \"t\" inputs 99"),
        "too-large",
        "tables[0]",
    );
    refused(
        &with("row [code 0] gives [0]").replace("{ null return }\n", "{ int 1 set_variable 0 null return }\n"),
        "impure-condition",
        "functions[0]+2",
    );
    for (body, code) in [
        ("load 0 table_rows 1 1 return", "bad-index"),
        ("load 0 table_rows 0 2 return", "bad-arity"),
        ("load 0 load 0 table_output 0 1 1 return", "bad-index"),
        ("load 0 table_output 0 0 0 return", "bad-arity"),
    ] {
        let text = format!("{} table \"t\" inputs 1 outputs 1 {{ }}", with_code(body));
        assert_eq!(admit(&text).map_err(|error| error.code), Err(code), "{body}");
    }
}
