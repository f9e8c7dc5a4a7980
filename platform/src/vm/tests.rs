//! The interpreter, op family by op family, on code in assembly text.
use super::gas::Gas;
use super::halt::{Halt, Place};
use super::null_host::NullHost;
use super::ops::Op;
use super::testing::{machine, module, run};
use super::value::Value;
use crate::number::Number;
use crate::value::Data;

const TYPES: &str = r#"
    type "Order" declared { "total": number "note": optional(text) "state": enum("NEW", "PAID") = "NEW" "lines": list(number) = [1, 2] }
    type "Rush" declared extends 0 { "fee": number = 7 }
    type "Open" open { "a": any }
    const "total" const "missing" const "a" const "b" const "x" const "length" const "é!" const "push"
    import "print" import "upper" import "abs" import "min" import "contains"
"#;

/// The body of a function without parameters and with four locals.
fn eval(body: &str) -> Result<Data, Halt> {
    run(&format!(
        r#"module "t" version "1" {TYPES} function "main" params 0 locals 4 {{ {body} return }}"#
    ))
}

fn number(text: &str) -> Data {
    Data::Num(Number::parse(text).unwrap())
}

fn text(text: &str) -> Data {
    Data::Text(text.to_owned())
}

#[track_caller]
fn gives(body: &str, expected: Data) {
    assert_eq!(eval(body), Ok(expected), "{body}");
}

#[track_caller]
fn traps(body: &str, expected: &str) {
    match eval(body) {
        Err(Halt::Trap { code, .. }) => assert_eq!(code, expected, "{body}"),
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn constants_and_stack() {
    gives("null", Data::Null);
    gives("undefined", Data::Null);
    gives("true", Data::Bool(true));
    gives("int -5", number("-5"));
    gives("const 6", text("é!"));
    gives("int 1 int 2 swap pop", number("2"));
    gives("int 4 dup mul", number("16"));
    gives("int 4 store 2 load 2 load 2 add", number("8"));
    gives("load 3 typeof", text("undefined"));
}

#[test]
fn arithmetic() {
    gives("int 7 int 2 add", number("9"));
    gives("int 7 int 2 sub", number("5"));
    gives("int 7 int 2 div", number("3.5"));
    gives("int -7 int 2 rem", number("-1"));
    gives("int 2 int 10 pow", number("1024"));
    gives("int 9223372036854775807 int 1 add", number("9223372036854775808"));
    gives("int -9223372036854775808 neg", number("9223372036854775808"));
    gives(
        "int 1 int 3 div int 3 mul",
        number("0.9999999999999999999999999999999999"),
    );
    traps("int 1 int 0 div", "division-by-zero");
    traps("int 10 int 9000 pow", "number-overflow");
    traps("null int 1 add", "null-operand");
    traps("int 1 undefined mul", "null-operand");
    traps("true int 1 add", "type-mismatch");
    traps("const 0 neg", "type-mismatch");
}

#[test]
fn text_joins() {
    gives("const 2 const 3 add", text("ab"));
    gives("const 2 int 5 add", text("a5"));
    gives("null const 2 add", text("nulla"));
    gives("const 2 undefined add true add", text("aundefinedtrue"));
    gives("const 2 int 1 int 2 null new_list 3 add", text("a1,2,"));
    gives("const 2 new_object add", text("a[object Object]"));
    gives("const 2 int 1 int 4 div add", text("a0.25"));
}

#[test]
fn truth_and_equality() {
    for falsy in ["null", "undefined", "false", "int 0", "const 2 const 2 native 4 2 not"] {
        gives(&format!("{falsy} not"), Data::Bool(true));
    }
    for truthy in ["true", "int 2", "const 2", "new_object", "new_list 0"] {
        gives(&format!("{truthy} not not"), Data::Bool(true));
    }
    gives("null undefined eq", Data::Bool(true));
    gives("null false eq", Data::Bool(false));
    gives("int 0 false eq", Data::Bool(false));
    gives("int 1 const 0 ne", Data::Bool(true));
    gives("int 1 int 2 div int 5 int 10 div eq", Data::Bool(true));
    gives("const 2 int 0 get_index const 2 eq", Data::Bool(true));
    gives("new_object new_object eq", Data::Bool(false));
    gives("new_object dup eq", Data::Bool(true));
    for (value, name) in [
        ("null", "object"),
        ("int 1", "number"),
        ("const 0", "string"),
        ("true", "boolean"),
    ] {
        gives(&format!("{value} typeof"), text(name));
    }
}

#[test]
fn order() {
    gives("int 1 int 2 lt", Data::Bool(true));
    gives("int 2 int 2 le", Data::Bool(true));
    gives("int 1 int 2 div int 1 gt", Data::Bool(false));
    gives("int 2 int 2 ge", Data::Bool(true));
    gives("const 2 const 3 lt", Data::Bool(true));
    traps("null int 1 lt", "null-operand");
    traps("const 2 int 1 lt", "type-mismatch");
    traps("true false lt", "type-mismatch");
    gives("null int 1 lt_or_false", Data::Bool(false));
    gives("int 1 undefined ge_or_false", Data::Bool(false));
    gives("const 2 int 1 le_or_false", Data::Bool(false));
    gives("int 3 int 1 gt_or_false", Data::Bool(true));
}

#[test]
fn jumps() {
    gives("jump L int 1 return L: int 2", number("2"));
    gives("true jump_if_true L int 1 return L: int 2", number("2"));
    gives("int 0 jump_if_false L int 1 return L: int 2", number("2"));
    gives("int 5 jump_if_true_keep L int 6 L:", number("5"));
    gives("int 0 jump_if_true_keep L int 6 L:", number("6"));
    gives("int 0 jump_if_false_keep L int 6 L:", number("0"));
    gives("null jump_if_absent_keep L int 6 L:", Data::Null);
    gives("int 0 jump_unless_absent_keep L int 6 L:", number("0"));
    gives("undefined jump_unless_absent_keep L int 6 L:", number("6"));
}

#[test]
fn records() {
    gives("new_record 0 get_slot 0 2", text("NEW"));
    gives(
        "new_record 0 store 0 load 0 int 5 set_slot 0 0 load 0 get_field 0",
        number("5"),
    );
    gives(
        "new_record 1 store 0 load 0 int 5 set_slot 0 0 load 0 get_slot 1 0",
        number("5"),
    );
    gives("new_record 1 get_slot 1 4", number("7"));
    gives("new_record 0 get_slot 0 3 int 1 get_index", number("2"));
    gives(
        "new_record 0 store 0 load 0 int 5 set_field 0 load 0 get_slot 0 0",
        number("5"),
    );
    traps("new_record 0 get_slot 1 4", "type-mismatch");
    traps("null get_slot 0 0", "null-operand");
    traps("new_object get_slot 0 0", "type-mismatch");
    traps("new_record 0 const 0 set_slot 0 0 null", "type-mismatch");
    traps("new_record 0 const 0 set_slot 0 2 null", "type-mismatch");
    gives("new_record 0 null set_slot 0 0 null", Data::Null);
    traps("new_record 0 get_field 1", "unknown-field");
    traps("new_record 0 int 1 set_field 1 null", "unknown-field");
    gives("new_record 1 is_type 0", Data::Bool(true));
    gives("new_record 0 is_type 1", Data::Bool(false));
    gives("int 1 is_type 1", Data::Bool(false));
    // defaults are copied
    gives(
        "new_record 0 get_slot 0 3 int 9 method 7 1 pop new_record 0 get_slot 0 3 length",
        number("2"),
    );
}

#[test]
fn open_records_and_objects() {
    gives("new_record 2 get_field 2 typeof", text("undefined"));
    gives(
        "new_record 2 store 0 load 0 int 1 set_field 3 load 0 get_field 3",
        number("1"),
    );
    gives(
        "new_record 2 store 0 load 0 int 1 set_field 3 load 0",
        Data::Record(vec![("$type".into(), text("Open")), ("b".into(), number("1"))]),
    );
    gives("new_object get_field 2 typeof", text("undefined"));
    gives(
        "new_object store 0 load 0 int 1 set_field 2 load 0 const 2 get_index",
        number("1"),
    );
    gives(
        "new_object store 0 load 0 int 1 set_field 2 load 0 has_field 2",
        Data::Bool(true),
    );
    gives(
        "new_object store 0 load 0 int 1 set_field 2 load 0 delete_field 2 pop load 0 has_field 2",
        Data::Bool(false),
    );
    traps("null get_field 2", "null-operand");
    gives("null get_field_or_null 2", Data::Null);
    gives("undefined get_field_or_null 2", Data::Null);
    traps("int 1 get_field 2", "unknown-field");
}

#[test]
fn many_keys_keep_their_order() {
    // for (i = 0; i < 40; i++) o[i] = i
    let body = "new_object store 0 int 0 store 1
        L: load 0 load 1 load 1 set_index load 1 int 1 add dup store 1 int 40 lt jump_if_true L
        load 0 const 2 int 1 set_index load 0 delete_field 3 pop load 0";
    let Ok(Data::Record(entries)) = eval(body) else {
        panic!("a record")
    };
    let keys: Vec<String> = entries.into_iter().map(|(key, _)| key).collect();
    let mut expected: Vec<String> = (0..40).map(|key| key.to_string()).collect();
    expected.push("a".into());
    assert_eq!(keys, expected);
}

#[test]
fn lists_and_texts_by_index() {
    gives("int 4 int 5 new_list 2 int 1 get_index", number("5"));
    gives("int 4 new_list 1 int 7 get_index typeof", text("undefined"));
    gives(
        "int 4 new_list 1 store 0 load 0 int 1 int 9 set_index load 0",
        Data::List(vec![number("4"), number("9")]),
    );
    traps("new_list 0 int 1 int 9 set_index null", "index-range");
    traps("new_list 0 int -1 int 9 set_index null", "index-range");
    gives("int 4 int 5 new_list 2 length", number("2"));
    gives("const 6 length", number("2"));
    gives("const 6 int 0 get_index", text("é"));
    gives("const 6 get_field 5", number("2"));
    traps("int 1 length", "type-mismatch");
    traps("null length", "null-operand");
    traps("null int 0 get_index", "null-operand");
}

#[test]
fn calls_and_natives() {
    let source = r#"module "t" version "1" import "min" const 5
        function "main" params 0 locals 0 { int 3 int 4 call 1 2 return }
        function "difference" params 2 locals 3 { load 0 load 1 sub native 0 1 return }"#;
    assert_eq!(run(source), Ok(number("-1")));
    gives("int -3 native 2 1", number("3"));
    gives("const 2 native 1 1", text("A"));
    traps("const 2 native 2 1", "bad-argument");
    traps("null native 2 1", "null-operand");
}

#[test]
fn halts_are_told_apart() {
    assert_eq!(
        eval("const 0 revert null"),
        Err(Halt::Revert {
            message: "total".into()
        })
    );
    assert_eq!(eval("trap 1 null"), Err(Halt::trap("raised", "missing")));
    for op in ["insert", "update", "delete", "update_slots [0]"] {
        traps(&format!("new_object {op} null"), "no-working-memory");
    }
    traps("facts 0", "no-working-memory");
    traps("halt null", "no-working-memory");
}

#[test]
fn an_endless_loop_runs_out_of_gas() {
    let mut machine = machine(
        r#"module "t" version "1" function "main" params 0 locals 0 { L: jump L }"#,
        1_000_000,
    );
    assert_eq!(machine.run(&mut NullHost::default(), None, 0, &[]), Err(Halt::OutOfGas));
    assert_eq!(machine.gas.used(), 1_000_000);
    assert_eq!(machine.place, Some(Place { function: 0, offset: 0 }));
}

#[test]
fn deep_recursion_traps() {
    let source = r#"module "t" version "1" function "main" params 0 locals 0 { call 0 0 return }"#;
    assert!(matches!(run(source), Err(Halt::Trap { code: "call-depth", .. })));
    let wide = r#"module "t" version "1" function "main" params 0 locals 1000 { call 0 0 return }"#;
    assert!(matches!(
        run(wide),
        Err(Halt::Trap {
            code: "stack-limit",
            ..
        })
    ));
}

#[test]
fn memory_bombs_trap() {
    let rich = |source: &str| {
        let mut machine = machine(source, u64::MAX / 2);
        machine.run(&mut NullHost::default(), None, 0, &[])
    };
    let lists = r#"module "t" version "1"
        function "main" params 0 locals 1 { new_list 0 store 0 L: load 0 load 0 length load 0 set_index jump L }"#;
    assert!(matches!(
        rich(lists),
        Err(Halt::Trap {
            code: "memory-limit",
            ..
        })
    ));
    let texts = r#"module "t" version "1" const "abcdefgh"
        function "main" params 0 locals 1 { const 0 store 0 L: load 0 load 0 add store 0 jump L }"#;
    assert!(matches!(
        rich(texts),
        Err(Halt::Trap {
            code: "memory-limit",
            ..
        })
    ));
    let records = r#"module "t" version "1" type "T" declared { "a": any }
        function "main" params 0 locals 1 { L: new_record 0 pop jump L }"#;
    assert!(matches!(
        rich(records),
        Err(Halt::Trap {
            code: "memory-limit",
            ..
        })
    ));
}

#[test]
fn what_leaves_is_bounded() {
    traps("new_list 0 store 0 load 0 int 0 load 0 set_index load 0", "too-deep");
    // a list of two references to a list of two references ... 40 deep
    let shared = "new_list 0 store 0 int 0 store 1
        L: load 0 load 0 new_list 2 store 0 load 1 int 1 add dup store 1 int 40 lt jump_if_true L load 0";
    traps(shared, "output-limit");
}

#[test]
fn variables_and_parameters() {
    let source = r#"module "t" version "1" parameters {"type": "object", "properties": {"threshold": {"type": "number"}}}
        variable "count": number = 3 variable "name": optional(text) const "threshold"
        function "main" params 0 locals 0 { get_variable 0 get_parameter 0 add dup set_variable 0 return }
        function "bad" params 0 locals 0 { true set_variable 0 null return }"#;
    let mut machine = machine(source, 100_000);
    let mut host = NullHost {
        parameters: vec![("threshold".into(), number("740"))],
        ..NullHost::default()
    };
    assert_eq!(machine.run(&mut host, None, 0, &[]), Ok(Value::Num(Number::Int(743))));
    assert_eq!(machine.run(&mut host, None, 0, &[]), Ok(Value::Num(Number::Int(1483))));
    assert_eq!(host.variables, vec![("count".to_owned(), number("1483"))]);
    assert!(matches!(
        machine.run(&mut host, None, 1, &[]),
        Err(Halt::Trap {
            code: "type-mismatch",
            ..
        })
    ));
}

#[test]
fn output_is_kept_and_bounded() {
    let source = r#"module "t" version "1" import "print" const "line"
        function "main" params 0 locals 0 { L: const 0 native 0 1 pop jump L }"#;
    let mut machine = machine(source, u64::MAX / 2);
    let result = machine.run(&mut NullHost::default(), None, 0, &[]);
    assert!(matches!(
        result,
        Err(Halt::Trap {
            code: "output-limit",
            ..
        })
    ));
    assert_eq!(machine.output[0], "line");
    machine.reset(Gas::new(1));
    assert!(machine.output.is_empty());
    assert_eq!(machine.heap.allocated(), 0);
}

#[test]
fn every_trap_has_an_explanation() {
    // Traps are named in the sources as the first argument of `Halt::trap`.
    let sources = [
        include_str!("fields.rs"),
        include_str!("heap.rs"),
        include_str!("interpret.rs"),
        include_str!("machine.rs"),
        include_str!("operators.rs"),
        include_str!("patterns.rs"),
        include_str!("natives/mod.rs"),
        include_str!("natives/aggregates.rs"),
        include_str!("natives/business.rs"),
        include_str!("natives/calendars.rs"),
        include_str!("natives/common.rs"),
        include_str!("natives/moments.rs"),
        include_str!("natives/records.rs"),
        include_str!("natives/host.rs"),
        include_str!("natives/lists.rs"),
        include_str!("natives/numbers.rs"),
        include_str!("natives/sessions.rs"),
        include_str!("natives/texts.rs"),
    ];
    let mut found = 0;
    for source in sources {
        for part in source.split("Halt::trap(").skip(1) {
            let Some(code) = part
                .trim_start()
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next())
            else {
                continue;
            };
            assert!(super::halt::TRAPS.iter().any(|(known, _)| *known == code), "{code}");
            found += 1;
        }
    }
    assert!(found > 40);
}

#[test]
fn gas_is_charged_by_instruction() {
    let source = r#"module "t" version "1" function "main" params 0 locals 0 { int 1 int 2 add return }"#;
    let mut machine = machine(source, 1000);
    machine.run(&mut NullHost::default(), None, 0, &[]).unwrap();
    let expected = super::gas::CALL
        + [Op::Int, Op::Int, Op::Add, Op::Return]
            .iter()
            .map(|op| op.info().gas)
            .sum::<u64>();
    assert_eq!(machine.gas.used(), expected);
    // one unit less is out of gas, at the last instruction
    machine.reset(Gas::new(expected - 1));
    assert_eq!(machine.run(&mut NullHost::default(), None, 0, &[]), Err(Halt::OutOfGas));
    assert_eq!(machine.place, Some(Place { function: 0, offset: 5 }));
}

#[test]
fn a_million_additions_are_quick() {
    let source = r#"module "t" version "1" function "main" params 1 locals 3 {
        int 0 store 1 int 0 store 2
        L: load 1 load 0 lt jump_if_false E load 2 load 1 add store 2 load 1 int 1 add store 1 jump L
        E: load 2 return }"#;
    let mut machine = machine(source, 1_000_000_000);
    let start = std::time::Instant::now();
    let result = machine.run(&mut NullHost::default(), None, 0, &[Value::Num(Number::Int(1_000_000))]);
    assert_eq!(result, Ok(Value::Num(Number::Int(499_999_500_000))));
    assert!(start.elapsed().as_secs() < 2, "{:?}", start.elapsed());
}

#[test]
fn assembly_text_round_trips() {
    let source = format!(r#"module "t" version "1" {TYPES} function "main" params 0 locals 0 {{ L: jump L }}"#);
    let module = module(&source);
    let printed = crate::module::asm::print(&module);
    assert_eq!(crate::module::asm::parse(&printed), Ok(module), "{printed}");
}
