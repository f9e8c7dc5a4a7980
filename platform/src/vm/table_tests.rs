//! Decision tables: what the index finds is what a look at every row finds.
use std::fmt::Write;

use super::gas::Gas;
use super::halt::Halt;
use super::null_host::NullHost;
use super::testing::{machine, run};
use crate::value::Data;

/// A module whose function 0 asks the table of `rows` with the inputs that `push` leaves.
fn asks(push: &str, inputs: u32, rows: &str) -> String {
    format!(
        r#"module "t" version "1"
        const "a" const "b" const "c" const 10 const 20 const 2.5 const date"2026-01-01" const date"2026-06-30"
        function "main" params 0 locals 0 {{ {push} table_rows 0 {inputs} return }}
        function "big" params 2 locals 2 {{ load 0 int 15 gt_or_false return }}
        function "twice" params 2 locals 2 {{ load 0 int 2 mul return }}
        table "t" inputs {inputs} outputs 1 {{ {rows} }}"#
    )
}

fn rows(numbers: &[i64]) -> Data {
    Data::List(numbers.iter().map(|number| Data::from(*number)).collect())
}

#[test]
fn cells() {
    for (cell, push, holds) in [
        ("any", "null", true),
        ("in (0)", "const 0", true),
        ("in (0)", "const 1", false),
        ("in (0, 1)", "const 1", true),
        ("not (0, 1)", "const 1", false),
        ("not (0, 1)", "const 2", true),
        ("not (0, 1)", "null", true),
        ("in ()", "const 0", false),
        ("not ()", "const 0", true),
        (r#"in ("[]" 3 4)"#, "int 10", true),
        (r#"in ("()" 3 4)"#, "int 10", false),
        (r#"in ("[)" 3 4)"#, "int 20", false),
        (r#"in ("(]" 3 4)"#, "int 20", true),
        (r#"in ("()" none 4)"#, "int -99", true),
        (r#"in ("[)" 3 none)"#, "int 10", true),
        (r#"in ("[)" 3 none)"#, "null", false),
        (r#"in ("[)" 3 none)"#, "const 0", false),
        (r#"not ("[)" 3 none)"#, "null", true),
        (r#"in ("[]" 3 4, "[]" 5 3)"#, "int 10", true),
        (r#"not ("[]" 3 4, 3)"#, "int 10", false),
        (r#"in (5, "[]" 3 4)"#, "const 5", true),
        (r#"in ("[]" 6 7)"#, "const 7", true),
        (r#"in ("[)" 1 none, 3)"#, "const 2", true),
        (r#"in ("[)" 1 none, 3)"#, "int 10", true),
        (r#"in ("[)" 1 none, 3)"#, "const 0", false),
    ] {
        let text = asks(push, 1, &format!("row [{cell}] gives [0]")).replace("params 2 locals 2", "params 1 locals 1");
        assert_eq!(run(&text), Ok(rows(if holds { &[0] } else { &[] })), "{cell} of {push}");
    }
}

#[test]
fn functions_are_asked_where_the_rest_is_true() {
    let table = "row [code 1, in (0)] gives [0] row [any, any] gives [1] row [in (4), code 1] gives [2]";
    assert_eq!(run(&asks("int 20 const 0", 2, table)), Ok(rows(&[0, 1, 2])));
    assert_eq!(run(&asks("int 10 const 0", 2, table)), Ok(rows(&[1])));
    assert_eq!(run(&asks("int 20 const 1", 2, table)), Ok(rows(&[1, 2])));
}

#[test]
fn outputs() {
    let with = |code: &str| {
        asks(
            "int 3 int 4",
            2,
            "row [any, any] gives [3] row [any, any] gives [code 2]",
        )
        .replace("table_rows 0 2", code)
    };
    assert_eq!(run(&with("int 0 table_output 0 0 2")), Ok(Data::from(10)));
    assert_eq!(run(&with("int 1 table_output 0 0 2 int 1 add")), Ok(Data::from(7)));
    for (code, trap) in [
        ("int 2 table_output 0 0 2", "index-range"),
        ("null table_output 0 0 2", "type-mismatch"),
        ("table_rows 0 2 table_conflict 0", "table-conflict"),
    ] {
        match run(&with(code).replace("table_conflict 0 return", "table_conflict 0")) {
            Err(Halt::Trap { code, .. }) => assert_eq!(code, trap),
            other => panic!("{other:?}"),
        }
    }
}

/// Numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

#[test]
fn the_index_finds_what_a_scan_finds() {
    const VALUES: u64 = 40;
    for seed in 0..60 {
        let mut random = Numbers(seed);
        let count = [1, 63, 64, 65, 300][random.below(5) as usize];
        let (mut text, mut tests) = (String::new(), Vec::new());
        for _ in 0..count {
            let negated = random.below(4) == 0;
            let mut parts: Vec<(u64, u64)> = Vec::new();
            let mut shown = Vec::new();
            for _ in 0..random.below(4) {
                let (a, b) = (random.below(VALUES), random.below(VALUES));
                let (low, high) = (a.min(b), a.max(b));
                // values are halves of the constants' positions, so that ends can be open
                match random.below(4) {
                    0 => {
                        parts.push((2 * a, 2 * a));
                        shown.push(a.to_string());
                    }
                    1 => {
                        parts.push((2 * low, 2 * high));
                        shown.push(format!(r#""[]" {low} {high}"#));
                    }
                    2 => {
                        parts.push((2 * low + 1, u64::MAX));
                        shown.push(format!(r#""()" {low} none"#));
                    }
                    _ => {
                        parts.push((0, (2 * high).wrapping_sub(1).min(2 * high)));
                        shown.push(format!(r#""()" none {high}"#));
                        if high == 0 {
                            parts.pop();
                        }
                    }
                }
            }
            let _ = writeln!(
                text,
                "row [{} ({})] gives [0]",
                if negated { "not" } else { "in" },
                shown.join(", ")
            );
            tests.push((negated, parts));
        }
        let consts: String = (0..VALUES).map(|value| format!("const {value} ")).collect();
        let module = format!(
            r#"module "t" version "1" {consts}
            function "main" params 1 locals 1 {{ load 0 table_rows 0 1 return }}
            table "t" inputs 1 outputs 1 {{ {text} }}"#
        );
        let mut machine = machine(&module, u64::MAX);
        for value in 0..2 * VALUES {
            let half = crate::number::Number::parse(&format!("{}.{}", value / 2, value % 2 * 5)).unwrap();
            let expected: Vec<i64> = (0..)
                .zip(&tests)
                .filter(|(_, (negated, parts))| {
                    *negated != parts.iter().any(|(low, high)| (*low..=*high).contains(&value))
                })
                .map(|(row, _)| row)
                .collect();
            machine.reset(Gas::new(1 << 40));
            let found = machine
                .run(&mut NullHost::default(), None, 0, &[super::Value::Num(half)])
                .and_then(|found| machine.export(found));
            assert_eq!(found, Ok(rows(&expected)), "seed {seed}, value {value}/2\n{text}");
        }
    }
}
