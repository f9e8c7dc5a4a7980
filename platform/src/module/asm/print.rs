//! A module as text.
use std::collections::BTreeSet;
use std::fmt::Write;

use super::literal::{write_bytes, write_data, write_text};
use crate::module::encode_process;
use crate::module::{
    Alpha, AlphaTest, BetaKind, Cell, Field, Function, Module, Output, Part, Rule, RuleSet, Table, TypeRef,
};
use crate::value::Data;
use crate::vm::ops::{self, Instruction, Operand};

/// Writing to a `String` cannot fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => {{ let _ = write!($out, $($arg)*); }};
}

pub fn print(module: &Module) -> String {
    let mut out = String::new();
    out.push_str("module ");
    write_text(&mut out, &module.name);
    out.push_str(" version ");
    write_text(&mut out, &module.version);
    out.push('\n');
    for permission in &module.permissions {
        item(&mut out, "\npermission ", permission);
    }
    if module.parameters != Data::Null {
        out.push_str("\n\nparameters ");
        write_data(&mut out, &module.parameters);
    }
    for variable in &module.variables {
        out.push_str("\nvariable ");
        field(&mut out, variable);
    }
    for (index, ty) in module.types.iter().enumerate() {
        item(&mut out, "\n\ntype ", &ty.name);
        out.push_str(if ty.open { " open" } else { " declared" });
        if let Some(parent) = ty.extends {
            put!(out, " extends {parent}");
        }
        if !ty.keys.is_empty() {
            put!(out, " keys {}", indexes(&ty.keys));
        }
        put!(out, " {{ ; {index}");
        for slot in &ty.fields {
            out.push_str("\n  ");
            field(&mut out, slot);
        }
        out.push_str("\n}");
    }
    out.push('\n');
    for (index, data) in module.consts.iter().enumerate() {
        out.push_str("\nconst ");
        write_data(&mut out, data);
        put!(out, " ; {index}");
    }
    for (index, name) in module.imports.iter().enumerate() {
        item(&mut out, "\nimport ", name);
        put!(out, " ; {index}");
    }
    for (index, function) in module.functions.iter().enumerate() {
        print_function(&mut out, module, index, function);
    }
    for endpoint in &module.endpoints {
        item(&mut out, "\n\nendpoint ", &endpoint.name);
        out.push_str(" (");
        for (at, arg) in endpoint.args.iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            field(&mut out, arg);
        }
        out.push_str(") returns ");
        type_ref(&mut out, &endpoint.returns);
        put!(out, " function {}", endpoint.function);
    }
    for ruleset in &module.rulesets {
        print_rules(&mut out, ruleset);
    }
    for table in &module.tables {
        print_table(&mut out, table);
    }
    for process in &module.processes {
        out.push_str("\n\nprocess ");
        write_data(&mut out, &encode_process::process(process));
    }
    out.push('\n');
    out
}

fn item(out: &mut String, before: &str, text: &str) {
    out.push_str(before);
    write_text(out, text);
}

fn type_ref(out: &mut String, ty: &TypeRef) {
    match ty {
        TypeRef::List(inner) => {
            out.push_str("list(");
            type_ref(out, inner);
            out.push(')');
        }
        TypeRef::Optional(inner) => {
            out.push_str("optional(");
            type_ref(out, inner);
            out.push(')');
        }
        TypeRef::Enum(names) => {
            out.push_str("enum(");
            for (at, name) in names.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write_text(out, name);
            }
            out.push(')');
        }
        TypeRef::Type(index) => put!(out, "type({index})"),
        scalar => out.push_str(scalar.scalar_name().unwrap_or("any")),
    }
}

fn field(out: &mut String, field: &Field) {
    write_text(out, &field.name);
    out.push_str(": ");
    type_ref(out, &field.ty);
    if let Some(default) = &field.default {
        out.push_str(" = ");
        write_data(out, default);
    }
}

fn print_function(out: &mut String, module: &Module, index: usize, function: &Function) {
    item(out, "\n\nfunction ", &function.name);
    put!(out, " params {} locals {}", function.params, function.locals);
    if function.captures > 0 {
        put!(out, " captures {}", function.captures);
    }
    for (holds, word) in [(function.this, " this"), (function.rest, " rest")] {
        if holds {
            out.push_str(word);
        }
    }
    let Ok(code) = ops::decode(&function.code) else {
        out.push_str(" raw ");
        write_bytes(out, &function.code);
        put!(out, " ; {index}");
        return;
    };
    put!(out, " {{ ; {index}");
    let starts: BTreeSet<u32> = code.iter().map(|instruction| instruction.offset).collect();
    let labels: BTreeSet<u32> = code
        .iter()
        .filter_map(Instruction::label)
        .filter(|at| starts.contains(at))
        .collect();
    for instruction in &code {
        if labels.contains(&instruction.offset) {
            put!(out, "\nL{}:", instruction.offset);
        }
        put!(out, "\n  {}", instruction.op.info().name);
        let mut comment = None;
        for (at, kind) in instruction.op.info().operands.iter().enumerate() {
            let value = instruction.operands.get(at).copied().unwrap_or(0);
            match kind {
                Operand::Label if labels.contains(&(value as u32)) => put!(out, " L{value}"),
                Operand::Label => put!(out, " @{value}"),
                Operand::Slots => {
                    let slots: Vec<String> = instruction.operands.iter().map(i64::to_string).collect();
                    put!(out, " [{}]", slots.join(", "));
                }
                _ => put!(out, " {value}"),
            }
            comment = comment.or_else(|| meaning(module, *kind, value));
        }
        if let Some(comment) = comment {
            put!(out, " ; {comment}");
        }
    }
    out.push_str("\n}");
}

/// What an index names, for the reader.
fn meaning(module: &Module, kind: Operand, value: i64) -> Option<String> {
    let index = usize::try_from(value).ok()?;
    let mut text = String::new();
    match kind {
        Operand::Const => write_data(&mut text, module.consts.get(index)?),
        Operand::Variable => write_text(&mut text, &module.variables.get(index)?.name),
        Operand::Type => write_text(&mut text, &module.types.get(index)?.name),
        Operand::Function => write_text(&mut text, &module.functions.get(index)?.name),
        Operand::Import => write_text(&mut text, module.imports.get(index)?),
        Operand::Table => write_text(&mut text, &module.tables.get(index)?.name),
        _ => return None,
    }
    Some(text)
}

fn or_none(index: Option<u32>) -> String {
    index.map_or_else(|| "none".to_owned(), |index| index.to_string())
}

fn print_rules(out: &mut String, ruleset: &RuleSet) {
    item(out, "\n\nrules ", &ruleset.name);
    put!(out, " strategy {} {{", ruleset.strategy.name());
    for global in &ruleset.globals {
        out.push_str("\n  global ");
        field(out, global);
    }
    for (index, alpha) in ruleset.alphas.iter().enumerate() {
        match alpha {
            Alpha::Type(ty) => put!(out, "\n  alpha type {ty}"),
            Alpha::Test {
                parent,
                test: AlphaTest::Compare { slot, op, constant },
            } => {
                put!(out, "\n  alpha compare {parent} {slot} {} {constant}", op.name());
            }
            Alpha::Test {
                parent,
                test: AlphaTest::Code { function },
            } => {
                put!(out, "\n  alpha code {parent} {function}");
            }
        }
        put!(out, " ; {index}");
    }
    for (index, beta) in ruleset.betas.iter().enumerate() {
        put!(out, "\n  beta {} left {}", beta.kind.name(), or_none(beta.left));
        print_beta(out, &beta.kind);
        put!(out, " ; {index}");
    }
    for rule in &ruleset.rules {
        print_rule(out, rule);
    }
    out.push_str("\n}");
}

fn indexes(values: &[u32]) -> String {
    let values: Vec<String> = values.iter().map(u32::to_string).collect();
    format!("[{}]", values.join(", "))
}

fn print_beta(out: &mut String, kind: &BetaKind) {
    match kind {
        BetaKind::Pattern {
            right,
            keys,
            tests,
            watch,
            ..
        } => {
            put!(out, " right {right} keys [");
            for (at, key) in keys.iter().enumerate() {
                let separator = if at > 0 { ", " } else { "" };
                let left = or_none(key.left_slot);
                put!(out, "{separator}({}, {left}, {})", key.left_position, key.right_slot);
            }
            let watch = watch.as_deref().map_or_else(|| "all".to_owned(), indexes);
            put!(out, "] tests {} watch {watch}", indexes(tests));
        }
        BetaKind::Test { tests } => put!(out, " tests {}", indexes(tests)),
        BetaKind::From { items, tests } => put!(out, " items {items} tests {}", indexes(tests)),
        BetaKind::Group { right, .. } => put!(out, " right {right}"),
        BetaKind::Accumulate {
            right,
            init,
            step,
            result,
        } => put!(out, " right {right} init {init} step {step} result {result}"),
    }
}

fn print_rule(out: &mut String, rule: &Rule) {
    item(out, "\n  rule ", &rule.name);
    put!(out, " salience {}", rule.salience);
    if let Some(function) = rule.salience_function {
        put!(out, " salience_function {function}");
    }
    for (word, stands) in [
        ("no_loop", rule.no_loop),
        ("lock_on_active", rule.lock_on_active),
        ("auto_focus", rule.auto_focus),
    ] {
        if stands {
            put!(out, " {word}");
        }
    }
    item(out, " agenda_group ", &rule.agenda_group);
    item(out, " activation_group ", &rule.activation_group);
    put!(out, " beta {} function {}", or_none(rule.beta), rule.function);
}

fn print_table(out: &mut String, table: &Table) {
    item(out, "\n\ntable ", &table.name);
    put!(out, " inputs {} outputs {} {{", table.inputs, table.outputs);
    for (index, row) in table.rows.iter().enumerate() {
        let cells: Vec<String> = row.cells.iter().map(cell).collect();
        let outputs: Vec<String> = row.outputs.iter().map(output).collect();
        put!(
            out,
            "\n  row [{}] gives [{}] ; {index}",
            cells.join(", "),
            outputs.join(", ")
        );
    }
    out.push_str("\n}");
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Any => "any".to_owned(),
        Cell::Test { negated, parts } => {
            let parts: Vec<String> = parts.iter().map(part).collect();
            format!("{} ({})", if *negated { "not" } else { "in" }, parts.join(", "))
        }
        Cell::Code { function } => format!("code {function}"),
    }
}

fn part(part: &Part) -> String {
    match part {
        Part::Is(constant) => constant.to_string(),
        Part::Range(range) => {
            let end = |bound: Option<crate::module::Bound>| or_none(bound.map(|bound| bound.constant));
            format!("\"{}\" {} {}", range.brackets(), end(range.low), end(range.high))
        }
    }
}

fn output(output: &Output) -> String {
    match output {
        Output::Constant(constant) => constant.to_string(),
        Output::Code { function } => format!("code {function}"),
    }
}
